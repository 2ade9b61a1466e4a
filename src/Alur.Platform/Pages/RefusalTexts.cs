using System.Globalization;
using Alur.Platform.Doctor;
using Alur.Platform.Results;
using Microsoft.Extensions.DependencyInjection;

namespace Alur.Platform.Pages;

/// <summary>Refusals in Indonesian, by their code; the English sentence is the refusal's own.</summary>
/// <param name="Sentences">One or two sentences that say what to do; <c>{0}</c> where they name what <see cref="Error.Named"/> has.</param>
public sealed record IndonesianRefusals(IReadOnlyDictionary<string, string> Sentences);

/// <summary>What people read when they are refused.</summary>
internal sealed class RefusalTexts(IEnumerable<IndonesianRefusals> modules)
{
    private readonly Dictionary<string, string> _indonesian = modules.SelectMany(m => m.Sentences).ToDictionary(StringComparer.Ordinal);

    /// <summary>The sentence; a refusal that nobody translated is shown as it is, rather than hidden behind a general one.</summary>
    public string Of(Error error, Language language) =>
        language != Language.Id || !_indonesian.TryGetValue(error.Code, out var sentence) ? error.Message
        : error.Named.Count == 0 ? sentence
        : string.Format(CultureInfo.InvariantCulture, sentence, [.. error.Named]);
}

/// <summary>How a module says its refusals in Indonesian.</summary>
public static class RefusalSetup
{
    /// <summary>Adds sentences by code.</summary>
    public static IServiceCollection AddIndonesianRefusals(this IServiceCollection services, IReadOnlyDictionary<string, string> sentences) =>
        services.AddSingleton(new IndonesianRefusals(sentences));
}
