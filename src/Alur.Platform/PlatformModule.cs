using System.Reflection;
using Alur.Platform.Audit;
using Alur.Platform.Data;
using Alur.Platform.Doctor;
using Alur.Platform.Identity;
using Alur.Platform.Journal;
using Alur.Platform.Webhooks;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Alur.Platform;

/// <summary>What every module stands on: the database as <c>alur_app</c> and the clock of business time.</summary>
public static class PlatformModule
{
    /// <summary>The platform's own schema.</summary>
    public static ModuleMigrations Migrations { get; } = new("Platform", Assembly.GetExecutingAssembly());

    /// <summary>
    /// Registers the <see cref="NpgsqlDataSource"/> of the runtime role from <c>ConnectionStrings:Alur</c> (read when first used), the
    /// platform's migrations and, unless there is one, <see cref="TimeProvider"/>.
    /// </summary>
    public static IServiceCollection AddPlatform(this IServiceCollection services, IConfiguration configuration)
    {
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton(configuration); // a verb has none of its own
        services.AddSingleton(Migrations);
        services.AddSingleton<IDoctorCheck, CheckPartitions>().AddSingleton<IDoctorCheck, CheckDelivery>().AddSingleton<IDoctorCheck, CheckJournal>().AddSingleton<IDoctorCheck, CheckSeal>().AddSingleton<IDoctorCheck, CheckSecondFactors>().AddSingleton<IDoctorCheck, CheckProxies>().AddSingleton<IDoctorCheck, CheckMessages>();
        services.AddSingleton<WebhookSecrets>().AddSingleton<IDoctorCheck, CheckWebhooks>();
        services.TryAddSingleton(provider => RuntimeDataSource(
            configuration.GetConnectionString("Alur") ?? throw new InvalidOperationException("ConnectionStrings:Alur is not set."),
            provider.GetService<ILoggerFactory>()));
        return services.AddJournal().AddIdentity().AddAudit();
    }

    /// <summary>
    /// The runtime's data source. Transactions are bounded, because whoever holds one open holds up every reader that must see
    /// commits in order; a setting in the connection string wins.
    /// </summary>
    public static NpgsqlDataSource RuntimeDataSource(string connectionString, ILoggerFactory? logging = null)
    {
        var builder = new NpgsqlDataSourceBuilder(connectionString);
        builder.ConnectionStringBuilder.Options ??= "-c idle_in_transaction_session_timeout=60s -c statement_timeout=120s -c lock_timeout=30s";
        builder.ConnectionStringBuilder.ApplicationName ??= "alur";
        return builder.UseLoggerFactory(logging).Build();
    }
}
