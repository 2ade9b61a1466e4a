namespace Alur.Simulators.Bpjs;

/// <summary>What is wrong with a referral or control letter, set up by whoever plays the hospital.</summary>
public enum ReferenceFlaw
{
    /// <summary>It does not fit the kind of visit.</summary>
    Mismatch,

    /// <summary>No such referral.</summary>
    Invalid,

    /// <summary>Too old.</summary>
    Expired,

    /// <summary>A SEP was issued for it before the booking came.</summary>
    SepIssued,
}
