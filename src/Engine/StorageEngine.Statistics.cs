// What was learned survives: statistics, and what the advisor remembers, are kept in two small files beside the data,
// replaced when the engine closes, after a decision, and once a minute while it works. They are evidence, not data: when
// a file is missing or damaged the engine learns again, and when it cannot be written the engine says so and goes on.

using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using IngoDB.Engine.Advising;
using IngoDB.Engine.Events;
using IngoDB.Engine.Files;
using IngoDB.Engine.Statistics;
using IngoDB.Model;

namespace IngoDB.Engine;

public sealed partial class StorageEngine
{
    private const string StatisticsFile = "STATISTICS";
    private const string LearnedFile = "LEARNED";

    private static readonly TimeSpan StatisticsAgeMax = TimeSpan.FromMinutes(1);

    private readonly Lock _savingStatistics = new();
    private long _statisticsSaved;

    private void RestoreStatistics()
    {
        _statisticsSaved = _scalingLooked = Options.Time.GetTimestamp();
        if (Options.Learning == LearningMode.Off) return;
        if (TryRead(StatisticsFile, StatisticsJson.Default.StatisticsRecord) is { Format: StatisticsRecord.FormatVersion } statistics)
        {
            _scalingMoves = statistics.Scaling ?? [];
            _queries.Statistics.Restore(statistics with { Shapes = [.. statistics.Shapes.Where(shape => _state.Manifest.Collections.ContainsKey(shape.Statistics.Collection))] });
        }

        if (TryRead(LearnedFile, LearnerJson.Default.LearnedRecord) is not { Format: LearnedRecord.FormatVersion } learned) return;
        foreach (var (collection, state) in learned.Collections)
            if (_state.Manifest.Collections.ContainsKey(collection)) _learners[collection] = state;
    }

    /// <summary>What is known of queries, for other copies of this partition: whoever answers them next goes on from there.</summary>
    /// <param name="counted">How much had been counted when it was last asked for; 0 the first time.</param>
    /// <returns>Null: nothing was counted since.</returns>
    public byte[]? ExportStatistics(ref long counted)
    {
        ThrowIfClosed();
        var record = _queries.Statistics.Save();
        if (record.Counted == counted) return null;
        counted = record.Counted;
        return JsonSerializer.SerializeToUtf8Bytes(record, StatisticsJson.Default.StatisticsRecord);
    }

    /// <summary>Takes on what another copy of this partition has exported, in place of what was known of the same queries here.</summary>
    /// <returns>False: another version of this program has written it, and nothing was taken.</returns>
    public bool ImportStatistics(ReadOnlySpan<byte> exported)
    {
        ThrowIfClosed();
        try
        {
            if (Options.Learning == LearningMode.Off || JsonSerializer.Deserialize(exported, StatisticsJson.Default.StatisticsRecord) is not { Format: StatisticsRecord.FormatVersion } statistics) return false;
            // A copy that does not lead may not know any collection by name yet.
            _queries.Statistics.Restore(statistics);
            return true;
        }
        catch (JsonException)
        {
            // It is evidence, not data: it is learned again.
            return false;
        }
    }

    /// <summary>Never a reason to do anything else: false always.</summary>
    private bool SaveStatisticsWhenOld()
    {
        if (Options.Time.GetElapsedTime(Volatile.Read(ref _statisticsSaved)) >= StatisticsAgeMax) SaveStatistics();
        return false;
    }

    private void SaveStatisticsSoon()
    {
        Volatile.Write(ref _statisticsSaved, Options.Time.GetTimestamp() - (long)(StatisticsAgeMax.TotalSeconds * Options.Time.TimestampFrequency));
        RequestWork();
    }

    private void SaveStatistics()
    {
        if (Options.Learning == LearningMode.Off) return;
        lock (_savingStatistics)
        {
            Volatile.Write(ref _statisticsSaved, Options.Time.GetTimestamp());
            Replace(StatisticsFile, _queries.Statistics.Save() with { Scaling = ScalingMoves }, StatisticsJson.Default.StatisticsRecord);
            if (Options.Learning == LearningMode.On) Replace(LearnedFile, SaveLearners(), LearnerJson.Default.LearnedRecord);
        }
    }

    private void Replace<T>(string name, T content, JsonTypeInfo<T> type)
    {
        try
        {
            SealedFile.Replace(_files, _directory, name, JsonSerializer.SerializeToUtf8Bytes(content, type));
        }
        catch (Exception e) when (e is StorageException or IOException)
        {
            // The old file is still there, or none: what is lost is what was learned since. It is tried again in a minute.
            Events.Raise(new BackgroundFailed("statistics", e, Fatal: false));
        }
    }

    private T? TryRead<T>(string name, JsonTypeInfo<T> type) where T : class
    {
        try
        {
            return SealedFile.TryRead(_files, PathOf(name)) is { } content ? JsonSerializer.Deserialize(content, type) : null;
        }
        catch (JsonException)
        {
            // Intact by its checksum, so written by another version of this program; it is learned again.
            return null;
        }
    }
}
