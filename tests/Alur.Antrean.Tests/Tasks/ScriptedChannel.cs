using Alur.Antrean.Tasks;
using Alur.Platform.Delivery;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Alur.Antrean.Tests.Tasks;

/// <summary>The BPJS channel's effects with answers of the test's own.</summary>
internal sealed class ScriptedChannel(Func<DeliveryJob, DeliveryOutcome> answer, string code) : IDeliveryChannel
{
    public string Kind => "bpjs";

    public string SettleEffects => SettleTasks.SettleEffects;

    public string RequeueEffects => SettleTasks.RequeueEffects;

    /// <summary>Takes the place of the real channel.</summary>
    public static Action<IServiceCollection> Answering(Func<DeliveryJob, DeliveryOutcome> answer, string code = "200") => services =>
        services.RemoveAll<IDeliveryChannel>().AddSingleton<IDeliveryChannel>(new ScriptedChannel(answer, code));

    public async Task<DeliveryReport> Deliver(DeliveryJob job, CancellationToken ct)
    {
        var outcome = await Task.Run(() => answer(job), ct);
        return new(outcome, new Exchange(DateTimeOffset.UtcNow, TimeSpan.Zero, 200, outcome is Delivered ? code : "201", "said", "{}", "{}"));
    }
}
