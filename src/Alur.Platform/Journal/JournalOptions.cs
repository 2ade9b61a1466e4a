namespace Alur.Platform.Journal;

/// <summary>Section <c>Journal</c>.</summary>
public sealed class JournalOptions
{
    /// <summary>Configuration section.</summary>
    public const string Section = "Journal";

    /// <summary>Full name of <see cref="SealKeyFile"/>.</summary>
    public const string SealKeyFileKey = $"{Section}:{nameof(SealKeyFile)}";

    /// <summary>
    /// File of the key that signs what is sealed; made if it is not there. Null: <c>journal-seal.pem</c> beside the private database; with
    /// another database nothing is sealed then.
    /// </summary>
    public string? SealKeyFile { get; set; }
}
