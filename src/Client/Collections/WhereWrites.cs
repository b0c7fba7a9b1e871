using IngoDB.Abstractions;
using IngoDB.Client.Calls;
using IngoDB.Client.Snapshots;
using IngoDB.Model;

namespace IngoDB.Client.Collections;

/// <summary>Writes by filter: checked here, run in the partitions, counts back.</summary>
internal static class WhereWrites
{
    public static async Task<WhereResult> RunAsync(ReadScope scope, WhereWrite write, WriteOptions? options, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(write);
        scope.RefuseWritesToThePast();
        LiquidValidator.Validate(write);
        if (options?.IfVersion is not null) throw new InvalidRequestException("query.conflicting_keys", "A write by filter has no one version; filter by _version instead.", "/ifVersion", FieldNames.Version);
        var request = new ChangeRequest { Ast = LiquidBinary.Write(write), Database = scope.Database, Buffered = options?.Buffered };
        var counts = SingleDocument.Read((await scope.Calls.ChangeAsync(request, cancellationToken).ConfigureAwait(false)).Value)!;
        if (scope.Consistency.SessionOrNull is { } session)
        {
            // Which documents it wrote is not told; the present has them all.
            await using var after = await IngoSnapshot.TakeAsync(scope, cancellationToken).ConfigureAwait(false);
            session.SeeEverywhere(after.Version.Raw);
        }

        return new(
            counts["matched"].AsInt64(), counts["modified"].AsInt64(), counts["conflicts"].AsInt64(), counts["refused"].AsInt64(),
            counts["errorCode"] is { Kind: ValueKind.String } code ? code.AsString() : null, counts["errorMessage"] is { Kind: ValueKind.String } message ? message.AsString() : null);
    }
}
