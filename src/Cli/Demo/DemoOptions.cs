namespace IngoDB.Cli.Demo;

internal sealed record DemoOptions(int Documents, string? JsonPath)
{
    public const int DocumentsDefault = 200_000;
    public const int DocumentsMin = 1_000;

    public int Silos { get; init; } = 3;
}
