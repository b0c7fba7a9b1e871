namespace IngoDB.Model;

/// <summary>The names that belong to the database: part of every document for filters, sorts, projection and joins, never written as ordinary fields.</summary>
public static class FieldNames
{
    public const string Id = "_id";
    public const string Version = "_version";

    /// <summary>An ordinary field of kind Timestamp that the database reads: the document is gone once it is ≤ the read's time.</summary>
    public const string Expires = "_expires";
}
