namespace IngoDB.Samples.ProductApi;

/// <summary>A document of the collection <c>products</c>. Without an id it gets one, a UUIDv7, when it is inserted.</summary>
public sealed class Product
{
    public Guid Id { get; set; }

    public required string Name { get; set; }

    public required string Category { get; set; }

    public double Price { get; set; }
}
