// The content of a snapshot, as the one who has it names it and the one who needs it fetches it: files, in pieces of at most a mebibyte, each with
// a checksum. The one who needs it asks, so that nobody is sent more than he can write, and asks again what was lost.

using System.Collections.Immutable;
using IngoDB.Replication.Members;

namespace IngoDB.Grains.Replicas;

/// <summary>What a snapshot's message carries.</summary>
/// <param name="From">Who has it.</param>
/// <param name="Id">Of this snapshot there.</param>
internal sealed record SnapshotOffer(CopyId From, Guid Id, ImmutableArray<SnapshotFile> Files)
{
    public const int PieceBytesMax = 1 << 20;

    public long Bytes => Files.Sum(file => file.Bytes);
}

internal readonly record struct SnapshotFile(string Name, long Bytes);

/// <summary>Asks for a piece of a file.</summary>
[GenerateSerializer, Immutable, Alias("ingodb.SnapshotPieceRequest")]
internal sealed class SnapshotPieceRequest
{
    [Id(0)] public required string Database { get; init; }

    [Id(1)] public required int Partition { get; init; }

    [Id(2)] public required Guid Copy { get; init; }

    [Id(3)] public required Guid Snapshot { get; init; }

    /// <summary>By its place in the offer.</summary>
    [Id(4)] public required int File { get; init; }

    [Id(5)] public required long Offset { get; init; }
}

/// <summary>The piece; without bytes: the snapshot is not there (any more).</summary>
[GenerateSerializer, Immutable, Alias("ingodb.SnapshotPiece")]
internal sealed class SnapshotPiece
{
    [Id(0)] public byte[]? Bytes { get; init; }

    /// <summary>XxHash3 of the bytes.</summary>
    [Id(1)] public ulong Checksum { get; init; }
}
