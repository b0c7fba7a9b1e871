// Reminders in the database: one document each, found by grain and name with a point read, by grain or by a range of the ring with an
// index that is pinned when the first reminder is written, so that no silo waits for it to be learned. An ETag is a document's version, as
// for grain state.

using System.Globalization;
using IngoDB.Client;
using IngoDB.Client.Collections;
using IngoDB.GrainStorage.Hosting;
using IngoDB.Model;
using Orleans.Runtime;

namespace IngoDB.GrainStorage.Reminders;

/// <summary>See <see cref="IReminderTable"/>. Thread-safe.</summary>
/// <param name="client">Asked for when the table is first used: the runtime makes the table before it can find any grain.</param>
/// <param name="time">For waiting.</param>
internal sealed class IngoDBReminderTable(Func<IngoDBClient> client, TimeProvider time) : IReminderTable
{
    private const string Collection = "system:reminders";

    private IngoDatabase? _database;
    private bool _pinned;

    public Task<ReminderTableData> ReadRows(GrainId grainId) => ReadAsync(Filter.Eq(ReminderDocument.Grain, grainId.ToString()));

    public Task<ReminderTableData> ReadRows(uint begin, uint end) => ReadAsync(ReminderDocument.InRange(begin, end));

    public async Task<ReminderEntry?> ReadRow(GrainId grainId, string reminderName)
    {
        try
        {
            var found = await (await RemindersAsync().ConfigureAwait(false)).GetAsync(ReminderDocument.IdOf(grainId, reminderName)).ConfigureAwait(false);
            return found is null ? null : ReminderDocument.EntryOf(found);
        }
        catch (InvalidRequestException e) when (IsEmpty(e))
        {
            return null;
        }
    }

    public async Task<string?> UpsertRow(ReminderEntry entry)
    {
        ArgumentNullException.ThrowIfNull(entry);
        var result = await (await RemindersAsync().ConfigureAwait(false)).UpsertAsync(ReminderDocument.Of(entry), ReminderDocument.IdOf(entry.GrainId, entry.ReminderName)).ConfigureAwait(false);
        if (!_pinned) await PinAsync().ConfigureAwait(false);
        return result.Version.ToString();
    }

    public async Task<bool> RemoveRow(GrainId grainId, string reminderName, string eTag)
    {
        if (!ulong.TryParse(eTag, NumberStyles.None, CultureInfo.InvariantCulture, out var version) || version == 0) return false;
        try
        {
            var result = await (await RemindersAsync().ConfigureAwait(false)).DeleteAsync(ReminderDocument.IdOf(grainId, reminderName), new() { IfVersion = new(version) }).ConfigureAwait(false);
            return result.Status == WriteStatus.Deleted;
        }
        catch (ConflictException)
        {
            // Another version is there, or none: not ours to remove.
            return false;
        }
    }

    public async Task TestOnlyClearTable()
    {
        foreach (var entry in (await ReadAsync(Filter.All).ConfigureAwait(false)).Reminders) await RemoveRow(entry.GrainId, entry.ReminderName, entry.ETag!).ConfigureAwait(false);
    }

    private async Task<ReminderTableData> ReadAsync(Filter where)
    {
        try
        {
            var found = await (await RemindersAsync().ConfigureAwait(false)).Where(where).ToListAsync().ConfigureAwait(false);
            return new(found.Items.Select(ReminderDocument.EntryOf));
        }
        catch (InvalidRequestException e) when (IsEmpty(e))
        {
            return new();
        }
    }

    private async ValueTask<DocumentCollection> RemindersAsync()
        => (_database ??= await KnownCluster.WhenKnownAsync(() => client().Database(), time, CancellationToken.None).ConfigureAwait(false)).Collection(Collection);

    private async Task PinAsync()
    {
        try
        {
            await _database!.Learning.PinAsync(Collection, ReminderDocument.Hash).ConfigureAwait(false);
            await _database!.Learning.PinAsync(Collection, ReminderDocument.Grain).ConfigureAwait(false);
            _pinned = true;
        }
        catch (IngoDBException)
        {
            // It costs only time not to have it; the next write tries again.
        }
    }

    /// <summary>No reminder was ever written.</summary>
    private static bool IsEmpty(InvalidRequestException e) => e.Code == "collection.not_found";
}
