// Of a large state mostly little changes between two writes. When the state has to travel, only those of its top-level fields go that
// differ from what this activation wrote last; the condition on the version makes sure that the rest is what it was.
//
//   wrote  v7: {grain, stock, history}      kept: v7, hash of each field
//   writes     {grain, stock', history}     patch if v7: set stock'
//
// What is kept is some bytes per field, by the state object that the runtime uses for the whole life of an activation. Small states
// are sent whole: comparing them would cost more than sending them.

using System.IO.Hashing;
using System.Runtime.CompilerServices;
using IngoDB.Abstractions;
using IngoDB.GrainStorage.States;
using IngoDB.Model;

namespace IngoDB.GrainStorage.Stores;

/// <summary>Remembers what large states looked like. Thread-safe.</summary>
internal sealed class StateChanges(int bytesMin)
{
    private readonly ConditionalWeakTable<object, Written> _written = [];

    /// <summary>The write of a whole state, with the steps that do the same to the version that is there.</summary>
    public LocalWrite WriteOf(object state, DocumentId id, DocumentVersion expected, in StateRow row)
    {
        if (expected == DocumentVersion.None) return new(WriteKind.Insert, id, expected) { Shape = row.Shape, Row = row.Bytes };
        return new(WriteKind.Replace, id, expected) { Shape = row.Shape, Row = row.Bytes, Steps = row.Bytes.Length < bytesMin ? null : StepsOf(state, expected, row) };
    }

    public void Wrote(object state, DocumentVersion version, in StateRow row)
    {
        if (row.Bytes.Length >= bytesMin) _written.AddOrUpdate(state, new(version, row.Shape, HashesOf(row)));
    }

    private List<PatchStep>? StepsOf(object state, DocumentVersion expected, in StateRow row)
    {
        if (!_written.TryGetValue(state, out var before) || before.Version != expected || !before.Shape.Equals(row.Shape)) return null;
        var fields = new RowReader(row.Shape, row.Bytes.Span);
        var steps = new List<PatchStep>();
        var bytes = 0;
        for (var i = 0; i < fields.Count; i++)
        {
            var field = fields[i];
            if (HashOf(field) == before.Hashes[i]) continue;
            bytes += field.Payload.Length;
            if (bytes > row.Bytes.Length / 2) return null;
            steps.Add(new(PatchOperator.Set, FieldPath.OfField(row.Shape.Names[i]), field.Decode()));
        }

        return steps.Count == 0 ? null : steps;
    }

    private static UInt128[] HashesOf(in StateRow row)
    {
        var fields = new RowReader(row.Shape, row.Bytes.Span);
        var hashes = new UInt128[fields.Count];
        for (var i = 0; i < hashes.Length; i++) hashes[i] = HashOf(fields[i]);
        return hashes;
    }

    private static UInt128 HashOf(in EncodedValue value) => XxHash128.HashToUInt128(value.Payload, value.Tag);

    private sealed record Written(DocumentVersion Version, Shape Shape, UInt128[] Hashes);
}
