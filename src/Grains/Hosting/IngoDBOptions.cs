// Everything a silo is told about the database, as plain configuration (section IngoDB), so that an appsettings file,
// environment variables, a command line and Aspire say it alike. Checked when the silo starts, all mistakes at once.

using IngoDB.Grains.Replicas;
using Microsoft.Extensions.Options;

namespace IngoDB.Grains.Hosting;

/// <summary>What a silo is told (section <c>IngoDB</c> of its configuration).</summary>
public sealed class IngoDBOptions
{
    public const string Section = "IngoDB";
    public const string DefaultDatabase = "default";

    /// <summary>This node's own folder, locked while the process lives. Relative to the working directory.</summary>
    public string? DataDirectory { get; set; }

    /// <summary>Instead of <see cref="DataDirectory"/>, for processes that are started alike: the first free one of node-000, node-001, ... in here.</summary>
    public string? DataRoot { get; set; }

    /// <summary>The folder of the catalog. Null: beside the membership of the IngoDB clustering provider, or else in the data folder (one silo).</summary>
    public string? CatalogDirectory { get; set; }

    /// <summary>Keep the catalog in the grain storage of this name instead of in a folder.</summary>
    public string? CatalogGrainStorage { get; set; }

    /// <summary>Where the Redis of <see cref="CatalogGrainStorage"/> is (<c>host:port</c> or <c>password@host:port</c>): its settings are looked at before it is trusted.</summary>
    public string? CatalogRedis { get; set; }

    /// <summary>Trust a Redis whose settings lose what was acknowledged.</summary>
    public bool CatalogRedisUnchecked { get; set; }

    /// <summary>Partitions of a new database.</summary>
    public int Partitions { get; set; } = 16;

    /// <summary>Nodes that must be up before a new database is spread over them.</summary>
    public int MinimumNodes { get; set; } = 1;

    /// <summary>Copies of each partition of a new database, each on a node of its own. 1: none but the one (docs/replication.md).</summary>
    public int Copies { get; set; } = 1;

    /// <summary>A partition takes writes only while so many of its copies are in sync. Null: all but one, and at least one.</summary>
    public int? MinInSync { get; set; }

    /// <summary>How much of its log a copy keeps for others that were away; who was away for longer gets a copy of the tables.</summary>
    public long ReplicaLogBytes { get; set; } = 64L << 20;

