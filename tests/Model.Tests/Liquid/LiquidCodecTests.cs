using CsCheck;
using IngoDB.Model;

namespace IngoDB.Tests.Liquid;

public sealed class LiquidCodecTests
{
    [Fact]
    public void Every_request_survives_json()
        => RequestGenerators.Request.Sample(request =>
        {
            var json = LiquidJson.Write(request);
            var back = LiquidJson.Read(json);
            Assert.Equal(request.GetType(), back.GetType());
            Assert.Equal(json, LiquidJson.Write(back));
        }, iter: 5_000);

    [Fact]
    public void Every_request_survives_the_binary_form()
        => RequestGenerators.Request.Sample(request =>
        {
            var back = LiquidBinary.Read(LiquidBinary.Write(request));
            Assert.Equal(request.GetType(), back.GetType());
            Assert.Equal(LiquidJson.Write(request), LiquidJson.Write(back));
        }, iter: 5_000);

    [Fact]
    public void A_filter_means_the_same_after_its_journey()
        => Gen.Select(FilterGenerators.Filter, ValueGenerators.StoredDocument.List[1, 10]).Sample((filter, documents) =>
        {
            var query = new ScanQuery { From = "m", Where = filter };
            var json = Assert.IsType<ScanQuery>(LiquidJson.Read(LiquidJson.Write(query))).Where;
            var binary = Assert.IsType<ScanQuery>(LiquidBinary.Read(LiquidBinary.Write(query))).Where;
            foreach (var document in documents)
            {
                var expected = FilterEvaluator.Matches(filter, document);
                Assert.Equal(expected, FilterEvaluator.Matches(json, document));
                Assert.Equal(expected, FilterEvaluator.Matches(binary, document));
            }
        }, iter: 2_000);

    [Fact]
    public void Key_order_is_free()
    {
        const string shuffled = """{"where":{"value":1,"field":"a","op":"gt"},"limit":5,"from":"m","kind":"scan"}""";
        Assert.Equal("""{"kind":"scan","from":"m","where":{"op":"gt","field":"a","value":1},"limit":5}""", LiquidJson.Write(LiquidJson.Read(shuffled)));
    }

    [Fact]
    public void A_patch_keeps_the_order_of_its_steps()
    {
        PatchStep[] steps = [new(PatchOperator.Push, "t", "a"), new(PatchOperator.Unset, "t[0]", Value.Missing), new(PatchOperator.Push, "t", "b")];
        var back = Assert.IsType<PatchWrite>(LiquidJson.Read(LiquidJson.Write(new PatchWrite { Into = "m", Id = "x", Steps = steps })));
        Assert.Equal(steps, back.Steps);
        Assert.Equal("""{"kind":"patch","into":"m","id":"x","inc":{"b":1},"set":{"a":1,"c":2}}""",
            LiquidJson.Write(LiquidJson.Read("""{"kind":"patch","into":"m","id":"x","inc":{"b":1},"set":{"a":1,"c":2}}""")));
    }

    [Fact]
    public void Every_enum_has_a_word_for_every_member()
    {
        AssertWords<CompareOperator>(LiquidNames.Compare);
        AssertWords<RangeBounds>(LiquidNames.Bounds);
        AssertWords<TextOperator>(LiquidNames.Text);
        AssertWords<TypeName>(LiquidNames.Types);
        AssertWords<NullsOrder>(LiquidNames.Nulls);
        AssertWords<EmitMode>(LiquidNames.Emit);
        AssertWords<UniqueMode>(LiquidNames.Unique);
        AssertWords<TraverseOrder>(LiquidNames.Order);
        AssertWords<AccumulatorFunction>(LiquidNames.Functions);
        AssertWords<PatchOperator>(LiquidNames.Patch);
    }

    private static void AssertWords<T>(string[] words)
        where T : struct, Enum
    {
        Assert.Equal(Enum.GetValues<T>().Length, words.Length);
        foreach (var member in Enum.GetValues<T>())
            if (char.IsLetter(words[0][0])) Assert.Equal(member.ToString(), words[Convert.ToInt32(member)], ignoreCase: true);
    }
}
