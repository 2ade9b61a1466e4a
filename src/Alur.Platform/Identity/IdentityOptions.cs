using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;

namespace Alur.Platform.Identity;

/// <summary>Section <c>Identity</c>: accounts and signing in.</summary>
public sealed class IdentityOptions
{
    /// <summary>Configuration section.</summary>
    public const string Section = "Identity";

    /// <summary>Cost of bcrypt. A changed cost takes hold of an account when somebody next signs in to it.</summary>
    [Range(10, 15, ErrorMessage = "Identity:PasswordCost must be between 10 and 15.")]
    public int PasswordCost { get; set; } = 12;

    /// <summary>Wrong tries in a row after which an account takes none for a while.</summary>
    [Range(3, 20, ErrorMessage = "Identity:TriesBeforeLock must be between 3 and 20.")]
    public int TriesBeforeLock { get; set; } = 5;

    /// <summary>Minutes that it takes none.</summary>
    [Range(1, 1440, ErrorMessage = "Identity:LockMinutes must be between 1 and 1440.")]
    public int LockMinutes { get; set; } = 15;

    /// <summary>Tries in a minute that a node takes for one name, right or wrong, of whatever: an e-mail address, a link, whoever confirms a code.</summary>
    [Range(3, 100_000, ErrorMessage = "Identity:TriesPerName must be between 3 and 100000.")]
    public int TriesPerName { get; set; } = 10;

    /// <summary>Tries in a minute that a node takes from one address.</summary>
    [Range(3, 100_000, ErrorMessage = "Identity:TriesPerAddress must be between 3 and 100000.")]
    public int TriesPerAddress { get; set; } = 60;

    /// <summary>Hours after which a person in a browser signs in again, whatever happens.</summary>
    [Range(1, 168, ErrorMessage = "Identity:SessionHours must be between 1 and 168.")]
    public int SessionHours { get; set; } = 12;

    /// <summary>Days after which a program that refreshes its tokens signs in again.</summary>
    [Range(1, 365, ErrorMessage = "Identity:RefreshDays must be between 1 and 365.")]
    public int RefreshDays { get; set; } = 30;

    /// <summary>Minutes that an access token lasts.</summary>
    [Range(1, 60, ErrorMessage = "Identity:AccessMinutes must be between 1 and 60.")]
    public int AccessMinutes { get; set; } = 10;

    /// <summary>Hours that a one-time link lasts.</summary>
    [Range(1, 336, ErrorMessage = "Identity:LinkHours must be between 1 and 336.")]
    public int LinkHours { get; set; } = 48;

    /// <summary>
    /// File of the keys that encrypt second factors; made if it is not there, the same on every node. Null: <c>second-factor.key</c> beside the private
    /// database; with another database nobody can begin a second factor then.
    /// </summary>
    public string? SecondFactorKeyFile { get; set; }

    /// <summary>Takes passwords over plain HTTP from other machines too. Whoever listens on the network then has them.</summary>
    public bool AllowPlainHttp { get; set; }

    /// <summary>Who issued an access token, for those who verify one elsewhere.</summary>
    [Required(ErrorMessage = "Identity:Issuer must not be empty."), StringLength(200)]
    public string Issuer { get; set; } = "alur";
}

/// <summary>Refuses the start where nobody could ever sign in.</summary>
internal sealed class RequireBcrypt(Func<bool> isSupported) : IValidateOptions<IdentityOptions>
{
    public ValidateOptionsResult Validate(string? name, IdentityOptions options) => isSupported()
        ? ValidateOptionsResult.Success
        : ValidateOptionsResult.Fail("The C library of this system (libcrypt.so.1) makes no bcrypt hashes ($2b$), so no password could be kept. Debian 12 and 13 and Ubuntu 24.04 have one that does.");
}
