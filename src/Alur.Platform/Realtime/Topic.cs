using System.Security.Claims;
using Alur.Platform.Identity;
using Alur.Platform.Journal;

namespace Alur.Platform.Realtime;

/// <summary>
/// Something that clients can follow: what of the journal is told to them, and to whom. Registered with <c>AddTopic</c>. The name is exact, such as
/// <c>availability</c>, or a family, such as <c>antrean:</c>, which has one topic for each key: <c>antrean:default</c>.
/// </summary>
public sealed class Topic
{
    /// <summary>A topic.</summary>
    /// <param name="name">Lower case; of a family with the colon at its end.</param>
    /// <param name="types">Event types of the journal that it is made of.</param>
    /// <param name="tell">What is told of an entry; null: nothing. Pure, and without anything that identifies a person: it may be asked again for an entry.</param>
    public Topic(string name, IReadOnlyCollection<string> types, Func<JournalEntry, TopicEvent?> tell) => (Name, Types, Tell) = (name, types, tell);

    /// <summary>Whole name, or the family's with its colon.</summary>
    public string Name { get; }

    /// <summary>What it is made of.</summary>
    public IReadOnlyCollection<string> Types { get; }

    /// <summary>What is told of an entry.</summary>
    public Func<JournalEntry, TopicEvent?> Tell { get; }

    /// <summary>Who may follow it, by the whole name; null: anybody, with an account or without.</summary>
    public Func<ClaimsPrincipal, string, bool>? May { get; init; }

    /// <summary>Of a family: whether it has a topic for this key; null: for every key.</summary>
    public Func<string, bool>? Knows { get; init; }

    /// <summary>
    /// It says only that something has changed, always in the same words: of several that wait for a client, one is enough.
    /// </summary>
    public bool IsHint { get; init; }

    /// <summary>Whoever may follow it may ask how many people with an account do.</summary>
    public bool TellsPresence { get; init; }

    /// <summary>Who may also ask who they are, by the whole name; null: nobody. A topic that anybody may follow names nobody.</summary>
    public Func<ClaimsPrincipal, string, bool>? MaySeeWho { get; init; }

    /// <summary>For <see cref="May"/>: whoever has this grant, and admins.</summary>
    public static Func<ClaimsPrincipal, string, bool> Holders(string grant) => (caller, _) => caller.IsInRole(Policies.Admin) || caller.HasGrant(grant);

    /// <summary>Whether it has one topic for each key.</summary>
    internal bool IsFamily => Name[^1] == ':';

    internal bool Covers(string topic) => IsFamily ? topic.Length > Name.Length && topic.StartsWith(Name, StringComparison.Ordinal) : topic == Name;

    // Only for those who may follow the family: nobody else learns which keys there are.
    internal bool Has(string topic) => !IsFamily || Knows is null || Knows(topic[Name.Length..]);
}

/// <summary>What a topic tells of an entry.</summary>
/// <param name="Topic">Whole name of the topic.</param>
/// <param name="Event">Such as <c>booking.created</c>.</param>
/// <param name="Data">A JSON object.</param>
public sealed record TopicEvent(string Topic, string Event, string Data);
