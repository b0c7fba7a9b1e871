// The victim: opens an engine on a folder and writes as fast as it can, telling on stdout what it tries and what it was
// told, so that whoever kills it knows what must be there.
//
//   CrashChild FOLDER FIRST-VALUE [buffered]
//   CrashChild FOLDER FIRST-VALUE counting S0,S1,S2,S3 [once]     counts under numbers (Counter.cs), from these on
//
//   open                    the engine is open
//   try w1-17 4211          about to write 4211 (or - : delete) to w1-17
//   ack w1-17 4211          it was acknowledged
//   failed w1-17 4211 CODE  the engine said no, or that it does not know
//   reads 200 of 200        after a failure: acknowledged documents that still read right
//
// Several writers share the engine, so that groups form. After its first failure a writer tries twice more and stops;
// when all have stopped, reads are checked and the process ends by itself.

using System.Globalization;
using IngoDB.CrashChild;
using IngoDB.Engine;

var firstValue = long.Parse(args[1], CultureInfo.InvariantCulture);
var durability = args.Contains("buffered") ? Durability.Buffered : Durability.Durable;
await using var engine = await StorageEngine.OpenAsync(args[0], new EngineOptions
{
    MemtableBytes = 64 * 1024,
    LogSegmentBytesMin = 32 * 1024,
    LogSegmentBytesMax = 128 * 1024,
    Durability = durability,
    Seed = 1,
});
if (args is [_, _, "counting", var sequences, ..])
{
    var counter = new Counter(engine, Console.Out);
    await Task.WhenAll(sequences.Split(',').Select((sequence, writer) => Task.Run(() => counter.CountAsync(writer, long.Parse(sequence, CultureInfo.InvariantCulture), args.Contains("once")))));
    return;
}

var victim = new Victim(engine, Console.Out);
victim.Say("open");
await Task.WhenAll(Enumerable.Range(0, 4).Select(writer => Task.Run(() => victim.WriteAsync(writer, firstValue + writer))));
victim.ReadAll();
