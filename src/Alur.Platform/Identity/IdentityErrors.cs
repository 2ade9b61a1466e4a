using Alur.Platform.Results;

namespace Alur.Platform.Identity;

internal sealed record PasswordTooShort(int Least) : Invalid(
    "PASSWORD_TOO_SHORT", $"A password has {Least} characters or more. Four words that nobody would put together are easy to keep.", "password");

internal sealed record PasswordTooLong(int Most) : Invalid(
    "PASSWORD_TOO_LONG", $"A password has {Most} bytes at most (a letter with an accent takes two or more) and no U+0000.", "password");

internal sealed record PasswordTooCommon() : Invalid(
    "PASSWORD_TOO_COMMON", "This password is made of a few words, names, years or runs that are guessed first. Take more of them, or others.", "password");

internal sealed record EmailTaken(string Email) : Conflict(
    "EMAIL_TAKEN", $"There is an account with the e-mail address {Email} already.", "email");

internal sealed record EmailInvalid() : Invalid(
    "EMAIL_INVALID", "This is not an e-mail address such as siti@rs-contoh.id.", "email");

internal sealed record PhoneInvalid() : Invalid(
    "PHONE_INVALID", "A phone number is 8 to 15 digits, with + before them or not, such as +6281234567890.", "phone");

internal sealed record NameInvalid() : Invalid(
    "NAME_INVALID", "A name has 1 to 100 characters.", "name");

internal sealed record RoleUnknown(string Role) : Invalid(
    "ROLE_UNKNOWN", $"There is no role '{Role}'. Known: admin, client.", "role");

internal sealed record GrantUnknown(string Name, IEnumerable<string> Known) : Invalid(
    "GRANT_UNKNOWN", $"There is no grant '{Name}'. Known: {string.Join(", ", Known.Order(StringComparer.Ordinal))}.", "grants");

internal sealed record UserNotFound(string Email) : NotFound(
    "USER_NOT_FOUND", $"There is no account with the e-mail address {Email}.", "email");

internal sealed record UserNotDisabled() : Conflict(
    "USER_NOT_DISABLED", "Only a disabled account is erased, because there is no way back. Disable it first.");

internal sealed record UserErased() : Conflict(
    "USER_ERASED", "This account was erased; nobody signs in by it again. Make another one.");

internal sealed record LastAdmin() : Conflict(
    "LAST_ADMIN", "This is the last admin who can sign in. Make somebody else admin and let them sign in first.");

internal sealed record LinkInvalid() : NotFound(
    "LINK_INVALID", "This link was used already, is too old or never was one. Somebody with the role admin can make another: ./alur user reset EMAIL");

internal sealed record SignInRefused() : Unauthenticated(
    "SIGN_IN_REFUSED", "E-mail address, password or code is not right, or this account takes none for a while after too many wrong tries.");

internal sealed record SignInBusy() : Unavailable(
    "SIGN_IN_BUSY", "Too many people sign in at the same moment; try again soon.");

internal sealed record PasswordsDiffer() : Invalid(
    "PASSWORDS_DIFFER", "The two passwords are not the same.", "again");

internal sealed record PasswordWrong() : Invalid(
    "PASSWORD_WRONG", "This is not the present password, or this account takes none for a while after too many wrong tries.", "current_password");

internal sealed record SessionNotFound() : NotFound(
    "SESSION_NOT_FOUND", "You have no such session, or it has ended.");

internal sealed record CodeRequired() : Unauthenticated(
    "CODE_REQUIRED", "This account asks for the code of a phone as well. Send it as 'code'.", "code");

internal sealed record CodeWrong() : Invalid(
    "CODE_WRONG", "This is not the code that the phone shows now. Is its clock right?", "code");

internal sealed record SecondFactorIsOn() : Conflict(
    "SECOND_FACTOR_IS_ON", "A code is asked for already, or none was begun. Somebody with the role admin takes it away: ./alur user reset EMAIL --second-factor");

internal sealed record SecondFactorKeyMissing(string Why) : Conflict(
    "SECOND_FACTOR_KEY_MISSING", $"There is no key that a second factor could be kept with. {Why}");

internal sealed record SecondFactorUnreadable() : Conflict(
    "SECOND_FACTOR_UNREADABLE", "The code of this account cannot be checked, because the key that it is kept with is not on this server. Whoever runs the server puts the key file back, or lets you choose anew: ./alur user reset EMAIL --second-factor");

internal sealed record SessionKindUnknown(string Kind) : Invalid(
    "SESSION_KIND_UNKNOWN", $"There is no session '{Kind}'. Known: cookie, token.", "session");

internal sealed record TlsRequired() : Forbidden(
    "TLS_REQUIRED", "A password is not taken over plain HTTP from another machine. Put a proxy with TLS before the server that sends X-Forwarded-Proto, or set Identity:AllowPlainHttp.");

internal sealed record SessionRequired() : Unauthenticated(
    "SESSION_ENDED", "This session has ended. Sign in again.");

internal sealed record TokenRefused() : Unauthenticated(
    "TOKEN_REFUSED", "This access token is not valid, has run out, or its session has ended. Refresh it or sign in again.");

internal sealed record RefreshRefused() : Unauthenticated(
    "REFRESH_REFUSED", "This refresh token is not valid any more. Sign in again. One that is used twice ends its session, because it was copied.");

internal sealed record CrossSite() : Forbidden(
    "CROSS_SITE", "A change with a session's cookie must come from a page of this server.");