    /// <summary>How long a node may be away before its copies are made anew on others.</summary>
    public TimeSpan ReplaceAfter { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>How often the copies of a partition are told what its primary knows of queries, so that what is learned survives it.</summary>
    public TimeSpan ShareStatisticsEvery { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>Reads of the present ask no other copy while all copies in sync have promised not to take over: right as long as the clocks of the machines run alike
    /// (docs/replication.md). The same on all nodes of a cluster; changed while all of them are stopped.</summary>
    public bool LeaseReads { get; set; }

    /// <summary>What fails together with this node (a rack, a room): copies of a partition go to as many zones as there are. Null: not said.</summary>
    public string? Zone { get; set; }

    internal int MinInSyncOrDefault => MinInSync ?? Math.Max(1, Copies - 1);

    /// <summary>New databases acknowledge writes before they are on disk (see the README before choosing it).</summary>
    public bool Buffered { get; set; }

    /// <summary>For the memtables of all partitions of this silo.</summary>
    public long MemtableBudgetBytes { get; set; } = 256L << 20;

    /// <summary>For decoded blocks, shared by all partitions of this silo.</summary>
    public long BlockCacheBytes { get; set; } = 256L << 20;

    /// <summary>What one aggregate keeps in memory, in a partition and at the coordinator; beyond it, sorted runs on disk.</summary>
    public long AggregateMemoryBytes { get; set; } = 64L << 20;

    /// <summary>How long old versions can be read.</summary>
    public TimeSpan Retention { get; set; } = TimeSpan.FromMinutes(10);

    /// <summary>How many bytes of tables index builds of a partition read in a second at most. Null: as many as they can.</summary>
    public long? IndexBuildBytesPerSecond { get; set; }

    /// <summary>How often the statistics of the partitions are looked at for indexes worth having.</summary>
    public TimeSpan LearningPeriod { get; set; } = TimeSpan.FromSeconds(1);
}

/// <summary>Refuses options that cannot work, naming key and remedy.</summary>
public sealed class IngoDBOptionsValidator : IValidateOptions<IngoDBOptions>
{
    private const int PartitionsMax = 1024;
    private const int CopiesMax = 7;
    private const long ReplicaLogBytesMin = 256L << 10;
    private const long BudgetBytesMin = 1L << 20;

    public ValidateOptionsResult Validate(string? name, IngoDBOptions options)
    {
        var failures = new List<string>();
        Check(options.DataDirectory is null || options.DataRoot is null, "IngoDB:DataDirectory and IngoDB:DataRoot are both set; one says where the data is.");
        Check(options.DataDirectory is not null || options.DataRoot is not null, "IngoDB:DataDirectory is not set: name the folder for this node's data, or IngoDB:DataRoot for numbered ones.");
        Check(options.CatalogDirectory is null || options.CatalogGrainStorage is null, "IngoDB:CatalogDirectory and IngoDB:CatalogGrainStorage are both set; the catalog is in one place.");
        Check(options.CatalogRedis is null || options.CatalogGrainStorage is not null, "IngoDB:CatalogRedis is set and IngoDB:CatalogGrainStorage is not: name the grain storage that is kept in that Redis.");
        Check(options.Partitions is >= 1 and <= PartitionsMax, $"IngoDB:Partitions is {options.Partitions}; it goes from 1 to {PartitionsMax}.");
        Check(options.MinimumNodes >= 1, $"IngoDB:MinimumNodes is {options.MinimumNodes}; at least this one is there.");
        Check(options.Copies is >= 1 and <= CopiesMax, $"IngoDB:Copies is {options.Copies}; it goes from 1 to {CopiesMax}.");
        Check(options.MinInSyncOrDefault >= 1 && options.MinInSyncOrDefault <= options.Copies, $"IngoDB:MinInSync is {options.MinInSync}; it goes from 1 to the number of copies, {options.Copies}.");
        Check(options.ReplicaLogBytes >= ReplicaLogBytesMin, $"IngoDB:ReplicaLogBytes is {options.ReplicaLogBytes}; at least {ReplicaLogBytesMin} are needed.");
        Check(options.ReplaceAfter > TimeSpan.Zero, $"IngoDB:ReplaceAfter is {options.ReplaceAfter}; it must be longer than nothing.");
        Check(!options.LeaseReads || SinceBootTime.IsThere, "IngoDB:LeaseReads is set, and this machine has no clock that goes on while it sleeps (Linux has).");
        Check(options.ShareStatisticsEvery > TimeSpan.Zero, $"IngoDB:ShareStatisticsEvery is {options.ShareStatisticsEvery}; it must be longer than nothing.");
        Check(options.Copies == 1 || !options.Buffered, "IngoDB:Buffered and IngoDB:Copies are both set; what has copies is acknowledged when it is on their disks.");
        Check(options.MemtableBudgetBytes >= BudgetBytesMin, $"IngoDB:MemtableBudgetBytes is {options.MemtableBudgetBytes}; at least {BudgetBytesMin} are needed.");
        Check(options.BlockCacheBytes >= BudgetBytesMin, $"IngoDB:BlockCacheBytes is {options.BlockCacheBytes}; at least {BudgetBytesMin} are needed.");
        Check(options.AggregateMemoryBytes > 0, $"IngoDB:AggregateMemoryBytes is {options.AggregateMemoryBytes}; groups need some room.");
        Check(options.Retention >= TimeSpan.Zero, $"IngoDB:Retention is {options.Retention}; time does not go back.");
        Check(options.IndexBuildBytesPerSecond is null or > 0, $"IngoDB:IndexBuildBytesPerSecond is {options.IndexBuildBytesPerSecond}; it must be more than nothing, or not set.");
        Check(options.LearningPeriod > TimeSpan.Zero, $"IngoDB:LearningPeriod is {options.LearningPeriod}; it must be longer than nothing.");
        return failures.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(failures);

        void Check(bool holds, string failure)
        {
            if (!holds) failures.Add(failure);
        }
    }
}
