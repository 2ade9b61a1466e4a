using System.Net.WebSockets;
using Alur.Platform.Data;
using Alur.Platform.Delivery;
using Alur.Platform.Identity;
using Alur.Platform.Journal;
using Alur.Platform.Realtime;
using Alur.Platform.Tests.Journal;
using Alur.Testing;
using Microsoft.Extensions.DependencyInjection;

namespace Alur.Platform.Tests.Realtime;

/// <summary>A server with two topics of a school: one that anybody may follow, and one family for its staff.</summary>
internal sealed class School(AlurApp app) : IAsyncDisposable
{
    public const string Booked = "booking.created";
    private static readonly EventType[] Types = [new(Booked, 1, "{}")];

    public AlurApp App => app;

    public Hub Hub => app.Services.GetRequiredService<Hub>();

    public static async Task<School> Open(AlurApp? beside = null, params (string Key, string Value)[] settings) => new(await AlurApp.Start(
        settings.ToDictionary(s => s.Key, s => (string?)s.Value, StringComparer.Ordinal),
        onto: beside?.Database,
        add: services => services
            .AddEventTypes("school", Types)
            .AddTopic(new Topic("availability", [Booked], entry => new TopicEvent("availability", entry.Type, entry.Metadata ?? "{}")) { TellsPresence = true, MaySeeWho = (_, _) => true })
            .AddTopic(new Topic("desk:", [Booked], entry => new TopicEvent("desk:" + entry.Stream.Key, entry.Type, "{}")) { May = (caller, _) => caller.IsInRole(Policies.Admin), Knows = desk => desk != "cellar", TellsPresence = true, MaySeeWho = (_, topic) => topic != "desk:secret" })
            .AddTopic(new Topic("changes", [Booked], _ => new TopicEvent("changes", "changed", "{}")) { IsHint = true })
            .AddSocketLoops().AddHostedService<WakeNotifier>()));

    /// <summary>Commits entries of one course; their positions.</summary>
    public async Task<List<long>> Book(string course = "piano", int times = 1, string metadata = "{}")
    {
        await using var connection = await app.Database.App.OpenConnectionAsync();
        await using var tx = await connection.BeginTransactionAsync();
        var entries = Enumerable.Range(0, times).Select(_ => new NewEntry(Booked, JournalDesk.Nurse, JournalDesk.Morning) { Metadata = metadata }).ToList();
        var appended = await new AppendEntries(app.Services.GetRequiredService<EventTypes>()).Run(tx, [new StreamAppend(StreamId.Of("course", course), entries)]);
        await tx.CommitAsync();
        return [.. appended.Value.Entries.Select(entry => entry.Position)];
    }

    /// <summary>Somebody with an account.</summary>
    public async Task<Person> Enrol(string role = "client")
    {
        var email = await app.NewUser(role);
        var ids = await app.Database.App.Statement("select id from identity.users where email = @email", ("email", email)).Rows(r => r.GetGuid(0), default);
        return new Person(ids.Single(), email, await app.SignIn(email));
    }

    /// <summary>Commits messages, and hints that they are there; their ids.</summary>
    public async Task<IReadOnlyList<Guid>> Send(params UserMessage[] messages)
    {
        await using var connection = await app.Database.App.OpenConnectionAsync();
        await using var tx = await connection.BeginTransactionAsync();
        var ids = await SendToUsers.Run(tx, messages, default);
        await tx.CommitAsync();
        app.Services.GetRequiredService<MessageHints>().Wake([.. messages.Select(m => m.UserId)]);
        return ids;
    }

    /// <summary>A socket of a device of this person, which has been told its id: a new one, or the one that it was before.</summary>
    public async Task<(Line Line, string Id)> Attach(Person person, string? id = null)
    {
        var line = await Connect(person.Client, id: id);
        return (line, (await line.Greeting())!);
    }

    /// <summary>A socket; a token makes its caller known.</summary>
    public async Task<Line> Connect(HttpClient? caller = null, Action<ClientWebSocketOptions>? options = null, string? id = null)
    {
        var wire = new ClientWebSocket();
        if (caller?.DefaultRequestHeaders.Authorization is { } known) wire.Options.SetRequestHeader("Authorization", known.ToString());
        options?.Invoke(wire.Options);
        await wire.ConnectAsync(id is null ? Address : new UriBuilder(Address) { Query = "connection_id=" + id }.Uri, CancellationToken.None);
        return new Line(wire);
    }

    public Uri Address => new UriBuilder(app.Address) { Scheme = "ws", Path = "/ws" }.Uri;

    public ValueTask DisposeAsync() => app.DisposeAsync();
}

/// <summary>Somebody who is signed in.</summary>
internal sealed record Person(Guid Id, string Email, HttpClient Client)
{
    public UserMessage Message(string payload = "{}", int priority = MessagePriorities.Medium, DateTimeOffset? expires = null) =>
        new(Id, MessageTypes.SystemAlert, priority, payload, expires);
}

/// <summary>One school for the tests of a class, in which everything is looked at every second.</summary>
public sealed class SchoolFixture : IAsyncLifetime
{
    private School? _school;

    internal School School => _school!;

    public async ValueTask InitializeAsync() =>
        _school = await School.Open(null, ("Realtime:HeartbeatSeconds", "1"), ("Realtime:SendSeconds", "1"), ("Realtime:SessionCheckSeconds", "1"));

    public ValueTask DisposeAsync() => School.DisposeAsync();
}

/// <summary>One school for the tests of a class, whose sockets may say nothing while a test does something else.</summary>
public sealed class PatientSchoolFixture : IAsyncLifetime
{
    private School? _school;

    internal School School => _school!;

    public async ValueTask InitializeAsync() => _school = await School.Open(null, ("Realtime:SessionCheckSeconds", "1"));

    public ValueTask DisposeAsync() => School.DisposeAsync();
}
