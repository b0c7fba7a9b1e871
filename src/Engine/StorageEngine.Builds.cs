// Tables that exist already get the indexes that were defined since. Beside compaction, not behind it: the queries that have paid for an
// index go on paying until it is there. Some tables of one index are built at once and published in one edit:
//
//   caller's thread    table 1, table 3, ...  ─┐
//   others, stepping   table 2, table 4, ...  ─┴─► one edit ─► queries use them
//   back for all else
//
// The budget is these threads (MergeThreadsMax, of which only the first takes its processor from anybody), one index at a time, and as many bytes a second
// as the options allow (BuildBudget); what is read and written is a table once and a few bytes a row.

using System.Collections.Immutable;
using IngoDB.Engine.Cursors;
using IngoDB.Engine.Entries;
using IngoDB.Engine.Events;
using IngoDB.Engine.Files;
using IngoDB.Engine.Indexing;
using IngoDB.Engine.Manifests;
using IngoDB.Engine.Sstables;
using IngoDB.Model;

namespace IngoDB.Engine;

public sealed partial class StorageEngine
{
    /// <summary>More would let queries wait for all of them.</summary>
    private const int TablesTogetherMax = 8;

    private readonly Lock _buildGate = new();

    /// <summary>False when nothing is missing.</summary>
    private bool BuildNextIndex(CancellationToken cancellationToken)
    {
        lock (_buildGate)
        {
            var state = _state;
            foreach (var definition in state.Manifest.Indexes.Values.OrderBy(definition => definition.Id))
            {
                var missing = state.Tables.Where(table => IsMissing(state, table, definition)).Take(TablesTogetherMax).OrderByDescending(table => table.Info.RowsOf(definition.Collection)).ToList();
                if (missing.Count == 0) continue;
                Build(definition, missing, cancellationToken);
                return true;
            }

            return false;
        }
    }

    /// <summary>Some index may be decided soon. Nothing to go on with.</summary>
    private bool RehearseBuild(CancellationToken cancellationToken)
    {
        if (BuildRehearsal.OfProcess.IsOver) return false;
        List<IndexDefinition> likely;
        lock (_learning) likely = [.. _learners.SelectMany(pair => pair.Value.Contenders, (pair, contender) => new IndexDefinition(new(uint.MaxValue), pair.Key, IndexFields.Parse(contender.Path), ""))];
        foreach (var definition in likely) BuildRehearsal.OfProcess.Run(_state.Tables, definition, Options.Time, cancellationToken);
        return false;
    }

    private bool IsMissing(EngineState state, Sstable table, IndexDefinition definition)
        => table.Info.RowsOf(definition.Collection) > 0 && !_damaged.Contains(table.Info.Id) && !state.Manifest.Tables[table.Info.Id].Indexes.Any(index => index.Index == definition.Id);

    private void Build(IndexDefinition definition, List<Sstable> tables, CancellationToken cancellationToken)
    {
        var (built, hot, next) = (new List<(Sstable Table, TableIndexInfo Index)>(), HotRangesOf(definition), -1);
        var (budget, began, bytesRead) = (new BuildBudget(Options.BuildBytesPerSecondMax), Options.Time.GetTimestamp(), 0L);
        try
        {
            SideBySide.Run([BuildSome, .. Enumerable.Repeat<Action<CancellationToken>>(BuildSomeBeside, Math.Min(ThreadsWhenAwaited, tables.Count) - 1)], cancellationToken);
        }
        finally
        {
            PublishBuilt(definition, built);
        }

        void BuildSomeBeside(CancellationToken stop)
        {
            Posix.BeNice(BackgroundScheduler.WorkNiceness);
            BuildSome(stop);
        }

        void BuildSome(CancellationToken stop)
        {
            for (int at; (at = Interlocked.Increment(ref next)) < tables.Count;)
            {
                if (TryBuild(tables[at], definition, hot, stop) is not { } index) continue;
                lock (built) built.Add((tables[at], index));
                var rest = budget.RestAfter(Interlocked.Add(ref bytesRead, tables[at].Info.FileBytes), Options.Time.GetElapsedTime(began));
                if (rest > TimeSpan.Zero) Task.Delay(rest, Options.Time, stop).GetAwaiter().GetResult();
            }
        }
    }

    /// <summary>Null: the table is damaged, which is told.</summary>
    private TableIndexInfo? TryBuild(Sstable table, IndexDefinition definition, KeyRange[]? hot, CancellationToken cancellationToken)
    {
        try
        {
            var began = Options.Time.GetTimestamp();
            var index = TableIndexBuilder.Build(_files, _directory, table, definition, hot, cancellationToken);
            _queries.Statistics.Learner.ObserveBuild(table.Info.RowsOf(definition.Collection), Options.Time.GetElapsedTime(began));
            return index;
        }
        catch (CorruptionException e)
        {
            ImmutableInterlocked.Update(ref _damaged, static (known, id) => known.Add(id), table.Info.Id);
            BackgroundWorkFailed("index build", e);
            return null;
        }
    }

    /// <summary>Files of tables that were merged meanwhile, or of an index that was dropped, are nobody's.</summary>
    private void PublishBuilt(IndexDefinition definition, List<(Sstable Table, TableIndexInfo Index)> built)
    {
        lock (_editLock)
        {
            var manifest = _state.Manifest;
            var wanted = manifest.Indexes.ContainsKey(definition.Id) ? built.Where(file => manifest.Tables.ContainsKey(file.Table.Info.Id)).ToList() : [];
            foreach (var (table, index) in built.Except(wanted))
                if (_files.Exists(PathOf(index.FileName(table.Info.Id)))) _files.Delete(PathOf(index.FileName(table.Info.Id)));
            if (wanted.Count == 0) return;
            _files.SyncDirectory(_directory); // once for all of them
            PublishEdit(new VersionEdit { TableIndexesAdded = [.. wanted.Select(file => (file.Table.Info.Id, file.Index))] });
        }

        foreach (var (table, index) in built) Events.Raise(new IndexBuilt(NameOf(definition), table.Info.Id.Value, index.EntryCount));
        if (Indexes.FirstOrDefault(status => status.Collection == definition.Collection && status.Path == definition.Fields.Text) is not { IsReady: true }) return;
        Events.Raise(new IndexReady(NameOf(definition)));
        RequestLook();
    }
}
