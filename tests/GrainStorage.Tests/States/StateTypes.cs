// Types that grain state is made of in the wild; each is one that System.Text.Json alone loses or refuses something of.

using System.Text.Json.Serialization;
using Orleans.Runtime;

namespace IngoDB.GrainStorage.Tests.States;

public sealed record PlainRecord(string Name, int Count, Guid Id, DateTimeOffset At, decimal Price);

[GenerateSerializer]
public sealed class WithoutPublicConstructor
{
    private WithoutPublicConstructor(int number) => Number = number;

    [Id(0)] public int Number { get; private set; }

    public static WithoutPublicConstructor Of(int number) => new(number);
}

[GenerateSerializer]
public sealed class WithForeignConstructor(int a, int b)
{
    [Id(0)] public int Sum { get; private set; } = a + b;

    [Id(1)] public string Text { get; } = $"{a}+{b}";
}

[GenerateSerializer]
public class WithPrivateMembers
{
    [Id(0)] private int _count;

    [Id(1)] private readonly List<string> _names = [];

    [Id(2)] internal string Note { get; set; } = "";

    public int Count => _count;

    public IReadOnlyList<string> Names => _names;

    public void Add(string name)
    {
        _count++;
        _names.Add(name);
    }
}

[GenerateSerializer]
public sealed class WithPrivateMembersDerived : WithPrivateMembers
{
    [Id(0)] private double _count = 0.5;

    public double Half => _count;

    public void Double() => _count *= 2;
}

[GenerateSerializer]
public abstract class Shape
{
    [Id(0)] public string Name { get; set; } = "";
}

[GenerateSerializer]
public sealed class Circle : Shape
{
    [Id(0)] public double Radius { get; set; }
}

[GenerateSerializer, Alias("box")]
public class Box : Shape
{
    [Id(0)] public int Width { get; set; }
}

[GenerateSerializer]
public sealed class NamedBox : Box
{
    [Id(0)] public string Label { get; set; } = "";
}

public sealed class Drawing
{
    public Shape? Main { get; set; }

    public List<Shape> Shapes { get; set; } = [];

    public Dictionary<string, Shape> ByName { get; set; } = [];
}

#pragma warning disable CA1051 // public fields are what this is about
public struct PublicFields
{
    public int A;
    public string B;
    public (int X, int Y) Pair;
}
#pragma warning restore CA1051

public enum Color
{
    Red,
    Green,
}

public sealed class Everything
{
    public Guid Id { get; set; }

    public Color Color { get; set; }

    public DateTime Utc { get; set; }

    public TimeSpan Span { get; set; }

    public DateOnly Day { get; set; }

    public byte[]? Bytes { get; set; }

    public double NotANumber { get; set; }

    public double Whole { get; set; }

    public float Single { get; set; }

    public ulong Large { get; set; }

    public decimal Exact { get; set; }

    public char Letter { get; set; }

    public int? Nothing { get; set; }

    public Dictionary<int, string> ByNumber { get; set; } = [];

    public Dictionary<Guid, int> ByGuid { get; set; } = [];

    public HashSet<string> Set { get; set; } = [];

    public Stack<int> Stack { get; set; } = new();

    public Queue<int> Queue { get; set; } = new();

    public GrainId Referred { get; set; }

    public Uri? Link { get; set; }

    public object? Any { get; set; }
}

/// <summary>A field that is called like the provider's own.</summary>
public sealed class WithOurName
{
    public string Grain { get; set; } = "";

    [JsonPropertyName("_id")] public string Other { get; set; } = "";
}

public sealed class Loop
{
    public Loop? Next { get; set; }
}
