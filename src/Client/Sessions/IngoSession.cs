// What a user has seen and written, so that the next answer is not older: of each partition the greatest version, and one version that
// counts for all, from reads at a point in time. It is a text, so it can travel with the user from one service to another (a cookie, a header):
//
//   116012345678901248;3:116012345678912345;11:116012345678923456       everywhere; partition 3; partition 11
//
// A token that is not true, or of another database, only costs: copies that have not come so far leave the answer to the primary.

using System.Globalization;
using IngoDB.Abstractions;
using IngoDB.Model;

namespace IngoDB.Client.Sessions;

/// <summary>One user's view of a database that never goes back, for <see cref="ReadConsistency.Session"/>. Thread-safe.</summary>
public sealed class IngoSession
{
    /// <summary>Beyond this the greatest counts for all.</summary>
    private const int PartitionsMax = 256;

    private readonly Lock _gate = new();
    private readonly SortedDictionary<int, ulong> _seen = [];
    private ulong _everywhere;

    /// <summary>Has seen nothing.</summary>
    public IngoSession()
    {
    }

    /// <summary>Goes on where another session was.</summary>
    /// <param name="token">Its <see cref="Token"/>.</param>
    /// <exception cref="InvalidRequestException"><c>session.bad_token</c>.</exception>
    public IngoSession(string token)
    {
        ArgumentNullException.ThrowIfNull(token);
        foreach (var part in token.Split(';'))
        {
            var at = part.IndexOf(':', StringComparison.Ordinal);
            var partition = PartitionPosition.Everywhere;
            if (!ulong.TryParse(part.AsSpan(at + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var version) || (at >= 0 && !int.TryParse(part.AsSpan(0, at), NumberStyles.None, CultureInfo.InvariantCulture, out partition)))
                throw new InvalidRequestException("session.bad_token", $"'{part}' is no part of a session's token.", suggestion: "Pass what IngoSession.Token gave, unchanged");
            SeeLocked(new(partition, version));
        }
    }

    /// <summary>What was seen and written so far.</summary>
    public string Token
    {
        get
        {
            lock (_gate) return string.Join(';', _seen.Select(seen => string.Create(CultureInfo.InvariantCulture, $"{seen.Key}:{seen.Value}")).Prepend(_everywhere.ToString(CultureInfo.InvariantCulture)));
        }
    }

    internal PartitionPosition[] Positions
    {
        get
        {
            lock (_gate) return [new(PartitionPosition.Everywhere, _everywhere), .. _seen.Select(seen => new PartitionPosition(seen.Key, seen.Value))];
        }
    }

    internal void See(IEnumerable<PartitionPosition> positions)
    {
        lock (_gate)
            foreach (var position in positions) SeeLocked(position);
    }

    internal void SeeEverywhere(ulong version)
    {
        lock (_gate) SeeLocked(new(PartitionPosition.Everywhere, version));
    }

    private void SeeLocked(PartitionPosition position)
    {
        if (position.Version <= _everywhere) return;
        if (position.Partition != PartitionPosition.Everywhere && (_seen.Count < PartitionsMax || _seen.ContainsKey(position.Partition)))
        {
            _seen[position.Partition] = Math.Max(_seen.GetValueOrDefault(position.Partition), position.Version);
            return;
        }

        _everywhere = position.Version;
        foreach (var covered in _seen.Where(seen => seen.Value <= _everywhere).Select(seen => seen.Key).ToList()) _seen.Remove(covered);
    }
}
