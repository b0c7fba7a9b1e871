// A reminder as a document. Its id is grain and name; the grain's place on Orleans' ring stands in `hash`, which the silos ask ranges of:
//
//   {"_id": "invoice/4711␟due", "grain": "invoice/4711", "name": "due", "hash": 2863311530, "startAt": {"$date": ..}, "periodTicks": 600000000}
//
// A grain and a name that are too long for an id together stand in it as a hash; the fields say which they are.

using System.Security.Cryptography;
using System.Text;
using IngoDB.Model;
using Orleans.Runtime;

namespace IngoDB.GrainStorage.Reminders;

/// <summary>Between reminders and documents.</summary>
internal static class ReminderDocument
{
    public const string Grain = "grain";
    public const string Name = "name";
    public const string Hash = "hash";
    private const string StartAt = "startAt";
    private const string Period = "periodTicks";
    private const char Separator = '\u001f';

    public static DocumentId IdOf(GrainId grain, string name)
    {
        var text = $"{grain}{Separator}{name}";
        return Encoding.UTF8.GetByteCount(text) <= DocumentId.StringBytesMax ? new(text) : new($"#{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)))}");
    }

    public static Document Of(ReminderEntry entry) => Document.Of(
        (Grain, entry.GrainId.ToString()), (Name, entry.ReminderName), (Hash, (long)entry.GrainId.GetUniformHashCode()),
        (StartAt, new DateTimeOffset(DateTime.SpecifyKind(entry.StartAt, DateTimeKind.Utc))), (Period, entry.Period.Ticks));

    public static ReminderEntry EntryOf(StoredDocument document) => new()
    {
        GrainId = GrainId.Parse(document.Fields[Grain].AsString(), System.Globalization.CultureInfo.InvariantCulture),
        ReminderName = document.Fields[Name].AsString(),
        StartAt = document.Fields[StartAt].AsTimestamp().UtcDateTime,
        Period = TimeSpan.FromTicks(document.Fields[Period].AsInt64()),
        ETag = document.Version.ToString(),
    };

    /// <summary>Hashes in (begin, end], around the ring when it begins behind its end.</summary>
    public static Filter InRange(uint begin, uint end)
    {
        Filter above = Filter.Gt(Hash, (long)begin), upTo = Filter.Lte(Hash, (long)end);
        return begin < end ? Filter.And(above, upTo) : Filter.Or(above, upTo);
    }
}
