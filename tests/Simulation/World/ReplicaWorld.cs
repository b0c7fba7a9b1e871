// A cluster in one thread: machines with replicas of one partition, a network, a catalog, clients, and somebody who breaks things.
// Everything comes from one seed. Whoever wants to tell a story instead (Directed) makes a world without chance and breaks
// things himself.

using System.Buffers.Binary;
using IngoDB.Replication;
using IngoDB.Replication.Effects;
using IngoDB.Replication.Logs;
using IngoDB.Replication.Members;
using IngoDB.Replication.Messages;
using IngoDB.Replication.Placement;
using IngoDB.Replication.Records;
using IngoDB.Replication.Rules;
using IngoDB.Simulation.Checkers;
using IngoDB.Simulation.Clients;
using IngoDB.Simulation.Mutants;

namespace IngoDB.Simulation.World;

internal sealed class ReplicaWorld
{
    private readonly List<IReadOnlyList<AppendOperation>> _groups = [];
    private int _values;
    private int _nodes;

    public ReplicaWorld(long seed, WorldShape shape, Mutant mutant)
    {
        (Seed, Shape, Rules, Flaws, Placement) = (seed, shape, mutant.Rules, mutant.Flaws, mutant.Placement);
        Options = new ReplicaOptions { Leases = shape.Leases, ClosesVersions = true };
        (HostDice, DiskDice, ClientDice) = (new(seed, "host"), new(seed, "disk"), new(seed, "clients"));
        Network = new(Agenda, new(seed, "network"), shape.Machines);
        Machines = [.. Enumerable.Range(0, shape.Machines).Select(index => new Machine(index, this) { Copy = NextCopy() })];
        var copies = NodeSet.Of([.. Machines.Take(shape.Copies).Select(machine => machine.Copy)]);
        var record = new PartitionRecord { Uuid = new Guid(1, 0, 0, new byte[8]), Epoch = Epoch.None.Next, Version = 1, Primary = Machines[0].Copy, Replicas = copies, Isr = copies, MinIsr = shape.MinIsr };
        Catalog = new(Agenda, new(seed, "catalog"), record);
        Checkers = new(this);
        Catalog.Changed = changed =>
        {
            Checkers.RecordChanged(changed);
            RecordChanged?.Invoke(changed);
        };
        foreach (var machine in Machines)
        {
            if (machine.Index >= shape.Copies) continue;
            machine.Disk.Make(record);
            machine.IsSpare = false;
            NodeOf[machine.Copy] = machine.Node;
        }

        Clients = [.. Enumerable.Range(0, shape.Clients).Select(session => new Client(session, this))];
    }

    public long Seed { get; }

    public WorldShape Shape { get; }

    public SafetyRules Rules { get; }

    public Flaws Flaws { get; }

    public PlacementRules Placement { get; }

    /// <summary>Of every copy that a record has ever named.</summary>
    public Dictionary<CopyId, string> NodeOf { get; } = [];

    public ReplicaOptions Options { get; }

    public Agenda Agenda { get; } = new();

    public Dice HostDice { get; }

    public Dice DiskDice { get; }

    public Dice ClientDice { get; }

    public SimulatedNetwork Network { get; }

    public SimulatedCatalog Catalog { get; }

    public IReadOnlyList<Machine> Machines { get; }

    public IReadOnlyList<Client> Clients { get; }

    public CheckerSet Checkers { get; }

    /// <summary>How many entries a log keeps behind its checkpoint, for followers.</summary>
    public int KeepEntries { get; set; } = 20;

    public List<(Machine Machine, Alarm Alarm)> Alarms { get; } = [];

    /// <summary>Alarms that a story expects; in any other world each is a violation.</summary>
    public bool ExpectsAlarms { get; set; }

    /// <summary>Is told everything that replicas do and the nemesis breaks.</summary>
    public Action<string>? Trace { get; set; }

    public Action<PartitionRecord>? RecordChanged { get; set; }

    public void StartAll()
    {
        foreach (var machine in Machines) machine.Start();
    }

    public int NextValue() => ++_values;

    public CopyId NextCopy()
    {
        _nodes++;
        return new(new Guid(_nodes, 0, 7, [0, 0, 0, 0, 0, 0, 0, 1]));
    }

    /// <summary>Gives a group's operations a payload.</summary>
    public ReadOnlyMemory<byte> Register(IReadOnlyList<AppendOperation> operations)
    {
        var payload = new byte[4];
        BinaryPrimitives.WriteInt32LittleEndian(payload, _groups.Count);
        _groups.Add(operations);
        return payload;
    }

    public IReadOnlyList<AppendOperation> OperationsOf(LogEntry entry) => entry.Payload.IsEmpty ? [] : _groups[BinaryPrimitives.ReadInt32LittleEndian(entry.Payload.Span)];

    public void Send(Machine from, Envelope envelope)
    {
        foreach (var to in Machines)
        {
            if (to.Copy != envelope.To.Copy) continue;
            Network.Send(from.Index, to.Index, delivered => to.Process?.Step(new IngoDB.Replication.Events.Received(delivered)), envelope);
        }
    }

    public void OnAlarm(Machine machine, Alarm alarm)
    {
        Alarms.Add((machine, alarm));
        if (!ExpectsAlarms && (alarm.Kind is AlarmKind.IsrViolation or AlarmKind.CatalogRegressed || (alarm.Kind == AlarmKind.MemberWentBack && !Machines.Any(m => m.WasDamaged)))) throw new ViolationException("alarm", $"{machine}: {alarm.Kind}, {alarm.Detail}");
    }
}
