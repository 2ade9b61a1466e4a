using System.Net;
using System.Net.Sockets;

namespace Alur.Antrean.Tests.Bpjs;

/// <summary>A way to BPJS on which calls can be held: they have been made, and nobody has answered them yet.</summary>
internal sealed class HeldCalls : IDisposable
{
    private readonly HttpListener _listener = new();
    private readonly HttpClient _http = new();
    private readonly Task _loop;
    private readonly List<Task> _calls = [];
    private TaskCompletionSource _open = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _made;

    public HeldCalls()
    {
        using (var probe = new TcpListener(IPAddress.Loopback, 0))
        {
            probe.Start();
            Url = $"http://127.0.0.1:{((IPEndPoint)probe.LocalEndpoint).Port}";
        }

        _open.SetResult();
        _listener.Prefixes.Add(Url + "/");
        _listener.Start();
        _loop = Task.Run(Loop);
    }

    public string Url { get; }

    /// <summary>Where BPJS is.</summary>
    public string Next { get; set; } = "";

    /// <summary>Calls that were begun since <see cref="Hold"/>.</summary>
    public int Made => Volatile.Read(ref _made);

    /// <summary>From now on no call is answered.</summary>
    public void Hold() => (_open, _made) = (new(TaskCreationOptions.RunContinuationsAsynchronously), 0);

    /// <summary>All are, also those that come.</summary>
    public void Release() => _open.TrySetResult();

    public void Dispose()
    {
        Release();
        _listener.Close();
        _loop.Wait(TimeSpan.FromSeconds(5));
        _http.Dispose();
    }

    private async Task Loop()
    {
        try
        {
            while (true)
            {
                var context = await _listener.GetContextAsync();
                Interlocked.Increment(ref _made);
                _calls.Add(Pass(context));
            }
        }
        catch (Exception e) when (e is HttpListenerException or ObjectDisposedException)
        {
            await Task.WhenAll(_calls);
        }
    }

    private async Task Pass(HttpListenerContext context)
    {
        using var reader = new StreamReader(context.Request.InputStream);
        var body = await reader.ReadToEndAsync();
        await _open.Task;
        using var passed = new HttpRequestMessage(new HttpMethod(context.Request.HttpMethod), Next + context.Request.RawUrl) { Content = new StringContent(body) };
        foreach (var name in (string[])["X-cons-id", "X-timestamp", "X-signature", "user_key"])
            passed.Headers.TryAddWithoutValidation(name, context.Request.Headers[name]);
        using var response = await _http.SendAsync(passed);
        context.Response.StatusCode = (int)response.StatusCode;
        await (await response.Content.ReadAsStreamAsync()).CopyToAsync(context.Response.OutputStream);
        context.Response.Close();
    }
}
