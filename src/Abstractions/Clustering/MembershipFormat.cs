// The membership table of Orleans as one small JSON document: every row, each with the version of the table that
// last changed it (its etag). JSON, because an operator whose cluster does not form looks into this file first.

using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using Orleans.Runtime;

namespace IngoDB.Abstractions.Clustering;

/// <summary>One silo's row, as written.</summary>
public sealed record MembershipRow
{
    /// <summary>address:port@generation.</summary>
    public required string Silo { get; init; }

    public required SiloStatus Status { get; init; }

    public int ProxyPort { get; init; }

    public string HostName { get; init; } = "";

    public string SiloName { get; init; } = "";

    public string? RoleName { get; init; }

    public int UpdateZone { get; init; }

    public int FaultZone { get; init; }

    public DateTime StartTime { get; init; }

    public DateTime AliveTime { get; init; }

    public IReadOnlyList<MembershipSuspicion> Suspicions { get; init; } = [];

    public long Etag { get; init; }

    public MembershipEntry ToEntry() => new()
    {
        SiloAddress = SiloAddress.FromParsableString(Silo),
        Status = Status,
        ProxyPort = ProxyPort,
        HostName = HostName,
        SiloName = SiloName,
        RoleName = RoleName,
        UpdateZone = UpdateZone,
        FaultZone = FaultZone,
        StartTime = StartTime,
        IAmAliveTime = AliveTime,
        SuspectTimes = [.. Suspicions.Select(s => Tuple.Create(SiloAddress.FromParsableString(s.By), s.At))],
    };

    public static MembershipRow From(MembershipEntry entry, long etag) => new()
    {
        Silo = entry.SiloAddress.ToParsableString(),
        Status = entry.Status,
        ProxyPort = entry.ProxyPort,
        HostName = entry.HostName ?? "",
        SiloName = entry.SiloName ?? "",
        RoleName = entry.RoleName,
        UpdateZone = entry.UpdateZone,
        FaultZone = entry.FaultZone,
        StartTime = AsUtc(entry.StartTime),
        AliveTime = AsUtc(entry.IAmAliveTime),
        Suspicions = [.. (entry.SuspectTimes ?? []).Select(s => new MembershipSuspicion(s.Item1.ToParsableString(), AsUtc(s.Item2)))],
        Etag = etag,
    };

    private static DateTime AsUtc(DateTime time) => time.Kind == DateTimeKind.Local ? time.ToUniversalTime() : DateTime.SpecifyKind(time, DateTimeKind.Utc);
}

/// <summary>A vote that a silo is dead.</summary>
public sealed record MembershipSuspicion(string By, DateTime At);

/// <summary>All rows of one version of the table.</summary>
public sealed record MembershipRows(IReadOnlyList<MembershipRow> Rows)
{
    public static MembershipRows Empty { get; } = new([]);

    public static string AliveFileName(SiloAddress silo) => Uri.EscapeDataString(silo.ToParsableString());

    public byte[] Encode() => JsonSerializer.SerializeToUtf8Bytes(this, MembershipJson.Default.MembershipRows);

    public static MembershipRows Decode(ReadOnlySpan<byte> json) => JsonSerializer.Deserialize(json, MembershipJson.Default.MembershipRows) ?? Empty;

    /// <summary>The content of a silo's own "I am alive" file.</summary>
    public static byte[] EncodeAlive(DateTime time) => System.Text.Encoding.UTF8.GetBytes(time.ToString("O", CultureInfo.InvariantCulture));

    public static DateTime DecodeAlive(ReadOnlySpan<byte> content)
        => DateTime.Parse(System.Text.Encoding.UTF8.GetString(content), CultureInfo.InvariantCulture, DateTimeStyles.RoundtripKind);
}

[JsonSerializable(typeof(MembershipRows))]
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, UseStringEnumConverter = true, WriteIndented = true)]
internal sealed partial class MembershipJson : JsonSerializerContext;
