using System.CommandLine;
using W2S.Data;

namespace W2S.Cli;

/// <summary>`data verify`.</summary>
internal sealed class DataVerifyCommand : DocumentedCommand
{
    private readonly Argument<string[]> _names = DataArguments.Names(ArgumentArity.ZeroOrMore, "Data sets, as list names them. Default: all that are here.");

    public DataVerifyCommand() : base("verify", "Checks data sets against the SHA-256 in the catalogue.",
        "Exits with 1 if one is damaged, or was named and is not here.")
    {
        Add(_names);
        AddExample("data verify", "Everything that is here:");
        SetAction(parsed => Verify(parsed.GetValue(_names)!));
    }

    private static int Verify(string[] names)
    {
        var folders = DataFolders.Usual();
        var (good, bad) = (0, 0);
        foreach (var entry in DataArguments.Entries(names))
        {
            var path = folders.Find(entry.File);
            if (path == null && names.Length == 0) continue;
            var state = path == null ? ChecksumState.Missing : Checksum.Check(entry, path);
            Console.WriteLine($"{DataArguments.Words(state),-12}  {entry.Name}  {path ?? entry.File}");
            if (state is ChecksumState.Good or ChecksumState.GoodContent) good++;
            else bad++;
        }
        Console.WriteLine($"{good} good, {bad} bad.");
        return bad > 0 ? ExitCodes.Failed : ExitCodes.Done;
    }
}
