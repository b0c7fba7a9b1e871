// The catalog, asked by compare-and-swap. An answer that does not come settles nothing (S2): the record is read until it either
// carries our change's id, or has another etag without it, which means never; as long as the etag is still the one we built
// on, the same change is sent again. A second arrival of it changes nothing, because the first one changed the etag.
//
// A linearizable read can not say less than was known when it was sent. If it does, the catalog was restored from a backup,
// or is another one. Then nothing is reconfigured any more, and an operator hears of it (replication.md, 3.11).

using IngoDB.Replication.Effects;
using IngoDB.Replication.Events;
using IngoDB.Replication.Members;
using IngoDB.Replication.Records;
using IngoDB.Replication.States;

namespace IngoDB.Replication.Steps;

internal static class CatalogAsking
{
    public static void Read(Turn turn)
    {
        var catalog = turn.State.Catalog;
        var reading = new CatalogReading(catalog.ReadsSent + 1, turn.Time, catalog.Record?.Version ?? 0, turn.State.Leader?.RoundSent ?? 0);
        turn.State = turn.State with { Catalog = catalog with { Reading = reading, ReadsSent = reading.Id } };
        turn.Do(new ReadCatalog(reading.Id));
    }

    public static void Swap(Turn turn, ChangeKind kind, PartitionRecord wanted)
    {
        var catalog = turn.State.Catalog;
        wanted = wanted with { ChangeId = new(turn.Me, turn.State.Me.Incarnation, catalog.ChangesSent + 1) };
        turn.State = turn.State with { Catalog = catalog with { Pending = new(kind, wanted, catalog.Etag!, turn.Time), ChangesSent = wanted.ChangeId.Number } };
        if (turn.State.Leader is not null) Peers.Refresh(turn);
        turn.Do(new SwapCatalog(catalog.Etag!, wanted));
    }

    public static void OnSwapped(Turn turn, CatalogSwapped swapped)
    {
        if (turn.State.Catalog.Pending is not { } pending || pending.Id != swapped.Change) return;
        switch (swapped.Outcome == SwapOutcome.Unknown ? turn.Rules.AfterUnknown : swapped.Outcome == SwapOutcome.Done ? true : null)
        {
            case true:
                Settle(turn, pending, pending.Wanted, swapped.Etag ?? pending.Etag);
                break;
            case false:
                turn.State = turn.State with { Catalog = turn.State.Catalog with { Pending = null } };
                Read(turn);
                break;
            default:
                // Also a conflict is no more than a doubt: what it lost against may be its own first attempt.
                turn.State = turn.State with { Catalog = turn.State.Catalog with { Pending = pending with { InDoubt = true } } };
                Read(turn);
                break;
        }
    }

    public static void OnAnswered(Turn turn, CatalogAnswered answered)
    {
        var catalog = turn.State.Catalog;
        if (catalog.Reading is not { } reading || reading.Id != answered.Read) return;
        turn.State = turn.State with { Catalog = catalog with { Reading = null, ReadAt = turn.Time } };
        if (answered.Record.Version < reading.VersionKnown)
        {
            Regressed(turn, $"version {answered.Record.Version} was read, and {reading.VersionKnown} was known before");
            return;
        }

        // An answer from before the change was built says nothing about it.
        if (catalog.Pending is { } pending && answered.Record.Version >= pending.Wanted.Version) Settle(turn, pending, answered.Record, answered.Etag);
        else
        {
            if (catalog.Pending is { InDoubt: true } again && answered.Etag == again.Etag) Again(turn, again);
            Learn(turn, answered.Record, answered.Etag);
        }

        StrictReading.OnCatalogAnswer(turn, reading, answered.Record);
        Following.Acknowledge(turn);
    }

    /// <summary>With time: ask again what was not answered, and look now and then whether somebody else has changed something.</summary>
    public static void Tick(Turn turn)
    {
        var catalog = turn.State.Catalog;
        var patience = turn.Options.CatalogPatience;
        if (catalog.Pending is { InDoubt: false } pending && turn.Time - pending.SentAt > patience)
            turn.State = turn.State with { Catalog = catalog = catalog with { Pending = pending with { InDoubt = true } } };
        if (catalog.Reading is { } reading && turn.Time - reading.SentAt <= patience) return;
        var isDue = turn.Time - catalog.ReadAt > (turn.State.Leader is null ? 2 : 1) * turn.Options.CatalogReadEvery;
        if (!catalog.HeardSinceStart || catalog.Pending is { InDoubt: true } || isDue) Read(turn);
    }

    public static void Regressed(Turn turn, string detail)
    {
        if (turn.State.Catalog.HasRegressed) return;
        turn.State = turn.State with { Catalog = turn.State.Catalog with { HasRegressed = true } };
        turn.Do(new Alarm(AlarmKind.CatalogRegressed, detail));
    }

    private static void Again(Turn turn, PendingChange pending)
    {
        turn.State = turn.State with { Catalog = turn.State.Catalog with { Pending = pending with { InDoubt = false, SentAt = turn.Time } } };
        turn.Do(new SwapCatalog(pending.Etag, pending.Wanted));
    }

    private static void Settle(Turn turn, PendingChange pending, PartitionRecord record, string etag)
    {
        turn.State = turn.State with { Catalog = turn.State.Catalog with { Pending = null } };
        Learn(turn, record, etag);
        var won = pending.Kind == ChangeKind.TakeOver && record.ChangeId == pending.Id && record.Epoch == turn.State.Adopted;
        if (won && turn.State.Leader is null) Leading.Begin(turn);
    }

    /// <summary>The newest record so far.</summary>
    private static void Learn(Turn turn, PartitionRecord record, string etag)
    {
        var catalog = turn.State.Catalog;
        if (catalog.Record is { } known && record.Version < known.Version) return;
        var (adopted, isNews) = (turn.State.Adopted, catalog.Record?.Version != record.Version);
        turn.State = turn.State with { Catalog = catalog with { Record = record, Etag = etag, HeardSinceStart = true }, IsListed = turn.State.IsListed || record.Receivers.Contains(turn.Me) };
        if (turn.Rules.IsDropped(turn.State, record))
        {
            turn.State = turn.State with { Standing = Standing.Dropped };
            turn.Do(new Dropped(record.Version));
            return;
        }

        Mending.Check(turn, record);
        if (record.Epoch > turn.State.Adopted) Adopting.Adopt(turn, record.Epoch, record.Primary);
        else if (record.Epoch == turn.State.Adopted && turn.State.AdoptedPrimary == CopyId.None) turn.State = turn.State with { AdoptedPrimary = record.Primary };
        if (turn.State.Adopted == adopted && (isNews || !catalog.HeardSinceStart)) Adopting.Save(turn);
        if (turn.State.Leader is null) return;
        Peers.Refresh(turn);
        Leading.Advance(turn);
    }
}
