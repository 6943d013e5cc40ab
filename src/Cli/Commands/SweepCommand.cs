using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace W2S.Cli;

/// <summary>`sweep`: hundreds or thousands of runs, on this machine or a cluster.</summary>
internal sealed partial class SweepCommand : DocumentedCommand
{
    public SweepCommand() : base("sweep", "Plans, runs, watches and gathers many runs.",
        "A sweep is a folder with a plan of one line a run. Workers share it out, here or on a cluster, survive whatever stops them, and "
        + "never run a finished run again. See docs/cluster.md.")
    {
        Add(new PlanCommand());
        Add(new RunCommand());
        Add(new WorkCommand());
        Add(new StatusCommand());
        Add(new CollectCommand());
        Add(new RetryCommand());
        Add(new CleanCommand());
        AddExample("sweep plan configs/sweeps/depth.yaml --out runs/depth", "From a grid to a plan:");
        AddExample("sweep run runs/depth", "Run it on all cores of this machine:");
    }

    /// <summary>`sweep plan`.</summary>
    private sealed class PlanCommand : DocumentedCommand
    {
        private readonly Argument<string> _file = new("study")
        {
            HelpName = "STUDY.yaml", Description = "Panels, a grid over their settings, and conditions; see configs/sweeps.",
        };
        private readonly Option<string> _out = new("--out") { HelpName = "DIR", Description = "The sweep's folder.", Required = true };

        public PlanCommand() : base("plan", "Turns a grid into a plan of one line a run.",
            "Every point of the grid becomes a line of plan.jsonl with its resolved configuration and a hash of it. Parts that several "
            + "runs need, such as a pretrained representation, become runs of their own, so that nothing is trained twice. Planning again "
            + "into the same folder takes additions.")
        {
            Add(_file);
            AddGroup("The plan", [_out]);
            AddExample("sweep plan configs/sweeps/depth.yaml --out runs/depth", "Plan, and say how many runs that makes:");
            SetAction(parsed => Plan(parsed.GetValue(_file)!, parsed.GetValue(_out)!));
        }

        private static void Plan(string file, string folder)
        {
            var (plan, added) = Sweep.Plan(SweepFile.Load(file), folder);
            Console.Write(TextOf(plan, added));
            Console.WriteLine($"Run it with {Program} sweep run {folder}");
        }
    }

    /// <summary>`sweep status`.</summary>
    private sealed class StatusCommand : DocumentedCommand
    {
        private static readonly JsonSerializerOptions Json = new()
        {
            PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
            WriteIndented = true,
            Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
            Converters = { new JsonStringEnumConverter(JsonNamingPolicy.SnakeCaseLower) },
        };

        private readonly Argument<string> _folder = Folder();
        private readonly Option<bool> _json = new("--json") { Description = "For programs." };

        public StatusCommand() : base("status", "Shows how far a sweep is, and what is wrong.",
            "Counts runs that wait, run, are done, failed, or are stalled (their worker's heart has stopped), with the rate and the time "
            + "left at that rate. Looking changes nothing.")
        {
            Add(_folder);
            AddGroup("Output", [_json]);
            AddExample("sweep status runs/depth", "How far it is:");
            SetAction(parsed => Show(parsed.GetValue(_folder)!, parsed.GetValue(_json)));
        }

        private static void Show(string folder, bool json)
        {
            var status = SweepStatus.Of(SweepPlan.Load(folder), TimeProvider.System);
            Console.Write(json ? JsonSerializer.Serialize(status, Json) + "\n" : TextOf(status, folder, TableText.OutputWidth));
        }
    }

    /// <summary>`sweep collect`.</summary>
    private sealed class CollectCommand : DocumentedCommand
    {
        private const int MostRows = 40;
        private readonly Argument<string> _folder = Folder();

