using IngoDB.Engine.Entries;

namespace IngoDB.Engine.Columns;

/// <summary>The columns of a merge's inputs, by the ordinals that <see cref="EntryOrigin"/> tells. One thread.</summary>
/// <param name="inputs">For each input its columns of a collection; null when it has none.</param>
internal sealed class ColumnInputs(IReadOnlyList<Func<CollectionId, TableColumns?>> inputs)
{
    private readonly TableColumns?[] _found = new TableColumns?[inputs.Count];
    private CollectionId _collection;

    /// <summary>Rows come from nowhere that has columns.</summary>
    public static ColumnInputs None { get; } = new([]);

    public TableColumns? Of(int input, CollectionId collection)
    {
        if ((uint)input >= (uint)_found.Length) return null;
        if (collection == _collection) return _found[input];
        for (var i = 0; i < _found.Length; i++) _found[i] = inputs[i](collection);
        _collection = collection;
        return _found[input];
    }
}
