#:project ../src/Runs/W2S.Runs.csproj
using W2S.Data;
using W2S.Experiments;
using W2S.Runs;
using W2S.Training;

// Points of the plane, labelled by waves. The weak model sees the coordinates, the strong one their waves.
return RunServices.OnConsole(run =>
{
    var waves = new Waves(seed: 0);
    var study = Study.OnTable(waves.Name) with { Folds = 5 };
    var weak = new Seen("coordinates", 2, point => [point.X, point.Y]);
    var strong = new Seen("waves", 4, point => [MathF.Sin(point.X), MathF.Cos(point.X), MathF.Sin(point.Y), MathF.Cos(point.Y)]);
    var panel = Studies.Compare(study, weak, strong, new SplitTable(waves, study), run);
    foreach (var fold in panel.Cells) Console.WriteLine($"fold {fold.Cell}: gain {fold.Gain:0.000}, misfit {fold.Misfit:0.000}");
});

sealed class Waves : ILabelledTable
{
    public Waves(long seed)
    {
        var random = new RandomStream(seed, "waves");
        Points = [.. Enumerable.Range(0, 500).Select(_ => ((float)random.NextUniform(-3, 3), (float)random.NextUniform(-3, 3)))];
        Labels = [.. Points.Select(point => Math.Sin(point.X) + Math.Cos(point.Y) + 0.1 * random.NextNormal())];
    }

    public string Name => "waves";
    public string Digest => "waves, seed 0"; // of all that decides the rows
    public IReadOnlyList<(float X, float Y)> Points { get; }
    public IReadOnlyList<double> Labels { get; }
}

sealed class Seen(string name, int width, Func<(float X, float Y), float[]> look) : TableRepresentation
{
    public override string Name => name;
    public override int Width => width;
    public override string Digest => name;
    protected override float[] Clean(ILabelledTable table) => [.. ((Waves)table).Points.SelectMany(look)];
}
