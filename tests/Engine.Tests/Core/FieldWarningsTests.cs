// A field that no document has is no error; the first page of a query says so, with the nearest name and the place in the query.

using IngoDB.Engine;
using IngoDB.Engine.Entries;
using IngoDB.Model;

namespace IngoDB.Tests.Core;

public sealed class FieldWarningsTests : EngineFixture
{
    public static TheoryData<string, string[]> Queries => new()
    {
        { """{"kind":"scan","from":"things","where":{"op":"and","args":[{"op":"eq","field":"title","value":"x"},{"op":"not","arg":{"op":"gt","field":"yaer.x","value":1}}]}}""", ["'yaer' (/where/args/1/arg/field); the nearest that there is: 'year'"] },
        { """{"kind":"scan","from":"things","sort":[{"field":"year"},{"field":"titel"}],"select":["cast[0]","nme"]}""", ["'titel' (/sort/1/field); the nearest that there is: 'title'", "'nme' (/select/1)"] },
        { """{"kind":"scan","from":"things","where":{"op":"any","field":"cast","where":{"op":"eq","field":"anything","value":1}},"include":[{"field":"title","to":{"collection":"things","field":"tilte"},"as":"more","select":["year","a"]}]}""", ["'tilte' (/include/0/to/field)", "'a' (/include/0/select/1)"] },
        { """{"kind":"get","from":"things","ids":["1"],"select":["_id","_version","_expires","titles"]}""", ["'titles' (/select/3)"] },
        { """{"kind":"aggregate","from":"things","by":["yeer","cast[]"],"compute":{"n":{"fn":"count"},"s/t":{"fn":"sum","field":"rating"}},"having":{"op":"gt","field":"n","value":1},"sort":[{"field":"n"}]}""", ["'yeer' (/by/0)", "'rating' (/compute/s~1t/field)"] },
        { """{"kind":"traverse","from":"things","start":{"op":"exists","field":"x"},"hops":[{"field":"title","to":{"collection":"things","field":"y"},"where":{"op":"in","field":"z","values":[1]},"prune":{"op":"size","field":"casts","low":1}}]}""", ["'x' (/start/field)", "'y' (/hops/0/to/field)", "'z' (/hops/0/where/field)", "'casts' (/hops/0/prune/field)"] },
        { """{"kind":"path","from":"things","start":{"op":"exists","field":"_id"},"goal":{"op":"type","field":"goal","value":"null"},"hops":[{"field":"title","to":{"collection":"things","field":"title"}}],"depth":2,"weight":"dist"}""", ["'goal' (/goal/field)", "'dist' (/weight)"] },
        { """{"kind":"scan","from":"things","where":{"op":"or","args":[{"op":"missing","field":"year"},{"op":"prefix","field":"title","value":"x"},{"op":"range","field":"other","low":1}]}}""", [] },
    };

    [Theory]
    [MemberData(nameof(Queries))]
    public async Task A_query_is_told_which_of_its_fields_no_document_has(string json, string[] expected)
    {
        await FillAsync();
        foreach (var isReopened in (bool[])[false, true])
        {
            if (isReopened) await Reopen();
            var page = await Engine.QueryPageAsync((Query)LiquidJson.Read(json));
            Assert.Equal(expected.Length, page.Warnings.Count);
            foreach (var (warning, part) in page.Warnings.Zip(expected)) Assert.StartsWith("No document of this database has a field " + part, warning, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Only_the_first_page_says_it_and_nothing_is_said_while_there_are_no_documents_or_rows_carry_their_names()
    {
        var query = new ScanQuery { From = "things", Sort = [new("nowhere")] };
        Assert.Empty((await Engine.QueryPageAsync(query)).Warnings);
        await FillAsync();
        await Write(EngineWrite.Upsert(Things, new("3"), Document.Of(("title", "Aliens"))));
        var first = await Engine.QueryPageAsync(query, documentsMax: 1);
        Assert.Single(first.Warnings);
        Assert.NotNull(first.Cursor);
        Assert.Empty((await Engine.QueryPageAsync(query with { Cursor = first.Cursor }, documentsMax: 1)).Warnings);

        for (var i = 0; i < 4_200; i += 100)
            await Engine.WriteAsync([.. Enumerable.Range(i, 100).Select(n => EngineWrite.Upsert(Things, new($"s{n}"), Document.Of(($"field-{n}", n))))]);
        Assert.Empty((await Engine.QueryPageAsync(query)).Warnings);
    }

    private async Task FillAsync()
    {
        await Write(EngineWrite.Upsert(Things, new("1"), Document.Of(("title", "Alien"), ("year", 1979))));
        await Write(EngineWrite.Upsert(Engine.Collection("others"), new("2"), Document.Of(("other", 1), ("cast", Value.ArrayOf("a")))));
        await Write(new EngineWrite(WriteKind.Patch, Things, new("1")) { Steps = [new(PatchOperator.Set, "seen", true)] });
    }
}
