#:project ../src/Runs/W2S.Runs.csproj
using W2S.Data;
using W2S.Experiments;
using W2S.Runs;
using W2S.Training;

// Random ReLU features (Rahimi and Recht, 2007) of the paper's Gaussian inputs: 32 of them teach 256.
return RunServices.OnConsole(run =>
{
    var study = new Study { Heads = new() { Tasks = 20, Solver = HeadSolver.Exact } };
    var panel = Studies.Compare(study, new RandomFeatures(32), new RandomFeatures(256), run: run);
    Console.WriteLine($"weak {panel.WeakError:0.000}, student {panel.StudentError:0.000}, ceiling {panel.StrongError:0.000}");
    Console.WriteLine($"gain {panel.Gain:0.000} at a misfit of {panel.Misfit:0.000}");
});

sealed class RandomFeatures(int width) : IRepresentation
{
    public string Name => $"random-{width}";
    public int Width => width;
    public string Digest => Name;

    public TaskSamples Features(Examples examples)
    {
        var inputs = ((Examples.OfInputs)examples).Inputs;
        var random = new RandomStream(0, Name);
        float[] directions = [.. Enumerable.Range(0, width * inputs.Width).Select(_ => (float)random.NextNormal())];
        var features = new TaskSamples(inputs.Tasks, inputs.Samples, width);
        for (var row = 0; row < inputs.Tasks * inputs.Samples; row++)
            for (var unit = 0; unit < width; unit++)
            {
                var sum = 0f;
                for (var i = 0; i < inputs.Width; i++) sum += directions[unit * inputs.Width + i] * inputs.Values[row * inputs.Width + i];
                features.Values[row * width + unit] = MathF.Max(0, sum);
            }
        return features;
    }
}
