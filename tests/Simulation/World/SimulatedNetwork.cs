// Messages between machines: late, lost, twice, out of order; links that are cut in one direction or both. What is under way
// when a link is cut still arrives.

using IngoDB.Replication.Messages;

namespace IngoDB.Simulation.World;

internal sealed class SimulatedNetwork(Agenda agenda, Dice dice, int machines)
{
    private readonly bool[,] _cut = new bool[machines, machines];

    public double Loss { get; set; }

    public double Duplication { get; set; }

    /// <summary>How many messages take a detour of up to <see cref="Detour"/>.</summary>
    public double Reordering { get; set; }

    public TimeSpan Detour { get; set; } = TimeSpan.FromMilliseconds(400);

    /// <summary>Sees every message that is sent, also one that is lost.</summary>
    public Action<Envelope>? Tap { get; set; }

    public long Messages { get; private set; }

    public void Cut(int from, int to) => _cut[from, to] = true;

    public void CutBoth(int one, int other) => (_cut[one, other], _cut[other, one]) = (true, true);

    public void Heal() => Array.Clear(_cut);

    public void Send(int from, int to, Action<Envelope> deliver, Envelope envelope)
    {
        Messages++;
        Tap?.Invoke(envelope);
        if (_cut[from, to] || (Loss > 0 && dice.Chance(Loss))) return;
        agenda.After(Delay(), () => deliver(envelope));
        if (Duplication > 0 && dice.Chance(Duplication)) agenda.After(Delay() * 3, () => deliver(envelope));
    }

    private TimeSpan Delay() => Reordering > 0 && dice.Chance(Reordering) ? dice.Span(1, Detour.TotalMilliseconds) : dice.Span(0.1, 0.6);
}
