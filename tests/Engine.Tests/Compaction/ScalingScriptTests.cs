// The journey of W as a story (Scripts/scaling): what was asked in a quarter of an hour, and where W goes. The runs that a get
// touches are those of the model times how far they overlap, as in an engine whose tables have taken the shape of W.

using System.Globalization;
using IngoDB.Engine.Compaction;
using IngoDB.Engine.Statistics;
using IngoDB.TestKit;

namespace IngoDB.Tests.Compaction;

public sealed class ScalingScriptTests
{
    private ScalingView _view = new(0, default, 0, 1);

    public static TheoryData<string> Scripts => [.. GoldenScript.In("tests/Engine.Tests/Scripts/scaling")];

    [Theory]
    [MemberData(nameof(Scripts))]
    public Task W_goes_where_the_script_tells(string script) => GoldenScript.Run($"tests/Engine.Tests/Scripts/scaling/{script}", Execute);

    private string Execute(ScriptCommand command)
    {
        if (command.Name == "tree")
        {
            _view = new((int)command.Number("w", 0), default, command.Number("data", 0) << 20, command.Number("flush", 32) << 20);
            return "";
        }

        if (command.Name != "quarter") throw new FormatException($"no such command: {command.Name}");
        var output = new List<string>();
        for (var i = 0; i < command.Number("times", 1); i++)
        {
            var gets = command.Number("gets", 0);
            _view = _view with { Work = new(gets, gets * command.Number("runs", 5), command.Number("scanned", 0), command.Number("written", 0) << 20) };
            var next = ScalingChoice.Choose(_view);
            if (next is var (w, cause))
            {
                output.Add(string.Create(CultureInfo.InvariantCulture, $"W {_view.ScalingParameter} -> {w}: {cause}"));
                _view = _view with { ScalingParameter = w };
            }
            else output.Add(string.Create(CultureInfo.InvariantCulture, $"W {_view.ScalingParameter} stays"));
        }

        return string.Join('\n', output);
    }
}
