using IngoDB.Model;

namespace IngoDB.Engine;

/// <summary>Sizes and health at a glance. <paramref name="Documents"/> is an estimate: superseded versions count until a merge drops them.</summary>
public sealed record EngineStatus(long Documents, int Tables, long TableBytes, long MemtableBytes, int SealedMemtables, long LogBytes, DocumentVersion NewestVersion, bool Poisoned, string? LastBackgroundError);
