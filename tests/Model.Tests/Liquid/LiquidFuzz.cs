// Requests that were valid once, spoiled in the ways that people, programs and agents spoil them: a byte here, a key
// renamed, a value of another type, a part twice, a part inside itself a thousand times. One seed makes one request, so a
// seed that finds something is all that a report needs.

using CsCheck;
using IngoDB.Model;

namespace IngoDB.Tests.Liquid;

/// <summary>Spoiled requests in JSON and binary, one for each seed. Thread-safe.</summary>
internal sealed class LiquidFuzz
{
    private const int ValidRequests = 2_000;
    private const int NodesMax = 100_000;

    private static readonly string[] s_words = [.. LiquidNames.Operators, .. LiquidNames.Kinds, .. LiquidNames.Types, "field", "value", "args", "arg", "where", "from", "$date", "$uuid", "$document", "_id", "_version", "$", ""];

    private readonly byte[][] _json = new byte[ValidRequests][], _binary = new byte[ValidRequests][];

    public LiquidFuzz()
    {
        var random = new PCG(7, 42);
        for (var i = 0; i < ValidRequests; i++)
        {
            var request = RequestGenerators.Request.Generate(random, null, out _);
            _json[i] = System.Text.Encoding.UTF8.GetBytes(LiquidJson.Write(request));
            _binary[i] = LiquidBinary.Write(request);
        }
    }

    /// <summary>A third each: bytes of the JSON, its tree, bytes of the binary form.</summary>
    public (byte[] Bytes, bool IsJson) Of(int seed)
    {
        var random = new Random(seed);
        var valid = random.Next(ValidRequests);
        return (seed % 3) switch
        {
            0 => (Spoiled(_json[valid], random), true),
            1 => (SpoiledTree(_json[valid], random), true),
            _ => (Spoiled(_binary[valid], random), false),
        };
    }

    private static byte[] Spoiled(byte[] valid, Random random)
    {
        var bytes = valid.ToList();
        for (var changes = random.Next(1, 5); changes > 0; changes--)
        {
            var at = random.Next(bytes.Count + 1);
            var count = random.Next(Math.Min(64, bytes.Count - at) + 1);
            switch (random.Next(6))
            {
                case 0: bytes.Insert(at, (byte)random.Next(256)); break;
                case 1: bytes.RemoveRange(at, count); break;
                case 2: bytes.InsertRange(at, bytes.GetRange(at, count)); break;
                case 3 when at < bytes.Count: bytes[at] ^= (byte)(1 << random.Next(8)); break;
                case 4: bytes.InsertRange(at, System.Text.Encoding.UTF8.GetBytes(s_words[random.Next(s_words.Length)])); break;
                default: bytes.InsertRange(at, Enumerable.Repeat((byte)"[{\"9e-\\"[random.Next(7)], random.Next(200))); break;
            }
        }

        return [.. bytes];
    }

    private static byte[] SpoiledTree(byte[] valid, Random random)
    {
        var tree = Value.From(DocumentJson.Read(valid));
        for (var changes = random.Next(1, 4); changes > 0; changes--) tree = Spoiled(tree, tree, random, random.Next(6));
        var nodesLeft = NodesMax;
        return tree.Kind == ValueKind.Document && IsSmall(tree, ref nodesLeft) ? System.Text.Encoding.UTF8.GetBytes(DocumentJson.ToJson(tree.AsDocument())) : valid;
    }

    // A part that is repeated a few hundred times, three times over, is no longer a request but a load test.
    private static bool IsSmall(Value value, ref int nodesLeft)
    {
        if (--nodesLeft < 0) return false;
        if (value.Kind == ValueKind.Array)
            foreach (var item in value.AsArray().Span)
                if (!IsSmall(item, ref nodesLeft)) return false;
        if (value.Kind == ValueKind.Document)
            foreach (var (_, item) in value.AsDocument())
                if (!IsSmall(item, ref nodesLeft)) return false;
        return true;
    }

    /// <summary>Goes down so many levels and changes what is there.</summary>
    private static Value Spoiled(Value part, Value whole, Random random, int levels)
    {
        if (part.Kind == ValueKind.Document && part.AsDocument() is { Count: > 0 } document)
        {
            var (name, value) = document.Fields[random.Next(document.Count)];
            if (levels > 0) return document.With(name, Spoiled(value, whole, random, levels - 1));
            return random.Next(3) switch
            {
                0 => document.Without(name),
                1 => document.Without(name).With(s_words[random.Next(s_words.Length)], value),
                _ => document.With(s_words[random.Next(s_words.Length)], Other(part, whole, random)),
            };
        }

        if (part.Kind == ValueKind.Array && part.AsArray() is { Length: > 0 } array && levels > 0)
        {
            var items = array.ToArray();
            var at = random.Next(items.Length);
            items[at] = Spoiled(items[at], whole, random, levels - 1);
            return Value.From(items);
        }

        return Other(part, whole, random);
    }

    private static Value Other(Value part, Value whole, Random random) => random.Next(10) switch
    {
        0 => Value.Null,
        1 => random.NextInt64(),
        2 => -1L,
        3 => random.NextDouble() * 1e20,
        4 => s_words[random.Next(s_words.Length)],
        5 => new string((char)random.Next('a', 'z'), random.Next(2_000)),
        6 => Value.From(Array.Empty<Value>()),
        7 => whole,
        8 => Value.From(Enumerable.Repeat(part, random.Next(300)).ToArray()),
        _ => random.Next(2) == 0,
    };
}
