// The power goes, or the process, at every single operation that changes the disk: what was acknowledged is there, what was
// under way is there or not, and the next one goes on from what is found.

using System.Globalization;
using System.Text;
using IngoDB.Grains.Clustering;
using IngoDB.TestKit.Files;

namespace Grains.Tests.Clustering;

public sealed class VersionedFolderCrashTests
{
    private const string Folder = "/cluster/record";
    private const int Changes = 12;

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_crash_anywhere_keeps_what_was_acknowledged(bool powerCut)
    {
        var crashes = 0;
        for (var at = 1; ; at++)
        {
            var disk = new SimulatedFileSystem();
            disk.CrashAfter(at);
            var (acknowledged, begun) = ChangeUntilTheEnd(disk);
            for (var seed = 0; seed < (powerCut ? 20 : 1); seed++)
            {
                var found = powerCut ? disk.CrashClone(new Random(seed)) : disk.ProcessCrashClone();
                var folder = new VersionedFolder(found, Folder);
                var record = folder.Read();
                Assert.InRange(NumberIn(record), acknowledged, begun);
                var next = folder.TryReplace(record, "1000"u8);
                Assert.NotNull(next);
                Assert.Equal(1000, NumberIn(new VersionedFolder(found.CrashClone(new Random(seed)), Folder).Read()));
            }

            crashes++;
            if (acknowledged == Changes) break;
        }

        Assert.True(crashes > 3 * Changes);
    }

    [Fact]
    public void What_a_reader_has_seen_survives_a_power_cut_even_when_its_writer_was_never_told()
    {
        for (var at = 1; ; at++)
        {
            var disk = new SimulatedFileSystem();
            disk.CrashAfter(at);
            var (acknowledged, _) = ChangeUntilTheEnd(disk);
            var running = disk.ProcessCrashClone();
            var seen = NumberIn(new VersionedFolder(running, Folder).Read());
            for (var seed = 0; seed < 20; seed++) Assert.Equal(seen, NumberIn(new VersionedFolder(running.CrashClone(new Random(seed)), Folder).Read()));
            if (acknowledged == Changes) break;
        }
    }

    private static (int Acknowledged, int Begun) ChangeUntilTheEnd(SimulatedFileSystem disk)
    {
        var (acknowledged, begun) = (0, 0);
        try
        {
            var folder = new VersionedFolder(disk, Folder);
            VersionedRecord? record = null;
            while (begun < Changes)
            {
                begun++;
                record = folder.TryReplace(record, Encoding.ASCII.GetBytes(begun.ToString(CultureInfo.InvariantCulture)));
                Assert.NotNull(record);
                acknowledged++;
            }
        }
        catch (SimulatedCrashException)
        {
            // The crash that this test is about.
        }

        return (acknowledged, begun);
    }

    private static int NumberIn(VersionedRecord? record) => record is null ? 0 : int.Parse(Encoding.ASCII.GetString(record.Content.Span), CultureInfo.InvariantCulture);
}
