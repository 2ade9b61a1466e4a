namespace Alur.Platform.Mail;

/// <summary>An SMTP server of the house.</summary>
public class SmtpOptions
{
    /// <summary>Name or address of the server; null: no mail is sent by it.</summary>
    public string? Host { get; set; }

    /// <summary>587 is where programs hand in mail.</summary>
    public int Port { get; set; } = 587;

    /// <summary>STARTTLS with a verified certificate; switch it off only for a server on this machine or in this house.</summary>
    public bool Tls { get; set; } = true;

    /// <summary>Signs in as; null: without signing in.</summary>
    public string? User { get; set; }

    /// <summary>Of <see cref="User"/>.</summary>
    public string? Password { get; set; }

    /// <summary>The address that mails come from, such as <c>Alur &lt;alur@rs-contoh.id&gt;</c>.</summary>
    public string? From { get; set; }

    /// <summary>What keeps it from being used, each with the full name of the setting in this section.</summary>
    internal IEnumerable<string> Mistakes(string section)
    {
        if (Port is < 1 or > 65535) yield return $"{section}:Port must be between 1 and 65535.";
        if (Host is null) yield break;
        if (string.IsNullOrWhiteSpace(From)) yield return $"{section}:From is missing beside {section}:Host.";
        else if (!System.Net.Mail.MailAddress.TryCreate(From, out _)) yield return $"{section}:From is not an e-mail address.";
    }
}
