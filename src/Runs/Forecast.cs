namespace W2S.Runs;

/// <summary>What a command would do, part by part; nothing is trained for it, and nothing written.</summary>
/// <param name="Folder">The run's; it need not be there.</param>
internal sealed record Forecast(string Folder, IReadOnlyList<Forecast.Item> Parts)
{
    /// <summary>What a representation would cost, and where it lies or would lie; of several files a part for each.</summary>
    /// <param name="data">The study's; its cells say how often stored features are gone through.</param>
    /// <param name="root">The folder of trained representations.</param>
    internal static IReadOnlyList<Item> Representation(Study study, string role, Dataset data, string root, IEngine engine)
    {
        var options = study.Of(role);
        if (!study.IsGaussian && options.From.Count > 0)
            return [.. options.From.Select(reference => Saved(reference, study, role, data))];
        if (!study.IsGaussian)
        {
            var epochs = Counted.Of(options.Encoder.Pretraining.Epochs, "epoch");
            return [new Item($"{role} encoder", $"pretrain, or find: width {options.Encoder.Hidden}, {epochs}", Place: root)];
        }
        if (options.Source == RepresentationSource.Truth) return [new Item("h*", "derive")];
        if (options.Source != RepresentationSource.Pretrained) return [new Item($"h* + noise {options.Noise}", "derive")];
        return [Pretrained(study, options, root, engine)];
    }

    private static Item Pretrained(Study study, RepresentationOptions options, string root, IEngine engine)
    {
        var shape = new GaussianTasks(study, engine).Shape(options);
        var (pretraining, optimiser) = (study.Pretraining, study.Pretraining.Optimiser);
        var steps = (long)Batches(pretraining.Samples, optimiser.Batch) * pretraining.Tasks * optimiser.Epochs;
        var folder = new MlpStore(root, new TrainingOptions(), RunServices.Silent).Folder(study, options, engine);
        var done = Directory.Exists(folder)
            ? CheckpointInspector.List(folder)
                .Where(checkpoint => checkpoint.IsLast).Select(checkpoint => checkpoint.Step).DefaultIfEmpty(0).Max()
            : 0;
        var left = steps - Math.Min(done, steps);
        var what = left == 0 ? "found" : done > 0 ? $"continue from step {ProgressText.Count(done)}" : "train";
        var operations = Operations(shape.ParameterCount, (double)pretraining.Samples * pretraining.Tasks * optimiser.Epochs);
        var layers = $"{Counted.Of(shape.Depth, "layer")} of {shape.Hidden}";
        return new Item(Path.GetFileName(folder), $"{what}, {layers}", left, operations * left / Math.Max(1, steps), folder);
    }

    /// <summary>Closed forms go through stored features once for each cell, which is all that counts of their cost.</summary>
    private static Item Saved(string reference, Study study, string role, Dataset data)
    {
        var name = SavedRepresentations.NameOf(reference);
        if (!SavedRepresentations.IsFeatures(reference)) return new Item(name, $"read {FromHere(reference)}", Place: reference);
        var features = new StoredFeatures(reference[StoredFeatures.Prefix.Length..], study.Table.Csv);
        var samples = (double)data.Cells.Count * data.Count(role == "weak" ? Dataset.Part.Weak : Dataset.Part.Student);
        var operations = study.Heads.Solver is HeadSolver.Ridge or HeadSolver.Exact ? samples * features.Width * features.Width : 0;
        return new Item(
            name, $"read {ProgressText.Count(features.Source.Rows)} × {features.Width}", 0, operations, features.Source.Reference);
    }

    /// <summary>What fitting heads would cost.</summary>
    /// <param name="name">Whose: a panel's, or a stage's.</param>
    /// <param name="stages">How many of weak, student and strong.</param>
    internal static Item Heads(string name, Study study, Dataset data, int stages, IEngine engine)
    {
        var (heads, count) = (study.Heads, stages * data.Cells.Count);
        if (!study.IsGaussian)
            return new Item(
                name,
                $"{Counted.Of(count, "head")} on {ProgressText.Count(data.Count(Dataset.Part.Student), "row")}, "
                    + $"{heads.Solver.ToString().ToLowerInvariant()}");
        var solver = HeadSolvers.Create(study, engine, 1, null, new TrainingOptions(), RunServices.Silent);
        var what = $"{ProgressText.Count(count, "head")}, {solver.Description}";
        if (heads.Solver != HeadSolver.AdamW) return new Item(name, what);
        var steps = (long)Batches(heads.Samples, heads.Optimiser.Batch) * heads.Optimiser.Epochs * stages;
        var weights = (study.RepresentationWidth + 1) * study.Targets;
        var samples = (double)heads.Samples * heads.Tasks * heads.Optimiser.Epochs;
        return new Item(name, what, steps, Operations(weights, samples) * stages);
    }

    private static string FromHere(string path) =>
        Path.IsPathFullyQualified(path) && Path.GetRelativePath(".", path) is var relative
            && !relative.StartsWith("..", StringComparison.Ordinal)
            ? relative
            : path;

    private static int Batches(int samples, int batch) => (samples + batch - 1) / batch;

    /// <summary>
    /// A multiply-add for each weight forwards, and two backwards, for its own gradient and its input's; a multiply-add is two.
    /// </summary>
    private static double Operations(double weights, double samples) => 6 * weights * samples;

    /// <summary>A representation, or the heads of a panel or a stage.</summary>
    /// <param name="Name">"mlp-2x16-seed0-0123abcd", "small", "fig2a".</param>
    /// <param name="What">"train, 2 layers of 16", "found, 2 layers of 16", "read 500 × 64", "300 heads, adamw, 1000 epochs".</param>
    /// <param name="Steps">Of training that are left; 0 where nothing is trained, or it is not known how much.</param>
    /// <param name="Operations">Of that training, or of the sums of products of closed forms; a multiply-add counts as two.</param>
    /// <param name="Place">Where it lies or would lie; empty for the run's folder.</param>
    internal sealed record Item(string Name, string What, long Steps = 0, double Operations = 0, string Place = "");
}
