// The five workloads of the issue. Which constants are asked for is random with a fixed seed; everything else is written
// down here.
using System.Globalization;
using IngoDB.Engine.Querying;
using IngoDB.Model;

namespace IngoDB.LearningBench;

/// <summary>Makes the workloads.</summary>
internal static class Experiments
{
    public const string Letters = "abcde";

    /// <param name="length">How often each question is asked: a short workload cannot pay back what learning costs.</param>
    public static Workload Of(char letter, int docs, int length) => letter switch
    {
        'a' => Journey(docs, length),
        'b' => Shifting(docs, length),
        'c' => Adversarial(docs, length),
        'd' => Budgeted(docs, length),
        _ => Walking(docs, length),
    };

    /// <summary>The original's benchmark: writes, scans, mixed, reads.</summary>
    private static Workload Journey(int docs, int length)
    {
        var (steps, random) = (new Script(docs), new Random(1));
        steps.Write("things", docs / 2);
        for (var i = 0; i < 20 * length; i++) steps.Eq("things", "category", $"c{random.Next(50)}", sort: "price");
        for (var i = 0; i < 20 * length; i++) steps.Range("things", "price", 9_900, 10_100, sort: "rating", limit: 20);
        for (var i = 0; i < 30 * length; i++)
        {
            if (i % length == 0) steps.Write("things", docs / 200);
            steps.Eq("things", "category", $"c{random.Next(50)}", sort: "price");
        }

        for (var i = 0; i < 60 * length; i++) steps.Eq("things", "category", $"c{random.Next(50)}", sort: "price", limit: 10);
        return steps.End("a", "the original's benchmark", ["category", "price", "category+price"], ["category,price", "price"]);
    }

    /// <summary>Four phases, each with another hot shape, writes in between.</summary>
    private static Workload Shifting(int docs, int length)
    {
        var (steps, random) = (new Script(docs), new Random(2));
        for (var phase = 0; phase < 4; phase++)
            for (var i = 0; i < 40 * length; i++)
            {
                if (i % (4 * length) == 0) steps.Write("things", docs / 200);
                if (phase == 0) steps.Eq("things", "brand", $"b{random.Next(500)}");
                else if (phase == 1) steps.Sort("things", "price", limit: 10);
                else if (phase == 2) steps.Range("things", "stock", random.Next(990), width: 3);
                else steps.Eq("things", "category", $"c{random.Next(50)}", sort: "price", limit: 10);
            }

        return steps.End("b", "four phases of different hot shapes", ["brand", "price", "stock", "category+price"], ["brand", "price", "stock", "category,price"]);
    }

    /// <summary>Reads and writes that take turns, ten thousand constants of one shape, and writes with a rare read.</summary>
    private static Workload Adversarial(int docs, int length)
    {
        var (steps, random) = (new Script(docs), new Random(3));
        for (var turn = 0; turn < 8; turn++)
        {
            for (var i = 0; i < 6 * length; i++) steps.Eq("things", "brand", $"b{random.Next(500)}");
            steps.Pause(TimeSpan.FromHours(3));
            steps.Write("things", docs / 2);
            steps.Pause(TimeSpan.FromHours(3));
        }

        for (var i = 0; i < 100 * length; i++) steps.Eq("things", "tenant", Things.Tenant(random.Next(10_000)));
        for (var i = 0; i < 10; i++)
        {
            steps.Write("things", docs);
            steps.Range("things", "stock", random.Next(990), width: 3);
            steps.Pause(TimeSpan.FromMinutes(30));
        }

        return steps.End("c", "adversarial: turns, ten thousand tenants, writes with a rare read", ["brand", "tenant", "stock"], ["brand", "tenant"]);
    }

    /// <summary>Three collections, asked unequally, with room for about one index each.</summary>
    private static Workload Budgeted(int docs, int length)
    {
        var (steps, random) = (new Script(docs), new Random(4));
        string[] collections = ["hot", "warm", "cold"];
        for (var i = 0; i < 240 * length; i++)
        {
            var collection = collections[random.Next(100) switch { < 70 => 0, < 90 => 1, _ => 2 }];
            if (i % (8 * length) == 0) steps.Write(collection, docs / 200);
            switch (random.Next(10))
            {
                case < 6: steps.Eq(collection, "brand", $"b{random.Next(500)}"); break;
                case < 9: steps.Eq(collection, "code", $"n{random.Next(docs)}"); break;
                default: steps.Range(collection, "stock", random.Next(990), width: 3); break;
            }
        }

        return steps.End("d", "three collections asked unequally, a tight budget", ["brand", "code", "stock"], ["brand"], collections) with { BytesMax = docs * 6L };
    }

    /// <summary>Walks along a field that is no id.</summary>
    private static Workload Walking(int docs, int length)
    {
        var (steps, random) = (new Script(docs), new Random(5));
        for (var i = 0; i < 40 * length; i++)
        {
            if (i % (10 * length) == 0) steps.Write("things", docs / 200);
            steps.Walk("things", random.Next(docs), depth: 3);
        }

        return steps.End("e", "walks whose edge is indexed", ["code"], ["code"]);
    }

    /// <summary>Steps under way.</summary>
    private sealed class Script(int docs)
    {
        private static readonly TimeSpan s_each = TimeSpan.FromSeconds(1);

        private readonly List<Step> _steps = [];
        private TimeSpan _pause;
        private int _next;

        public void Pause(TimeSpan pause) => _pause += pause;

        public void Write(string collection, int documents)
        {
            _steps.Add(new Step.Write(collection, _next % docs, documents, Take()));
            _next += documents;
        }

        public void Eq(string collection, string field, string value, string? sort = null, int? limit = null)
            => Ask(collection, Filter.Eq(field, value), field, sort, limit, $"{field} = '{value}'");

        public void Range(string collection, string field, int from, int width, string? sort = null, int? limit = null)
            => Ask(collection, Filter.Range(field, from, from + width), field, sort, limit, string.Create(CultureInfo.InvariantCulture, $"{field} >= {from} AND {field} < {from + width}"));

        public void Sort(string collection, string field, int limit) => Ask(collection, null, null, field, limit, "1 = 1");

        public void Walk(string collection, int from, int depth)
        {
            var walk = new TraverseQuery { From = collection, Start = Filter.Eq("_id", Things.Id(from)), Hops = [new("next", new(collection, "code")) { Min = 1, Max = depth }] };
            var sql = $"WITH RECURSIVE walk(id, next, depth) AS (SELECT id, next, 0 FROM {collection} WHERE id = '{Things.Id(from)}' UNION ALL SELECT t.id, t.next, depth + 1 FROM walk JOIN {collection} t ON t.code = walk.next WHERE depth < {depth}) SELECT * FROM walk";
            _steps.Add(new Step.Ask(collection, null, walk, null, null, sql, Take()));
        }

        public Workload End(string letter, string title, string[] paths, string[] sqlIndexes, string[]? collections = null) => new(letter, title, docs, collections ?? ["things"], _steps, paths, sqlIndexes);

        private void Ask(string collection, Filter? where, string? filterPath, string? sort, int? limit, string sql)
        {
            var request = new ScanRequest(default) { Where = where, Sort = sort is null ? [] : [new(sort)], Limit = limit };
            _steps.Add(new Step.Ask(collection, request, null, filterPath, sort, $"SELECT * FROM {collection} WHERE {sql}{(sort is null ? "" : $" ORDER BY {sort}")}{(limit is null ? "" : $" LIMIT {limit}")}", Take()));
        }

        private TimeSpan Take()
        {
            var pause = _pause + s_each;
            _pause = TimeSpan.Zero;
            return pause;
        }
    }
}
