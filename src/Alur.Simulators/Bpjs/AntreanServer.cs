using System.Text.Json;
using Microsoft.AspNetCore.Http;

namespace Alur.Simulators.Bpjs;

/// <summary>Speaks BPJS's protocol: gate, fault, rule, envelope.</summary>
internal sealed class AntreanServer(BpjsSimulatorOptions options, AntreanBook book, HospitalTime time)
{
    private static readonly string[] s_commands = ["antrean/add", "antrean/updatewaktu", "antrean/batal", "antrean/getlisttask"];
    private static readonly string[] s_lists = ["ref/poli", "ref/dokter", "antrean/pendaftaran/aktif"];
    private static readonly string[] s_listFamilies = ["antrean/pendaftaran/tanggal/", "antrean/pendaftaran/kodebooking/", "jadwaldokter/kodepoli/"];

    private readonly Gate _gate = new(options);

    /// <summary>What goes wrong from now on.</summary>
    public BpjsFaults Faults { get; set; } = options.Faults;

    public async Task Handle(HttpContext http)
    {
        var call = await CallRead.From(http.Request, http.RequestAborted);
        if (!Known(http.Request.Method, call.Endpoint))
        {
            await Html(http, StatusCodes.Status404NotFound, "Not Found");
            return;
        }

        var fault = Faults.For($"{call.Endpoint} {call.Kodebooking} {call.Taskid}", book.Nth(call), time.Now);
        if (fault is not (Fault.None or Fault.AcceptedThenReset or Fault.AcceptedThenSilent))
        {
            book.Faulted(call);
            await Fail(http, fault);
            return;
        }

        if (_gate.Refuse(http.Request.Headers, out var timestamp) is { } refusal)
        {
            book.Refused(call, refusal);
            await Write(http, refusal, timestamp);
            return;
        }

        var answer = book.Process(call, answerLost: fault != Fault.None);
        if (fault != Fault.None)
        {
            await Fail(http, fault);
        }
        else if (!await Heard(http, answer, timestamp))
        {
            book.NotHeard(call);
        }
    }

    // Who has given up waiting, or was killed, does not know what became of the call.
    private async Task<bool> Heard(HttpContext http, Answer answer, string timestamp)
    {
        try
        {
            await Write(http, answer, timestamp);
            await http.Response.CompleteAsync();
            return !http.RequestAborted.IsCancellationRequested;
        }
        catch (Exception e) when (e is OperationCanceledException or IOException)
        {
            return false;
        }
    }

    private static bool Known(string method, string endpoint) => HttpMethods.IsPost(method)
        ? s_commands.Contains(endpoint)
        : HttpMethods.IsGet(method) && (s_lists.Contains(endpoint) || s_listFamilies.Any(f => endpoint.StartsWith(f, StringComparison.Ordinal)));

    private async Task Fail(HttpContext http, Fault fault)
    {
        switch (fault)
        {
            case Fault.ServerError:
                await Html(http, StatusCodes.Status500InternalServerError, "Internal Server Error");
                break;
            case Fault.Html:
                await Html(http, StatusCodes.Status200OK, "Sistem sedang dalam pemeliharaan");
                break;
            case Fault.Empty:
                http.Response.ContentLength = 0;
                break;
            case Fault.BrokenBase64:
                await Json(http, 200, new { response = "bukan base64!", metadata = new { message = "Ok", code = 200 } });
                break;
            case Fault.TryAgain:
                await Write(http, DocumentedAnswers.TryAgain, timestamp: "");
                break;
            case Fault.Slow or Fault.AcceptedThenSilent:
                await Silence(http);
                break;
            default:
                http.Abort();
                break;
        }
    }

    private async Task Silence(HttpContext http)
    {
        try
        {
            await Task.Delay(TimeSpan.FromSeconds(Faults.SlowSeconds), http.RequestAborted);
        }
        catch (OperationCanceledException)
        {
            return; // the caller gave up, as intended
        }

        http.Abort();
    }

    private Task Write(HttpContext http, Answer answer, string timestamp)
    {
        var metadata = new { message = answer.Message, code = answer.Code };
        return answer.List is { } list
            ? Json(http, answer.Http, new { response = Sealer.Seal(JsonSerializer.Serialize(list), options.ConsId, options.SecretKey, timestamp), metadata })
            : Json(http, answer.Http, new { metadata });
    }

    private static Task Json<T>(HttpContext http, int status, T body)
    {
        http.Response.StatusCode = status;
        return http.Response.WriteAsJsonAsync(body, http.RequestAborted);
    }

    private static Task Html(HttpContext http, int status, string title)
    {
        http.Response.StatusCode = status;
        http.Response.ContentType = "text/html";
        return http.Response.WriteAsync($"<!doctype html><html><head><title>{title}</title></head><body><h1>{title}</h1></body></html>", http.RequestAborted);
    }
}
