using System.Linq.Expressions;
using IngoDB.Client.Calls;
using IngoDB.Client.Expressions;
using IngoDB.Client.Mapping;
using IngoDB.Model;

namespace IngoDB.Client.Queries;

/// <summary>Documents in groups; what is wanted of each is said by <see cref="Select"/>. Immutable.</summary>
public sealed class IngoGroups<TKey, T>
{
    private readonly ReadScope _scope;
    private readonly IMemberNames _names;
    private readonly ScanQuery _scan;
    private readonly IReadOnlyDictionary<string, FieldPath> _keys;
    private readonly bool _allowPartial;

    internal IngoGroups(ReadScope scope, IMemberNames names, ScanQuery scan, IReadOnlyDictionary<string, FieldPath> keys, bool allowPartial)
    {
        if (scan.Skip > 0 || scan.Limit is not null || scan.Sort.Count > 0 || scan.Select is not null || scan.Include.Count > 0)
            throw new InvalidRequestException("query.group_of_part", "Groups are made of all matching documents; an order, Skip, Take, Select or Include before GroupBy has no meaning in them.", suggestion: "Put OrderBy and Take behind Select");
        (_scope, _names, _scan, _keys, _allowPartial) = (scope, names, scan, keys, allowPartial);
    }

    /// <summary><c>Select(g => new { Year = g.Key, Movies = g.Count(), Best = g.Max(m => m.Rating) })</c></summary>
    /// <exception cref="InvalidRequestException"><c>query.unsupported_expression</c>: a member is neither a key nor one accumulator.</exception>
    public IngoAggregate<TResult> Select<TResult>(Expression<Func<IGroup<TKey, T>, TResult>> result)
    {
        GroupTranslator.CheckForm(result);
        var mapper = DocumentMappers.For<TResult>(null);
        var translated = new GroupTranslator(_keys, _names, mapper.Names).Translate(result);
        var ast = new AggregateQuery { From = _scan.From, At = _scan.At, Where = _scan.Where, Budget = _scan.Budget, By = [.. _keys.Values], Compute = translated.Compute };
        return new(_scope, new ResultMapper<TResult>(mapper, translated.Members), ast, _allowPartial);
    }
}
