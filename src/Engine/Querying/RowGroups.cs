// An aggregate by rows, the way that always works: the fields of each matching document are read where they lie, its group is
// found by the ordered keys of the `by` values, and every accumulator is told what it asked for.
//
// A path with [] gives the elements of an array, each of them as often as it stands there; what is no array is one element. So a document
// is in as many groups as it has elements (in all combinations, when several paths fan out), in none when an array is empty, and in the
// group without a value when the field is missing.

using System.Buffers.Binary;
using IngoDB.Engine.Aggregating;
using IngoDB.Engine.Entries;
using IngoDB.Model;

namespace IngoDB.Engine.Querying;

/// <summary>Tells documents to the groups of one aggregate. One thread at a time.</summary>
internal sealed class RowGroups
{
    private readonly GroupCollector _groups;
    private readonly BudgetMeter _meter;
    private readonly Field[] _by;
    private readonly Computed[] _computed;
    private readonly KeyBuffer _key = new();
    private readonly byte[] _versionBytes = new byte[8];
    private readonly byte[] _entryKey = new byte[EntryKey.BytesMax];

    public RowGroups(AggregateQuery query, GroupCollector groups, BudgetMeter meter)
    {
        (_groups, _meter) = (groups, meter);
        _by = [.. query.By.Select(path => new Field(new(path), path.FansOut))];
        _computed = [.. query.Compute.Select((named, i) => new Computed(named.Value.Field is { } path ? new Field(new(path), path.FansOut) : null, groups.States[i], named.Value.Function == AccumulatorFunction.Distinct ? (byte)(GroupFormat.FirstDistinctMark + i) : (byte)0))];
    }

    private sealed record Field(FieldAccess Access, bool FansOut);

    /// <param name="DistinctMark">0 for any other accumulator.</param>
    private sealed record Computed(Field? Field, AccumulatorStates States, byte DistinctMark);

    /// <summary>All documents of a stream; false when a budget has ended it.</summary>
    public bool AddAll(RowStream rows)
    {
        while (rows.MoveNext())
        {
            var idKey = rows.IdKey;
            idKey.CopyTo(_entryKey.AsSpan(EntryKey.CollectionBytes));
            BinaryPrimitives.WriteUInt64LittleEndian(_versionBytes, rows.Version.Raw);
            var input = new FilterInput(_entryKey.AsSpan(0, EntryKey.CollectionBytes + idKey.Length), _versionBytes, rows.Shape, rows.Row);
            if (_groups.NeedsRoom()) _groups.MakeRoom();
            var groups = _groups.Groups;
            _key.Length = 0;
            AddToGroups(input, idKey, 0);
            if (_groups.Groups > groups && !_meter.Take((_groups.Groups - groups) * _key.Length)) return false;
        }

        return _meter.StoppedBy is null;
    }

    private void AddToGroups(in FilterInput input, ReadOnlySpan<byte> idKey, int path)
    {
        if (path == _by.Length)
        {
            AddToGroup(input, idKey);
            return;
        }

        var value = _by[path].Access.Of(input);
        if (!_by[path].FansOut || value.Kind != ValueKind.Array)
        {
            OrderedKey.Append(value, _key);
            AddToGroups(input, idKey, path + 1);
            return;
        }

        var (length, count) = (_key.Length, value.ArrayLength);
        for (var i = 0; i < count && _meter.ExamineCodes(1); i++)
        {
            _key.Length = length;
            OrderedKey.Append(value.ArrayElement(i), _key);
            AddToGroups(input, idKey, path + 1);
        }
    }

    private void AddToGroup(in FilterInput input, ReadOnlySpan<byte> idKey)
    {
        var length = _key.Length;
        _key.Add(GroupFormat.HeadMark);
        var group = _groups.GroupOf(_key.Span);
        foreach (var computed in _computed)
        {
            if (computed.Field is not { } field)
            {
                computed.States.Add(group, default, idKey);
                continue;
            }

            var value = field.Access.Of(input);
            if (value.IsMissing) continue;
            if (!field.FansOut || value.Kind != ValueKind.Array)
            {
                Add(computed, group, value, idKey, length);
                continue;
            }

            var count = value.ArrayLength;
            for (var i = 0; i < count; i++) Add(computed, group, value.ArrayElement(i), idKey, length);
        }
    }

    private void Add(Computed computed, int group, EncodedValue value, ReadOnlySpan<byte> idKey, int groupLength)
    {
        if (computed.DistinctMark == 0)
        {
            computed.States.Add(group, value, idKey);
            return;
        }

        _key.Length = groupLength;
        _key.Add(computed.DistinctMark);
        OrderedKey.Append(value, _key);
        _groups.AddDistinct(_key.Span);
    }
}