        public CollectCommand() : base("collect", "Gathers all finished runs into one CSV file and a report.",
            "Writes results.csv (a row for each finished study), results-KIND.csv (of the parts that studies share), tasks.csv (every task "
            + "of every study) and report.html (curves, medians, means) into the sweep's folder, also while others still run. Medians go "
            + "to stdout; runs with a collapsed representation are counted and left out of them.")
        {
            Add(_folder);
            AddExample("sweep collect runs/depth", "What is known so far:");
            SetAction(parsed => Collect(parsed.GetValue(_folder)!, CommandOf(parsed)));
        }

        private static void Collect(string folder, string command)
        {
            var plan = SweepPlan.Load(folder);
            var collection = SweepCollection.Read(plan);
            collection.Write(SweepStatus.Of(plan, TimeProvider.System), new ReportContext(command, TimeProvider.System.GetLocalNow()));
            foreach (var kind in collection.Kinds)
            {
                var (title, table) = kind.Short();
                var shown = table with { Rows = [.. table.Rows.Take(MostRows)] };
                Console.WriteLine(title);
                Console.WriteLine(TableText.Write(shown, TableText.OutputWidth, kind.Labels.Headers.Count));
                if (table.Rows.Count > MostRows)
                    Console.WriteLine($"… and {table.Rows.Count - MostRows} more {Counted.Word(table.Rows.Count - MostRows, "row")}, which "
                        + "the report has.\n");
            }
            if (collection.CollapsedInWords is { } collapsed) Console.WriteLine($"COLLAPSED: {collapsed}");
            Console.WriteLine(
                $"{collection.Runs.Count} of {Counted.Of(plan.Runs.Count, "run")}: {plan.Folder.ResultsFile}, {plan.Folder.ReportFile}");
        }
    }

    /// <summary>`sweep retry`.</summary>
    private sealed class RetryCommand : DocumentedCommand
    {
        private readonly Argument<string> _folder = Folder();
        private readonly Option<string?> _lines = LinesOption(
            "Lines of plan.jsonl, as 12-15,20. Default: all that failed for good.");

        public RetryCommand() : base("retry", "Lets failed runs be tried again.",
            "Starts the count of their failures anew; what they saved stays, so that they continue from there. Then run the sweep again.")
        {
            Add(_folder);
            AddGroup("Which runs", [_lines]);
            AddExample("sweep retry runs/depth", "All that failed:");
            SetAction(parsed => Retry(parsed.GetValue(_folder)!, parsed.GetValue(_lines)));
        }

        private static void Retry(string folder, string? lines)
        {
            var retried = Sweep.Retry(SweepPlan.Load(folder), lines == null ? null : TaskFile.Parse(lines, "--lines"));
            foreach (var run in retried) Console.WriteLine($"line {run.Line}, {run.Name}");
            Console.WriteLine(retried.Count == 0
                ? "There are no such failed runs."
                : $"{Counted.Of(retried.Count, "run")} may be tried again: {Program} sweep run {folder}");
        }
    }

    /// <summary>`sweep clean`.</summary>
    private sealed class CleanCommand : DocumentedCommand
    {
        private readonly Argument<string> _folder = Folder();
        private readonly Option<bool> _logs = new("--logs") { Description = "Also the logs of finished runs." };

        public CleanCommand() : base("clean", "Removes what a sweep no longer needs.",
            "Checkpoints and files that killed workers left behind in finished runs, and runs that are no longer in the plan. No result is "
            + "touched, nor a run that a worker has.")
        {
            Add(_folder);
            AddGroup("More", [_logs]);
            AddExample("sweep clean runs/depth --logs", "All but the results:");
            SetAction(parsed => Clean(parsed.GetValue(_folder)!, parsed.GetValue(_logs)));
        }

        private static void Clean(string folder, bool logs)
        {
            var outcome = Sweep.Clean(SweepPlan.Load(folder), logs);
            Console.WriteLine($"{Counted.Of(outcome.Files, "file")} with {ProgressText.Count(outcome.Bytes, "byte")} "
                + $"{(outcome.Files == 1 ? "is" : "are")} removed"
                + (outcome.ForeignRuns > 0 ? $", {Counted.Of(outcome.ForeignRuns, "run")} among them that are not in the plan." : "."));
        }
    }
}
