namespace Alur.Platform.Identity;

/// <summary>What kind of caller did something.</summary>
public enum ActorKind
{
    /// <summary>A person with an account.</summary>
    User,

    /// <summary>A program with an API key.</summary>
    ApiKey,

    /// <summary>This server itself, or a command run beside it.</summary>
    System,
}

/// <summary>Who did it, for histories, the journal and the audit.</summary>
/// <param name="Id">The account's id or the API key's name; null for the system.</param>
/// <param name="Kind">What <paramref name="Id"/> speaks of.</param>
public sealed record Actor(string? Id, ActorKind Kind)
{
    /// <summary>This server.</summary>
    public static Actor System { get; } = new(Id: null, ActorKind.System);

    /// <summary>Somebody whom nobody knows, as everybody is before signing in.</summary>
    public static Actor Stranger { get; } = new(Id: null, ActorKind.User);

    /// <summary>In the words of histories: <c>user:ID</c>, <c>api-key:NAME</c>, <c>system</c>; <c>stranger</c> for whom nobody knows.</summary>
    public string Label => Kind switch
    {
        ActorKind.User when Id is null => "stranger",
        ActorKind.User => $"user:{Id}",
        ActorKind.ApiKey => $"api-key:{Id}",
        _ => "system",
    };
}
