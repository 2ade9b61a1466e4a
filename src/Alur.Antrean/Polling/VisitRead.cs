using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Alur.Antrean.Polling;

/// <summary>One visit as Khanza shows it now, decided and ready to store.</summary>
/// <param name="VisitId">Khanza's no_rawat.</param>
/// <param name="Kind">MOBILE_JKN, ONSITE_JKN or NON_JKN.</param>
/// <param name="Kodebooking">What BPJS knows the visit by.</param>
/// <param name="EventTime">When it was registered; of a booking, the day and hour it is for. Null: not readable.</param>
/// <param name="ServiceDate">Business day of the visit at the hospital.</param>
/// <param name="PoliId">Khanza's clinic code.</param>
/// <param name="DokterId">Khanza's doctor code.</param>
/// <param name="NewPatient">BPJS is told <c>pasienbaru = 1</c> and expects admission tasks.</param>
/// <param name="Outpatient">False for visits that are in-patient; those are stored only if they were known before.</param>
/// <param name="Payload">Fields of antrean/add without the patient.</param>
/// <param name="Patient">Fields of antrean/add that identify the patient.</param>
/// <param name="BlockedReasons">Why it cannot be registered at BPJS; empty when it can.</param>
/// <param name="Cancelled">Cancelled in Khanza.</param>
/// <param name="TextStripped">Characters that PostgreSQL or JSON cannot hold were taken out.</param>
/// <param name="Tasks">Tasks that happened, REGISTER included.</param>
internal sealed record VisitRead(
    string VisitId, string Kind, string Kodebooking, DateTimeOffset? EventTime, DateOnly ServiceDate, string PoliId, string DokterId,
    bool NewPatient, bool Outpatient, JsonObject Payload, JsonObject Patient, IReadOnlyList<string> BlockedReasons, bool Cancelled,
    bool TextStripped, IReadOnlyList<ObservedTask> Tasks)
{
    /// <summary>Of everything above; equal means that there is nothing to write.</summary>
    public byte[] Hash() => SHA256.HashData(JsonSerializer.SerializeToUtf8Bytes(this));
}

/// <summary>A task with the moment it happened, and the column that said so.</summary>
internal sealed record ObservedTask(string Task, DateTimeOffset Waktu, string Source);

/// <summary>A task whose visit Khanza does not show: kept until the visit arrives.</summary>
internal sealed record TaskWithoutVisit(string VisitId, string Task, DateTimeOffset Waktu, string Source);
