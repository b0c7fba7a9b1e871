using System.Globalization;
using IngoDB.Client;
using IngoDB.Client.Collections;
using IngoDB.Model;

namespace IngoDB.ClusterBench.Silos;

/// <summary>The documents that are written and read, by number: about 200 bytes, or a text of any length. What comes back is checked.</summary>
internal sealed class Entries(IngoDatabase database)
{
    public const int Count = 20_000;
    private const string Name = "entries";
    private static readonly string s_text = new('x', 120);

    private readonly DocumentCollection _entries = database.Collection(Name);

    public static StoredDocument Of(int number, string? text = null) => new(IdOf(number), default, Document.Of(("n", number), ("square", (long)number * number), ("text", text ?? s_text)));

    /// <summary>All of them, in batches; how many there were.</summary>
    public async Task<int> FillAsync(int from, int count, string? text = null, CancellationToken cancellationToken = default)
    {
        (await _entries.UpsertManyAsync(Enumerable.Range(from, count).Select(number => Of(number, text)), cancellationToken: cancellationToken)).EnsureApplied();
        return count;
    }

    public Task<long> CountAsync(CancellationToken cancellationToken) => _entries.CountAsync(cancellationToken);

    public async Task<int> PutAsync(int caller, int call)
    {
        await _entries.UpsertAsync(Of(NumberOf(caller, call)));
        return 1;
    }

    public async Task<int> GetAsync(int caller, int call)
    {
        var number = NumberOf(caller, call);
        var found = await _entries.GetAsync(IdOf(number)) ?? throw new InvalidOperationException($"{number} is missing");
        if (found["square"].AsInt64() != (long)number * number) throw new InvalidOperationException($"{number} is another document");
        return 1;
    }

    public async Task<int> GetManyAsync(int caller, int call)
    {
        const int many = 256;
        var ids = Enumerable.Range(0, many).Select(i => IdOf(NumberOf(caller, (call * many) + i))).ToArray();
        var found = await _entries.GetManyAsync(ids);
        foreach (var id in ids)
            if (!found.ContainsKey(id)) throw new InvalidOperationException($"{id} is missing");
        return many;
    }

    private static DocumentId IdOf(int number) => new(number.ToString("D8", CultureInfo.InvariantCulture));

    private static int NumberOf(int caller, int call) => (int)((uint)((call * 2654435761u) + (caller * 40503u)) % Count);
}
