using System.Globalization;

namespace Alur.Simulators.Khanza;

/// <summary>Plans a whole hospital day from a random seed: pure, the same request gives the same day.</summary>
public static class PlanDay
{
    // Arrivals by half hour from opening; most people come between 07:00 and 10:00.
    private static readonly int[] ArrivalWeights = [10, 14, 14, 12, 11, 9, 6, 5, 5, 3, 3, 2, 2];

    private sealed record Draft(VisitKind Kind, Irregularity Irregularity, Clinic Clinic, Doctor Doctor, DateTime Arrives, bool Prescription);

    /// <summary>The plan for the request.</summary>
    public static HospitalDay From(DayRequest request)
    {
        var random = new Random(request.Seed);
        var drafts = Drafts(request, random);
        // Bookings were made days ahead, so they own the first numbers of the day.
        var numbered = drafts.OrderByDescending(d => d.Kind == VisitKind.MobileJkn).ThenBy(d => d.Arrives).ToList();
        var patients = InventPatients.Some(numbered.Count, request.Day, request.Shares, random);
        var queue = new Dictionary<string, int>();
        var visits = new List<PlannedVisit>(numbered.Count);
        foreach (var draft in numbered)
        {
            var number = queue[draft.Doctor.Code] = queue.GetValueOrDefault(draft.Doctor.Code) + 1;
            visits.Add(Visit(request, draft, visits.Count + 1, number, patients[visits.Count], random));
        }

        return new(request, visits);
    }

    private static List<Draft> Drafts(DayRequest request, Random random)
    {
        var kinds = Kinds(request, random);
        var irregular = Irregularities(request, kinds, random);
        var drafts = new List<Draft>(request.Visits);
        for (var i = 0; i < request.Visits; i++)
        {
            var clinic = ClinicOf(irregular[i], random);
            drafts.Add(new(kinds[i], irregular[i], clinic, DoctorOf(irregular[i], clinic, random), Arrival(request, random),
                random.NextDouble() < request.Shares.Prescription));
        }

        return drafts;
    }

    private static VisitKind[] Kinds(DayRequest request, Random random)
    {
        var mobile = DayShares.Count(request.Shares.MobileJkn, request.Visits);
        var onSite = Math.Min(DayShares.Count(request.Shares.OnSiteJkn, request.Visits), request.Visits - mobile);
        var kinds = new VisitKind[request.Visits];
        Array.Fill(kinds, VisitKind.NonJkn);
        Array.Fill(kinds, VisitKind.MobileJkn, 0, mobile);
        Array.Fill(kinds, VisitKind.OnSiteJkn, mobile, onSite);
        random.Shuffle(kinds);
        return kinds;
    }

    private static Irregularity[] Irregularities(DayRequest request, VisitKind[] kinds, Random random)
    {
        var result = new Irregularity[request.Visits];
        foreach (var (irregularity, share) in request.Shares.Irregular.OrderBy(s => s.Key))
        {
            var free = Enumerable.Range(0, request.Visits)
                .Where(i => result[i] == Irregularity.None && CanHappen(irregularity, kinds[i])).ToArray();
            random.Shuffle(free);
            foreach (var i in free.Take(DayShares.Count(share, request.Visits)))
                result[i] = irregularity;
        }

        return result;
    }

    // The app books mapped clinics and doctors only; an early cancellation at the desk is one the BPJS desk never started on.
    private static bool CanHappen(Irregularity irregularity, VisitKind kind) => irregularity switch
    {
        Irregularity.EmergencyClinic or Irregularity.CancelledEarly or Irregularity.NoSchedule or Irregularity.NoQuota or Irregularity.NewPatient
            or Irregularity.UnreadableRegistration or Irregularity.BackDated or Irregularity.AcrossMidnight => kind == VisitKind.NonJkn,
        Irregularity.UnmappedClinic or Irregularity.UnmappedDoctor or Irregularity.OtherPrefix => kind != VisitKind.MobileJkn,
        Irregularity.BookingCancelled or Irregularity.FutureBooking => kind == VisitKind.MobileJkn,
        _ => true,
    };

