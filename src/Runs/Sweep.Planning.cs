namespace W2S.Runs;

// Makes the plan of a sweep: every point of the grid resolved, and the parts that they share as runs of their own.
internal static partial class Sweep
{
    private const int MostProblems = 20;

    /// <summary>Plans the file's sweep in a folder, or adds to the one that is there.</summary>
    /// <param name="folders">Where data are looked for; null: the usual ones.</param>
    /// <returns>The plan, and how many runs are new in it.</returns>
    /// <exception cref="UserErrorException">
    /// The file is wrong, the grid empty, a run occurs twice, the folder cannot be written, or runs have started and the
    /// new plan lacks some of the old one's.
    /// </exception>
    public static (SweepPlan Plan, int Added) Plan(SweepFile file, string path, DataFolders? folders = null)
    {
        var folder = new SweepFolder(path);
        var planned = Resolve(file, folders ?? DataFolders.Usual());
        var earlier = File.Exists(folder.ManifestFile) && File.Exists(folder.PlanFile)
            ? SweepPlan.ReadRuns(folder, File.ReadAllBytes(folder.PlanFile))
            : [];
        if (earlier.Count == 0 && !File.Exists(folder.PlanFile) && HoldsOtherThings(folder))
            throw new UserErrorException($"{path} is a folder with other things in it. Give another --out for the sweep.");
        var runs = Merge(folder, earlier, planned);
        var plan = new SweepPlan(folder, file.Options, runs, Environment.CurrentDirectory);
        plan.Save(file.Text);
        var known = earlier.Select(run => run.Identity).ToHashSet();
        return (plan, runs.Count(run => !known.Contains(run.Identity)));
    }

    /// <summary>Whether there is more than what a planning left that was cut off.</summary>
    private static bool HoldsOtherThings(SweepFolder folder) => Directory.Exists(folder.Path)
        && Directory.EnumerateFileSystemEntries(folder.Path)
            .Any(entry => Path.GetFileName(entry) != Path.GetFileName(folder.PlanFile) + AtomicFile.Temporary);

    /// <summary>All runs of the file in the order of their levels, lines from 1.</summary>
    private static IReadOnlyList<PlannedRun> Resolve(SweepFile file, DataFolders folders)
    {
        var problems = new ConfigurationBinder.Problems();
        var kind = new StudyRunKind();
        var datasets = new Datasets(folders, RunServices.Silent);
        var runs = new OrderedDictionary<string, PlannedRun>();
        var points = new Dictionary<string, string>();
        var skipped = 0;
        foreach (var basis in file.Bases)
        {
            foreach (var point in file.Points)
            {
                if (problems.Count >= MostProblems) break;
                var own = new ConfigurationBinder.Problems();
                var layers = basis.Layers.Concat(file.Settings is { } settings ? [settings] : []).Concat(point.Layers);
                var options = StudyRunKind.Bind(file.Options.Preset, [.. layers], datasets, folders, own);
                if (file.Conditions.Any(condition => !condition.Holds(options)))
                {
                    skipped++;
                    continue;
                }
                problems.AddAll(own);
                if (problems.Count > 0) continue;
                var varies = new OrderedDictionary<string, string>();
                if (file.Bases.Count > 1) varies["panel"] = Path.GetFileNameWithoutExtension(basis.Name);
                foreach (var value in point.Values) varies[value.Path] = value.Value;
                var described = $"{(file.Bases.Count > 1 ? $"{basis.Name}, " : "")}{point}";
                var identity = Add(runs, kind, options, varies);
                if (!points.TryAdd(identity, described))
                    throw new UserErrorException(
                        $"{file.Source}: two points of the grid are the same run: \"{points[identity]}\" and \"{described}\". Remove "
                        + "one of them.");
            }
        }
        problems.ThrowIfAny();
        if (points.Count == 0)
            throw new UserErrorException(skipped > 0
                ? $"{file.Source}: the grid is empty: none of its {skipped} points fulfils where ({string.Join("; ", file.Conditions)}). "
                    + "Change the conditions or the values."
                : $"{file.Source}: the grid is empty. Give every setting at least one value.");
        return [.. runs.Values.OrderBy(run => run.Level).Select((run, index) => run with { Line = index + 1 })];
    }

    /// <summary>The identity of a run, which is planned with all that it needs unless it is already.</summary>
    private static string Add(
        OrderedDictionary<string, PlannedRun> runs, RunKind kind, object options, IReadOnlyDictionary<string, string> varies)
    {
        var settings = kind.Write(options);
        var identity = PlannedRun.IdentityOf(kind.Name, settings.GetRawText());
        if (runs.ContainsKey(identity)) return identity;
        var after = kind.Needs(options)
            .Select(needed => Add(runs, needed.Kind, needed.Options, new OrderedDictionary<string, string>())).Distinct().ToList();
        runs.Add(identity, new PlannedRun
        {
            Line = 0,
            Identity = identity,
            Kind = kind.Name,
            Name = kind.NameOf(options),
            Level = after.Count == 0 ? 0 : 1 + after.Max(needed => runs[needed].Level),
            After = after,
            Varies = varies,
            Settings = settings,
        });
        return identity;
    }

    /// <summary>The earlier lines stay where they are once runs have started, because job arrays name them by number.</summary>
    private static IReadOnlyList<PlannedRun> Merge(SweepFolder folder, IReadOnlyList<PlannedRun> earlier, IReadOnlyList<PlannedRun> planned)
    {
        var identities = planned.Select(run => run.Identity).ToHashSet();
        var lost = earlier.Where(run => !identities.Contains(run.Identity)).ToList();
        if (lost.Count > 0)
        {
            var started = earlier.Count(run => Directory.Exists(folder.Run(run.Identity)));
            if (started == 0) return planned;
            throw new UserErrorException(
                $"{folder.Path}: {started} of its {Counted.Of(earlier.Count, "run")} have started, and the changed study lacks "
                + $"{lost.Count} of them (the first is line {lost[0].Line}, {lost[0].Name}). Only additions are taken once runs have "
                + "started: put the old values back beside the new ones, or plan into another folder.");
        }
        var old = earlier.Select(run => run.Identity).ToHashSet();
        var added = planned.Where(run => !old.Contains(run.Identity)).Select((run, index) => run with { Line = earlier.Count + index + 1 });
        return [.. earlier, .. added];
    }
}
