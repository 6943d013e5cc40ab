using System.Collections.Concurrent;
using W2S.Data;
using W2S.Models;
using W2S.Runs;

namespace W2S.Experiments;

/// <summary>
/// The random streams that a study opens, written out: chance that two purposes share makes them depend on each other, and
/// nothing else shows it.
/// </summary>
public sealed class StreamsTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_pretrained_study_draws_from_these_streams_and_no_others()
    {
        var opened = Opened(() => SmallStudies.Of("2b", "heads.tasks=2").Run(_folder["run"]));
        Assert.Equal(
        [
            "bootstrap", "inputs/evaluation", "inputs/student", "inputs/weak", "pretraining/heads", "pretraining/inputs", "pretraining/order",
            "representation/8-16-16", "representation/8-16-16-16-16-16-16-16-16", "strong/initial", "strong/order", "student/initial", "student/order", "tasks", "truth",
            "weak/initial", "weak/order",
        ], Names(opened));
        Assert.All(opened, stream => Assert.Equal(0, stream.Seed));
        foreach (var each in new[] { "inputs/weak", "inputs/student", "inputs/evaluation", "weak/initial", "student/initial", "strong/initial", "tasks" })
            Assert.Equal([0, 1], opened.Where(stream => stream.Name == each).Select(stream => stream.Index).Distinct().Order());
        // Heads that are fitted together see one order, another in each of the 20 epochs; the three pretraining tasks have one each.
        foreach (var (order, count) in new[] { ("weak/order", 20), ("student/order", 20), ("strong/order", 20), ("pretraining/order", 3 * 20) })
            Assert.Equal(Enumerable.Range(0, count).Select(index => (long)index), opened.Where(stream => stream.Name == order).Select(stream => stream.Index).Distinct().Order());
    }

    [Fact]
    public void Weak_and_strong_noise_and_both_samples_of_evaluation_have_streams_of_their_own()
    {
        var opened = Opened(() => SmallStudies.Of(
            "2c", "weak.source=perturbed", "weak.noise=0.1", "strong.source=perturbed", "strong.noise=0.1", "heads.solver=exact", "evaluation.separate_misfit_sample=true").Run(_folder["run"]));
        Assert.Equal(["bootstrap", "cells", "inputs/evaluation", "inputs/misfit", "inputs/student", "inputs/weak", "noise/strong", "noise/weak", "tasks", "truth"], Names(opened));
    }

    [Fact]
    public void Classes_their_scale_and_their_noise_have_streams_of_their_own()
    {
        var opened = Opened(() => SmallStudies.Of(
            "2b", "weak.source=truth", "strong.source=truth", "objective.name=cross-entropy", "heads.solver=newton", "classes.count=3", "classes.labels=hard",
            "label_noise.share=0.2", "label_noise.alpha=0.5").Run(_folder["run"]));
        Assert.Equal(
            ["bootstrap", "cells", "inputs/evaluation", "inputs/scale", "inputs/student", "inputs/weak", "labels/student", "labels/weak", "tasks", "truth", "weak/label noise"], Names(opened));
    }

    [Fact]
    public void The_notebooks_student_sees_the_weak_models_samples_and_no_others()
    {
        var opened = Opened(() => SmallStudies.Of("2b", "protocol=own", "weak.source=truth", "strong.source=truth", "heads.solver=exact").Run(_folder["run"]));
        Assert.Equal(["bootstrap", "cells", "inputs/evaluation", "inputs/weak", "tasks", "truth"], Names(opened));
    }

    [Fact]
    public void Heads_on_tables_draw_from_streams_of_the_tables_name()
    {
        var study = SmallTables.Study() with { Splits = [122], Protocol = Dataset.Protocol.Half, Heads = new HeadOptions { Solver = HeadSolver.AdamW, Standardise = true, Optimiser = new() { Epochs = 2 } } };
        var opened = Opened(() => SmallTables.Run(study, SmallTables.Molecules));
        Assert.Equal(
        [
            "halves of the train part", "rows", "synthetic-smiles/strong/initial", "synthetic-smiles/strong/order", "synthetic-smiles/student/initial",
            "synthetic-smiles/student/order", "synthetic-smiles/weak/initial", "synthetic-smiles/weak/order",
        ], Names(opened));
        Assert.Equal([122], opened.Where(stream => stream.Name.EndsWith("initial", StringComparison.Ordinal)).Select(stream => stream.Index).Distinct());
    }

    [Theory]
    [InlineData(Dataset.Protocol.Fresh)]
    [InlineData(Dataset.Protocol.Own)]
    public void No_input_that_anything_is_fitted_on_is_measured_on(Dataset.Protocol protocol)
    {
        var study = SmallStudies.Of("2b", "heads.tasks=3", "evaluation.separate_misfit_sample=true")[0] with { Protocol = protocol };
        var tasks = new GaussianTasks(study, new Training.FusedEngine(1));
        var parts = new[] { Dataset.Part.Weak, Dataset.Part.Student, Dataset.Part.Evaluation, Dataset.Part.Misfit }.ToDictionary(part => part, part => Rows(tasks.Of(part, 0, 3)!));
        Assert.All(parts.Values, rows => Assert.Equal(rows.Count, rows.Distinct().Count()));
        Assert.Equal(protocol == Dataset.Protocol.Own, parts[Dataset.Part.Weak].SequenceEqual(parts[Dataset.Part.Student]));
        if (protocol == Dataset.Protocol.Fresh) Assert.Empty(parts[Dataset.Part.Weak].Intersect(parts[Dataset.Part.Student]));
        foreach (var measured in new[] { Dataset.Part.Evaluation, Dataset.Part.Misfit })
            foreach (var fitted in new[] { Dataset.Part.Weak, Dataset.Part.Student }) Assert.Empty(parts[measured].Intersect(parts[fitted]));
        Assert.Empty(parts[Dataset.Part.Evaluation].Intersect(parts[Dataset.Part.Misfit]));

        static List<string> Rows(Examples examples) => [.. ((Examples.OfInputs)examples).Inputs.Values.Chunk(8).Select(row => string.Join(' ', row))];
    }

    [Theory]
    [InlineData("splits=[122,123]")]
    [InlineData("random_splits=[5,6,7]")]
    [InlineData("folds=4")]
    public void No_row_that_anything_is_fitted_on_is_measured_on(string division)
    {
        var divided = ConfigurationBinder.Bind<Study>([ConfigurationLayer.FromText("protocol: train", "test"), ConfigurationLayer.FromAssignment(division)]);
        foreach (var protocol in new[] { Dataset.Protocol.Train, Dataset.Protocol.Valid, Dataset.Protocol.Half })
        {
            var study = SmallTables.Study() with { Protocol = protocol, Splits = divided.Splits, RandomSplits = divided.RandomSplits, Folds = divided.Folds };
            var table = new SplitTable(SmallTables.Molecules, study);
            for (var cell = 0; cell < table.Cells.Count; cell++)
            {
                var (weak, student, measured) = (Rows(Dataset.Part.Weak), Rows(Dataset.Part.Student), Rows(Dataset.Part.Evaluation));
                Assert.Equal(measured.Length, measured.Distinct().Count());
                Assert.Empty(measured.Intersect(weak.Concat(student)));
                Assert.Equal(protocol == Dataset.Protocol.Train, weak.SequenceEqual(student));
                if (protocol != Dataset.Protocol.Train) Assert.Empty(weak.Intersect(student));
                if (protocol == Dataset.Protocol.Half) Assert.InRange(weak.Length - student.Length, 0, 1);

                int[] Rows(Dataset.Part part) => [.. ((Examples.OfTable)table.Of(part, cell, 1)!).Rows[0]];
            }
        }
    }

    private static string[] Names(IEnumerable<(long Seed, string Name, long Index)> opened) => [.. opened.Select(stream => stream.Name).Distinct().Order(StringComparer.Ordinal)];

    private static IReadOnlyCollection<(long Seed, string Name, long Index)> Opened(Action study)
    {
        var opened = new ConcurrentQueue<(long, string, long)>();
        RandomStream.Opened.Value = opened.Enqueue;
        try
        {
            study();
        }
        finally
        {
            RandomStream.Opened.Value = null;
        }
        return opened;
    }
}
