using IngoDB.Engine.Indexing;
using IngoDB.Model;

namespace IngoDB.Engine.Querying;

/// <summary>The value at a path of what a filter looks at: a field, `_id`, `_version`, or something inside an array's element. One thread at a time.</summary>
internal sealed class FieldAccess(FieldPath path)
{
    private readonly FieldPath _path = path;
    private readonly RowField _field = new(path);
    private readonly bool _isId = path.WithoutFanOut.IsId, _isVersion = path.WithoutFanOut.IsVersion;

    public EncodedValue Of(scoped in FilterInput input)
    {
        if (input.InElement) return input.Element.At(_path.StepSpan);
        if (_isId) return input.IdValue;
        return _isVersion ? input.VersionValue : _field.Of(input.Row);
    }
}
