using System.Data.Common;
using Alur.Platform.Leases;
using Alur.Platform.Results;
using Alur.Platform.Texts;
using Npgsql;

namespace Alur.Antrean.Profiles;

/// <summary>
/// Compares the profiles of one day because somebody looks at a page. It reads Khanza itself, on connections of its own, so of all readers on all nodes one does
/// it at a time: a hospital works with that database, and it has few connections.
/// </summary>
internal sealed class CompareProfiles(ProfileKhanza profile, LeaseStore leases)
{
    // Longer than a day takes to read; a node that dies meanwhile holds others up for as long.
    private static readonly TimeSpan s_longest = TimeSpan.FromMinutes(5);

    /// <summary>What each profile would do with the day. Refused besides what <see cref="ProfileKhanza"/> refuses: <c>PROFILES_ARE_COMPARED</c>, <c>KHANZA_UNREACHABLE</c>.</summary>
    public async Task<Result<ProfileReport>> Run(string site, DateOnly day, CancellationToken ct)
    {
        if (await leases.TryTake($"antrean.profiles:{site}", $"{Environment.MachineName}:{Environment.ProcessId}", s_longest, ct) is not { } turn)
        {
            return new ProfilesAreCompared();
        }

        try
        {
            return await profile.Run(new ProfileRequest(site, Days: 1, day), ct);
        }
        catch (DbException e) when (e is not NpgsqlException)
        {
            return new Unavailable("KHANZA_UNREACHABLE", OutsideText.Clean(e.Message));
        }
        finally
        {
            await leases.Release(turn, CancellationToken.None);
        }
    }
}

internal sealed record ProfilesAreCompared() : TooMany(
    "PROFILES_ARE_COMPARED", "Somebody is comparing the profiles at this moment, and Khanza is read for one at a time. Try again in half a minute.", 30);
