using W2S.Bench;
using W2S.Training;

const string usage = """
    ./run.sh bench [--json] [--rounds N]             W2S beside its PyTorch peer; default 5 rounds
    ./run.sh bench kernels [avx512|avx2|scalar]      the fused kernels at many shapes
    """;

var json = false;
var rounds = 5;
for (var i = 0; i < args.Length; i++)
{
    switch (args[i])
    {
        case "kernels":
            var instructions = InstructionSets.Best;
            if (i + 1 < args.Length && !Enum.TryParse(args[i + 1], ignoreCase: true, out instructions)) return Misused();
            KernelTable.Print(instructions);
            return 0;
        case "--json":
            json = true;
            break;
        case "--rounds" when i + 1 < args.Length && int.TryParse(args[++i], out rounds) && rounds > 0:
            break;
        case "--help":
            Console.WriteLine(usage);
            return 0;
        default:
            return Misused();
    }
}

var peer = Peer.Find(RepositoryRoot(AppContext.BaseDirectory));
if (peer == null) Console.Error.WriteLine("No python3 here has PyTorch, so W2S is timed alone; ./run.sh setup peers installs it.");
var peak = PeakSpeed.Measure(InstructionSets.Best);
var comparison = new PeerComparison(peer);
for (var round = 1; round <= rounds; round++)
{
    Console.Error.WriteLine($"round {round} of {rounds}");
    comparison.Round();
}
if (json) ComparisonText.PrintJson(comparison, peak, Console.Out);
else ComparisonText.Print(comparison, peak, rounds, Console.Out);
return 0;

int Misused()
{
    Console.Error.WriteLine(usage);
    return 2;
}

static string RepositoryRoot(string folder) =>
    File.Exists(Path.Combine(folder, "W2S.sln")) ? folder : RepositoryRoot(Directory.GetParent(folder)?.FullName ?? throw new DirectoryNotFoundException("The benchmarks do not stand in the repository."));
