// STUB of the contract: the one total order of values.
namespace IngoDB.Model;

/// <summary>The one total order that filters, sorts, indexes, min/max and group keys share.</summary>
public static class ValueOrder
{
    /// <summary>missing &lt; null &lt; bool &lt; numbers &lt; string &lt; bytes &lt; uuid &lt; timestamp &lt; array &lt; document; numbers by exact mathematical value.</summary>
    public static int Compare(in Value left, in Value right) => throw new NotImplementedException();

    /// <summary>Equal values (across numeric types, too) have equal hashes.</summary>
    public static int Hash(in Value value) => throw new NotImplementedException();
}
