using IngoDB.Abstractions;
using IngoDB.Grains.Coordination;
using IngoDB.Model;

namespace Grains.Tests.Coordination;

public sealed class IdScopeTests
{
    private const int Partitions = 64;

    [Fact]
    public void A_filter_that_names_ids_asks_only_their_partitions()
    {
        Assert.Equal([Of("a")], Scope(Filter.Eq("_id", "a")));
        Assert.Equal(new[] { Of("a"), Of("b") }.Order(), Scope(Filter.In("_id", "a", "b")));
        Assert.Equal([Of("a")], Scope(Filter.And(Filter.Gt("n", 1), Filter.Eq("_id", "a"))));
    }

    [Fact]
    public void Any_other_filter_asks_all()
    {
        Filter[] filters = [Filter.Gt("_id", "a"), Filter.Not(Filter.Eq("_id", "a")), Filter.Or(Filter.Eq("_id", "a"), Filter.Eq("n", 1)), new InFilter("_id", ["a"], Negated: true), Filter.Eq("n", "a"), Filter.All];
        Assert.All(filters, filter => Assert.Equal(Partitions, Scope(filter).Count));
        Assert.Equal(Partitions, IdScope.PartitionsOf(Maps.Of(Partitions), null).Count);
    }

    [Fact]
    public void A_string_that_reads_as_a_uuid_may_be_either()
    {
        const string text = "01890a5d-ac96-774b-bcce-b302099a8057";
        Assert.Equal(new[] { Of(text), OfKey(new DocumentId(new Guid(text))) }.Distinct().Order(), Scope(Filter.Eq("_id", text)));
    }

    [Fact]
    public void A_value_that_can_be_no_id_asks_nobody() => Assert.Empty(Scope(Filter.Eq("_id", 5)));

    private static IReadOnlyList<int> Scope(Filter filter) => IdScope.PartitionsOf(Maps.Of(Partitions), filter);

    private static int Of(string id) => OfKey(new DocumentId(id));

    private static int OfKey(DocumentId id) => PartitionHash.PartitionOf(Maps.Of(Partitions), IdKeys.KeyOf(id).Span);
}
