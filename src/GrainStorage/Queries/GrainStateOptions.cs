using System.Text.Json;
using IngoDB.GrainStorage.Naming;

namespace IngoDB.GrainStorage;

/// <summary>Which states are meant. Without a grain type: those of the .NET type, wherever they are stored, if that is one place.</summary>
public sealed record GrainStateOptions
{
    /// <summary>Orleans' name of the grain's type, e.g. <c>inventory</c> for <c>InventoryGrain</c>.</summary>
    public string? GrainType { get; init; }

    /// <summary>The same by an interface that one grain class implements.</summary>
    public Type? GrainInterface { get; init; }

    /// <summary>The name of the state; with a grain type and without it: the one of the .NET type.</summary>
    public string? StateName { get; init; }

    /// <summary>The name of the storage provider.</summary>
    public string Provider { get; init; } = StateCollections.DefaultProvider;

    /// <summary>As in the provider's options.</summary>
    public string? Database { get; init; }

    /// <summary>As in the provider's options.</summary>
    public JsonSerializerOptions? JsonSerializerOptions { get; init; }
}
