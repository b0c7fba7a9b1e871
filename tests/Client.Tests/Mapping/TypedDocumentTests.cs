using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using IngoDB.Client.Tests.Fakes;
using IngoDB.Model;

namespace IngoDB.Client.Tests.Mapping;

/// <summary>A user's type goes in and comes out equal, and what JSON has no kind for is stored as what it is.</summary>
public sealed partial class TypedDocumentTests
{
    private readonly FakeCluster _cluster = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Every_kind_of_member_comes_back_as_it_went()
    {
        var everything = new Everything
        {
            Id = new Guid("0195b7a0-0000-7000-8000-000000000001"),
            Text = "Ærø ☃ \"quoted\"",
            Whole = long.MinValue,
            Unsigned = ulong.MaxValue,
            Real = 5.0,
            Money = 12.50m,
            When = new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.FromHours(2)).AddTicks(7),
            Reference = Guid.Parse("11111111-2222-3333-4444-555555555555"),
            Bytes = [0, 1, 255],
            Mood = Mood.Cheerful,
            Nested = new Nested(["a", "b"], null),
            Counts = new() { ["x"] = 1 },
        };
        var collection = _cluster.Database.Collection<Everything>("all");
        await collection.InsertAsync(everything, cancellationToken: Token);
        var back = await collection.GetAsync(new DocumentId(everything.Id), Token);
        Assert.Equivalent(everything, back, strict: true);

        var stored = _cluster.Coordinator.DocumentsOf("all").Single();
        Assert.Equal(ValueKind.Uuid, stored["reference"].Kind);
        Assert.Equal(ValueKind.Timestamp, stored["when"].Kind);
        Assert.Equal(ValueKind.Decimal, stored["money"].Kind);
        Assert.Equal(ValueKind.Bytes, stored["bytes"].Kind);
        Assert.Equal(ValueKind.Double, stored["real"].Kind);
        Assert.Equal("Cheerful", stored["mood"].AsString());
        Assert.False(stored.Fields.Contains("_id"));
    }

    [Fact]
    public async Task An_item_without_an_id_is_told_the_one_that_was_made()
    {
        var item = new Note { Text = "hello" };
        var result = await _cluster.Database.Collection<Note>("notes").InsertAsync(item, cancellationToken: Token);
        Assert.NotEqual(Guid.Empty, item.Id);
        Assert.Equal(new DocumentId(item.Id), result.Id);
        Assert.Equal(7, item.Id.Version);
    }

    [Fact]
    public async Task A_string_id_that_was_made_finds_its_document_again()
    {
        var item = new Named { Text = "hello" };
        var collection = _cluster.Database.Collection<Named>("named");
        await collection.InsertAsync(item, cancellationToken: Token);
        Assert.Equal("hello", (await collection.GetAsync(new DocumentId(item.Key!), Token))?.Text);
    }

    [Fact]
    public async Task The_version_is_read_and_never_written()
    {
        var collection = _cluster.Database.Collection<Versioned>("v");
        var written = await collection.InsertAsync(new Versioned("a", 0), cancellationToken: Token);
        var read = await collection.GetAsync(new DocumentId("a"), Token);
        Assert.Equal(written.Version.Raw, read!.Version);
        await collection.ReplaceAsync(read, new() { IfVersion = new(read.Version) }, Token);
        await Assert.ThrowsAsync<ConflictException>(() => collection.ReplaceAsync(read, new() { IfVersion = new(read.Version) }, Token));
    }

    [Fact]
    public async Task Metadata_of_a_source_generator_works_the_same()
    {
        var item = new Note { Text = "generated", At = new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero) };
        var collection = _cluster.Database.Collection("notes", NoteJson.Default.Note);
        await collection.InsertAsync(item, cancellationToken: Token);
        Assert.Equivalent(item, await collection.GetAsync(new DocumentId(item.Id), Token), strict: true);
        Assert.Equal(ValueKind.Timestamp, _cluster.Coordinator.DocumentsOf("notes").Single()["At"].Kind);
    }

    [Fact]
    public async Task JSON_trees_keep_types_by_escapes()
    {
        var collection = _cluster.Database.Collection<JsonObject>("trees");
        var tree = new JsonObject { ["_id"] = "a", ["ref"] = new JsonObject { ["$uuid"] = "11111111-2222-3333-4444-555555555555" }, ["tags"] = new JsonArray(1, "two") };
        await collection.InsertAsync(tree, cancellationToken: Token);
        var back = await collection.GetAsync(new DocumentId("a"), Token);
        Assert.Equal("11111111-2222-3333-4444-555555555555", (string?)back!["ref"]!["$uuid"]);
        Assert.Equal(ValueKind.Uuid, _cluster.Coordinator.DocumentsOf("trees").Single()["ref"].Kind);
        Assert.Equal(WriteStatus.Replaced, (await collection.UpsertAsync(back, cancellationToken: Token)).Status);
    }

    [Fact]
    public async Task A_document_of_another_type_says_which_and_where()
    {
        await _cluster.Database.Collection("notes").InsertAsync(Document.Of(("text", 5)), new DocumentId(Guid.Empty), cancellationToken: Token);
        var error = await Assert.ThrowsAsync<InvalidRequestException>(() => _cluster.Database.Collection<Note>("notes").GetAsync(new DocumentId(Guid.Empty), Token));
        Assert.Equal("document.not_this_type", error.Code);
        Assert.Equal("$.text", error.Pointer);
    }

    [Fact]
    public void Types_that_cannot_be_documents_are_refused_at_once()
    {
        Assert.Equal("collection.bad_type", Assert.Throws<InvalidRequestException>(() => _cluster.Database.Collection<int[]>("x")).Code);
        Assert.Equal("collection.bad_type", Assert.Throws<InvalidRequestException>(() => _cluster.Database.Collection<Document>("x")).Code);
        Assert.Equal("collection.bad_id_type", Assert.Throws<InvalidRequestException>(() => _cluster.Database.Collection<Numbered>("x")).Code);
    }

    internal enum Mood
    {
        Gloomy,
        Cheerful,
    }

    internal sealed record Nested(string[] Tags, int? Maybe);

    internal sealed class Everything
    {
        public Guid Id { get; set; }

        public string Text { get; set; } = "";

        public long Whole { get; set; }

        public ulong Unsigned { get; set; }

        public double Real { get; set; }

        public decimal Money { get; set; }

        public DateTimeOffset When { get; set; }

        public Guid Reference { get; set; }

        public byte[] Bytes { get; set; } = [];

        public Mood Mood { get; set; }

        public Nested Nested { get; set; } = new([], null);

        public Dictionary<string, int> Counts { get; set; } = [];
    }

    internal sealed class Note
    {
        public Guid Id { get; set; }

        public string? Text { get; set; }

        public DateTimeOffset At { get; set; }
    }

    internal sealed class Named
    {
        [JsonPropertyName("_id")]
        public string? Key { get; set; }

        public string? Text { get; set; }
    }

    internal sealed record Versioned(string Id, [property: JsonPropertyName("_version")] ulong Version);

    internal sealed record Numbered(int Id);

    [JsonSerializable(typeof(Note))]
    internal sealed partial class NoteJson : JsonSerializerContext;
}
