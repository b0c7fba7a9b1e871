namespace IngoDB.Tests.Traversing;

/// <summary>A clock that goes on by a millisecond each time it is looked at.</summary>
internal sealed class TickingTime : TimeProvider
{
    private long _now;

    public override long TimestampFrequency => 1_000;

    public override long GetTimestamp() => ++_now;
}
