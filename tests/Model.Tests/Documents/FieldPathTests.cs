using IngoDB.Model;

namespace IngoDB.Tests.Documents;

public sealed class FieldPathTests
{
    private static readonly Document Order = Document.Of(
        ("address", Document.Of(("city", "Austin"), ("a.b", 1L))),
        ("items", Value.From(Document.Of(("sku", "x")), Document.Of(("sku", "y")))),
        ("", "empty"),
        ("$", "dollar"));

    [Theory]
    [InlineData("address.city", "address.city", "Austin")]
    [InlineData("address[\"city\"]", "address.city", "Austin")]
    [InlineData("items[1].sku", "items[1].sku", "y")]
    [InlineData("[\"\"]", "[\"\"]", "empty")]
    [InlineData("[\"$\"]", "[\"$\"]", "dollar")]
    public void A_path_has_one_canonical_text_and_finds_its_value(string text, string canonical, string expected)
    {
        var path = FieldPath.Parse(text);
        Assert.Equal(canonical, path.Text);
        Assert.Equal(path, FieldPath.Parse(canonical));
        Assert.Equal(Value.From(expected), path.In(Order));
    }

    [Fact]
    public void A_name_with_a_dot_is_reached_by_quotes()
    {
        Assert.Equal(Value.From(1L), FieldPath.Parse("address[\"a.b\"]").In(Order));
        Assert.Equal("[\"a\\\"b\\\\\"].c", FieldPath.Parse("[\"a\\\"b\\\\\"].c").Text);
    }

    [Theory]
    [InlineData("items.sku")]
    [InlineData("items[2].sku")]
    [InlineData("address.city.x")]
    [InlineData("address[0]")]
    [InlineData("$.city")]
    public void What_is_not_there_is_missing(string text) => Assert.True(FieldPath.Parse(text).In(Order).IsMissing);

    [Theory]
    [InlineData("")]
    [InlineData(".")]
    [InlineData("a.")]
    [InlineData("a..b")]
    [InlineData("a[")]
    [InlineData("a[-1]")]
    [InlineData("a[x]")]
    [InlineData("[0]")]
    [InlineData("a[]b")]
    [InlineData("a[].b")]
    [InlineData("a\"b")]
    [InlineData("[\"a]")]
    [InlineData("[\"a\"")]
    [InlineData("[\"a\\x\"]")]
    [InlineData("[]")]
    [InlineData("a[99999999999]")]
    public void What_is_not_a_path_is_refused(string text)
        => Assert.Equal("query.bad_path", Assert.Throws<InvalidRequestException>(() => FieldPath.Parse(text)).Code);

    [Fact]
    public void A_trailing_pair_of_brackets_fans_out()
    {
        var path = FieldPath.Parse("genres[]");
        Assert.True(path.FansOut);
        Assert.Equal("genres", path.WithoutFanOut.Text);
        Assert.True(FieldPath.Parse("$[]").FansOut);
    }

    [Fact]
    public void The_element_is_not_a_step()
    {
        Assert.True(FieldPath.Parse("$").IsElement);
        Assert.Empty(FieldPath.Parse("$").Steps);
        Assert.Equal(new PathStep("sku", 0), Assert.Single(FieldPath.Parse("$.sku").Steps));
        Assert.Equal(Value.From("y"), FieldPath.Parse("$.sku").InElement(Document.Of(("sku", "y"))));
    }

    [Fact]
    public void Long_paths_are_refused()
        => Assert.False(FieldPath.TryParse(string.Join('.', Enumerable.Repeat("a", 65)), out _) || FieldPath.TryParse(new string('a', 513), out _));

    [Fact]
    public void Equal_paths_have_one_hash_in_every_process_and_different_ones_have_others()
    {
        // Statistics are kept on disk by it: a change needs a new StatisticsRecord.FormatVersion.
        Assert.Equal(0xEA48BF317C3F658DUL, FieldPath.Parse("price").TextHash);
        Assert.Equal(FieldPath.Parse("a[\"b\"]").TextHash, FieldPath.Parse("a.b").TextHash);
        var names = Enumerable.Range(0, 100_000).Select(i => $"f{i}").ToList();
        Assert.Equal(names.Count, names.Select(name => FieldPath.Parse(name).TextHash).Distinct().Count());
    }
}
