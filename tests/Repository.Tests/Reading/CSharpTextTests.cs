namespace IngoDB.Repository.Tests;

public sealed class CSharpTextTests
{
    [Theory]
    [InlineData("a(); // b()", "a();")]
    [InlineData("a(); /* b() */ c();", "a();c();")]
    [InlineData("a(\"b()\", 'b', '\\'', c)", "a(,,,c)")]
    [InlineData("a(\"\\\"b()\", c)", "a(,c)")]
    [InlineData("a(@\"b\"\"()\", c)", "a(,c)")]
    [InlineData("a(\"\"\"b() \"q\" \"\"\", c)", "a(,c)")]
    [InlineData("a($\"{{b}} {c()} d\")", "a(c())")]
    [InlineData("a($\"{c(\"d\")}\", e)", "a(c(),e)")]
    [InlineData("a($$\"\"\"{b} {{c()}}\"\"\", e)", "a(c(),e)")]
    [InlineData("@class.$", "@class.$")]
    public void Comments_and_literals_are_blanked_and_holes_are_code(string text, string code)
    {
        var read = CSharpText.CodeOf(text);

        Assert.Equal(code, read.Replace(" ", ""));
        Assert.Equal(text.Length, read.Length);
    }

    [Fact]
    public void Every_line_stays_where_it_was()
    {
        const string text = "/* one\ntwo */ three();\nvar four = \"\"\"\n  five\n  \"\"\";\nsix();";

        var lines = CSharpText.CodeOf(text).Split('\n');

        Assert.Equal(["", "three();", "var four =", "", ";", "six();"], lines.Select(l => l.Trim()));
    }
}
