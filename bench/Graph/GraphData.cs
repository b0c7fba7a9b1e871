// Two graphs: the air routes, which nobody here made (a hub has 300 routes, most airports a handful), and documents that each link to
// ten others, of any number, made from a seed.

using System.IO.Hashing;
using System.Text;
using System.Text.Json;

namespace IngoDB.GraphBench;

/// <summary>What every engine is given.</summary>
internal sealed record GraphData(IReadOnlyList<(string From, string To, int Miles)> Routes, int Documents)
{
    public const int Links = 10;
    public const int Starts = 1_000;
    public const int Depth = 3;
    public const int Flights = 7;

    public static GraphData Read(string? routesFile, int documents)
    {
        var routes = new List<(string, string, int)>();
        foreach (var line in routesFile is null ? [] : File.ReadLines(routesFile))
        {
            using var route = JsonDocument.Parse(line);
            routes.Add((route.RootElement.GetProperty("from").GetString()!, route.RootElement.GetProperty("to").GetString()!, route.RootElement.GetProperty("dist").GetInt32()));
        }

        return new(routes, documents);
    }

    public static string IdOf(int document) => $"d{document:D8}";

    /// <summary>Where a document links to: ten others, scattered.</summary>
    public int LinkOf(int document, int link)
    {
        Span<int> seed = [document, link];
        return (int)(XxHash3.HashToUInt64(System.Runtime.InteropServices.MemoryMarshal.AsBytes(seed)) % (ulong)Documents);
    }

    public int StartOf(int start) => (int)((long)start * Documents / Starts);

    /// <summary>Links that lead away from the documents within the depth before the last: what a walk has to look at.</summary>
    public long LinksWalked()
    {
        var reached = new bool[Documents];
        var frontier = Enumerable.Range(0, Starts).Select(StartOf).ToList();
        foreach (var start in frontier) reached[start] = true;
        var walked = 0L;
        for (var depth = 0; depth < Depth; depth++)
        {
            walked += (long)frontier.Count * Links;
            var next = new List<int>();
            foreach (var document in frontier)
            {
                for (var link = 0; link < Links; link++)
                {
                    var to = LinkOf(document, link);
                    if (reached[to]) continue;
                    reached[to] = true;
                    next.Add(to);
                }
            }

            frontier = next;
        }

        return walked;
    }
}

/// <summary>A set of ids, each added once, so that answers can be compared: how many, and a sum of hashes that no order changes. Ids are added as the engine's own client gives them: bytes, or strings.</summary>
internal sealed class Answer
{
    private int _count;
    private ulong _sum;

    public void Add(ReadOnlySpan<byte> utf8)
    {
        _count++;
        _sum += XxHash3.HashToUInt64(utf8);
    }

    public void Add(string id)
    {
        Span<byte> utf8 = stackalloc byte[256];
        Add(utf8[..Encoding.UTF8.GetBytes(id, utf8)]);
    }

    /// <summary>Takes back an id that was added.</summary>
    public void Leave(string id)
    {
        _count--;
        _sum -= XxHash3.HashToUInt64(Encoding.UTF8.GetBytes(id));
    }

    public (int Count, ulong Sum) Total => (_count, _sum);
}
