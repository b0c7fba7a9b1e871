// What becomes of a field when its rows are complete: nothing but a key when all have the same value, numbers whose
// keys are computed when that takes less room, else a dictionary; and no column when the field would cost more than it
// is worth beside its rows. Provisional codes become final ones, in the order of the keys, while they are packed.

using IngoDB.Model;

namespace IngoDB.Engine.Columns;

/// <summary>A column ready to be written. One of the two is set: the key that all rows share, or the bytes of a column frame.</summary>
internal readonly record struct EncodedColumn(string Field, byte[]? ConstantKey, byte[]? Payload);

/// <summary>Decides what a field becomes, and turns provisional codes into final ones.</summary>
internal static class ColumnEncoder
{
    /// <summary>Beside every so many bytes of keys and rows a column may have one byte of keys, and half as many of codes.</summary>
    private const int RowBytesPerKeyByte = 8;
    private const int RowBytesPerCodeByte = 4;

    /// <summary>A small table may have small dictionaries all the same.</summary>
    private const int AlwaysBytes = 4096;

    /// <summary>Null: the field has no column.</summary>
    /// <param name="rowBytes">Bytes of the rows the column stands beside.</param>
    public static EncodedColumn? Encode(FieldCodes field, long rowBytes)
    {
        if (field.Numbers is { } numbers) return Encode(field.Field, numbers, rowBytes);
        if (SortedKeys.TryOf(field.Values) is not { } keys) return null;
        if (keys.Count == 1) return new(field.Field, keys[0].ToArray(), null);

        var rows = field.Rows;
        var dictionaryBytes = keys.Bytes + (2L * keys.Count) + BitPacking.BytesFor(rows, BitPacking.BitsFor((uint)keys.Count));
        if (NumbersOf(field.Values, out var codes) is { } computed && BitPacking.BytesFor(rows, BitPacking.BitsFor(computed.Count)) + ColumnFormat.NumberKeysBytes <= dictionaryBytes)
            return IsTooWide(rows, computed.Count, rowBytes) ? null : new(field.Field, null, Pack(field.Codes, codes, ColumnPayload.Of(rows, computed)));
        if (keys.Bytes > (rowBytes / RowBytesPerKeyByte) + AlwaysBytes || IsTooWide(rows, (uint)keys.Count, rowBytes)) return null;
        return new(field.Field, null, Pack(field.Codes, keys.Ranks, ColumnPayload.Of(rows, keys)));
    }

    private static EncodedColumn? Encode(string field, FieldNumbers numbers, long rowBytes)
    {
        var range = new NumberRange();
        for (var chunk = 0; chunk < numbers.Numbers.ChunkCount; chunk++)
            foreach (var number in numbers.Numbers.Chunk(chunk))
                if (FieldNumbers.IsNumber(number)) range.Add(number);
        if (range.ToKeys(numbers.Scale, numbers.Lowest) is not { } keys || IsTooWide(numbers.Count, keys.Count, rowBytes)) return null;
        return new(field, null, Pack(numbers.Numbers, keys, ColumnPayload.Of(numbers.Count, keys)));
    }

    private static bool IsTooWide(int rows, uint codeCount, long rowBytes) => BitPacking.BytesFor(rows, BitPacking.BitsFor(codeCount)) > (rowBytes / RowBytesPerCodeByte) + AlwaysBytes;

    /// <summary>The values as numbers at equal distances with the code of each; null when they are not, or when they span too much.</summary>
    private static NumberKeys? NumbersOf(ValueCodes values, out uint[] codes)
    {
        codes = [];
        if (NumberScale.Of(values) is not { } scale) return null;
        var range = new NumberRange();
        byte lowest = 0;
        for (var code = 0; code < values.Count; code++)
        {
            var value = values[code];
            if (value.Kind == ValueKind.Missing) lowest |= ColumnFormat.MissingBit;
            else if (value.Kind == ValueKind.Null) lowest |= ColumnFormat.NullBit;
            else if (scale.TryNumber(value, out var number)) range.Add(number);
            else return null;
        }

        if (range.ToKeys(scale, lowest) is not { } keys) return null;
        codes = new uint[values.Count];
        for (var code = 0; code < codes.Length; code++) codes[code] = scale.TryNumber(values[code], out var number) ? keys.CodeOf(number) : keys.CodeOf(values[code].Kind);
        return keys;
    }

    private static byte[] Pack(CodeList<ushort> provisional, uint[] final, ColumnPayload target)
    {
        var packer = target.Codes;
        Span<uint> chunk = new uint[CodeList<ushort>.ChunkCodes];
        for (var number = 0; number < provisional.ChunkCount; number++)
        {
            var codes = provisional.Chunk(number);
            for (var i = 0; i < codes.Length; i++) chunk[i] = final[codes[i]];
            packer.Add(chunk[..codes.Length]);
        }

        packer.Finish();
        return target.Bytes;
    }

    private static byte[] Pack(CodeList<long> numbers, NumberKeys keys, ColumnPayload target)
    {
        var packer = target.Codes;
        Span<uint> chunk = new uint[CodeList<long>.ChunkCodes];
        for (var number = 0; number < numbers.ChunkCount; number++)
        {
            var values = numbers.Chunk(number);
            for (var i = 0; i < values.Length; i++)
            {
                chunk[i] = values[i] switch
                {
                    FieldNumbers.Skipped => 0,
                    FieldNumbers.Missing => keys.CodeOf(ValueKind.Missing),
                    FieldNumbers.Null => keys.CodeOf(ValueKind.Null),
                    _ => keys.CodeOf(values[i]),
                };
            }

            packer.Add(chunk[..values.Length]);
        }

        packer.Finish();
        return target.Bytes;
    }
}
