using IngoDB.Client;
using IngoDB.GrainStorage;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Orleans.Providers;

[assembly: RegisterProvider("IngoDB", "Reminders", "Silo", typeof(IngoDBReminderProvider))]

namespace IngoDB.GrainStorage;

/// <summary>Puts the reminder table into a silo.</summary>
public static class IngoDBReminderExtensions
{
    /// <summary>Reminders are kept in the database. By configuration: <c>Orleans:Reminders:ProviderType = IngoDB</c>.</summary>
    public static ISiloBuilder UseIngoDBReminders(this ISiloBuilder builder)
    {
        ArgumentNullException.ThrowIfNull(builder);
        builder.AddReminders();
        builder.Services.AddIngoDBClient();
        builder.Services.TryAddSingleton(TimeProvider.System);
        builder.Services.AddSingleton<IReminderTable>(services => new Reminders.IngoDBReminderTable(services.GetRequiredService<IngoDBClient>, services.GetRequiredService<TimeProvider>()));
        return builder;
    }
}

/// <summary>Lets configuration name this provider.</summary>
internal sealed class IngoDBReminderProvider : IProviderBuilder<ISiloBuilder>
{
    public void Configure(ISiloBuilder builder, string? name, IConfigurationSection configurationSection) => builder.UseIngoDBReminders();
}
