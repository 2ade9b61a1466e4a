using System.Net;

namespace Alur.Antrean.Tests.Bpjs;

/// <summary>Gives the first call a scripted answer and passes every later one on: what a call meets when somebody else was faster.</summary>
internal sealed class AnswerOnce : IDisposable
{
    private readonly HttpListener _listener = new();
    private readonly HttpClient _http = new();
    private readonly Task _loop;

    public AnswerOnce(string answer, string next)
    {
        using (var probe = new System.Net.Sockets.TcpListener(IPAddress.Loopback, 0))
        {
            probe.Start();
            Url = $"http://127.0.0.1:{((IPEndPoint)probe.LocalEndpoint).Port}";
        }

        _listener.Prefixes.Add(Url + "/");
        _listener.Start();
        _loop = Task.Run(() => Loop(answer, next));
    }

    public string Url { get; }

    public void Dispose()
    {
        _listener.Close();
        _loop.Wait(TimeSpan.FromSeconds(5));
        _http.Dispose();
    }

    private async Task Loop(string answer, string next)
    {
        try
        {
            await Respond(await _listener.GetContextAsync(), answer);
            while (true)
            {
                var context = await _listener.GetContextAsync();
                await Respond(context, await Pass(context.Request, next));
            }
        }
        catch (Exception e) when (e is HttpListenerException or ObjectDisposedException)
        {
            // closed
        }
    }

    private async Task<string> Pass(HttpListenerRequest request, string next)
    {
        using var passed = new HttpRequestMessage(new HttpMethod(request.HttpMethod), next + request.RawUrl) { Content = new StreamContent(request.InputStream) };
        foreach (var name in (string[])["X-cons-id", "X-timestamp", "X-signature", "user_key"])
        {
            passed.Headers.TryAddWithoutValidation(name, request.Headers[name]);
        }

        using var response = await _http.SendAsync(passed);
        return await response.Content.ReadAsStringAsync();
    }

    private static async Task Respond(HttpListenerContext context, string text)
    {
        context.Response.ContentType = "application/json";
        await context.Response.OutputStream.WriteAsync(System.Text.Encoding.UTF8.GetBytes(text));
        context.Response.Close();
    }
}
