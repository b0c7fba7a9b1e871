// A join's values are found among the codes of a column by search or side by side, whichever is less; both find the same.

using System.Buffers;
using CsCheck;
using IngoDB.Engine.Columns;
using IngoDB.Engine.Querying;
using IngoDB.Model;

namespace IngoDB.Tests.Querying;

public sealed class JoinValuesTests
{
    private sealed class Keys(byte[][] keys) : JoinKeys
    {
        public override int Count => keys.Length;

        public override ReadOnlySpan<byte> this[int index] => keys[index];
    }

    [Fact]
    public void Codes_of_values_in_order_are_those_of_the_same_values_in_any_order()
        => Gen.Select(Gen.Int[0, 200].HashSet[1, 60], Gen.Int[0, 200].Array[0, 90], Gen.Int[0, 1_000]).Sample((held, wanted, seed) =>
        {
            var column = ColumnOf([.. held.Order()]);
            var inOrder = new JoinValues(new Keys([.. wanted.Order().Select(KeyOf)])).CodesOf(column);
            var shuffled = wanted.ToArray();
            new Random(seed).Shuffle(shuffled);
            var expected = new ulong[inOrder.Length];
            foreach (var (value, code) in held.Order().Select((value, code) => (value, code)))
                if (wanted.Contains(value)) expected[code >> 6] |= 1UL << code;
            Assert.Equal(expected, inOrder);
            Assert.Equal(expected, new JoinValues(new Keys([.. shuffled.Select(KeyOf)])).CodesOf(column));
        }, iter: 2_000);

    private static byte[] KeyOf(int value)
    {
        var key = new ArrayBufferWriter<byte>();
        OrderedKey.Append(Value.From(value), key);
        return key.WrittenSpan.ToArray();
    }

    private static CodeColumn ColumnOf(int[] ascending)
    {
        var (bytes, ends) = (new List<byte>(), new List<int>());
        foreach (var value in ascending)
        {
            bytes.AddRange(KeyOf(value));
            ends.Add(bytes.Count);
        }

        return CodeColumn.Of("n", [.. ascending.Select((_, code) => (uint)code)], new DictionaryKeys([.. bytes], [.. ends]));
    }
}
