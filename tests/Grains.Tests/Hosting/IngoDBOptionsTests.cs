using IngoDB.Grains.Hosting;

namespace Grains.Tests.Hosting;

public sealed class IngoDBOptionsTests
{
    [Fact]
    public void The_defaults_need_only_a_folder()
    {
        Assert.Contains("IngoDB:DataDirectory", Failure(_ => { }), StringComparison.Ordinal);
        Assert.Null(Failure(o => o.DataDirectory = "data"));
        Assert.Null(Failure(o => o.DataRoot = "data"));
    }

    [Theory]
    [InlineData(nameof(IngoDBOptions.Partitions), 0)]
    [InlineData(nameof(IngoDBOptions.Partitions), 1025)]
    [InlineData(nameof(IngoDBOptions.MinimumNodes), 0)]
    [InlineData(nameof(IngoDBOptions.MemtableBudgetBytes), 1000L)]
    [InlineData(nameof(IngoDBOptions.BlockCacheBytes), -1L)]
    public void A_number_that_cannot_work_is_refused_by_its_key(string key, object value)
        => Assert.Contains($"IngoDB:{key} is {value}", Failure(o =>
        {
            o.DataDirectory = "data";
            typeof(IngoDBOptions).GetProperty(key)!.SetValue(o, value);
        }), StringComparison.Ordinal);

    [Fact]
    public void Two_answers_to_one_question_are_refused()
    {
        Assert.Contains("DataRoot", Failure(o => (o.DataDirectory, o.DataRoot) = ("a", "b")), StringComparison.Ordinal);
        Assert.Contains("CatalogGrainStorage", Failure(o => (o.DataDirectory, o.CatalogDirectory, o.CatalogGrainStorage) = ("a", "b", "c")), StringComparison.Ordinal);
    }

    private static string? Failure(Action<IngoDBOptions> set)
    {
        var options = new IngoDBOptions();
        set(options);
        return new IngoDBOptionsValidator().Validate(null, options).FailureMessage;
    }
}
