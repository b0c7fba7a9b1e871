using IngoDB.Abstractions;
using IngoDB.Model;

namespace IngoDB.Client.Calls;

/// <summary>A named operation with a document as argument and a document as answer.</summary>
internal static class AdminCall
{
    public static async Task<Document> RunAsync(ReadScope scope, string operation, Document? argument, bool isRead, CancellationToken cancellationToken)
    {
        var request = new AdminRequest { Operation = operation, Database = scope.Database, Argument = argument is null ? [] : SingleDocument.Write(argument) };
        var reply = await scope.Calls.AdminAsync(request, isRead, cancellationToken).ConfigureAwait(false);
        return SingleDocument.Read(reply.Value) ?? Document.Empty;
    }
}
