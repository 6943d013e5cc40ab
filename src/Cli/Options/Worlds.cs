using System.CommandLine;
using W2S.Data;

namespace W2S.Cli;

/// <summary>Some commands work on synthetic tasks and on molecules alike; here is said which options are only for one of them.</summary>
internal static class Worlds
{
    /// <summary>What only the synthetic study has.</summary>
    private static readonly string[] SyntheticOnly = ["--depth", "--tasks", "--samples", "--engine", "--preset", "--config"];

    /// <exception cref="UserErrorException">The user gave options of the synthetic study; all are named.</exception>
    /// <param name="why">What says that it is about molecules: "--data lipop".</param>
    /// <param name="alsoSynthetic">More that this command has for the synthetic study alone.</param>
    public static void RefuseSynthetic(ParseResult parsed, string why, params string[] alsoSynthetic)
    {
        var given = Given(parsed, parsed.CommandResult.Command.Options.Where(option => SyntheticOnly.Contains(option.Name) || alsoSynthetic.Contains(option.Name)));
        if (given.Count == 0) return;
        throw new UserErrorException($"{string.Join(", ", given)}: {(given.Count == 1 ? "this option is" : "these options are")} of the synthetic study and {(given.Count == 1 ? "means" : "mean")} nothing for molecules ({why}). Leave {(given.Count == 1 ? "it" : "them")} out.");
    }

    /// <exception cref="UserErrorException">The user gave options for molecules; all are named.</exception>
    /// <param name="remedy">What makes the command one about molecules: "Add --data NAME".</param>
    public static void RefuseMolecules(ParseResult parsed, IEnumerable<Option> ofMolecules, string remedy)
    {
        var given = Given(parsed, ofMolecules);
        if (given.Count == 0) return;
        throw new UserErrorException($"{string.Join(", ", given)}: {(given.Count == 1 ? "this option is" : "these options are")} for molecules only. {remedy}, or leave {(given.Count == 1 ? "it" : "them")} out.");
    }

    private static List<string> Given(ParseResult parsed, IEnumerable<Option> options) =>
        [.. options.Where(option => parsed.GetResult(option) is { Implicit: false }).Select(option => option.Name)];
}
