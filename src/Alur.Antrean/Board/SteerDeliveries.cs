using System.ComponentModel.DataAnnotations;
using System.Globalization;
using Alur.Antrean.Sites;
using Alur.Platform.Delivery;
using Alur.Platform.Doctor;
using Alur.Platform.Pages;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Options;
using Npgsql;

namespace Alur.Antrean.Board;

/// <summary>The forms on the page of deliveries: each runs what the API runs, and leads back with what came of it.</summary>
internal static class SteerDeliveries
{
    private const int LongestPauseMinutes = 7 * 24 * 60;

    /// <summary>Puts back one failed row (<c>id</c>), or all that failed for one reason (<c>fingerprint</c>).</summary>
    public static Task<IResult> Requeue(HttpContext http, NpgsqlDataSource database, DeliveryQueue queue, CancellationToken ct) => Forms.Do(http, async (form, here) =>
    {
        var requeued = long.TryParse(form["id"], CultureInfo.InvariantCulture, out var id)
            ? (await RequeueJob.Handle(id, database, queue, http, ct)).Result
            : (await RequeueJobs.Handle(new RequeueJobs.Request(Fingerprint: Some(form["fingerprint"])), database, queue, http, ct, form["site"])).Result;
        return Notice.Of(requeued, here, done => done.Count switch
        {
            0 => here.Say("Tidak ada lagi yang gagal karena itu.", "Nothing is failed for that reason any more."),
            var count => here.Say(
                $"{here.Number(count)} pengiriman masuk antrean lagi, dengan semua percobaannya.",
                $"{here.Number(count)} {Words.Of(count, "delivery is", "deliveries are")} queued again, with all {Words.Of(count, "its", "their")} tries."),
        });
    }, ct);

    /// <summary>Holds back all calls, for so many <c>minutes</c> or until somebody resumes.</summary>
    public static Task<IResult> Pause(HttpContext http, DeliveryQueue queue, CancellationToken ct) => Forms.Do(http, async (form, here) =>
    {
        // Without a number it is for good; one that is none, or none of ours, must not become that.
        var forGood = form["minutes"].Length == 0;
        if (!int.TryParse(form["minutes"], NumberStyles.None, CultureInfo.InvariantCulture, out var minutes) && !forGood || minutes > LongestPauseMinutes)
        {
            return new Notice(here.Say("Pilih berapa lama: sampai tujuh hari, atau sampai dilanjutkan.", "Choose for how long: up to seven days, or until somebody resumes."), IsBad: true);
        }

        var request = new PauseChannel.Request(form["reason"], forGood ? null : DateTimeOffset.UtcNow.AddMinutes(minutes));
        if (!Validator.TryValidateObject(request, new ValidationContext(request), [], validateAllProperties: true))
        {
            return new Notice(here.Say("Tulis alasannya, 3 sampai 200 karakter: semua orang yang heran membacanya.", "Say why, in 3 to 200 characters: everybody who wonders reads it."), IsBad: true);
        }

        var paused = (await PauseChannel.Handle(form["site"], request, queue, http, ct)).Result;
        return Notice.Of(paused, here, _ => here.Say("Pengiriman dihentikan. Yang sedang dikirim diselesaikan, tidak ada yang hilang.", "Sending is paused. Calls under way finish, nothing is lost."));
    }, ct);

    /// <summary>Lets a paused channel send again.</summary>
    public static Task<IResult> Resume(HttpContext http, DeliveryQueue queue, IOptions<AntreanOptions> options, CancellationToken ct) => Forms.Do(http, async (form, here) =>
    {
        var resumed = (await ResumeChannel.Handle(form["site"], http, queue, options, ct)).Result;
        return Notice.Of(resumed, here, _ => here.Say("Pengiriman berjalan lagi.", "Sending goes on."));
    }, ct);

    private static string? Some(string text) => text.Length == 0 ? null : text;
}
