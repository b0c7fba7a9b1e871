// Two kinds of wrong. An invariant that does not hold is our bug: the partition goes down and recovers from
// its log. Everything the world can do (bad bytes, a full disk, a lost race) has an exception of its own in
// IngoDBException.cs, and says who must act. Own helper rather than Debug.Assert: it is on in every
// configuration and never takes the test host down with it.

using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;

namespace IngoDB.Model;

/// <summary>States what must be true; the compiler quotes the expression when it is not.</summary>
public static class Invariant
{
    /// <exception cref="InvariantViolationException">The condition is false: a bug of ours.</exception>
    public static void Holds([DoesNotReturnIf(false)] bool condition, [CallerArgumentExpression(nameof(condition))] string? expression = null)
    {
        if (!condition) Violated(expression);
    }

    [DoesNotReturn]
    public static void Violated(string? expression) => throw new InvariantViolationException(expression ?? "unnamed invariant");
}

/// <summary>A bug of this database, never the caller's fault nor the disk's.</summary>
public sealed class InvariantViolationException(string expression) : Exception($"Invariant violated: {expression}");
