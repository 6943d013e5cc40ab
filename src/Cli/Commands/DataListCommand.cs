using System.CommandLine;
using W2S.Data;
using W2S.Experiments;
using W2S.Reporting.Tables;
using W2S.Training;

namespace W2S.Cli;

/// <summary>`data list`.</summary>
internal sealed class DataListCommand : DocumentedCommand
{
    private readonly Option<bool> _json = new("--json") { Description = "JSON, for programs: with addresses, checksums and notes." };

    public DataListCommand() : base("list", "Lists the known data sets: where each is, its licence, its checksum.",
        "Reads every file that is here to compare its SHA-256 with the catalogue's. Good content is another packing of the right text.")
    {
        AddGroup("Output", [_json]);
        AddExample("data list", "What is known, and what is here:");
        AddExample("data list --json", "With the addresses that each is made from:");
        SetAction(parsed => Show(parsed.GetValue(_json)));
    }

    private static void Show(bool json)
    {
        var folders = DataFolders.Usual();
        var found = DataCatalogue.All.Select(entry => (entry, path: folders.Find(entry.File))).Select(pair => (pair.entry, pair.path, state: pair.path == null ? ChecksumState.Missing : Checksum.Check(pair.entry, pair.path))).ToList();
        if (json)
        {
            Console.WriteLine(CheckpointArguments.ToJson(found.Select(item => new { item.entry, item.path, state = DataArguments.Words(item.state) })));
            return;
        }
        var rows = found.Select(item => new[] { item.entry.Name, item.entry.Rows is { } rows ? ProgressText.Count(rows) : NumberText.Nothing, DataArguments.Words(item.state), item.path ?? item.entry.File });
        Console.Write(TableText.Write(new TextTable(["Name", "Rows", "State", "File"], [.. rows]), TableText.ListWidth));
        Console.WriteLine("\nLicences");
        foreach (var group in DataCatalogue.All.GroupBy(entry => entry.Licence))
            Console.WriteLine(TableText.Wrapped($"  {string.Join(", ", group.Select(entry => entry.Name))}: {group.Key}", "    "));
    }
}
