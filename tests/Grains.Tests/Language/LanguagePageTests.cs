// docs/language.md is executed: the JSON of each example is asked of a cluster and gives the result that the page shows, the
// C# beside it is the same query (or does the same to another database), and the plan is what a partition would do.

using System.Reflection;
using System.Runtime.CompilerServices;
using Grains.Tests.Silos;
using IngoDB.Client;
using IngoDB.Client.Queries;
using IngoDB.Model;

namespace Grains.Tests.Language;

public sealed class LanguagePageTests(SiloFixture fixture)
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Every_example_of_the_page_does_what_it_shows()
    {
        var page = new LanguagePage(PagePath());
        var client = await fixture.ClientOfAsync(1);
        var (byJson, byCode) = (client.Database("page-json"), client.Database("page-code"));
        var data = page.Data.Select(part => (part.Collection, part.Lines.Select(DocumentOf).ToArray())).ToList();
        foreach (var database in (IngoDatabase[])[byJson, byCode])
            foreach (var (collection, documents) in data) (await database.Collection(collection).UpsertManyAsync(documents, cancellationToken: Cancellation)).EnsureApplied();
        await using var plans = await PlanEngine.StartAsync(data);

        var executed = 0;
        foreach (var example in page.Examples)
        {
            if (example["json request"] is not { } request) continue;
            var asked = LiquidJson.Read(request.Text);
            await CheckResultAsync(page, example, byJson, request.Text);
            await CheckCodeAsync(example, byCode, asked);
            if (asked is Write write) await CheckSameAsync(byJson, byCode, CollectionOf(write));
            if (plans.PlanOf(asked) is { } planned) page.Expect(example, example["text plan"] ?? throw new Xunit.Sdk.XunitException($"'{example.Name}' shows no plan"), planned);
            executed++;
        }

        Assert.True(executed >= 25, $"only {executed} examples were found in the page");
        page.Save();
    }

    [Fact]
    public void Every_refusal_of_the_page_says_what_it_shows()
    {
        var page = new LanguagePage(PagePath());
        var refused = page.Examples.Where(example => example["json refused"] is not null).ToList();
        Assert.NotEmpty(refused);
        foreach (var example in refused)
        {
            var error = Assert.Throws<InvalidRequestException>(() => LiquidJson.Read(example["json refused"]!.Text));
            var nearest = error.Suggestion is { } suggestion ? $"\nrather: {suggestion}" : "";
            var valid = error.Example is { } shown ? $"\ne.g. {shown}" : "";
            page.Expect(example, example["text refusal"]!, $"{error.Code} at '{error.Pointer}': {error.Message}{nearest}{valid}");
        }

        page.Save();
    }

    [Fact]
    public void Every_filter_and_every_kind_of_request_is_on_the_page()
    {
        var page = new LanguagePage(PagePath());
        var requests = string.Concat(page.Examples.Where(example => example["csharp"] is not null && example.Result is not null).Select(example => example["json request"]?.Text));
        foreach (var op in (string[])["eq", "ne", "gt", "gte", "lt", "lte", "range", "in", "nin", "exists", "missing", "prefix", "contains", "matches", "type", "size", "any", "and", "or", "not"])
            Assert.Contains($"\"op\":\"{op}\"", requests, StringComparison.Ordinal);
        foreach (var part in (string[])["include", "weight", "emit", "where", "having", "sort", "skip", "budget", "select", "expected", "dryRun"]) Assert.Contains($"\"{part}\":", requests, StringComparison.Ordinal);
        foreach (var kind in (string[])["get", "scan", "aggregate", "traverse", "path", "insert", "upsert", "replace", "patch", "delete", "bulk", "updateWhere", "deleteWhere"])
            Assert.Contains($"\"kind\":\"{kind}\"", requests, StringComparison.Ordinal);
    }

    private static async Task CheckResultAsync(LanguagePage page, PageExample example, IngoDatabase database, string request)
    {
        var reply = await database.ExecuteJsonAsync(request, cancellationToken: Cancellation);
        var lines = reply.Where is { } where ? [$"matched {where.Matched}, modified {where.Modified}"]
            : reply.Writes is { } writes ? writes.Results.Select(result => $"{result.Status} {result.Id}{(result.ErrorCode is { } code ? $": {code}" : "")}")
            : reply.Documents!.Value is { } value ? [DocumentJson.ToJson(value)] : reply.Documents.Select(LineOf);
        Assert.NotNull(example.Result);
        page.Expect(example, example.Result, string.Join('\n', lines));
    }

    /// <summary>The code of the page is that of the method with its name, and says the same as the JSON.</summary>
    private static async Task CheckCodeAsync(PageExample example, IngoDatabase database, LiquidRequest asked)
    {
        if (example["csharp"] is not { } code) return;
        var method = typeof(LanguageExamples).GetMethods().SingleOrDefault(method => method.GetCustomAttribute<ExampleAttribute>()?.Name == example.Name);
        Assert.True(method is not null, $"LanguageExamples has no method for '{example.Name}'");
        var source = LanguageExamples.Source();
        var body = source[source.IndexOf($"[Example(\"{example.Name}\")]", StringComparison.Ordinal)..];
        var next = body.IndexOf("[Example", 1, StringComparison.Ordinal);
        Assert.Contains(Squeezed(code.Text), Squeezed(next < 0 ? body : body[..next]), StringComparison.Ordinal);

        var made = method.Invoke(new LanguageExamples(database), null)!;
        if (made is Task task) await task;
        else if (made.GetType().GetMethod("ToJson") is { } toJson) Assert.Equal(LiquidJson.Write(asked), (string)toJson.Invoke(made, null)!);
        else Assert.Fail($"'{example.Name}' is neither a query nor a task");
        if (made.GetType() is { IsGenericType: true } query && query.GetGenericTypeDefinition() == typeof(IngoQuery<>))
            await (Task)query.GetMethod("ToListAsync")!.Invoke(made, [Cancellation])!;
    }

    /// <summary>What JSON did to one database, the code did to the other.</summary>
    private static async Task CheckSameAsync(IngoDatabase left, IngoDatabase right, string collection)
        => Assert.Equal((await left.Collection(collection).Query().ToListAsync(Cancellation)).Select(LineOf), (await right.Collection(collection).Query().ToListAsync(Cancellation)).Select(LineOf));

    private static string CollectionOf(Write write) => write switch
    {
        BulkWrite bulk => CollectionOf(bulk.Writes[0]),
        DocumentWrite one => one.Into,
        WhereWrite many => many.Into,
        _ => throw new InvalidOperationException(write.GetType().Name),
    };

    private static StoredDocument DocumentOf(string line)
    {
        var (id, fields) = DocumentJson.ReadWithId(System.Text.Encoding.UTF8.GetBytes(line));
        return new(id!.Value, DocumentVersion.None, fields);
    }

    /// <summary>As JSON without its version, which is another one every time.</summary>
    private static string LineOf(StoredDocument document)
    {
        var fields = new DocumentBuilder().Add(FieldNames.Id, document.Id.ToValue());
        foreach (var (name, value) in document.Fields.Fields) fields.Add(name, value);
        return DocumentJson.ToJson(fields.Build());
    }

    private static string Squeezed(string code) => string.Join('\n', code.Split('\n').Select(line => line.Trim()).Where(line => line.Length > 0));

    private static string PagePath([CallerFilePath] string thisFile = "")
    {
        var folder = new DirectoryInfo(Path.GetDirectoryName(thisFile)!);
        while (!File.Exists(Path.Combine(folder!.FullName, "IngoDB.Orleans.sln"))) folder = folder.Parent;
        return Path.Combine(folder.FullName, "docs", "language.md");
    }
}
