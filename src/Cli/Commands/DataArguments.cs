using System.CommandLine;
using W2S.Data;

namespace W2S.Cli;

/// <summary>What the data commands share.</summary>
internal static class DataArguments
{
    public static Argument<string[]> Names(ArgumentArity arity, string description) =>
        new Argument<string[]>("name") { HelpName = "NAME", Arity = arity, Description = description }.Suggesting([.. DataCatalogue.All.Select(entry => entry.Name)]);

    /// <exception cref="UserErrorException">A name is not in the catalogue.</exception>
    public static IReadOnlyList<CatalogueEntry> Entries(string[] names) => names.Length == 0 ? DataCatalogue.All : [.. names.Select(DataCatalogue.Named)];

    public static string Words(ChecksumState state) => state switch
    {
        ChecksumState.Good => "good",
        ChecksumState.GoodContent => "good content",
        ChecksumState.Bad => "BAD",
        _ => "not here",
    };
}
