using W2S.Bench;
using W2S.Training;

const string usage = """
    ./run.sh bench                                   W2S beside plain TorchSharp and PyTorch in one table; some minutes
      --rounds N                                     turns (7); whole runs take 3, or N if less
      --json                                         for programs
    ./run.sh bench encoder [--rounds N] [--json]     the table's encoders alone, on real molecules
    ./run.sh bench steps [--rounds N] [--json]       the table's networks and heads alone
    ./run.sh bench kernels [avx512|avx2|scalar]      the fused kernels at many shapes
    ./run.sh bench pretrain [ROUNDS [WIDTH…]]      pretrain as a whole beside its training steps, and two cores beside one
    ./run.sh bench features [ROUNDS]                 features of MiniLM beside ONNX Runtime's, on real texts
    ./run.sh bench scaling [FILE.svg]                time against tasks, samples, width, depth and threads
    ./run.sh bench profile                           where reproduce synthetic spends its time
    ./run.sh bench sweeps [MOST]                     what a sweep of 10 to MOST (10000) runs costs beside its arithmetic
    ./run.sh bench kill [--times N] [STUDY…]         kills studies at random moments N (100) times each, and compares their ends
    ./run.sh bench faults [--times N] [STUDY…]       lets each kind of write fail once, the clock jump and two write at once, and
                                                     compares the ends
      --times N|all                                  N writes, or every one; --seed 1 and 2 let each fail in the two other ways
    ./run.sh bench soak [STEPS]                      so many (100000) steps of each trainer on torch beside a collecting neighbour
    ./run.sh fuzz [SECONDS] [KIND…]                  inputs that are nearly right, for all that is read (60 s); --seed N draws others
      --inputs N                                     so many of each kind, however long it takes
    ./run.sh bench probe [MOST]                      probe on 1,000 to MOST (100000) rows of width 768: time and memory
    """;

System.Globalization.CultureInfo.CurrentCulture = System.Globalization.CultureInfo.InvariantCulture;
switch (args)
{
    case ["--help"]:
        Console.WriteLine(usage);
        return 0;
    case ["kernels"]:
        KernelTable.Print(InstructionSets.Best);
        return 0;
    case ["kernels", var name] when Enum.TryParse<InstructionSet>(name, ignoreCase: true, out var instructions):
        KernelTable.Print(instructions);
        return 0;
    case ["scaling", .. { Length: <= 1 } file]:
        var axes = Scaling.Measure(passes: 3, Console.Error.WriteLine);
        ScalingTable.Write(axes, Console.Out);
        if (file.Length == 1) File.WriteAllText(file[0], ScalingPlot.Draw(axes));
        return 0;
    case ["kill", .. var asked]:
        return TrialCommand.Run("kills", asked, TrialStudies.Long, times: 100, Killing.Run);
    case ["faults", .. var asked]:
        return TrialCommand.Run("faults", asked, TrialStudies.Short, Faults.EachKind, Faults.Run);
    case ["soak", .. { Length: <= 1 } steps] when steps.Length == 0 || int.TryParse(steps[0], out _):
        return Soak.Run(steps.Length == 0 ? 100_000 : int.Parse(steps[0]), Console.Out);
    case ["fuzz", .. var asked]:
        return FuzzCommand.Run(asked);
    case ["pretrain", .. var asked] when asked.All(number => int.TryParse(number, out _)):
        var (pretraining, turns) = (new WholePretraining(Console.Error.WriteLine), asked.Length == 0 ? 3 : int.Parse(asked[0]));
        int[] hidden = asked.Length > 1 ? [.. asked[1..].Select(int.Parse)] : [32, 96, 192];
        pretraining.PrintParts(turns, hidden, Console.Out);
        pretraining.PrintShares(turns, [.. hidden.Where(width => width < 192)], Console.Out);
        return 0;
    case ["features", .. { Length: <= 1 } asked] when asked.Length == 0 || int.TryParse(asked[0], out _):
        if (FeatureTimes.Encoder is not { } encoder)
        {
            Console.Error.WriteLine("MiniLM is not here. ./run.sh setup text fetches it.");
            return 1;
        }
        FeatureTimes.Print(encoder, asked.Length == 0 ? 5 : int.Parse(asked[0]), Console.Out, Console.Error.WriteLine);
        return 0;
    case ["profile"]:
        Profile.Print(Console.Out);
        return 0;
    case ["probe", .. { Length: <= 1 } most] when most.Length == 0 || int.TryParse(most[0], out _):
        ProbeTimes.Print(ProbeTimes.Measure(most.Length == 0 ? 100_000 : int.Parse(most[0]), Console.Error.WriteLine), Console.Out);
        return 0;
    case ["sweeps", .. { Length: <= 1 } most] when most.Length == 0 || int.TryParse(most[0], out _):
        SweepOverhead.Print(SweepOverhead.Measure(most.Length == 0 ? 10_000 : int.Parse(most[0]), Console.Error.WriteLine), Console.Out);
        return 0;
}

var (json, rounds) = (false, 7);
var (isEncoder, isSteps) = (args is ["encoder", ..], args is ["steps", ..]);
for (var index = isEncoder || isSteps ? 1 : 0; index < args.Length; index++)
{
    if (args[index] == "--json") json = true;
    else if (args[index] != "--rounds" || ++index == args.Length || !int.TryParse(args[index], out rounds) || rounds < 1)
    {
        Console.Error.WriteLine(usage);
        return 2;
    }
}
var corpus = isSteps ? null : EncoderProblem.Corpus();
if (corpus == null && !isSteps)
{
    Console.Error.WriteLine(
        "The encoder's batches are of smiles/guacamol_v1_valid.csv.gz under ../shared/data, or where W2S_DATA points: it is not there.");
    if (isEncoder) return 1;
}
var report = new ComparisonRun(Console.Error.WriteLine).Run(corpus, rounds, isSteps ? 0 : Math.Min(rounds, 3), isEncoder);
if (json) report.WriteJson(Console.Out);
else report.WriteTable(Console.Out);
return 0;
