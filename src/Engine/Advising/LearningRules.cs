// People have the last word: what they want of the learning of a collection is kept apart from what the advisor remembers,
// which never changes it. A path cannot be pinned and banned at once; the later order counts.

using System.Text.Json.Serialization;
using IngoDB.Engine.Entries;
using IngoDB.Model;

namespace IngoDB.Engine.Advising;

/// <summary>What the advisor may do by itself.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<LearningSwitch>))]
public enum LearningSwitch
{
    [JsonStringEnumMemberName("on")]
    On,

    /// <summary>It says what it would do; people do it.</summary>
    [JsonStringEnumMemberName("suggest")]
    Suggest,

    /// <summary>Statistics only.</summary>
    [JsonStringEnumMemberName("off")]
    Off,
}

/// <summary>What people want of the learning of one collection; the advisor never changes it.</summary>
public sealed record LearningRules
{
    public static LearningRules Default { get; } = new();

    public LearningSwitch Learning { get; init; }

    /// <summary>Built whatever the evidence, and never dropped.</summary>
    public IReadOnlyList<string> Pins { get; init; } = [];

    /// <summary>Never built; dropped if they are there.</summary>
    public IReadOnlyList<string> Bans { get; init; } = [];

    /// <summary>For all learned indexes of the collection together; null: no limit.</summary>
    public long? BytesMax { get; init; }

    /// <summary>Upkeep of learned indexes may be this share of the collection's whole recent work, reads and writes.</summary>
    public double UpkeepShareMax { get; init; } = 0.1;

    /// <exception cref="InvalidRequestException"><c>learning.bad_rules</c>.</exception>
    public void Check()
    {
        if (BytesMax < 0) throw new InvalidRequestException("learning.bad_rules", $"A budget of {BytesMax} bytes is none.", "/bytesMax", example: "67108864");
        if (!(UpkeepShareMax is >= 0 and <= 1)) throw new InvalidRequestException("learning.bad_rules", $"A share lies between 0 and 1; this is {UpkeepShareMax}.", "/upkeepShareMax", example: "0.1");
    }

    /// <summary>Pinned, and no longer banned.</summary>
    public LearningRules Pin(string path) => this with { Pins = With(Pins, path), Bans = Without(Bans, path) };

    public LearningRules Unpin(string path) => this with { Pins = Without(Pins, path) };

    /// <summary>Banned, and no longer pinned.</summary>
    public LearningRules Ban(string path) => this with { Bans = With(Bans, path), Pins = Without(Pins, path) };

    public LearningRules Unban(string path) => this with { Bans = Without(Bans, path) };

    /// <summary>Who bans fields bans the forms of an index over them, too, but for those that are pinned.</summary>
    public bool IsBanned(string path)
        => Bans.Contains(path) || (!Pins.Contains(path) && IndexFields.TryParse(path, out var fields) && fields.BaseText != path && Bans.Contains(fields.BaseText));

    private static IReadOnlyList<string> With(IReadOnlyList<string> paths, string path) => paths.Contains(path) ? paths : [.. paths.Append(path).Order(StringComparer.Ordinal)];

    private static IReadOnlyList<string> Without(IReadOnlyList<string> paths, string path) => [.. paths.Where(known => known != path)];
}
