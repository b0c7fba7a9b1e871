// Every number a client lives by, with a default that is right for a service beside its cluster. Validated when the
// client is made, all mistakes at once: a wrong setting should stop the start, not surprise the first request at
// night.

using IngoDB.Client.Calls;
using Microsoft.Extensions.Options;

namespace IngoDB.Client;

/// <summary>How a client talks to the cluster. Validated when the client is made; <c>IngoDB:Client</c> is the usual section.</summary>
public sealed class IngoDBClientOptions
{
    /// <summary>The database that <see cref="IngoDBClient.Database"/> gives without a name; null is the cluster's own default.</summary>
    public string? Database { get; set; }

    /// <summary>After this a read fails with <see cref="Model.UnavailableException"/>, retries included.</summary>
    public TimeSpan ReadTimeout { get; set; } = TimeSpan.FromSeconds(25);

    /// <summary>After this a write fails with <see cref="Model.UnknownOutcomeException"/>: it may have happened.</summary>
    public TimeSpan WriteTimeout { get; set; } = TimeSpan.FromSeconds(25);

    /// <summary>The same for a write by filter, which may have much to do.</summary>
    public TimeSpan ChangeTimeout { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>How often a read is tried again after a transient failure, within its timeout.</summary>
    public int ReadRetries { get; set; } = 3;

    /// <summary>How often a write is tried again when a part of the cluster can not be reached and nothing was sent. After an unknown outcome it is sent until its timeout: it is done once, however often it comes.</summary>
    public int WriteRetries { get; set; } = 3;

    /// <summary>The wait before the first retry; it doubles with each.</summary>
    public TimeSpan RetryDelay { get; set; } = TimeSpan.FromMilliseconds(50);

    /// <summary>So many calls are under way for single gets of a collection; gets that come on top share the next one. The fewer, the cheaper each get.</summary>
    public int GetCalls { get; set; } = 1;

    /// <summary>About how large a page of results is asked for; 0 leaves it to the cluster.</summary>
    public int ResultPageBytes { get; set; }

    /// <summary>A bulk write is sent in pages of about this size...</summary>
    public int BulkPageBytes { get; set; } = 1 << 20;

    /// <summary>...and at most this many writes...</summary>
    public int BulkPageWrites { get; set; } = 1_000;

    /// <summary>...so many of them at the same time.</summary>
    public int BulkParallelism { get; set; } = 4;

    /// <summary>The clock behind timeouts, retries, leases and the ids that the client makes.</summary>
    public TimeProvider Time { get; set; } = TimeProvider.System;

    /// <summary>The randomness in the ids that the client makes; guarded by a lock, so any <see cref="System.Random"/> will do.</summary>
    public Random Random { get; set; } = new EntropyRandom();
}

/// <summary>Names every option that makes no sense, all at once.</summary>
internal sealed class IngoDBClientOptionsValidator : IValidateOptions<IngoDBClientOptions>
{
    public ValidateOptionsResult Validate(string? name, IngoDBClientOptions options)
    {
        var failures = new List<string>();
        Require(options.ReadTimeout > TimeSpan.Zero, "ReadTimeout must be longer than zero.");
        Require(options.WriteTimeout > TimeSpan.Zero, "WriteTimeout must be longer than zero.");
        Require(options.ChangeTimeout > TimeSpan.Zero && options.ChangeTimeout <= TimeSpan.FromMinutes(10), "ChangeTimeout must be longer than zero and at most ten minutes.");
        Require(options.WriteRetries is >= 0 and <= 20, "WriteRetries must be 0 to 20.");
        Require(options.ReadRetries is >= 0 and <= 20, "ReadRetries must be 0 to 20.");
        Require(options.RetryDelay >= TimeSpan.Zero, "RetryDelay must not be negative.");
        Require(options.GetCalls is >= 1 and <= 1024, "GetCalls must be 1 to 1,024.");
        Require(options.ResultPageBytes is 0 or (>= 1024 and <= 1 << 20), "ResultPageBytes must be 0 (the cluster's choice) or 1 KiB to 1 MiB.");
        Require(options.BulkPageBytes is >= 1024 and <= 4 << 20, "BulkPageBytes must be 1 KiB to 4 MiB.");
        Require(options.BulkPageWrites is >= 1 and <= 10_000, "BulkPageWrites must be 1 to 10,000.");
        Require(options.BulkParallelism is >= 1 and <= 64, "BulkParallelism must be 1 to 64.");
        Require(options.Database is null or { Length: > 0 and <= 128 }, "Database must be null or a name of 1 to 128 characters.");
        Require(options.Time is not null && options.Random is not null, "Time and Random must be given.");
        return failures.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(failures);

        void Require(bool holds, string otherwise)
        {
            if (!holds) failures.Add($"{nameof(IngoDBClientOptions)}: {otherwise}");
        }
    }
}
