// What a lambda may say about a group. Nobody implements this: GroupTranslator reads the calls from the expression and makes an
// aggregate of them; what it cannot read is refused before anything is sent.

namespace IngoDB.Client.Queries;

/// <summary>The documents of one group, inside <c>Select(g => ...)</c>. Only for expressions.</summary>
/// <typeparam name="TKey">What was grouped by: a member, or a new object of several.</typeparam>
public interface IGroup<out TKey, T>
{
    TKey Key { get; }

    /// <summary>How many documents.</summary>
    long Count();

    /// <summary>How many documents in which the member is there; null is.</summary>
    long Count<TValue>(Func<T, TValue> member);

    /// <summary>How many different values there are; of an array member, different arrays.</summary>
    long CountDistinct<TValue>(Func<T, TValue> member);

    /// <summary>How many different elements there are in all arrays together.</summary>
    long CountDistinctElements<TElement>(Func<T, IEnumerable<TElement>> member);

    /// <summary>Exact; what is no number is left out.</summary>
    TValue Sum<TValue>(Func<T, TValue> member);

    /// <summary>Null of no numbers.</summary>
    double? Average<TValue>(Func<T, TValue> member);

    TValue Min<TValue>(Func<T, TValue> member);

    TValue Max<TValue>(Func<T, TValue> member);

    /// <summary>Of the document with the least <c>_id</c> that has the member.</summary>
    TValue First<TValue>(Func<T, TValue> member);
}
