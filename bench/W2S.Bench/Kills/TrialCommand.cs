using W2S.Data;
using W2S.Reporting.Tables;

namespace W2S.Bench;

/// <summary>What became of one study under trials.</summary>
/// <param name="Trials">How often it was disturbed at work.</param>
/// <param name="Ends">How often it came to its end all the same, and was compared.</param>
/// <param name="Files">Of each end.</param>
/// <param name="Problems">What was not as in the undisturbed one, or was not told.</param>
internal sealed record TrialResult(int Trials, int Ends, int Files, IReadOnlyList<string> Problems);

/// <summary>
/// `kill` and `faults`, `[--times N|all] [--seed N] [STUDY…]`: ends with 1 where an end was not that of the undisturbed study.
/// </summary>
internal static class TrialCommand
{
    /// <param name="what">What befalls the studies, in the plural.</param>
    /// <param name="studies">All that there are; parts of names choose among them.</param>
    /// <param name="times">Trials of each, where it is not said.</param>
    /// <param name="disturb">A study, trials and a seed of their moments.</param>
    public static int Run(
        string what, IReadOnlyList<string> arguments, IReadOnlyList<TrialStudy> studies, int times,
        Func<TrialStudy, int, long, TrialResult> disturb)
    {
        var (seed, names, rows, problems) = (0L, new List<string>(), new List<IReadOnlyList<string>>(), new List<string>());
        for (var index = 0; index < arguments.Count; index++)
        {
            if (arguments[index] == "--times" && index + 1 < arguments.Count && arguments[index + 1] == "all")
                (times, index) = (int.MaxValue, index + 1);
            else if (arguments[index] == "--times" && index + 1 < arguments.Count && int.TryParse(arguments[index + 1], out times)) index++;
            else if (arguments[index] == "--seed" && index + 1 < arguments.Count && long.TryParse(arguments[index + 1], out seed)) index++;
            else names.Add(arguments[index]);
        }
        var data = DataFolders.Usual();
        using var mirror = new SlowMirror(data);
        bool IsAsked(TrialStudy study) =>
            names.Count == 0 || names.Any(name => study.Name.Contains(name, StringComparison.OrdinalIgnoreCase));
        foreach (var study in studies.Where(IsAsked))
        {
            if (study.Data.FirstOrDefault(file => data.Find(file) == null) is { } missing)
            {
                Console.Error.WriteLine($"{study.Name}: left out, for {missing} is in no data folder");
                continue;
            }
            if (study.NeedsRDKit && PythonProcess.FindRDKit(withDescriptors: false) == null)
            {
                Console.Error.WriteLine($"{study.Name}: left out, for no python3 here has RDKit");
                continue;
            }
            string[] commands = [.. study.Commands.Select(command => command.Replace(TrialStudies.Mirror, mirror.Address.AbsoluteUri))];
            var result = disturb(study with { Commands = commands }, times, seed);
            Console.Error.WriteLine($"{study.Name}: {result.Trials} {what}, {result.Ends} ends, {result.Problems.Count} problems");
            rows.Add([study.Name, $"{result.Trials}", $"{result.Ends}", $"{result.Files}", $"{result.Problems.Count}"]);
            problems.AddRange(result.Problems.Select(problem => $"{study.Name}: {problem}"));
        }
        if (rows.Count == 0)
        {
            var all = string.Join("; ", studies.Select(study => study.Name));
            Console.Error.WriteLine($"No study that can be tried is called so. There are: {all}.");
            return 2;
        }
        Console.Out.Write(new TextTable(["study", what, "ends compared", "files of each", "problems"], rows).ToMarkdown());
        foreach (var problem in problems) Console.Out.WriteLine(problem);
        return problems.Count > 0 ? 1 : 0;
    }
}
