using Alur.Platform.Web;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Http.Features;
using Npgsql;

namespace Alur.Platform.Tests.Web;

public sealed class FirstApiKeyTests
{
    [Fact]
    public async Task A_database_that_goes_away_just_then_does_not_end_a_server_that_runs()
    {
        await using var away = NpgsqlDataSource.Create("Host=127.0.0.1;Port=1;Username=alur_app;Timeout=2");
        await using var console = new StringWriter();

        await new FirstApiKey(new ApiKeys(away, grants: []), new NoServer(), console).StartedAsync(CancellationToken.None);

        Assert.Contains("./alur api-key new NAME", console.ToString(), StringComparison.Ordinal);
    }

    private sealed class NoServer : IServer
    {
        public IFeatureCollection Features { get; } = new FeatureCollection();

        public Task StartAsync<TContext>(IHttpApplication<TContext> application, CancellationToken cancellationToken) where TContext : notnull => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public void Dispose()
        {
        }
    }
}
