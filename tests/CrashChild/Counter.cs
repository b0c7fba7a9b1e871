using IngoDB.Engine;
using IngoDB.Engine.Entries;
using IngoDB.Model;

namespace IngoDB.CrashChild;

/// <summary>Writers that each add one to a counter of their own with every request, under numbers that go on where the process before them ended.</summary>
internal sealed class Counter(StorageEngine engine, TextWriter output)
{
    private readonly Lock _outputLock = new();
    private readonly CollectionId _counters = engine.Collection("counters");

    /// <param name="sequence">The last one that was tried before: it is sent again first. 0: none was.</param>
    public async Task CountAsync(int writer, long sequence, bool once)
    {
        var session = new Guid($"cccc2222-3333-444{writer}-5555-666677770000");
        for (sequence = Math.Max(1, sequence); ; sequence++)
        {
            Say($"try {writer} {sequence}");
            await engine.WriteOnceAsync(new(session, sequence, 1), [
                EngineWrite.Of(WriteKind.UpsertIfMissing, _counters, new($"w{writer}"), Document.Of(("n", 0))),
                new(WriteKind.Patch, _counters, new($"w{writer}")) { Steps = [new(PatchOperator.Inc, "n", 1)] }]);
            Say($"ack {writer} {sequence}");
            if (once) return;
        }
    }

    private void Say(string line)
    {
        lock (_outputLock)
        {
            output.WriteLine(line);
            output.Flush();
        }
    }
}
