namespace W2S.Shell.Tests;

public sealed class TestSummaryTests : IDisposable
{
    private const string Passed = "Passed!  - Failed:     0, Passed:     7, Skipped:     2, Total:     9, Duration: 1 s - A.dll (net10.0)\n";
    private const string Failed = "Failed!  - Failed:     1, Passed:     3, Skipped:     0, Total:     4, Duration: 1 s - B.dll (net10.0)\n";

    private readonly Sandbox _sandbox = new();

    public void Dispose() => _sandbox.Dispose();

    private (int ExitCode, string LastLine) Test(string output, int exit)
    {
        _sandbox.Write("test.output", output);
        var outcome = _sandbox.Run("test", ("TEST_EXIT", $"{exit}"));
        return (outcome.ExitCode, outcome.Output.TrimEnd('\n').Split('\n')[^1]);
    }

    [Fact]
    public void Counts_are_summed_over_the_projects() =>
        Assert.Equal((0, "14 passed, 0 failed, 4 skipped"), Test(Passed + Passed, 0));

    [Fact]
    public void One_failed_test_fails_the_command() =>
        Assert.Equal((1, "10 passed, 1 failed, 2 skipped"), Test(Passed + Failed, 1));

    [Fact]
    public void Nothing_run_is_a_failure() =>
        Assert.Equal((1, "0 passed, 0 failed, 0 skipped"), Test("No test matches the given testcase filter\n", 0));

    [Fact]
    public void A_run_that_breaks_off_is_a_failure() =>
        Assert.Equal((1, "7 passed, 1 failed, 2 skipped"), Test(Passed + "The active test run was aborted.\n", 1));

    [Fact]
    public void An_assembly_without_tests_is_a_failure_for_it_was_not_built() =>
        Assert.Equal((1, "7 passed, 1 failed, 2 skipped"), Test("No test is available in /somewhere/B.Tests.dll. Make sure that …\n" + Passed, 0));

    [Fact]
    public void Each_test_project_runs_from_its_release_build()
    {
        _sandbox.Write("test.output", Passed);
        _sandbox.Run("test");
        Assert.Contains("test artifacts/bin/W2S.Some.Tests/release/W2S.Some.Tests.dll", File.ReadAllText(_sandbox.Path("dotnet.calls")));
    }

    [Fact]
    public void The_solution_knows_the_release_configuration_alone() =>
        Assert.DoesNotContain("Debug", File.ReadAllText(Path.Combine(RepositoryRoot.Path, "W2S.sln")));

    [Fact]
    public void Filters_select_by_parts_of_the_full_name()
    {
        _sandbox.Write("test.output", Passed);
        _sandbox.Run("test Fused Heads");
        Assert.Contains("--filter FullyQualifiedName~Fused|FullyQualifiedName~Heads", File.ReadAllText(_sandbox.Path("dotnet.calls")));
    }
}
