using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Alur.Host.Startup;
using Alur.Platform.Audit;
using Alur.Platform.Identity;
using Alur.Platform.Leases;
using Alur.Platform.Web;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Xunit;

namespace Alur.Testing;

/// <summary>
/// The real server on a port of its own over a database of its own, with its loops left out: tests call <c>RunOnce</c> of what they
/// want to happen. Spoken to over HTTP.
/// </summary>
public sealed class AlurApp : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly StringWriter _console;

    private readonly Lazy<Task<AuthenticationHeaderValue>> _admin;

    private readonly bool _ownsDatabase;

    private readonly string _folder;

    private AlurApp(WebApplication app, TestDatabase database, bool ownsDatabase, StringWriter console, string apiKey, string folder)
    {
        (_app, Database, _ownsDatabase, _console, ApiKey, _folder) = (app, database, ownsDatabase, console, apiKey, folder);
        _admin = new Lazy<Task<AuthenticationHeaderValue>>(() => Task.Run(async () => (await AsUser(Policies.Admin)).DefaultRequestHeaders.Authorization!));
        Address = new Uri(app.Urls.First());
    }

    /// <summary>Of every account that <see cref="NewUser"/> makes.</summary>
    public const string Password = "kuda benar baterai jepit";

    /// <summary>The server's database.</summary>
    public TestDatabase Database { get; }

    /// <summary>Where it listens.</summary>
    public Uri Address { get; }

    /// <summary>A key that works; its holder is named <c>test</c>.</summary>
    public string ApiKey { get; }

    /// <summary>What the server printed for people.</summary>
    public string Printed => _console.ToString();

    public IServiceProvider Services => _app.Services;

    /// <summary>
    /// Starts a server; <paramref name="settings"/> as in its configuration file, <paramref name="onto"/> shares another one's database, <paramref name="add"/> may
    /// bring a module of the test's own or a loop back, such as those of sockets.
    /// </summary>
    public static async Task<AlurApp> Start(
        IReadOnlyDictionary<string, string?>? settings = null, Action<WebApplication>? map = null, TestDatabase? onto = null, Action<IServiceCollection>? add = null)
    {
        var database = onto ?? await TestDatabase.Create();
        var console = new StringWriter();
        var folder = Directory.CreateTempSubdirectory("alur-app-").FullName;
        var app = Build(settings, database, console, folder, add);
        map?.Invoke(app);
        await app.StartAsync();
        var key = await app.Services.GetRequiredService<ApiKeys>().Create($"test{(onto is null ? "" : "-" + Guid.NewGuid().ToString("N"))}", CancellationToken.None);
        return new AlurApp(app, database, onto is null, console, key.Value, folder);
    }

    /// <summary>A client with the key.</summary>
    public HttpClient AsApiCaller()
    {
        var client = AsStranger();
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", ApiKey);
        return client;
    }

    /// <summary>A client that may do everything.</summary>
    public HttpClient AsAdmin()
    {
        var client = AsStranger();
        client.DefaultRequestHeaders.Authorization = _admin.Value.GetAwaiter().GetResult();
        return client;
    }

    /// <summary>An account of its own whose password is <see cref="Password"/>; its e-mail address.</summary>
    public async Task<string> NewUser(string role, params string[] grants)
    {
        var email = $"{Guid.NewGuid():N}@rs-contoh.id";
        var link = await Services.GetRequiredService<AddUser>().Run(new NewUser(email, "Siti", Role: role, Grants: grants), AuditOrigin.System, CancellationToken.None);
        using var form = new FormUrlEncodedContent([new("password", Password), new("again", Password)]);
        (await AsStranger().PostAsync(link.Value.Path, form)).EnsureSuccessStatusCode();
        return email;
    }

    /// <summary>A client with the access token of an account of its own.</summary>
    public async Task<HttpClient> AsUser(string role, params string[] grants) => await SignIn(await NewUser(role, grants));

    /// <summary>A client with the access token of an account that <see cref="NewUser"/> made.</summary>
    public async Task<HttpClient> SignIn(string email)
    {
        var client = AsStranger();
        var body = new { email, password = Password, session = "token" };
        var token = (await Read(await client.PostAsJsonAsync("/api/auth/login", body)))["data"]!["access_token"];
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", (string)token!);
        return client;
    }

    /// <summary>A client that nobody knows.</summary>
    public HttpClient AsStranger() => new() { BaseAddress = Address };

    /// <summary>A client that asks as browsers do, known to nobody until it signs in; it follows no redirect and keeps cookies.</summary>
    public HttpClient AsBrowser()
    {
        var client = new HttpClient(new HttpClientHandler { AllowAutoRedirect = false }) { BaseAddress = Address };
        client.DefaultRequestHeaders.Accept.ParseAdd("text/html,application/xhtml+xml,*/*;q=0.8");
        return client;
    }

    /// <summary>A browser in which somebody with these rights has signed in.</summary>
    public async Task<HttpClient> AsReader(string role, params string[] grants)
    {
        var client = AsBrowser();
        using var form = new FormUrlEncodedContent([new("email", await NewUser(role, grants)), new("password", Password), new("to", "/")]);
        using var answer = await client.PostAsync("/sign-in", form);
        Assert.Equal(HttpStatusCode.SeeOther, answer.StatusCode);
        return client;
    }

    /// <summary>A success's whole envelope.</summary>
    public async Task<JsonNode> Get(string path) => await Read(await AsApiCaller().GetAsync(path));

    /// <summary>A success's <c>data</c>.</summary>
    public async Task<JsonNode> GetData(string path) => (await Get(path))["data"]!;

    /// <summary>Posts and gives the success's <c>data</c>.</summary>
    public async Task<JsonNode> Post(string path, object? body = null) =>
        (await Read(await AsApiCaller().PostAsync(path, body is null ? null : JsonContent.Create(body))))["data"]!;

    /// <summary>Every item of a list, page after page.</summary>
    public async Task<List<JsonNode>> Walk(string path)
    {
        var items = new List<JsonNode>();
        string? next = null;
        do
        {
            var page = await Get(next is null ? path : $"{path}{(path.Contains('?', StringComparison.Ordinal) ? '&' : '?')}after={next}");
            items.AddRange(page["data"]!.AsArray().Select(item => item!));
            next = (string?)page["meta"]!["next"];
        }
        while (next is not null);
        return items;
    }

    /// <summary>Ends it as SIGTERM does.</summary>
    public Task Stop() => _app.StopAsync();

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        await _app.DisposeAsync();
        await _console.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
        if (_ownsDatabase)
        {
            await Database.DisposeAsync();
        }
    }

    private static async Task<JsonNode> Read(HttpResponseMessage response)
    {
        var text = await response.Content.ReadAsStringAsync();
        Assert.True(response.StatusCode is HttpStatusCode.OK or HttpStatusCode.Accepted, $"{response.StatusCode}: {text}");
        return JsonNode.Parse(text)!;
    }

    private static WebApplication Build(IReadOnlyDictionary<string, string?>? settings, TestDatabase database, StringWriter console, string folder, Action<IServiceCollection>? add)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions { EnvironmentName = "Production" });
        builder.WebHost.UseKestrelCore().UseUrls("http://127.0.0.1:0");
        builder.Configuration.AddInMemoryCollection(settings ?? new Dictionary<string, string?>(StringComparer.Ordinal));
        builder.Configuration["Identity:PasswordCost"] ??= "10"; // a quarter of the real one's time
        foreach (var limit in (string[])["Identity:TriesPerName", "Identity:TriesPerAddress", "Web:RequestsPerMinute"]) builder.Configuration[limit] ??= "100000"; // all tests are one caller
        builder.Configuration["Identity:SecondFactorKeyFile"] ??= Path.Combine(folder, "second-factor.key");
        builder.Configuration["ConnectionStrings:Alur"] = database.AppConnectionString;
        builder.Logging.SetMinimumLevel(LogLevel.Warning);
        builder.Services.AddSingleton<TextWriter>(console);
        builder.Services.AddRouting().AddAlur(builder.Configuration);
        foreach (var loop in builder.Services.Where(IsLoop).ToList())
        {
            builder.Services.Remove(loop);
        }

        add?.Invoke(builder.Services);
        var app = builder.Build();
        app.MapAlur();
        return app;
    }

    private static bool IsLoop(ServiceDescriptor service) => service.ServiceType == typeof(IHostedService)
        && ((service.ImplementationType ?? service.ImplementationFactory?.Method.ReturnType)?.IsSubclassOf(typeof(BackgroundService)) == true
            || IsPeriodicTask(service));

    // Periodic tasks are made by a factory that closes over their settings.
    private static bool IsPeriodicTask(ServiceDescriptor service) =>
        service.ImplementationFactory?.Method.DeclaringType?.DeclaringType == typeof(PeriodicTaskSetup);
}
