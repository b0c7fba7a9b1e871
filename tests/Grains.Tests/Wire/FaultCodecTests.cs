// Failures travel as data and arrive as the exceptions that they were.

using IngoDB.Abstractions;
using IngoDB.Model;

namespace Grains.Tests.Wire;

public sealed class FaultCodecTests
{
    public static TheoryData<IngoDBException> Every_exception_of_the_list =>
    [
        new InvalidRequestException("query.unknown_operator", "no 'eqq'", "/where/op", "eq", "{\"op\":\"eq\"}"),
        new ConflictException("document.conflict", "has version 7"),
        new UnavailableException("partition.unavailable", "node n1 is down"),
        new BusyException("too many", TimeSpan.FromMilliseconds(250)),
        new UnknownOutcomeException("deadline"),
        new SnapshotTooOldException("12 minutes"),
        new CorruptionException("000001.sst", 4096, "checksum"),
        new UnsupportedFormatException("MANIFEST", 9, 1),
        new StorageException("storage.disk_full", "no space"),
    ];

    [Theory]
    [MemberData(nameof(Every_exception_of_the_list))]
    public void An_exception_arrives_as_what_it_was(IngoDBException error)
    {
        var arrived = Assert.IsType<IngoDBException>(FaultCodec.ToException(FaultCodec.From(error)), exactMatch: false);
        Assert.Equal(error.GetType(), arrived.GetType());
        foreach (var property in error.GetType().GetProperties().Where(p => p.DeclaringType!.Assembly == typeof(IngoDBException).Assembly))
            Assert.Equal(property.GetValue(error), property.GetValue(arrived));
        Assert.Equal(error.Message, arrived.Message);
    }

    [Fact]
    public void The_list_above_is_complete()
        => Assert.Equal(
            typeof(IngoDBException).Assembly.GetTypes().Where(t => t.IsSubclassOf(typeof(IngoDBException))).Select(t => t.Name).Order(),
            Every_exception_of_the_list.Select(row => row.Data.GetType().Name).Order());

    [Fact]
    public void A_bug_arrives_with_its_message()
    {
        var fault = FaultCodec.From(new InvalidOperationException("boom"));
        Assert.Equal((FaultCodec.InternalError, true), (fault.Code, fault.Message.Contains("boom", StringComparison.Ordinal)));
        Assert.Equal(FaultCodec.InternalError, Assert.IsType<UnavailableException>(FaultCodec.ToException(fault)).Code);
    }
}
