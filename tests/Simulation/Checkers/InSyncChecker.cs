// The sentence that everything hangs on (PartitionRecord): every member of the record's in-sync set durably holds every committed entry.
// Looked at whenever a write is acknowledged and whenever the record changes, with the eyes of the disks. A member
// whose disk was destroyed is no member for this: that is what the other copies are for.

using IngoDB.Replication.Logs;
using IngoDB.Replication.Records;
using IngoDB.Simulation.World;

namespace IngoDB.Simulation.Checkers;

internal sealed class InSyncChecker(ReplicaWorld world)
{
    public void Check(LogEntry? entry, PartitionRecord record, string when)
    {
        if (entry is null) return;
        foreach (var machine in world.Machines)
        {
            if (!record.Isr.Contains(machine.Copy) || !machine.IsIntact) continue;
            if (!machine.Disk.HoldsDurably(entry)) throw new ViolationException("in-sync", $"{machine} is in the in-sync set {record.Isr} of epoch {record.Epoch} and does not durably hold entry {entry.Lsn} of epoch {entry.Epoch}, {when}");
        }
    }
}
