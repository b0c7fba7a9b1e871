// Whatever arrives is understood or refused: no other exception, no crash, no hang. A refusal has a code, a pointer that is
// one, and a message; what is understood can be written and read again. INGODB_FUZZ_REQUESTS=1000000 tries a million,
// INGODB_FUZZ_SEED=… one.

using System.Diagnostics;
using System.Globalization;
using IngoDB.Model;

namespace IngoDB.Tests.Liquid;

public sealed class LiquidFuzzTests
{
    private const int RequestsInCi = 200_000;

    // Generous: machines stand still. A request is read in microseconds.
    private static readonly TimeSpan s_hang = TimeSpan.FromSeconds(20);

    [Fact]
    public void Whatever_arrives_is_understood_or_refused()
    {
        var fuzz = new LiquidFuzz();
        if (Environment.GetEnvironmentVariable("INGODB_FUZZ_SEED") is { Length: > 0 } one)
        {
            Try(fuzz, int.Parse(one, CultureInfo.InvariantCulture));
            return;
        }

        var requests = Environment.GetEnvironmentVariable("INGODB_FUZZ_REQUESTS") is { Length: > 0 } many ? int.Parse(many, CultureInfo.InvariantCulture) : RequestsInCi;
        var understood = 0;
        Parallel.For(0, requests, new ParallelOptions { MaxDegreeOfParallelism = 2 }, seed =>
        {
            var began = Stopwatch.GetTimestamp();
            if (Try(fuzz, seed)) Interlocked.Increment(ref understood);
            if (Stopwatch.GetElapsedTime(began) > s_hang) Assert.Fail($"seed {seed} took {Stopwatch.GetElapsedTime(began)}");
        });
        Assert.InRange(understood, requests / 100, requests); // if none were, the test would look at nothing but the first check
    }

    /// <returns>It was a request after all.</returns>
    private static bool Try(LiquidFuzz fuzz, int seed)
    {
        var (bytes, isJson) = fuzz.Of(seed);
        try
        {
            var request = isJson ? LiquidJson.Read(bytes) : LiquidBinary.Read(bytes);
            LiquidBinary.Read(LiquidBinary.Write(request));
            return true;
        }
        catch (InvalidRequestException refused)
        {
            Assert.Matches("^[a-z]+\\.[a-z_]+$", refused.Code);
            Assert.NotEmpty(refused.Message);
            Assert.True(refused.Pointer.Length == 0 || refused.Pointer[0] == '/', $"seed {seed}: '{refused.Pointer}' is no JSON pointer");
            return false;
        }
        catch (Exception error)
        {
            throw new InvalidOperationException($"INGODB_FUZZ_SEED={seed}: {(isJson ? System.Text.Encoding.UTF8.GetString(bytes) : Convert.ToHexString(bytes))}", error);
        }
    }
}
