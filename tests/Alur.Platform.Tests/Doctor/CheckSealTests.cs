using Alur.Platform.Doctor;
using Alur.Platform.Journal.Sealing;

namespace Alur.Platform.Tests.Doctor;

public sealed class CheckSealTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("alur-seal-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task With_a_database_of_somebody_else_the_key_must_be_given_a_place()
    {
        var finding = await Look(file: null, directory: null);

        Assert.Equal(("journal.seal", FindingLevel.Warning), (finding.Check, finding.Level));
        Assert.Contains("Journal:SealKeyFile", finding.Do!.English, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Beside_a_private_database_it_has_one_and_looking_makes_nothing()
    {
        Assert.Equal(FindingLevel.Ok, (await Look(file: null, _folder)).Level);
        Assert.Empty(Directory.GetFiles(_folder));
    }

    [Fact]
    public async Task A_key_that_is_none_is_told()
    {
        var file = Path.Combine(_folder, "seal.pem");
        var key = new SealKey();
        key.Use(file);
        key.Open()!.Dispose();
        Assert.Equal(FindingLevel.Ok, (await Look(file, directory: null)).Level);

        await File.WriteAllTextAsync(file, "not a key", TestContext.Current.CancellationToken);

        Assert.Equal(FindingLevel.Wrong, (await Look(file, directory: null)).Level);
    }

    private static async Task<Finding> Look(string? file, string? directory)
    {
        var key = new SealKey();
        key.Use(file, directory);
        return Assert.Single(await new CheckSeal(key).Run(new DoctorRound(Subject: null, Database: null), CancellationToken.None));
    }
}
