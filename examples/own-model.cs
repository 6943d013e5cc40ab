#:project ../src/Training/W2S.Training.csproj
using TorchSharp;
using W2S.Training;
using static TorchSharp.torch;

// A module and a loss of one's own. Stop it with Ctrl-C and run it again: it ends in the same bits as without the stop.
return RunServices.OnConsole(run =>
{
    set_num_threads(1); // A network this small gains nothing from more.
    manual_seed(0);
    var inputs = randn(1000, 8);
    var labels = inputs.sum(1, keepdim: true).sin();
    using var module = new Residual(width: 8);
    using var job = ModuleJob.Start(module, Loss, inputs, labels, new OptimiserOptions { Epochs = 200 }, seed: 0, name: "residual");
    var store = new CheckpointStore(args.FirstOrDefault() ?? "runs/own-model", "residual, 200 epochs", run.Time);
    var outcome = TrainingLoop.Run(job, new TrainingOptions(), store, run);
    Console.WriteLine($"loss {outcome.FinalLoss:0.0000} after {outcome.Steps} steps");
});

static Tensor Loss(Tensor predictions, Tensor labels) => ((predictions - labels).abs() + 0.1 * (predictions - labels).square()).mean();

sealed class Residual : nn.Module<Tensor, Tensor>
{
    private readonly nn.Module<Tensor, Tensor> _inner, _dropout = nn.Dropout(0.1), _last;

    public Residual(int width) : base(nameof(Residual))
    {
        (_inner, _last) = (nn.Linear(width, width), nn.Linear(width, 1));
        RegisterComponents();
    }

    public override Tensor forward(Tensor x) => _last.call(x + 0.5 * _dropout.call(_inner.call(x).relu()));
}
