// What people order of the learning of a collection, as the named operations that everybody uses:
//
//   learning.set     learning (on, suggest, off), bytesMax, upkeepShareMax: what is named is changed
//   indexes.pin, indexes.unpin, indexes.ban, indexes.unban     path
//   learning.apply   design: rules and indexes of the collection in a learned design (LearnedDesign); exact: no other indexes

using IngoDB.Engine.Advising;
using IngoDB.Engine.Entries;
using IngoDB.Model;

namespace IngoDB.Grains.Collections;

/// <summary>A change of rules, and indexes that are to be there.</summary>
/// <param name="Path">Empty when it is about no index.</param>
internal sealed record LearningOrder(string Act, string Path, Func<LearningRules, LearningRules> Change, IReadOnlyList<(string Path, string Cause)> Builds)
{
    /// <summary>No other indexes are to be there.</summary>
    public bool IsExact { get; init; }

    /// <exception cref="InvalidRequestException"><c>learning.bad_rules</c>, <c>index.bad_fields</c>, <c>admin.bad_argument</c>.</exception>
    public static LearningOrder Parse(string operation, Document argument) => operation switch
    {
        "indexes.pin" => Of("pin", argument, (rules, path) => rules.Pin(path)),
        "indexes.unpin" => Of("unpin", argument, (rules, path) => rules.Unpin(path)),
        "indexes.ban" => Of("ban", argument, (rules, path) => rules.Ban(path)),
        "indexes.unban" => Of("unban", argument, (rules, path) => rules.Unban(path)),
        "learning.set" => new("set", "", Rules(argument), []),
        "learning.apply" => Design(argument),
        _ => throw new InvariantViolationException($"{operation} is no order"),
    };

    public LearnerState Apply(LearnerState state, DateTimeOffset now)
    {
        var rules = Change(state.Rules);
        rules.Check();
        return (state with { Rules = rules }).With(new LearningDecision(now, Act, Path, "asked for"));
    }

    private static LearningOrder Of(string act, Document argument, Func<LearningRules, string, LearningRules> change)
    {
        if (argument["path"] is not { Kind: ValueKind.String } named) throw new InvalidRequestException("admin.bad_argument", "The argument has no 'path'.", "/path", example: """{"collection": "movies", "path": "genre+year"}""");
        var path = IndexFields.Parse(named.AsString()).Text;
        return new(act, path, rules => change(rules, path), []);
    }

    private static Func<LearningRules, LearningRules> Rules(Document argument)
    {
        var learning = argument["learning"] is { Kind: ValueKind.String } named
            ? Enum.TryParse<LearningSwitch>(named.AsString(), ignoreCase: true, out var known) ? known : throw new InvalidRequestException("learning.bad_rules", $"Learning is on, suggest or off; '{named.AsString()}' is none of them.", "/learning", example: "suggest")
            : (LearningSwitch?)null;
        return rules => rules with
        {
            Learning = learning ?? rules.Learning,
            BytesMax = argument.Contains("bytesMax") ? argument["bytesMax"] is { Kind: ValueKind.Int64 } bytes ? bytes.AsInt64() : null : rules.BytesMax,
            UpkeepShareMax = argument["upkeepShareMax"] switch { { Kind: ValueKind.Double } share => share.AsDouble(), { Kind: ValueKind.Int64 } whole => whole.AsInt64(), _ => rules.UpkeepShareMax },
        };
    }

    private static LearningOrder Design(Document argument)
    {
        var design = LearnedDesign.Parse(argument["design"].AsString()).Collections[0];
        return new("apply", "", _ => design.Rules, [.. design.Indexes.Select(index => (index.Path, index.Cause ?? "from a design"))]) { IsExact = argument["exact"] is { Kind: ValueKind.Bool } exact && exact.AsBool() };
    }
}
