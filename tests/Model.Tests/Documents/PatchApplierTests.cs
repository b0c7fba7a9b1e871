using IngoDB.Model;

namespace IngoDB.Tests.Documents;

public sealed class PatchApplierTests
{
    [Theory]
    [InlineData("""{"a":1}""", "set", "b.c", "2", """{"a":1,"b":{"c":2}}""")]
    [InlineData("""{"a":[1,2]}""", "set", "a[1]", "5", """{"a":[1,5]}""")]
    [InlineData("""{"a":[1,2]}""", "set", "a[2]", "5", """{"a":[1,2,5]}""")]
    [InlineData("""{}""", "set", "a[0].b", "5", """{"a":[{"b":5}]}""")]
    [InlineData("""{"a":{"b":1,"c":2}}""", "unset", "a.b", null, """{"a":{"c":2}}""")]
    [InlineData("""{"a":[1,2,3]}""", "unset", "a[1]", null, """{"a":[1,3]}""")]
    [InlineData("""{"a":1}""", "unset", "a.b.c", null, """{"a":1}""")]
    [InlineData("""{"a":1}""", "unset", "x.y", null, """{"a":1}""")]
    [InlineData("""{"a":1}""", "inc", "a", "2", """{"a":3}""")]
    [InlineData("""{}""", "inc", "a", "2", """{"a":2}""")]
    [InlineData("""{"a":9223372036854775807}""", "inc", "a", "1", """{"a":9223372036854775808}""")]
    [InlineData("""{"a":{"$u64":"5"}}""", "inc", "a", "-6", """{"a":-1}""")]
    [InlineData("""{"a":{"$decimal":"0.10"}}""", "inc", "a", "1", """{"a":{"$decimal":"1.10"}}""")]
    [InlineData("""{"a":1}""", "inc", "a", "0.5", """{"a":1.5}""")]
    [InlineData("""{"a":[1]}""", "push", "a", "2", """{"a":[1,2]}""")]
    [InlineData("""{}""", "push", "a", "2", """{"a":[2]}""")]
    [InlineData("""{"a":[1,2,1.0]}""", "pull", "a", "1", """{"a":[2]}""")]
    [InlineData("""{}""", "pull", "a", "1", """{}""")]
    [InlineData("""{"a":5}""", "min", "a", "3", """{"a":3}""")]
    [InlineData("""{"a":5}""", "max", "a", "3", """{"a":5}""")]
    [InlineData("""{}""", "max", "a", "3", """{"a":3}""")]
    [InlineData("""{"a":5,"b":1}""", "rename", "a", "\"b\"", """{"b":5}""")]
    [InlineData("""{"a":{"x":5}}""", "rename", "a.x", "\"c.d\"", """{"a":{},"c":{"d":5}}""")]
    [InlineData("""{"b":1}""", "rename", "a", "\"c\"", """{"b":1}""")]
    public void A_step_changes_one_place(string before, string step, string path, string? value, string after)
        => Assert.Equal(after, DocumentJson.ToJson(Apply(before, step, path, value)));

    [Theory]
    [InlineData("""{"a":"x"}""", "inc", "a", "2", "patch.not_a_number")]
    [InlineData("""{"a":1}""", "inc", "a", "\"x\"", "patch.not_a_number")]
    [InlineData("""{"a":18446744073709551615}""", "inc", "a", "1", "patch.out_of_range")]
    [InlineData("""{"a":-9223372036854775808}""", "inc", "a", "-1", "patch.out_of_range")]
    [InlineData("""{"a":1}""", "push", "a", "2", "patch.not_an_array")]
    [InlineData("""{"a":1}""", "pull", "a", "2", "patch.not_an_array")]
    [InlineData("""{"a":1}""", "set", "a.b", "2", "patch.not_a_document")]
    [InlineData("""{"a":1}""", "set", "a[0]", "2", "patch.not_an_array")]
    [InlineData("""{"a":[1]}""", "set", "a[2]", "2", "patch.bad_index")]
    [InlineData("""{}""", "set", "_id", "2", "patch.reserved_field")]
    [InlineData("""{}""", "set", "_version", "2", "patch.reserved_field")]
    [InlineData("""{"a":1}""", "rename", "a", "\"_id\"", "patch.reserved_field")]
    [InlineData("""{"a":[1]}""", "rename", "a[0]", "\"b\"", "patch.bad_step")]
    [InlineData("""{}""", "set", "$.a", "2", "patch.bad_path")]
    [InlineData("""{}""", "push", "a[]", "2", "patch.bad_path")]
    public void A_step_that_does_not_fit_refuses_the_patch(string before, string step, string path, string? value, string code)
        => Assert.Equal(code, Assert.Throws<InvalidRequestException>(() => Apply(before, step, path, value)).Code);

    [Fact]
    public void Steps_apply_in_order_and_leave_the_original_alone()
    {
        var before = Document.Of(("tags", Value.ArrayOf("a")));
        var after = PatchApplier.Apply(before, [new(PatchOperator.Push, "tags", "b"), new(PatchOperator.Push, "tags", "c"), new(PatchOperator.Unset, "tags[0]", Value.Missing)]);
        Assert.Equal("""{"tags":["b","c"]}""", DocumentJson.ToJson(after));
        Assert.Equal("""{"tags":["a"]}""", DocumentJson.ToJson(before));
    }

    private static Document Apply(string before, string step, string path, string? value)
    {
        var operand = value is null ? Value.Missing : Json($$"""{"v":{{value}}}""")["v"];
        return PatchApplier.Apply(Json(before), [new(Enum.Parse<PatchOperator>(step, ignoreCase: true), path, operand)]);
    }

    private static Document Json(string json) => DocumentJson.Read(System.Text.Encoding.UTF8.GetBytes(json));
}
