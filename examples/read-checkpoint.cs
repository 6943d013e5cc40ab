#:project ../src/Runs/W2S.Runs.csproj
using TorchSharp;
using W2S.Experiments;
using W2S.Runs;
using W2S.Training;
using static TorchSharp.torch;

// The strong representation of a study, read into a TorchSharp module of one's own.
return RunServices.OnConsole(run =>
{
    var study = new Study
    {
        Name = "three-layers",
        Weak = new() { Source = RepresentationSource.Truth },
        Strong = new() { Depth = 3 },
        Pretraining = new() { Optimiser = new() { Epochs = 20 } },
        Heads = new() { Tasks = 5, Solver = HeadSolver.Exact },
    };
    var folder = Studies.Run(study, args.FirstOrDefault(), run).Folder;
    var trained = Directory.GetDirectories(Path.Combine(folder, "representations")).Single();
    var checkpoint = Checkpoint.Newest(trained);

    using var module = new Representation();
    checkpoint.CopyTo(module);
    Console.WriteLine($"{Path.GetFileName(checkpoint.Folder)}: {module.call(ones(1, 8)).sum().ToSingle():0.0000}");
});

/// <summary>Inputs of width 8, three blocks of Linear + ReLU; its parameters are called layers.0.weight, layers.0.bias and so on.</summary>
sealed class Representation : nn.Module<Tensor, Tensor>
{
    private readonly TorchSharp.Modules.ModuleList<nn.Module<Tensor, Tensor>> layers = nn.ModuleList<nn.Module<Tensor, Tensor>>(
        nn.Linear(8, 16), nn.Linear(16, 16), nn.Linear(16, 16));

    public Representation() : base(nameof(Representation)) => RegisterComponents();

    public override Tensor forward(Tensor inputs) => layers.Aggregate(inputs, (values, layer) => layer.call(values).relu());
}
