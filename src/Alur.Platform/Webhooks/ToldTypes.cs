using Alur.Platform.Journal;
using Alur.Platform.Results;

namespace Alur.Platform.Webhooks;

/// <summary>Types that receivers are told of and that are not in the journal; registered by whoever tells them.</summary>
internal sealed record TypesBesideJournal(IReadOnlyList<string> Names);

/// <summary>Every type that a receiver can ever be told of.</summary>
internal sealed class ToldTypes(EventTypes journal, IEnumerable<TypesBesideJournal> beside)
{
    /// <summary>In the order of the alphabet.</summary>
    public IReadOnlyList<string> Names { get; } =
        [.. journal.Names.Where(name => !JournalWebhooks.IsInner(name)).Concat(beside.SelectMany(b => b.Names)).Append(TestWebhook.Type).Order(StringComparer.Ordinal)];

    /// <summary>What of these asks for something that never comes, such as a type with a letter too few; null: nothing.</summary>
    public Error? Mistake(IEnumerable<string> patterns)
    {
        var unknown = patterns.Where(pattern => !Names.Any(name => EventPatterns.Match([pattern], name))).ToList();
        return unknown.Count == 0 ? null : new WebhookTypeUnknown(unknown, Names);
    }
}
