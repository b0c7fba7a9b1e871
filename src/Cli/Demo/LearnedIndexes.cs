using IngoDB.Cli.Output;
using IngoDB.Client;
using IngoDB.Model;

namespace IngoDB.Cli.Demo;

/// <summary>Waits until what was seen has been learned from and what was decided is built, and says what there is.</summary>
internal sealed class LearnedIndexes(IngoDatabase database, Terminal terminal)
{
    /// <summary>True when the collection has a ready index on the path.</summary>
    public async Task<bool> SettleAsync(string collection, string path, CancellationToken cancellationToken)
    {
        var began = terminal.Time.GetTimestamp();
        await database.AdminAsync("database.settle", cancellationToken: cancellationToken).ConfigureAwait(false);
        var answer = await database.AdminAsync("indexes.list", Document.Of(("collection", collection)), cancellationToken).ConfigureAwait(false);
        foreach (var row in answer["indexes"].AsArray().ToArray())
        {
            var index = row.AsDocument();
            if (index["path"].Kind != ValueKind.String || index["path"].AsString() != path) continue;
            terminal.Out.WriteLine(FormattableString.Invariant($"    engine: index {collection}.{path}, {CellText.Of(index["state"])} after {terminal.Time.GetElapsedTime(began).TotalSeconds:0.0} s    {CellText.Of(index["cause"])}"));
            return true;
        }

        return false;
    }
}
