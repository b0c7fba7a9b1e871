namespace IngoDB.Model;

/// <summary>
/// A point on a partition's hybrid clock: 48 bits of milliseconds since 1970, 16 bits of counter. It is the
/// <c>_version</c> of a document, the MVCC order and the timestamp of snapshots. Strictly increasing per partition.
/// </summary>
public readonly record struct DocumentVersion(ulong Raw) : IComparable<DocumentVersion>
{
    public const int CounterBits = 16;

    /// <summary>Never assigned to a write: below every version.</summary>
    public static DocumentVersion None => new(0);

    /// <summary>Above every version: "latest".</summary>
    public static DocumentVersion Max => new(ulong.MaxValue);

    public long Milliseconds => (long)(Raw >> CounterBits);

    /// <summary>The first version of that millisecond.</summary>
    public static DocumentVersion AtMilliseconds(long milliseconds) => new((ulong)milliseconds << CounterBits);

    public static DocumentVersion At(DateTimeOffset time) => AtMilliseconds(time.ToUnixTimeMilliseconds());

    public DocumentVersion Next() => new(Raw + 1);

    public int CompareTo(DocumentVersion other) => Raw.CompareTo(other.Raw);

    public override string ToString() => Raw.ToString(System.Globalization.CultureInfo.InvariantCulture);

    public static bool operator <(DocumentVersion left, DocumentVersion right) => left.Raw < right.Raw;

    public static bool operator <=(DocumentVersion left, DocumentVersion right) => left.Raw <= right.Raw;

    public static bool operator >(DocumentVersion left, DocumentVersion right) => left.Raw > right.Raw;

    public static bool operator >=(DocumentVersion left, DocumentVersion right) => left.Raw >= right.Raw;
}
