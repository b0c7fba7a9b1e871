using IngoDB.Engine;
using IngoDB.Model;
using IngoDB.Tests.Core;

namespace IngoDB.Tests.Crash;

/// <summary>An engine whose blocks and segments are small, and documents that are one number.</summary>
public abstract class DefectFixture : EngineFixture
{
    protected bool Background { get; set; }

    protected long MemtableBytes { get; set; } = 1 << 20;

    protected override EngineOptions Options => base.Options with
    {
        BackgroundWork = Background,
        MemtableBytes = MemtableBytes,
        BlockBytes = 512,
        LogSegmentBytesMin = 4096,
        LogSegmentBytesMax = 4096,
    };

    protected async Task Put(string id, long value, int padding = 0) => await Write(Upsert(id, value, padding));

    protected EngineWrite Upsert(string id, long value, int padding) =>
        EngineWrite.Upsert(Things, new(id), Document.Of(("value", value), ("padding", new string('p', padding))));

    protected long? ValueOf(string id) => Engine.Get(Things, new(id))?["value"].AsInt64();
}
