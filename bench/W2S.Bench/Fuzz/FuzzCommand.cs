namespace W2S.Bench;

/// <summary>
/// `fuzz [SECONDS] [KIND…] [--inputs N] [--seed N]`: ends with 1 where an input was answered by anything but success or an announced
/// error. With --inputs each kind is fed so many, however long it takes.
/// </summary>
internal static class FuzzCommand
{
    private const string Findings = "fuzz-findings";

    public static int Run(IReadOnlyList<string> arguments)
    {
        var (seconds, inputs, seed, kinds) = (60.0, (long?)null, 0L, new List<string>());
        for (var index = 0; index < arguments.Count; index++)
        {
            var value = index + 1 < arguments.Count && long.TryParse(arguments[index + 1], out var number) ? number : -1;
            if (arguments[index] == "--seed" && value >= 0) (seed, index) = (value, index + 1);
            else if (arguments[index] == "--inputs" && value > 0) (inputs, index) = (value, index + 1);
            else if (double.TryParse(arguments[index], out var time) && time > 0) seconds = time;
            else if (FuzzTargets.All.Any(target => target.Name == arguments[index])) kinds.Add(arguments[index]);
            else
            {
                Console.Error.WriteLine($"{arguments[index]} is no number of seconds, no --inputs N or --seed N, and no kind of input. "
                    + $"The kinds are {string.Join(", ", FuzzTargets.All.Select(target => target.Name))}.");
                return 2;
            }
        }
        var results = Fuzzing.Run(kinds, seconds, inputs, seed, Findings, Console.Error.WriteLine);
        Fuzzing.Print(results, Console.Out);
        return results.Any(result => result.Findings.Count > 0) ? 1 : 0;
    }
}
