// Which collection holds a state: one per grain type and state name, so that a query over one kind of state reads nothing else, and
// an index is of one kind of document.
//
//   grain:inventory:stock                       the Default provider
//   grain:inventory:stock:archive               a provider with another name: its states are others
//   grain:inventory:stock:archive:warehouse     in a database that several services share
//
// Names that a collection cannot have (generic grain types, overlong ones) keep what is readable of them and end in a hash.

using System.Security.Cryptography;
using System.Text;
using IngoDB.Model;

namespace IngoDB.GrainStorage.Naming;

/// <summary>Names of the collections of grain state.</summary>
internal static class StateCollections
{
    /// <summary>Where it is written down which of them there are, and what is in them.</summary>
    public const string Directory = "system:grain-states";

    public const string DefaultProvider = "Default";

    /// <summary>The first part of the names of collections of states.</summary>
    public const string States = "grain";

    /// <summary>The first part of the names of what transactional states have beside their committed state.</summary>
    public const string Transactions = "transactions";

    private const int PartCharactersMax = 48;
    private const int HashDigits = 16;

    public static string NameOf(string grainType, string stateName, string provider, string? service, string prefix = States)
    {
        var name = $"{prefix}:{Part(grainType)}:{Part(stateName)}";
        if (provider != DefaultProvider || service is not null) name += $":{Part(provider)}";
        if (service is not null) name += $":{Part(service)}";
        return name.Length <= CollectionName.CharactersMax ? name : $"{name.AsSpan(0, CollectionName.CharactersMax - HashDigits - 1)}-{HashOf(name)}";
    }

    private static string Part(string text)
    {
        var readable = new StringBuilder();
        foreach (var character in text) readable.Append(char.IsAsciiLetterOrDigit(character) || character is '_' or '.' or '-' ? character : '-');
        var isItself = text.Length is > 0 and <= PartCharactersMax && readable.Equals(text.AsSpan());
        return isItself ? text : $"{readable.ToString(0, Math.Min(readable.Length, PartCharactersMax - HashDigits - 1))}-{HashOf(text)}";
    }

    private static string HashOf(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)))[..HashDigits];
}
