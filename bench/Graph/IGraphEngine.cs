namespace IngoDB.GraphBench;

/// <summary>An engine with both graphs in it, warm.</summary>
internal interface IGraphEngine : IAsyncDisposable
{
    string Name { get; }

    Task LoadAsync(GraphData data);

    /// <summary>Airports that up to seven flights reach from Austin, by its routes; without Austin.</summary>
    Task<Answer> FlightsAsync();

    /// <summary>Documents within three links of a thousand, those included.</summary>
    Task<Answer> LinksAsync(GraphData data);
}
