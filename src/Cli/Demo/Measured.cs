using IngoDB.Client.Queries;
using IngoDB.Model;

namespace IngoDB.Cli.Demo;

/// <summary>Runs things against the clock.</summary>
internal sealed class Measured(TimeProvider time)
{
    public async Task<(T Result, double Milliseconds)> RunAsync<T>(Func<Task<T>> work)
    {
        var began = time.GetTimestamp();
        var result = await work().ConfigureAwait(false);
        return (result, time.GetElapsedTime(began).TotalMilliseconds);
    }

    /// <summary>A query whose answer is checked, as figures.</summary>
    public async Task<QueryFigures> QueryAsync(string question, Func<Task<QueryResult<StoredDocument>>> query, IReadOnlyList<StoredDocument> expected, AnswerCheck check)
    {
        var (answer, milliseconds) = await RunAsync(query).ConfigureAwait(false);
        check.Same(question, expected, answer);
        return new QueryFigures { Milliseconds = milliseconds, Examined = answer.DocumentsExamined, Returned = answer.Count };
    }
}
