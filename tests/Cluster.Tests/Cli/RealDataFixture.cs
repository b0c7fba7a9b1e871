using System.Globalization;
using IngoDB.Tests;

namespace IngoDB.Cluster.Tests.Cli;

/// <summary>Three silo processes, and the three files imported into them once, by the first test that asks: where the files are absent, tests are skipped before that.</summary>
public sealed class RealDataFixture : IAsyncLifetime
{
    private readonly CliFixture _cli = new();
    private readonly Lazy<Task> _imported;
    private CliProcess? _cluster;

    public RealDataFixture() => _imported = new(ImportAllAsync);

    public string Folder => _cli.Folder;

    public ValueTask InitializeAsync() => _cli.InitializeAsync();

    public async ValueTask DisposeAsync()
    {
        if (_cluster is not null)
        {
            _cluster.Terminate();
            await _cluster.EndAsync();
            _cluster.Dispose();
        }

        await _cli.DisposeAsync();
    }

    internal Task<CliResult> QueryAsync(string query, params string[] options) => RunAsync(["query", query, .. options]);

    internal async Task<CliResult> RunAsync(params string[] arguments)
    {
        _ = SharedData.PathOf("movies.jsonl");
        await _imported.Value;
        return await CliProcess.RunAsync(Folder, arguments);
    }

    private async Task ImportAllAsync()
    {
        _cluster = CliProcess.Start(Folder, "cluster", "up", "--silos", "3");
        for (var silo = 1; silo <= 3; silo++)
        {
            var words = string.Create(CultureInfo.InvariantCulture, $"ingodb-{silo} is ready");
            await _cluster.WhenSaidAsync(line => line.StartsWith(words, StringComparison.Ordinal), TestContext.Current.CancellationToken);
        }

        await ImportAsync("movies.jsonl", 36_273);
        await ImportAsync("airports.jsonl", 3_504, "--id-field", "code");
        await ImportAsync("routes.jsonl", 50_637);
    }

    private async Task ImportAsync(string file, int documents, params string[] options)
    {
        var copy = Path.Combine(Folder, file); // an import keeps its progress beside its file
        await File.WriteAllBytesAsync(copy, await File.ReadAllBytesAsync(SharedData.PathOf(file)));
        var run = await CliProcess.RunAsync(Folder, ["import", file, .. options]);
        Assert.True(run.ExitCode == 0, run.Error);
        Assert.Contains(string.Create(CultureInfo.InvariantCulture, $"{documents} written, 0 skipped, 0 rejected"), run.Error, StringComparison.Ordinal);
    }
}
