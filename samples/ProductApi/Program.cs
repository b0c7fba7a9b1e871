// A small web service over the database: what a user's own service looks like. It holds no database code beyond the
// client: where the cluster is comes from configuration (the same keys from appsettings.json, the environment, the command
// line or Aspire), and failures become problem details with the database's own codes.
//
//     dotnet run -c Release --project src/Silo                                       (in the repository's root, as all of these)
//     dotnet run -c Release --project samples/ProductApi -- --urls http://localhost:5090
//     curl -d '{"name":"Lamp","category":"home","price":49.99}' -H 'Content-Type: application/json' localhost:5090/products
//     curl 'localhost:5090/products?category=home&maxPrice=50'

using IngoDB.Client;
using IngoDB.Samples.ProductApi;

// The settings lie beside the program, wherever it is started from; the cluster's folder is relative to the working directory.
var builder = WebApplication.CreateBuilder(new WebApplicationOptions { Args = args, ContentRootPath = AppContext.BaseDirectory });
builder.UseOrleansClient();
builder.Services.AddIngoDBClient();
builder.Services.AddProblemDetails().AddExceptionHandler<DatabaseProblems>();
builder.Services.AddHealthChecks().AddCheck<DatabaseHealthCheck>("ingodb");

var app = builder.Build();
app.UseExceptionHandler();
app.MapHealthChecks("/health");

app.MapPost("/products", async (Product product, IngoDatabase db, CancellationToken cancellationToken) =>
{
    var result = await db.Collection<Product>("products").InsertAsync(product, cancellationToken: cancellationToken);
    return Results.Created($"/products/{result.Id}", product);
});

app.MapGet("/products/{id:guid}", async (Guid id, IngoDatabase db, CancellationToken cancellationToken) =>
    await db.Collection<Product>("products").GetAsync(new(id), cancellationToken) is { } product ? Results.Ok(product) : Results.NotFound());

app.MapGet("/products", async (string? category, double? maxPrice, IngoDatabase db, CancellationToken cancellationToken) =>
{
    var query = db.Collection<Product>("products").Query();
    if (category is not null) query = query.Where(p => p.Category == category);
    if (maxPrice is { } limit) query = query.Where(p => p.Price <= limit);
    var cheapestFirst = await query.OrderBy(p => p.Price).Take(100).ToListAsync(cancellationToken);
    return Results.Ok(cheapestFirst.Items);
});

app.Run();
