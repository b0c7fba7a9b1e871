using System.Globalization;
using IngoDB.Abstractions;

namespace IngoDB.Grains.Collections;

/// <summary>What one collection learns from its queries, over all partitions. Key: <see cref="CollectionKey"/>.</summary>
[Alias("ingodb.ICollectionGrain")]
internal interface ICollectionGrain : IGrainWithStringKey
{
    /// <summary>Queries have cost something: look at it soon. Returns at once.</summary>
    [Alias("Noticed"), ResponseTimeout(CallTimeouts.AboveEveryDeadline)]
    ValueTask NoticedAsync();

    /// <summary>Looks at what queries have cost by now, and decides.</summary>
    [Alias("Learn"), ResponseTimeout(CallTimeouts.AboveEveryDeadline)]
    ValueTask<ValueReply> LearnAsync(CancellationToken cancellationToken);

    /// <summary>Arrays <c>indexes</c> and <c>patterns</c>.</summary>
    [Alias("Describe"), ResponseTimeout(CallTimeouts.AboveEveryDeadline)]
    ValueTask<ValueReply> DescribeAsync(CancellationToken cancellationToken);
}

/// <summary>The key of a collection's grain: <c>database/collection id</c>.</summary>
internal static class CollectionKey
{
    public static string Of(string database, uint collection) => string.Create(CultureInfo.InvariantCulture, $"{database}/{collection}");

    public static (string Database, uint Collection) Parse(string key)
    {
        var slash = key.LastIndexOf('/');
        return (key[..slash], uint.Parse(key.AsSpan(slash + 1), NumberStyles.None, CultureInfo.InvariantCulture));
    }
}
