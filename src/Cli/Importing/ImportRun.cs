// A file becomes documents, a batch at a time, a few batches under way at once:
//
//   lines ─► batch (parsed, ids fixed) ─► cluster ─► answered ─► in the order of the file: rejects, state, progress
//
// What is remembered is always a prefix of the file, so an interrupted import goes on where its answers ended.
// Nothing is dropped: a line that is no document, or that the database refuses, goes to FILE.rejects.jsonl.
// Memory is bounded by the batches under way.

using IngoDB.Client.Collections;
using IngoDB.Cli.Output;
using IngoDB.Model;

namespace IngoDB.Cli.Importing;

/// <param name="Interrupted">The caller's token ended it; <c>--resume</c> goes on.</param>
internal sealed record ImportSummary(long Lines, long Written, long Skipped, long Rejected, TimeSpan Elapsed, bool Interrupted, string? RejectsPath);

internal sealed class ImportRun(DocumentCollection collection, ImportOptions options, Terminal terminal)
{
    private readonly Queue<(ImportBatch Batch, Task<BatchAnswer> Answer)> _underWay = new();

    /// <exception cref="ConflictException">A document exists, and the import was told to fail then.</exception>
    public async Task<ImportSummary> RunAsync(ImportState state, CancellationToken cancellationToken)
    {
        await using var file = new FileStream(options.Path, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 1, useAsync: true);
        file.Seek(state.AckedOffset, SeekOrigin.Begin);
        using var rejects = new RejectsFile(options.Notes, state.RejectsBytes);
        var progress = new ProgressLine(terminal, Path.GetFileName(options.Path));
        var batches = new BatchReader(new LineReader(file, state.AckedOffset, state.AckedLine), new LineParser(options.IdField, state.Session), options);
        var sender = new BatchSender(collection, options, terminal.Time, doubtfulUpTo: state.SentLine);
        var interrupted = false;
        try
        {
            while (await batches.ReadAsync(cancellationToken).ConfigureAwait(false) is { } batch)
            {
                state = state with { SentLine = Math.Max(state.SentLine, batch.LastLine) };
                state.Save(options.Notes);
                _underWay.Enqueue((batch, sender.SendAsync(batch, cancellationToken)));
                if (_underWay.Count >= options.Parallelism) state = await SettleOldestAsync(state, rejects, progress).ConfigureAwait(false);
            }

            while (_underWay.Count > 0) state = await SettleOldestAsync(state, rejects, progress).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            interrupted = true;
        }
        finally
        {
            foreach (var (_, answer) in _underWay) await ((Task)answer).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        progress.Finish(Fraction(state), state.AckedLine, "lines", Notes(state));
        if (!interrupted) ImportState.Forget(options.Notes);
        return new(state.AckedLine, state.Written, state.Skipped, state.Rejected, progress.Elapsed, interrupted, state.Rejected > 0 ? rejects.Path : null);
    }

    private async Task<ImportState> SettleOldestAsync(ImportState state, RejectsFile rejects, ProgressLine progress)
    {
        var (batch, pending) = _underWay.Peek();
        var answer = await pending.ConfigureAwait(false);
        _underWay.Dequeue();
        rejects.Add([.. batch.Rejects.Concat(answer.Rejects).OrderBy(reject => reject.Line)]);
        state = state with
        {
            AckedOffset = batch.EndOffset,
            AckedLine = batch.LastLine,
            RejectsBytes = rejects.Bytes,
            Written = state.Written + answer.Written,
            Skipped = state.Skipped + answer.Skipped,
            Rejected = state.Rejected + batch.Rejects.Count + answer.Rejects.Count,
        };
        state.Save(options.Notes);
        progress.Report(Fraction(state), state.AckedLine, "lines", Notes(state));
        return state;
    }

    private static double Fraction(ImportState state) => state.FileBytes == 0 ? 1 : (double)state.AckedOffset / state.FileBytes;

    private static string Notes(ImportState state) => FormattableString.Invariant($"{state.Rejected} rejected");
}
