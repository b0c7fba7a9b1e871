// The local cluster with a dashboard: `dotnet run --project src/AppHost` (more silos: `-- --silos 5`).
//
// Every silo is a resource of its own with a stable name and a data directory, because a database node is not a
// replica that may be replaced by another: it must come back as itself, to its own files.
//
// This project is listed in the solution with its build off, so that a machine whose feed has no Aspire restores,
// builds and tests everything else untouched. Without Aspire, `dotnet run --project src/Silo -- --silos 3` and
// `ingodb cluster up --silos 3` start the same cluster from the same configuration keys.

using Microsoft.Extensions.Configuration;

var builder = DistributedApplication.CreateBuilder(args);

var ingodb = builder.AddIngoDB("ingodb", directory: "../../.data")
    .WithSilos<Projects.Silo>(builder.Configuration.GetValue("silos", 3));

builder.AddProject<Projects.ProductApi>("api")
    .WithIngoDBClient(ingodb)
    .WithHttpEndpoint()
    .WithExternalHttpEndpoints()
    .WithHttpHealthCheck("/health");

builder.Build().Run();
