// Between "sent" and "answered" lies everything that can go wrong with a batch. What was refused is a reject; what the
// cluster could not take now is sent again; and what may or may not have been written is sent again too, as "write it
// unless it is there": the ids are fixed by then, so a second copy cannot come into being.

using System.Text;
using IngoDB.Client.Collections;
using IngoDB.Model;

namespace IngoDB.Cli.Importing;

/// <summary>What became of a batch.</summary>
internal sealed record BatchAnswer(int Written, int Skipped, IReadOnlyList<Reject> Rejects);

/// <summary>
/// Sends a batch until every write in it has a definite answer. Writes whose outcome is unknown are sent again as
/// "unless it is there": their ids are fixed, so a second copy is impossible.
/// </summary>
internal sealed class BatchSender(DocumentCollection collection, ImportOptions options, TimeProvider time, long doubtfulUpTo)
{
    public static readonly TimeSpan FirstWait = TimeSpan.FromMilliseconds(200);

    public async Task<BatchAnswer> SendAsync(ImportBatch batch, CancellationToken cancellationToken)
    {
        var began = time.GetTimestamp();
        var (written, skipped) = (0, 0);
        var rejects = new List<Reject>();
        var open = batch.Lines;
        var wait = FirstWait;
        for (var again = false; open.Count > 0; again = true)
        {
            var answer = await collection.BulkAsync(open.Select(line => ToWrite(line, again)), cancellationToken: cancellationToken).ConfigureAwait(false);
            var unanswered = new List<ParsedLine>();
            foreach (var (line, result) in open.Zip(answer.Results))
            {
                if (result.Status is WriteStatus.Inserted or WriteStatus.Replaced) written++;
                else if (result.Status == WriteStatus.Unchanged && IsDoubtful(line, again) && options.OnConflict != OnConflict.Skip) written++;
                else if (result.Status == WriteStatus.Unchanged) skipped++;
                else if (result.ErrorCode == "document.exists") throw Exists(line);
                else if (MayWorkLater(result)) unanswered.Add(line);
                else rejects.Add(new Reject(line.Number, result.ErrorCode ?? "write.refused", result.ErrorMessage ?? "", Encoding.UTF8.GetString(line.Text)));
            }

            open = unanswered;
            if (open.Count == 0) break;
            if (time.GetElapsedTime(began) > options.Patience) throw GivenUp(open[0].Number);
            await Task.Delay(wait, time, cancellationToken).ConfigureAwait(false);
            wait = wait < TimeSpan.FromSeconds(2) ? wait * 2 : wait;
        }

        return new BatchAnswer(written, skipped, rejects);
    }

    private DocumentWrite ToWrite(ParsedLine line, bool again) => options.OnConflict switch
    {
        OnConflict.Replace => new UpsertWrite { Into = collection.Name, Id = line.Id, Document = line.Document },
        OnConflict.Fail when !IsDoubtful(line, again) => new InsertWrite { Into = collection.Name, Id = line.Id, Document = line.Document },
        _ => new UpsertWrite { Into = collection.Name, Id = line.Id, Document = line.Document, IfMissing = true },
    };

    /// <summary>It may be there because this import wrote it.</summary>
    private bool IsDoubtful(ParsedLine line, bool again) => again || line.Number <= doubtfulUpTo;

    private static bool MayWorkLater(in WriteResult result)
        => result.ErrorCode is { } code && (code == "busy" || code == "write.unknown_outcome" || code.StartsWith("partition.", StringComparison.Ordinal) || code.StartsWith("cluster.", StringComparison.Ordinal));

    private static ConflictException Exists(ParsedLine line)
        => new("document.exists", $"Line {line.Number}: there is a document '{line.Id}' already. Use --on-conflict skip or replace, and --resume to go on.");

    private static UnavailableException GivenUp(long line)
        => new("cluster.unavailable", $"The cluster did not take line {line}. What was acknowledged is kept; go on with --resume.");
}
