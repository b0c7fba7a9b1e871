// What was learned survives: statistics are kept in one small file beside the data, replaced when the engine closes, after
// a decision, and once a minute while it works. They are evidence, not data: when the file is missing or damaged the
// engine learns again, and when it cannot be written the engine says so and goes on.

using System.Text.Json;
using IngoDB.Engine.Events;
using IngoDB.Engine.Files;
using IngoDB.Engine.Statistics;
using IngoDB.Model;

namespace IngoDB.Engine;

public sealed partial class StorageEngine
{
    private const string StatisticsFile = "STATISTICS";

    private static readonly TimeSpan StatisticsAgeMax = TimeSpan.FromMinutes(1);

    private readonly Lock _savingStatistics = new();
    private long _statisticsSaved;

    private void RestoreStatistics()
    {
        _statisticsSaved = Options.Time.GetTimestamp();
        if (Options.Learning == LearningMode.Off || SealedFile.TryRead(_files, PathOf(StatisticsFile)) is not { } content) return;
        if (TryParse(content) is not { Format: StatisticsRecord.FormatVersion } record) return;
        _queries.Statistics.Restore(record with { Shapes = [.. record.Shapes.Where(shape => _state.Manifest.Collections.ContainsKey(shape.Statistics.Collection))] });
    }

    /// <summary>Never a reason to do anything else: false always.</summary>
    private bool SaveStatisticsWhenOld()
    {
        if (Options.Time.GetElapsedTime(Volatile.Read(ref _statisticsSaved)) >= StatisticsAgeMax) SaveStatistics();
        return false;
    }

    private void SaveStatistics()
    {
        if (Options.Learning == LearningMode.Off) return;
        lock (_savingStatistics)
        {
            Volatile.Write(ref _statisticsSaved, Options.Time.GetTimestamp());
            try
            {
                SealedFile.Replace(_files, _directory, StatisticsFile, JsonSerializer.SerializeToUtf8Bytes(_queries.Statistics.Save(), StatisticsJson.Default.StatisticsRecord));
            }
            catch (Exception e) when (e is StorageException or IOException)
            {
                // The old file is still there, or none: what is lost is what was learned since. It is tried again in a minute.
                Events.Raise(new BackgroundFailed("statistics", e, Fatal: false));
            }
        }
    }

    private static StatisticsRecord? TryParse(byte[] content)
    {
        try
        {
            return JsonSerializer.Deserialize(content, StatisticsJson.Default.StatisticsRecord);
        }
        catch (JsonException)
        {
            // Intact by its checksum, so written by another version of this program; it is learned again.
            return null;
        }
    }
}
