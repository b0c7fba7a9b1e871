using IngoDB.Model;
using Orleans.Runtime;

namespace IngoDB.GrainStorage;

/// <summary>Which changes a stream provider gives.</summary>
public sealed class ChangeStreamOptions
{
    /// <summary>The collections that are followed, e.g. <c>grain:inventory:stock</c>. At least one.</summary>
    public IList<string> Collections { get; } = [];

    /// <summary>Null: the cluster's default.</summary>
    public string? Database { get; set; }

    /// <summary>At its very first start: from the first document, or (the default) from what changes from then on. Later it goes on where it was. Subscriptions with a token begin there.</summary>
    public bool FromBeginning { get; set; }
}

/// <summary>Names every option that makes no sense.</summary>
/// <param name="name">The provider's.</param>
internal sealed class ChangeStreamOptionsValidator(ChangeStreamOptions options, string name) : IConfigurationValidator
{
    /// <exception cref="OrleansConfigurationException">What is wrong with them.</exception>
    public void ValidateConfiguration()
    {
        var failures = new List<string>();
        if (options.Collections.Count == 0) failures.Add("Collections must name at least one.");
        failures.AddRange(options.Collections.Where(collection => !CollectionName.IsValid(collection)).Select(collection => $"Collections: '{collection}' is no name of a collection."));
        failures.AddRange(options.Collections.GroupBy(collection => collection).Where(same => same.Count() > 1).Select(same => $"Collections names '{same.Key}' twice."));
        if (options.Database is { Length: 0 or > 64 }) failures.Add("Database must be null or a name of 1 to 64 characters.");
        if (failures.Count > 0) throw new OrleansConfigurationException($"The IngoDB change streams '{name}': {string.Join(" ", failures)}");
    }
}
