namespace IngoDB.Abstractions;

/// <summary>
/// Every request carries a deadline of its own, kept by whoever sent it and by the coordinator. The transport's timeout is only
/// the last resort, above the longest of them (ten minutes), so that it never ends a request that may still take its time.
/// </summary>
public static class CallTimeouts
{
    public const string AboveEveryDeadline = "00:11:00";
}
