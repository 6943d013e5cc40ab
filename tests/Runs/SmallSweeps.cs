using W2S.Runs.Plans;
using W2S.Runs.Work;
using W2S.Training;

namespace W2S.Runs;

/// <summary>Sweeps whose runs take milliseconds.</summary>
internal static class SmallSweeps
{
    public const string Settings = """
        settings:
          heads: { tasks: 3, samples: 40, optimiser: { epochs: 3 } }
          evaluation: { samples: 50 }
          pretraining: { tasks: 2, samples: 40, optimiser: { epochs: 3 } }

        """;

    public static SweepFile File(string yaml) => SweepFile.Parse(Settings + yaml, "sweep.yaml");

    public static SweepPlan Plan(string folder, string yaml) => Sweep.Plan(File(yaml), folder).Plan;

    public static SweepWorker.Outcome Work(this SweepPlan plan, RunServices? run = null) =>
        SweepWorker.Work(plan, plan.Runs, new SweepWorker.Options { Patience = TimeSpan.FromMilliseconds(20) }, run ?? RunServices.Silent);
}
