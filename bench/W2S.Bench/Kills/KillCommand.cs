namespace W2S.Bench;

/// <summary>`kill [--times N] [--seed N] [STUDY…]`: ends with 1 where an end was not that of the undisturbed study.</summary>
internal static class KillCommand
{
    public static int Run(IReadOnlyList<string> arguments)
    {
        var (times, seed, names) = (100, 0L, new List<string>());
        for (var index = 0; index < arguments.Count; index++)
        {
            if (arguments[index] == "--times" && index + 1 < arguments.Count && int.TryParse(arguments[index + 1], out times)) index++;
            else if (arguments[index] == "--seed" && index + 1 < arguments.Count && long.TryParse(arguments[index + 1], out seed)) index++;
            else names.Add(arguments[index]);
        }
        var results = Killing.Run(times, seed, names, Console.Error.WriteLine);
        Killing.Print(results, Console.Out);
        if (results.Count == 0) Console.Error.WriteLine($"No study is called so. There are: {string.Join("; ", KillStudies.All.Select(study => study.Name))}.");
        return results.Count == 0 ? 2 : results.Any(result => result.Problems.Count > 0) ? 1 : 0;
    }
}
