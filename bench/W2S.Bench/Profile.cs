using W2S.Data;
using W2S.Experiments;
using W2S.Reporting;
using W2S.Training;

namespace W2S.Bench;

/// <summary>
/// Where `reproduce synthetic` spends its time: processor time of the six panels on one core, by stopwatches around their parts.
/// </summary>
internal static class Profile
{
    public static void Print(TextWriter writer) => Processors.Pinned(() =>
    {
        var folder = Directory.CreateTempSubdirectory("w2s-profile-").FullName;
        try
        {
            Print(writer, folder);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
        return true;
    });

    private static void Print(TextWriter writer, string folder)
    {
        var (inside, outside) = (new Stopwatches(), new Stopwatches());
        var engine = new TimedEngine(new FusedEngine(threads: 1), inside);
        var store = new MlpStore(Path.Combine(folder, "representations"), new TrainingOptions(), RunServices.Silent);
        var results = new List<PanelResult>();
        foreach (var options in PeerCost.Panels(Panel.Group))
        {
            var (weak, strong) = outside.Time(
                "obtain",
                () => (store.Obtain(options, options.Weak, "weak", engine), store.Obtain(options, options.Strong, "strong", engine)));
            var solver = HeadSolvers.Create(
                options, engine, 1, Path.Combine(folder, options.Name), new TrainingOptions { SaveFinished = false }, RunServices.Silent);
            var comparison = new W2S.Experiments.Comparison(
                options, new GaussianTasks(options, engine), weak, strong, solver, RunServices.Silent);
            results.Add(comparison.Result(outside.Time("study", () => comparison.Run(Stages.All)), engine.Name, seconds: 0));
        }
        outside.Time("report", () =>
        {
            StudyOutputs.Write(
                new Result(Result.StudyStage, results) { Folder = folder },
                new ReportContext("bench profile", TimeProvider.System.GetLocalNow()));
            return true;
        });

        // Every panel draws the inputs of three samples; the pretraining tasks' are a tenth of one, for each representation.
        var panel = results[0].Options;
        var draw = Enumerable.Range(0, 5).Min(_ => Times.OfProcessor(() => TaskSamples.Gaussian(
            0, "draw", panel.Heads.Tasks, panel.Heads.Samples, panel.InputWidth, panel.Sigma)));
        var inputs = draw * 3 * results.Count;
        var training = inside["representations"];
        Row("representations: training steps", training);
        Row("heads: training steps", inside["heads"]);
        Row("features of representations", inside["features"]);
        Row("packing samples for the kernels", inside["packing"]);
        Row("drawing inputs (one draw timed)", inputs);
        Row("checkpoints, folders, pretraining labels", outside["obtain"] - training);
        Row("predictions, errors, statistics of units", outside["study"] - (inside.Sum - training) - inputs);
        Row("report, plots, tables", outside["report"]);
        Row("together", outside.Sum);

        void Row(string name, double seconds) => writer.WriteLine($"{name,-44} {seconds,8:F3} s {seconds / outside.Sum,7:P1}");
    }
}
