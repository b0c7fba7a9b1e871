using IngoDB.Model;

namespace IngoDB.Client.Collections;

/// <summary>Documents as they came, one after the other, not decoded. One reader at a time.</summary>
public sealed class DocumentRows
{
    private readonly IReadOnlyList<byte[]> _pages;
    private DocumentPageReader? _page;
    private int _next;

    internal DocumentRows(IReadOnlyList<byte[]> pages) => _pages = pages;

    public DocumentRow Current => new(DocumentId.ReadKey(_page!.IdKey), _page.Version, _page.Shape, _page.RowMemory);

    public bool MoveNext()
    {
        while (_page is null || !_page.MoveNext())
        {
            while (_next < _pages.Count && _pages[_next].Length == 0) _next++;
            if (_next == _pages.Count) return false;
            _page = new(_pages[_next++]);
        }

        return true;
    }
}
