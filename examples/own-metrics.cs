#:project ../src/Runs/W2S.Runs.csproj
using W2S.Experiments;
using W2S.Runs;
using W2S.Training;

// Where metrics go beside metrics.jsonl: here, as bars. A sink that throws is dropped with a warning, and training goes on.
return RunServices.OnConsole(services =>
{
    var study = new Study
    {
        Name = "bars",
        Weak = new() { Source = RepresentationSource.Truth },
        Pretraining = new() { Optimiser = new() { Epochs = 40 } },
        Heads = new() { Tasks = 5, Solver = HeadSolver.Exact },
    };
    Studies.Run(study, args.FirstOrDefault(), services with { Metrics = new Bars() });
});

sealed class Bars : IMetricSink
{
    private double _first = double.NaN;

    public void Write(Metric metric)
    {
        if (!metric.Values.TryGetValue("loss", out var loss) || metric.Epoch % 2 != 0) return;
        if (double.IsNaN(_first)) _first = loss;
        var bar = new string('█', (int)Math.Ceiling(50 * Math.Min(1, loss / _first)));
        Console.WriteLine($"{metric.Job}, epoch {metric.Epoch,3}: {bar} {loss:0.000}");
    }
}
