// A simulation is as good as the wrong protocols that it finds. Each mutant breaks one rule, or is one flaw of a host, and must
// be found: by seeds, or by the story that was made for it, which the right protocol survives.

using IngoDB.Simulation.Checkers;
using IngoDB.Simulation.Directed;
using IngoDB.Simulation.Mutants;
using IngoDB.Simulation.Running;

namespace IngoDB.Replication.Tests;

public sealed class MutantTests
{
    private const int SeedsMax = 4000;

    public static TheoryData<string> FoundBySeeds => [.. AllMutants.Random.Select(mutant => mutant.Name)];

    public static TheoryData<string> FoundByStories => [.. AllMutants.Directed.Select(mutant => mutant.Name)];

    [Theory]
    [MemberData(nameof(FoundBySeeds))]
    public void Chance_finds(string mutant) => Assert.NotNull(MutantHunt.Find(AllMutants.Find(mutant), SeedsMax));

    [Theory]
    [MemberData(nameof(FoundByStories))]
    public void A_story_finds(string mutant)
    {
        var story = Stories.ByMutant[mutant];

        story(Mutant.None);
        var violation = Assert.Throws<ViolationException>(() => story(AllMutants.Find(mutant)));
        Assert.Equal("linearizability", violation.Promise);
    }
}
