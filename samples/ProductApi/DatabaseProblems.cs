using IngoDB.Model;
using Microsoft.AspNetCore.Diagnostics;

namespace IngoDB.Samples.ProductApi;

/// <summary>What the database refuses, as an answer of HTTP: the status says who must act, the code is the database's own.</summary>
internal sealed class DatabaseProblems(IProblemDetailsService problems) : IExceptionHandler
{
    public async ValueTask<bool> TryHandleAsync(HttpContext httpContext, Exception exception, CancellationToken cancellationToken)
    {
        if (exception is not IngoDBException refused) return false;
        httpContext.Response.StatusCode = refused switch
        {
            InvalidRequestException => StatusCodes.Status400BadRequest,
            ConflictException => StatusCodes.Status409Conflict,
            _ when refused.IsTransient => StatusCodes.Status503ServiceUnavailable,
            _ => StatusCodes.Status500InternalServerError,
        };
        if (refused is BusyException busy) httpContext.Response.Headers.RetryAfter = $"{Math.Ceiling(busy.RetryAfter.TotalSeconds)}";
        return await problems.TryWriteAsync(new()
        {
            HttpContext = httpContext,
            Exception = exception,
            ProblemDetails = { Title = refused.Message, Extensions = { ["code"] = refused.Code } },
        });
    }
}
