using System.Security.Claims;
using Alur.Platform.Identity;
using Microsoft.AspNetCore.Http;

namespace Alur.Platform.Tests.Identity;

public sealed class CallersTests
{
    [Theory]
    [InlineData(ActorKind.User, "0199a4c2", "user:0199a4c2")]
    [InlineData(ActorKind.ApiKey, "desk", "api-key:desk")]
    [InlineData(ActorKind.System, null, "system")]
    public void An_actor_has_words_for_histories(ActorKind kind, string? id, string label) => Assert.Equal(label, new Actor(id, kind).Label);

    [Theory]
    [InlineData(ActorKind.User)]
    [InlineData(ActorKind.ApiKey)]
    public void What_a_scheme_recognised_is_the_actor_of_the_request(ActorKind kind)
    {
        var context = new DefaultHttpContext { User = Callers.Principal("any", new Actor("one", kind), "One", Policies.Client, ["front-office"]) };

        Assert.Equal(new Actor("one", kind), context.Actor());
        Assert.True(context.User.IsInRole(Policies.Client));
        Assert.True(context.User.HasGrant("front-office"));
        Assert.False(context.User.HasGrant("cashier"));
    }

    [Fact]
    public void A_caller_nobody_knows_has_no_id() => Assert.Null(new ClaimsPrincipal(new ClaimsIdentity()).Actor().Id);
}
