using IngoDB.Model;

namespace IngoDB.Cli.Importing;

/// <summary>Consecutive lines: their documents, the lines that are none, and where the next batch begins.</summary>
internal sealed class ImportBatch
{
    public List<ParsedLine> Lines { get; } = [];

    public List<Reject> Rejects { get; } = [];

    public long LastLine { get; set; }

    public long EndOffset { get; set; }
}

/// <summary>A line that is a document. Its text is kept in case the database refuses it.</summary>
internal sealed record ParsedLine(long Number, DocumentId Id, Document Document, byte[] Text);

/// <summary>Fills batches from lines; empty lines are passed over.</summary>
internal sealed class BatchReader(LineReader lines, LineParser parser, ImportOptions options)
{
    /// <summary>Null at the end of the file.</summary>
    public async Task<ImportBatch?> ReadAsync(CancellationToken cancellationToken)
    {
        var batch = new ImportBatch();
        var bytes = 0;
        while (batch.Lines.Count < options.BatchDocuments && bytes < options.BatchBytes)
        {
            if (await lines.ReadAsync(cancellationToken).ConfigureAwait(false) is not { } line) break;
            (batch.LastLine, batch.EndOffset) = (line.Number, line.EndOffset);
            bytes += line.Bytes.Length;
            if (line.Bytes.Span.IndexOfAnyExcept((byte)' ', (byte)'\t') < 0) continue;
            if (parser.TryParse(line, out var id, out var document, out var reject)) batch.Lines.Add(new(line.Number, id, document, line.Bytes.ToArray()));
            else batch.Rejects.Add(reject!);
        }

        return batch.LastLine == 0 ? null : batch;
    }
}
