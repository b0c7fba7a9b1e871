// What an edit may say. A contradiction is a bug of ours and stops the partition; the one expected race is not.

using IngoDB.Engine.Entries;
using IngoDB.Engine.Manifests;
using IngoDB.Model;
using static IngoDB.Tests.Manifests.Edits;

namespace IngoDB.Tests.Manifests;

public sealed class ManifestStateTests
{
    private readonly ManifestState _state = After(6);

    [Fact]
    public void A_life_adds_up()
    {
        var state = After(Life.Length);
        Assert.Equal([7ul, 8ul], state.Tables.Keys.Select(t => t.Value).Order());
        Assert.Equal("tags[]", Assert.Single(state.Indexes.Values).Fields.Text);
        Assert.Equal(new(Users, "people") { Options = new() { TimeToLive = TimeSpan.FromHours(1), Buffered = true } }, Assert.Single(state.Collections.Values));
        Assert.Equal([2u, 9u], state.DroppedCollections.Select(id => id.Value).Order());
        Assert.Equal((5ul, 77ul, 40ul, -3), (state.OldestLogSegment, state.ClockCeiling.Raw, state.RetentionWatermark.Raw, state.ScalingParameter));
        Assert.Equal((9ul, 3u, 10u), (state.NextFileNumber, state.NextIndexId, state.NextCollectionId));
    }

    [Fact]
    public void Removing_a_table_that_is_not_there_is_a_bug() => Refuses(new() { TablesRemoved = [new(99)] });

    [Fact]
    public void Adding_a_table_twice_is_a_bug() => Refuses(new() { TablesAdded = [Table(7)] });

    [Fact]
    public void Replacing_a_table_under_its_own_number_is_a_bug() => Refuses(new() { TablesRemoved = [new(7)], TablesAdded = [Table(7)] });

    [Fact]
    public void An_index_file_for_a_table_that_is_gone_is_a_bug() => Refuses(new() { TableIndexesAdded = [(new(4), new(new(1), 1, 1))] });

    [Fact]
    public void A_second_index_on_one_path_is_a_bug() => Refuses(new() { IndexesDefined = [new(new(5), Users, IndexFields.Of("address.city"), "")] });

    [Fact]
    public void A_used_index_id_is_never_used_again() =>
        Refuses(new() { IndexesDefined = [new(new(1), Users, IndexFields.Of("age"), "")] }, After(Life.Length));

    [Fact]
    public void A_dropped_collection_never_comes_back() => Refuses(new() { CollectionsDefined = [new(new(2), "again")] }, After(7));

    [Fact]
    public void Two_collections_of_one_name_are_a_bug() => Refuses(new() { CollectionsDefined = [new(new(9), "users")] });

    [Fact]
    public void A_released_log_segment_is_never_needed_again() => Refuses(new() { OldestLogSegment = 4 });

    [Fact]
    public void Dropping_a_collection_drops_its_indexes_and_their_files()
    {
        var state = _state.Apply(new() { CollectionsDropped = [Users] });
        Assert.Empty(state.Indexes);
        Assert.All(state.Tables.Values, table => Assert.Empty(table.Indexes));
    }

    [Fact]
    public void A_table_made_while_its_index_was_dropped_comes_without_it()
    {
        var state = _state.Apply(new() { IndexesDropped = [new(1)] }).Apply(new() { TablesAdded = [Table(20, 1)] });
        Assert.Empty(state.Tables[new(20)].Indexes);
        Assert.Empty(state.Tables[new(7)].Indexes);
    }

    [Fact]
    public void Ceilings_only_rise()
    {
        var state = _state.Apply(new() { ClockCeiling = new(5), RetentionWatermark = new(5), NextFileNumber = 2 });
        Assert.Equal((77ul, 40ul, 9ul), (state.ClockCeiling.Raw, state.RetentionWatermark.Raw, state.NextFileNumber));
    }

    private void Refuses(VersionEdit edit, ManifestState? state = null) => Assert.Throws<InvariantViolationException>(() => (state ?? _state).Apply(edit));
}
