// A grain's key is the _id of its state, so that finding the state of a grain is a point read, and following a reference to a grain
// is a join by _id:
//
//   "sku-17"                               String  sku-17                     as it is
//   0195b7a000007000800000000000aaaa       Uuid    0195b7a0-0000-7000-...     Orleans' form of a Guid key: 16 bytes, and a Guid member joins with it
//   more than 255 bytes                    String  first 32 characters # hash of all of it; the whole key stands in grain.key
//
// The way back needs no guess: a Uuid was a Guid key, a String was itself.

using System.Buffers;
using System.Globalization;
using System.Security.Cryptography;
using IngoDB.Model;
using Orleans.Runtime;

namespace IngoDB.GrainStorage.Naming;

/// <summary>Grain keys as ids of documents, and back.</summary>
internal static class StateIds
{
    private const int GuidDigits = 32;
    private const int KeptCharacters = 32;
    private static readonly SearchValues<char> s_digits = SearchValues.Create("0123456789abcdef");

    public static DocumentId Of(GrainId grain)
    {
        var key = grain.Key.ToString()!;
        if (AsGuid(key) is { } guid) return new(guid);
        return System.Text.Encoding.UTF8.GetByteCount(key) <= DocumentId.StringBytesMax ? new(key) : new(Shortened(key));
    }

    /// <summary>The key as a value: what <c>grain.key</c> and references hold. Equal to the _id unless that is shortened.</summary>
    public static Value ValueOf(string key) => AsGuid(key) is { } guid ? Value.From(guid) : Value.From(key);

    public static string KeyOf(in Value value) => value.Kind == ValueKind.Uuid ? value.AsUuid().ToString("N", CultureInfo.InvariantCulture) : value.AsString();

    /// <summary>Only lower-case digits are Orleans' own form; anything else is a string key that happens to look like one.</summary>
    public static Guid? AsGuid(string key)
        => key.Length == GuidDigits && !key.AsSpan().ContainsAnyExcept(s_digits) ? Guid.ParseExact(key, "N") : null;

    private static string Shortened(string key)
    {
        var kept = char.IsHighSurrogate(key[KeptCharacters - 1]) ? KeptCharacters - 1 : KeptCharacters;
        return $"{key.AsSpan(0, kept)}#{Convert.ToHexStringLower(SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(key)))}";
    }
}
