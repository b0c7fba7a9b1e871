using IngoDB.Client;
using IngoDB.Client.Queries;
using IngoDB.GrainStorage.Queries;
using IngoDB.GrainStorage.States;
using IngoDB.Model;
using Orleans.Runtime;

namespace IngoDB.GrainStorage;

/// <summary>Where queries over grain state begin.</summary>
public static class GrainStateQueries
{
    /// <summary>
    /// The stored states of type <typeparamref name="TState"/>: <c>client.Grains&lt;Stock&gt;().Where(s => s.Amount &lt; 5)</c>. No grain is activated.
    /// Which grain type and state name that is, is known from what was written; the options say it when there are several. Of a type that was not stored yet there are none.
    /// </summary>
    /// <exception cref="InvalidRequestException"><c>state.not_serializable</c>: the type cannot be a document.</exception>
    public static IGrainStateQuery<TState> Grains<TState>(this IngoDBClient client, GrainStateOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(client);
        options ??= new();
        var states = new StateMapper<TState>(new StateJson(options.JsonSerializerOptions, client.Grains));
        var source = StateSource.Of(client.Database(options.Database));
        var from = StateSource.MarkOf(typeof(TState), options.GrainType ?? TypeOf(client, options.GrainInterface), options.StateName, options.Provider);
        return new GrainStateQuery<TState>(source, states, client.Grains, new IngoQuery<TState>(source.Scope, states, new ScanQuery { From = from }), allowPartial: false);
    }

    /// <summary>The same for the grain class behind an interface: <c>client.Grains&lt;IInventoryGrain, Stock&gt;()</c>.</summary>
    public static IGrainStateQuery<TState> Grains<TGrain, TState>(this IngoDBClient client, string? stateName = null)
        where TGrain : IAddressable
        => client.Grains<TState>(new() { GrainInterface = typeof(TGrain), StateName = stateName });

    private static string? TypeOf(IngoDBClient client, Type? grain)
    {
        if (grain is null) return null;
        var factory = client.Grains ?? throw new InvalidOperationException("This client was made without a grain factory, which knows the classes of interfaces.");
        return factory.GetGrain(grain, IdSpan.Create("any")).GetGrainId().Type.ToString();
    }
}
