// Three questions to a Redis server in its own protocol, so that asking for its settings needs no package. A request is an array
// of strings; of an answer only what is asked for here is read: strings, numbers, and arrays of them (RESP2).
//
//     *3\r\n $6\r\nCONFIG\r\n $3\r\nGET\r\n $10\r\nappendonly\r\n    ►
//     ◄    *2\r\n $10\r\nappendonly\r\n $3\r\nyes\r\n

using System.Globalization;
using System.Net.Sockets;
using System.Text;

namespace IngoDB.Grains.Catalog;

/// <summary>A connection on which settings are asked for. One caller at a time.</summary>
internal sealed class RedisQuestions : IDisposable
{
    private const int DefaultPort = 6379;
    private const int ItemsMax = 1000;
    private const int ItemBytesMax = 1 << 20;

    private readonly TcpClient _client;
    private readonly StreamReader _reader;

    private RedisQuestions(TcpClient client)
    {
        _client = client;
        _reader = new(client.GetStream(), Encoding.UTF8);
    }

    /// <param name="endpoint"><c>host:port</c>, or <c>password@host:port</c>.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    public static async ValueTask<RedisQuestions> ConnectAsync(string endpoint, CancellationToken cancellationToken)
    {
        var at = endpoint.LastIndexOf('@');
        var address = endpoint[(at + 1)..];
        var colon = address.LastIndexOf(':');
        var client = new TcpClient();
        try
        {
            await client.ConnectAsync(colon < 0 ? address : address[..colon], colon < 0 ? DefaultPort : int.Parse(address[(colon + 1)..], NumberStyles.None, CultureInfo.InvariantCulture), cancellationToken).ConfigureAwait(false);
            var redis = new RedisQuestions(client);
            if (at > 0) await redis.AskAsync(["AUTH", endpoint[..at]], cancellationToken).ConfigureAwait(false);
            return redis;
        }
        catch
        {
            client.Dispose();
            throw;
        }
    }

    /// <summary>The strings of the answer, in a row.</summary>
    /// <exception cref="IOException">The server refuses, or is gone.</exception>
    /// <exception cref="FormatException">This is not Redis.</exception>
    public async ValueTask<IReadOnlyList<string>> AskAsync(IReadOnlyList<string> words, CancellationToken cancellationToken)
    {
        var request = new StringBuilder().Append(CultureInfo.InvariantCulture, $"*{words.Count}\r\n");
        foreach (var word in words) request.Append(CultureInfo.InvariantCulture, $"${Encoding.UTF8.GetByteCount(word)}\r\n{word}\r\n");
        await _client.GetStream().WriteAsync(Encoding.UTF8.GetBytes(request.ToString()), cancellationToken).ConfigureAwait(false);
        var items = new List<string>();
        await ReadAsync(items, cancellationToken).ConfigureAwait(false);
        return items;
    }

    public void Dispose()
    {
        _reader.Dispose();
        _client.Dispose();
    }

    private async ValueTask ReadAsync(List<string> items, CancellationToken cancellationToken)
    {
        // Arrays may hold arrays: what is left to read is counted instead of called for.
        for (var left = 1; left > 0; left--)
        {
            var line = await _reader.ReadLineAsync(cancellationToken).ConfigureAwait(false) ?? throw new IOException("the connection was closed");
            if (line.Length == 0) throw new FormatException("an empty line is no answer of Redis");
            switch (line[0])
            {
                case '-': throw new IOException(line[1..]);
                case '+' or ':': items.Add(line[1..]); break;
                case '$': items.Add(await ReadStringAsync(Count(line, ItemBytesMax), cancellationToken).ConfigureAwait(false)); break;
                case '*': left += Count(line, ItemsMax); break;
                default: throw new FormatException($"'{line[0]}' begins no answer of Redis");
            }

            if (items.Count > ItemsMax) throw new FormatException($"more than {ItemsMax} items");
        }
    }

    private async ValueTask<string> ReadStringAsync(int length, CancellationToken cancellationToken)
    {
        if (length == 0 || length == -1) return length == 0 ? await _reader.ReadLineAsync(cancellationToken).ConfigureAwait(false) ?? "" : "";
        return await _reader.ReadLineAsync(cancellationToken).ConfigureAwait(false) ?? throw new IOException("the connection was closed");
    }

    private static int Count(string line, int max)
        => int.TryParse(line.AsSpan(1), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var count) && count >= -1 && count <= max ? count : throw new FormatException($"'{line}' is no length");
}
