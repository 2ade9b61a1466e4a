using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Alur.Antrean.Tests.Bpjs;

/// <summary>Something before BPJS that answers some requests itself, by what is in them (of a request without a body: by its address), and passes the others on.</summary>
internal sealed class Firewall : IDisposable
{
    private readonly HttpListener _listener = new();
    private readonly HttpClient _http = new();
    private readonly Task _loop;

    /// <summary>Listens from now on.</summary>
    /// <param name="status">The HTTP status for a request that says this; null: it is passed on.</param>
    public Firewall(Func<string, int?> status)
    {
        using (var probe = new TcpListener(IPAddress.Loopback, 0))
        {
            probe.Start();
            Url = $"http://127.0.0.1:{((IPEndPoint)probe.LocalEndpoint).Port}";
        }

        _listener.Prefixes.Add(Url + "/");
        _listener.Start();
        _loop = Task.Run(() => Loop(status));
    }

    public string Url { get; }

    /// <summary>The answer that it makes up for a request that says this; null: none.</summary>
    public Func<string, string?> Says { get; set; } = _ => null;

    /// <summary>Where BPJS is.</summary>
    public string Next { get; set; } = "";

    public void Dispose()
    {
        _listener.Close();
        _loop.Wait(TimeSpan.FromSeconds(5));
        _http.Dispose();
    }

    private async Task Loop(Func<string, int?> status)
    {
        try
        {
            while (true)
            {
                var context = await _listener.GetContextAsync();
                using var reader = new StreamReader(context.Request.InputStream, Encoding.UTF8);
                var body = await reader.ReadToEndAsync();
                var said = body.Length > 0 ? body : context.Request.RawUrl!;
                if (status(said) is { } refused)
                    context.Response.StatusCode = refused;
                else if (Says(said) is { } made)
                    await context.Response.OutputStream.WriteAsync(Encoding.UTF8.GetBytes(made));
                else
                    await Pass(context, body);
                context.Response.Close();
            }
        }
        catch (Exception e) when (e is HttpListenerException or ObjectDisposedException)
        {
            // closed
        }
    }

    private async Task Pass(HttpListenerContext context, string body)
    {
        using var passed = new HttpRequestMessage(new HttpMethod(context.Request.HttpMethod), Next + context.Request.RawUrl) { Content = new StringContent(body) };
        foreach (var name in (string[])["X-cons-id", "X-timestamp", "X-signature", "user_key"])
            passed.Headers.TryAddWithoutValidation(name, context.Request.Headers[name]);
        try
        {
            using var response = await _http.SendAsync(passed);
            context.Response.StatusCode = (int)response.StatusCode;
            await (await response.Content.ReadAsStreamAsync()).CopyToAsync(context.Response.OutputStream);
        }
        catch (HttpRequestException)
        {
            context.Response.StatusCode = 502; // the way a gateway says that nobody answered behind it
        }
    }
}
