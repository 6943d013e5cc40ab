namespace W2S.Tests.Cli;

/// <summary>`data` as a user types it, in a folder without data and without a network.</summary>
public sealed class DataCommandTests : IDisposable
{
    private readonly BuiltProgram _program = new();

    public void Dispose() => _program.Dispose();

    [Fact]
    public void Fetch_from_a_folder_refuses_a_wrong_file_and_says_both_sums()
    {
        Directory.CreateDirectory(Path.Combine(_program.Folder, "stick"));
        File.WriteAllText(Path.Combine(_program.Folder, "stick", "Lipop.csv"), "smiles,exp\nC,1\n");
        var (code, _, error) = _program.Run("data fetch lipop --from stick --to here");
        Assert.Equal(2, code);
        Assert.Contains("43cccad4d57bb12bae6a4bb74914511920d845162c96425fa754889b37fba06d", error);
        Assert.False(File.Exists(Path.Combine(_program.Folder, "here", "moleculenet", "Lipop.csv")));
    }

    [Fact]
    public void List_shows_what_is_known_with_its_licence_and_verify_exits_with_1_for_a_damaged_file()
    {
        Directory.CreateDirectory(Path.Combine(_program.Folder, "data", "moleculenet"));
        File.WriteAllText(Path.Combine(_program.Folder, "data", "moleculenet", "Lipop.csv"), "damaged");
        var list = _program.Run("data list");
        Assert.Equal(0, list.ExitCode);
        Assert.Matches("lipop +4,200 +BAD", list.Output);
        Assert.Contains("CC BY-SA 3.0", list.Output);
        var verify = _program.Run("data verify lipop");
        Assert.Equal(1, verify.ExitCode);
        Assert.Contains("0 good, 1 bad.", verify.Output);
    }

    [Fact]
    public void An_unknown_data_set_is_answered_with_the_known_ones()
    {
        var (code, _, error) = _program.Run("data fetch qm9");
        Assert.Equal(2, code);
        Assert.Contains("esol, esol-splits", error);
    }
}
