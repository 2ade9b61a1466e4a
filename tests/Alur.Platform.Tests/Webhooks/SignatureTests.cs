using System.Text;
using Alur.Platform.Webhooks;
using Alur.Testing;

namespace Alur.Platform.Tests.Webhooks;

public sealed class SignatureTests
{
    // The example that receivers' libraries publish and test themselves with.
    [Fact]
    public void The_published_example_is_signed_as_everybody_signs_it() => Assert.Equal(
        "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
        WebhookSecret.Sign(
            "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, "{\"test\": 2432232314}"u8, [Convert.FromBase64String("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")]));

    [Fact]
    public void A_secret_is_shown_with_its_prefix_and_long_enough()
    {
        var shown = WebhookSecret.Show(WebhookSecret.New());
        Assert.StartsWith("whsec_", shown, StringComparison.Ordinal);
        Assert.InRange(Convert.FromBase64String(shown["whsec_".Length..]).Length, 24, 64);
    }

    [Fact]
    public async Task Libraries_of_others_accept_what_either_secret_signed_and_nothing_else()
    {
        var (present, old, foreign) = (WebhookSecret.New(), WebhookSecret.New(), WebhookSecret.New());
        var (id, now, body) = (Guid.CreateVersion7().ToString(), DateTimeOffset.UtcNow.ToUnixTimeSeconds(), """{"type":"a.b","data":{"kata":"selamat – ✓"}}""");
        var header = WebhookSecret.Sign(id, now, Encoding.UTF8.GetBytes(body), [present, old]);
        string[] Ask(string verifier, byte[] secret, long at, string text) => [verifier, WebhookSecret.Show(secret), id, $"{at}", header, text];

        var results = await Crosscheck.Run("webhooks.mjs", ((string[])["library", "own"]).SelectMany(verifier => new[]
        {
            Ask(verifier, present, now, body), Ask(verifier, old, now, body), Ask(verifier, foreign, now, body), Ask(verifier, present, now + 1, body),
            Ask(verifier, present, now, body + " "),
        }));

        string[] once = ["true", "true", "false", "false", "false"];
        Assert.Equal([.. once, .. once], results);
    }
}
