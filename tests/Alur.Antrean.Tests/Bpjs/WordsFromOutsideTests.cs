using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Alur.Antrean.Bpjs;
using Alur.Platform.Delivery;

namespace Alur.Antrean.Tests.Bpjs;

/// <summary>BPJS, or whatever stands before it, says what it likes; a terminal shows it as text.</summary>
public sealed class WordsFromOutsideTests
{
    [Theory]
    [InlineData("201", """{"metadata":{"code":"2\u001b[31m01","message":"Tidak\u001b[2J boleh\r\nOK\u202e semua \u009b"},"response":{"status":"\u001b[0m\n\u2066"}}""")]
    [InlineData("404", """{"metadata":{"code":"404\u0007","message":"Gagal dicoba kembali\u001b]0;x"}}""")]
    [InlineData("401", """{"metadata":{"code":401,"message":"Service\u2028Expired\u007f"}}""")]
    [InlineData("no envelope", "<html><title>\u001b[2J Gerbang\u202e</title>")]
    public async Task Whatever_BPJS_says_no_log_line_and_nothing_that_is_kept_moves_a_screen(string why, string answer)
    {
        using var between = new AnswerOnce(answer.StartsWith('<') ? Regex.Unescape(answer) : answer, next: "http://127.0.0.1:9");
        var log = new BpjsDeliveryChannelTests.KeptLog<BpjsDeliveryChannel>();

        var report = await BpjsDeliveryChannelTests.Deliver(BpjsDeliveryChannelTests.OptionsFor(between.Url), BpjsStandIn.Job("2026/11/20/000001", 3, BpjsStandIn.At(8, 0)), log);

        var reason = report.Outcome switch { Rejected r => r.Reason, RetryLater r => r.Reason, NotYet n => n.Reason, _ => "" };
        var response = JsonNode.Parse(report.Exchange!.Response!)!;
        string?[] said = [reason, report.Exchange.Code, report.Exchange.Message, (string?)response["metadata"]!["message"], (string?)response["response"]?["status"], .. log.Lines];
        Assert.All(said, text => Assert.DoesNotMatch(@"[\p{Cc}\u2028\u2029\u202A-\u202E\u2066-\u2069]", text ?? ""));
        Assert.True(reason.Contains('\uFFFD', StringComparison.Ordinal) || why == "401", reason);
    }
}
