namespace Alur.Simulators.Bpjs;

/// <summary>Bookings and tasks as BPJS holds them, and the ledger of every call. One lock: a call takes microseconds.</summary>
internal sealed class AntreanBook(HospitalTime time, TimeSpan listLag)
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, Booking> _bookings = new(StringComparer.Ordinal);
    private readonly Dictionary<string, ReferenceFlaw> _flaws = new(StringComparer.Ordinal);
    private readonly LedgerKeeper _ledger = new();

    /// <summary>Clinics, doctors and hours as BPJS knows them.</summary>
    public HfisBook Hfis { get; set; } = HfisBook.Usual;

    /// <summary>Which time this very call (endpoint, booking, task) is made, from 1.</summary>
    public int Nth(CallRead call)
    {
        lock (_lock)
        {
            return _ledger.Nth(call);
        }
    }

    /// <summary>Decides and records a call in one step; <paramref name="answerLost"/>: the caller will not hear of it.</summary>
    public Answer Process(CallRead call, bool answerLost)
    {
        lock (_lock)
        {
            var now = time.Now;
            var answer = call.Endpoint switch
            {
                "antrean/add" => Add(call, now),
                "antrean/updatewaktu" => UpdateWaktu(call, now),
                "antrean/batal" => Batal(call, now),
                "antrean/getlisttask" => ListTasks(call),
                _ => BookingLists.For(call.Endpoint, _bookings.Values) ?? ReferenceLists.For(call.Endpoint, Hfis) ?? new Answer(404, 404, ""),
            };
            _ledger.Answered(call, answer, answerLost, now);
            return answer;
        }
    }

    /// <summary>The caller had gone before the answer to this call was written.</summary>
    public void NotHeard(CallRead call) => Amend(_ => _ledger.NotHeard(call));

    public void Refused(CallRead call, Answer answer) => Amend(_ => _ledger.Answered(call, answer, answerLost: false, time.Now));

    public void Faulted(CallRead call) => Amend(_ => _ledger.Faulted(call, time.Now));

    /// <summary>Writes into the ledger.</summary>
    public void Amend(Action<LedgerKeeper> amend)
    {
        lock (_lock)
        {
            amend(_ledger);
        }
    }

    public BpjsLedger Export()
    {
        lock (_lock)
        {
            return _ledger.Export();
        }
    }

    public LedgerCounts Counts()
    {
        lock (_lock)
        {
            return _ledger.Counts();
        }
    }

    public void Flaw(string reference, ReferenceFlaw flaw)
    {
        lock (_lock)
        {
            _flaws[reference] = flaw;
        }
    }

    /// <summary>The patient cancels in the app. False when there is nothing to cancel.</summary>
    public bool CancelledByPatient(string kodebooking)
    {
        lock (_lock)
        {
            if (!_bookings.TryGetValue(kodebooking, out var booking) || booking.Cancelled)
            {
                return false;
            }

            Cancel(booking, "Dibatalkan peserta", "peserta", time.Now);
            return true;
        }
    }

    /// <summary>BPJS loses a booking, as hospitals have seen. False when it had none.</summary>
    public bool Forget(string kodebooking)
    {
        lock (_lock)
        {
            return _bookings.Remove(kodebooking);
        }
    }

    private Answer Add(CallRead call, DateTimeOffset now)
    {
        if (call.Body is null)
        {
            return InventedAnswers.UnreadableBody;
        }

        if (AntreanRules.BadField(call) is { } field)
        {
            return InventedAnswers.BadField(field);
        }

        if (_bookings.ContainsKey(call.Kodebooking!))
        {
            return DocumentedAnswers.DuplicateBooking;
        }

        var day = AntreanRules.Day(call)!.Value;
        if (day < DateOnly.FromDateTime(now.ToOffset(HospitalTime.Wib).DateTime))
        {
            return InventedAnswers.PastDate;
        }

        if (RefuseReference(call) is { } refusal)
        {
            return refusal;
        }

        var booking = Booking.From(call, day, now);
        _bookings.Add(booking.Kodebooking, booking);
        _ledger.Booked(new(booking.Kodebooking, day, booking.Jenispasien, call.Sumber, now));
        return Answer.Ok;
    }

    private Answer? RefuseReference(CallRead call)
    {
        if (call.Text("jenispasien") != "JKN")
        {
            return null;
        }

        var reference = call.Text("nomorreferensi")!;
        return reference.Trim() is "" or "-" ? DocumentedAnswers.WrongReference
            : !_flaws.TryGetValue(reference, out var flaw) ? null
            : flaw switch
            {
                ReferenceFlaw.Mismatch => DocumentedAnswers.WrongReference,
                ReferenceFlaw.Invalid => DocumentedAnswers.BadReferral,
                ReferenceFlaw.Expired => DocumentedAnswers.ExpiredReferral(reference),
                ReferenceFlaw.SepIssued => DocumentedAnswers.SepIssued(reference),
            };
    }

    private Answer UpdateWaktu(CallRead call, DateTimeOffset now)
    {
        if (call.Body is null || call.Kodebooking is null)
        {
            return InventedAnswers.UnreadableBody;
        }

        if (!_bookings.TryGetValue(call.Kodebooking, out var booking))
        {
            return DocumentedAnswers.UnknownBooking;
        }

        if (AntreanRules.RefuseTask(booking.Tanggalperiksa, booking.Pasienbaru, booking.Cancelled, booking.Waktu, call.Taskid, call.Waktu) is { } refusal)
        {
            return refusal;
        }

        if (call.Taskid == 99)
        {
            Cancel(booking, "TaskId 99", call.Sumber, now);
            return Answer.Ok;
        }

        booking.Waktu.Add(call.Taskid!.Value, call.Waktu!.Value);
        booking.Received.Add(call.Taskid.Value, (now, TimeProvider.System.GetTimestamp()));
        _ledger.Told(new(booking.Kodebooking, call.Taskid.Value, call.Waktu.Value, call.Sumber, now));
        return Answer.Ok;
    }

    private Answer Batal(CallRead call, DateTimeOffset now)
    {
        if (call.Body is null || call.Kodebooking is null)
        {
            return InventedAnswers.UnreadableBody;
        }

        if (!_bookings.TryGetValue(call.Kodebooking, out var booking))
        {
            return DocumentedAnswers.UnknownBooking;
        }

        if (booking.Cancelled || string.IsNullOrWhiteSpace(call.Text("keterangan")))
        {
            return booking.Cancelled ? InventedAnswers.AlreadyCancelled : InventedAnswers.NoReason;
        }

        Cancel(booking, call.Text("keterangan")!, call.Sumber, now);
        return Answer.Ok;
    }

    private Answer ListTasks(CallRead call) =>
        call.Kodebooking is null ? InventedAnswers.UnreadableBody
        : !_bookings.TryGetValue(call.Kodebooking, out var booking) ? DocumentedAnswers.UnknownBooking
        : BookingLists.Tasks(booking, listLag);

    private void Cancel(Booking booking, string reason, string sumber, DateTimeOffset now)
    {
        booking.Cancelled = true;
        _ledger.Cancelled(new(booking.Kodebooking, reason, sumber, now));
    }
}
