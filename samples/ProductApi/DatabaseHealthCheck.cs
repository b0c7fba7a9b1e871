using IngoDB.Client;
using IngoDB.Model;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace IngoDB.Samples.ProductApi;

/// <summary>Healthy when the cluster answers a question that touches no document.</summary>
internal sealed class DatabaseHealthCheck(IngoDatabase db) : IHealthCheck
{
    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        try
        {
            await db.AdminAsync("collections.list", cancellationToken: cancellationToken);
            return HealthCheckResult.Healthy();
        }
        catch (IngoDBException e)
        {
            return new HealthCheckResult(context.Registration.FailureStatus, e.Code, e);
        }
    }
}
