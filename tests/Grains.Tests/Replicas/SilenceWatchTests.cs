// Who knocks at a door learns whether somebody has it: a process that hangs has, one that is dead has not.

using System.Net;
using System.Net.Sockets;
using IngoDB.Grains.Replicas;
using Orleans.Runtime;

namespace Grains.Tests.Replicas;

public sealed class SilenceWatchTests
{
    [Fact]
    public async Task A_port_that_nobody_has_refuses_and_one_that_nobody_answers_does_not()
    {
        using var hangs = new TcpListener(IPAddress.Loopback, 0);
        hangs.Start(); // and accepts nothing, like a process that is stopped
        var door = (IPEndPoint)hangs.LocalEndpoint;
        Assert.False(await SilenceWatch.IsRefusedAsync(door, TimeProvider.System, TestContext.Current.CancellationToken));

        hangs.Stop();
        Assert.True(await SilenceWatch.IsRefusedAsync(door, TimeProvider.System, TestContext.Current.CancellationToken));
    }

    [Fact]
    public void A_silo_is_gone_when_it_refuses_twice_in_a_row()
    {
        var doors = new RefusedDoors();
        var (one, other) = (SiloAddress.New(IPAddress.Loopback, 1, 1), SiloAddress.New(IPAddress.Loopback, 2, 1));

        Assert.False(doors.Look(one, isRefused: true));
        Assert.False(doors.Look(other, isRefused: true));
        Assert.True(doors.Look(one, isRefused: true));
        Assert.False(doors.Look(one, isRefused: false));
        Assert.False(doors.Look(one, isRefused: true));
    }
}
