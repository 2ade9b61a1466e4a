using System.Text.RegularExpressions;
using Alur.Testing;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Alur.Antrean.Tests.Board;

/// <summary>docs/api.md has every address and every code that there is, and no address that there is not.</summary>
public sealed partial class ApiDocumentTests(AppFixture fixture) : IClassFixture<AppFixture>
{
    private readonly string _document = File.ReadAllText(Path.Combine(Checkout.Root, "docs/api.md"));

    [Fact]
    public void The_document_has_exactly_the_addresses_that_the_server_has()
    {
        var served = fixture.App.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>()
            .SelectMany(e => e.Metadata.GetMetadata<IHttpMethodMetadata>()?.HttpMethods ?? ["GET"], (e, method) => $"{method} /{e.RoutePattern.RawText!.Trim('/')}")
            .Where(address => address.Contains("/api/", StringComparison.Ordinal))
            .Order();

        Assert.Equal(served, Heading().Matches(_document).Select(m => m.Groups["address"].Value).Order());
    }

    [Theory]
    [InlineData("src/Alur.Platform/Web/WebErrors.cs"), InlineData("src/Alur.Platform/Web/FailureForm.cs"), InlineData("src/Alur.Antrean/Board/BoardErrors.cs")]
    public void Every_code_is_in_the_document(string source)
    {
        var codes = Code().Matches(File.ReadAllText(Path.Combine(Checkout.Root, source))).Select(m => m.Value).Distinct().ToList();

        Assert.NotEmpty(codes);
        Assert.All(codes, code => Assert.Contains($"`{code}`", _document));
    }

    [GeneratedRegex("^### (?<address>(GET|POST|PUT|DELETE) /api/.*)$", RegexOptions.ExplicitCapture | RegexOptions.Multiline, 1000)]
    private static partial Regex Heading();

    [GeneratedRegex("(?<=\")[A-Z]+(_[A-Z]+)+(?=\")", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Code();
}