    private static Clinic ClinicOf(Irregularity irregularity, Random random)
    {
        if (irregularity == Irregularity.EmergencyClinic)
            return Hospital.Clinics.Single(c => c.Excluded);
        if (irregularity == Irregularity.UnmappedClinic)
            return Hospital.Clinics.Single(c => c.BpjsCode is null);
        if (irregularity is Irregularity.UnmappedDoctor or Irregularity.NoSchedule or Irregularity.NoQuota)
            return Hospital.Clinics[0];
        var ordinary = Hospital.Clinics.Where(c => c.Weight > 0).ToArray();
        return ordinary[Weighted([.. ordinary.Select(c => c.Weight)], random)];
    }

    private static Doctor DoctorOf(Irregularity irregularity, Clinic clinic, Random random)
    {
        var doctors = Hospital.Doctors.Where(d => d.ClinicCode == clinic.Code).ToArray();
        return irregularity switch
        {
            Irregularity.UnmappedDoctor => Hospital.UnmappedDoctor,
            Irregularity.NoSchedule => Hospital.DoctorWithoutHours,
            Irregularity.NoQuota => Hospital.DoctorWithoutQuota,
            _ => doctors[random.Next(doctors.Length)],
        };
    }

    private static DateTime Arrival(DayRequest request, Random random)
    {
        var opens = request.Day.ToDateTime(request.Opens);
        // A shorter or longer day keeps the shape of the curve: the last arrivals come 6.5 hours into a day of eight.
        var halfHour = (request.Closes - request.Opens) / 16;
        var at = opens + (halfHour * (Weighted(ArrivalWeights, random) + random.NextDouble()));
        return WholeSecond(at);
    }

    private static string Running(int number, DayRequest request) => number.ToString(CultureInfo.InvariantCulture).PadLeft(request.NumberDigits, '0');

    private static PlannedVisit Visit(DayRequest request, Draft draft, int number, int queueNumber, Patient patient, Random random)
    {
        var booked = draft.Kind == VisitKind.MobileJkn;
        var (serviceDate, numberDate) = Dates(request.Day, draft.Irregularity, number);
        var noRawat = string.Create(CultureInfo.InvariantCulture, $"{numberDate:yyyy'/'MM'/'dd}/{Running(number, request)}");
        var arrives = draft.Irregularity == Irregularity.AcrossMidnight ? serviceDate.ToDateTime(new TimeOnly(23, random.Next(10, 40), random.Next(60))) : draft.Arrives;
        var visit = new PlannedVisit
        {
            NoRawat = noRawat,
            NoReg = queueNumber.ToString("000", CultureInfo.InvariantCulture),
            Kind = draft.Kind,
            Kodebooking = booked ? string.Create(CultureInfo.InvariantCulture, $"{serviceDate:yyyyMMdd}{Running(number, request)}") : noRawat,
            ServiceDate = serviceDate,
            Clinic = draft.Clinic,
            Doctor = draft.Doctor,
            Patient = patient,
            Irregularity = draft.Irregularity,
            JamReg = booked ? new TimeOnly(random.Next(5, 23), random.Next(60), random.Next(60)) : TimeOnly.FromDateTime(arrives),
            Reference = draft.Kind == VisitKind.NonJkn ? "-" : string.Create(CultureInfo.InvariantCulture, $"9999B{request.Day:MMyy}P{number:000000}"),
            HasControlLetter = draft.Kind == VisitKind.OnSiteJkn && random.NextDouble() < request.Shares.ControlLetter,
            Arrives = arrives,
        };
        return draft.Irregularity switch
        {
            Irregularity.CancelledEarly => visit with { Cancelled = PlanFlow.After(arrives, 1, 3, random) },
            Irregularity.FutureBooking => visit,
            _ => PlanFlow.Of(visit, draft.Prescription, random),
        };
    }

    private static (DateOnly Service, DateOnly Number) Dates(DateOnly day, Irregularity irregularity, int number) => irregularity switch
    {
        Irregularity.BackDated or Irregularity.AcrossMidnight => (day.AddDays(-1), day.AddDays(-1)),
        Irregularity.OtherPrefix => (day, day.AddDays(-1)),
        Irregularity.FutureBooking => (day.AddDays(1), day.AddDays(number % 2)),
        _ => (day, day),
    };

    internal static DateTime WholeSecond(DateTime time) => new(time.Ticks - (time.Ticks % TimeSpan.TicksPerSecond), time.Kind);

    private static int Weighted(int[] weights, Random random)
    {
        var left = random.Next(weights.Sum());
        var index = 0;
        while (left >= weights[index])
            left -= weights[index++];
        return index;
    }
}
