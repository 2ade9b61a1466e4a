using System.Reflection;
using Alur.SpecCoverage;
using static Alur.Architecture.Tests.SpecCoverage.SampleAssembly;

namespace Alur.Architecture.Tests.SpecCoverage;

public sealed class TestMethodsTests
{
    [Fact]
    public void Only_tests_that_run_can_claim_a_requirement()
    {
        var claimed = Claims(
            Class("Open", TypeAttributes.Public, null, Method("Runs", "A-001"), Method("Is_no_test", "A-002", fact: false), Method("Is_skipped", "A-003", skip: "later")),
            Class("Hidden", TypeAttributes.NotPublic, null, Method("Is_never_found", "A-004")),
            Class("Abstract", TypeAttributes.Public | TypeAttributes.Abstract, null, Method("Is_never_made", "A-005")));

        Assert.Equal(["A-001"], claimed);
    }

    [Fact]
    public void A_claim_of_the_class_counts_when_the_class_has_a_test()
    {
        var claimed = Claims(
            Class("WithTest", TypeAttributes.Public, "A-010", Method("Runs", "A-011")),
            Class("WithoutTest", TypeAttributes.Public, "A-012", Method("Is_no_test", "A-013", fact: false)));

        Assert.Equal(["A-010", "A-011"], claimed);
    }

    [Fact]
    public void The_tests_of_this_project_are_found_in_its_own_assembly()
    {
        var tests = TestMethods.Read(typeof(TestMethodsTests).Assembly.Location);

        Assert.Contains(tests, test => test.Name == nameof(The_tests_of_this_project_are_found_in_its_own_assembly));
    }

    private static IEnumerable<string> Claims(params Action<System.Reflection.Emit.ModuleBuilder>[] types)
    {
        var path = Path.Combine(Directory.CreateTempSubdirectory("alur-spec-").FullName, "Sample.Tests.dll");
        try
        {
            Write(path, types);
            return TestMethods.Read(path).SelectMany(test => test.Spec);
        }
        finally
        {
            Directory.Delete(Path.GetDirectoryName(path)!, recursive: true);
        }
    }
}
