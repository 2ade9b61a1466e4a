using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace Alur.Platform.Data;

/// <summary>Adds a module's context to a host.</summary>
public static class ModuleDbSetup
{
    /// <summary>One per request, over the connections that everything else uses. It never makes a table: migrations are SQL of our own.</summary>
    public static IServiceCollection AddModuleDb<T>(this IServiceCollection services)
        where T : ModuleDb => services.AddDbContext<T>((provider, options) => options.UseNpgsql(provider.GetRequiredService<NpgsqlDataSource>()));
}
