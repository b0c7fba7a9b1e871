// One grain a collection: the place where what all partitions saw comes together. Coordinators tell it that queries have cost
// something; people ask it and order it through the operations of LearningCoordinator.

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

    /// <summary>Changes what people want of its learning (LearningOrder as a document), and acts on it.</summary>
    [Alias("Order"), ResponseTimeout(CallTimeouts.AboveEveryDeadline)]
    ValueTask<ValueReply> OrderAsync(AdminRequest order, CancellationToken cancellationToken);

    /// <summary>For a shape that was explained: array <c>learning</c>, what would be built for it and when, or why not.</summary>
    [Alias("Explain"), ResponseTimeout(CallTimeouts.AboveEveryDeadline)]
    ValueTask<ValueReply> ExplainAsync(string shape, CancellationToken cancellationToken);

    /// <summary>Rules, and arrays <c>indexes</c>, <c>patterns</c>, <c>candidates</c> and <c>decisions</c>.</summary>
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
