using W2S.Bench;

const string usage = """
    ./run.sh bench                       W2S beside PyTorch: kernels, stages, whole runs; some minutes
                   --rounds N            turns of the kernels (7) and of stages and whole runs (3, or N if less)
                   --json                for programs
    ./run.sh bench kernels [avx512|avx2|scalar]
                                         the fused kernels alone, more shapes
    ./run.sh bench scaling [FILE.svg]    time against tasks, samples, width, depth and threads
    ./run.sh bench profile               where reproduce synthetic spends its time
    ./run.sh bench micro [options]       BenchmarkDotNet on the smallest parts
    """;

System.Globalization.CultureInfo.CurrentCulture = System.Globalization.CultureInfo.InvariantCulture;
switch (args)
{
    case ["kernels", .. var rest]:
        KernelTable.Print(rest.Length > 0 ? Enum.Parse<W2S.Training.InstructionSet>(rest[0], ignoreCase: true) : W2S.Training.InstructionSets.Best);
        return 0;
    case [] or ["--json", ..] or ["--rounds", ..]:
        var named = Array.IndexOf(args, "--rounds");
        var rounds = named >= 0 && named + 1 < args.Length && int.TryParse(args[named + 1], out var given) && given > 0 ? given : 7;
        var report = ComparisonRun.Run(rounds, Math.Min(rounds, 3), Console.Error.WriteLine);
        if (args.Contains("--json")) report.WriteJson(Console.Out);
        else report.WriteTable(Console.Out);
        return 0;
    case ["scaling", .. var rest]:
        var axes = Scaling.Measure(Console.Error.WriteLine);
        ScalingTable.Write(axes, Console.Out);
        if (rest.Length > 0) File.WriteAllText(rest[0], ScalingPlot.Draw(axes));
        return 0;
    case ["profile"]:
        Profile.Print(Console.Out);
        return 0;
    case ["micro", .. var rest]:
        Micro.Run(rest);
        return 0;
    default:
        Console.Error.WriteLine(usage);
        return args is ["--help" or "help"] ? 0 : 2;
}
