#:project ../src/Training/W2S.Training.csproj
using TorchSharp;
using W2S.Training;
using static TorchSharp.torch;

// A rate that warms up and falls like a cosine, clipped and accumulated gradients, callbacks, and an end when held-out samples say so.
return RunServices.OnConsole(services =>
{
    manual_seed(0);
    var (inputs, fresh) = (randn(60, 10), randn(500, 10));
    using var module = nn.Sequential(nn.Linear(10, 64), nn.ReLU(), nn.Linear(64, 1));
    var optimiser = new OptimiserOptions
    {
        Epochs = 400, Batch = 10, LearningRate = 3e-3, Schedule = RateShape.Cosine, WarmUp = 0.05, Accumulate = 2, MaxGradNorm = 1,
    };
    using var job = new EarlyStopping(
        ModuleJob.Start(module, Loss, inputs, Truth(inputs) + 0.5 * randn(60, 1), optimiser), HeldOutLoss, evaluations: 100, patience: 10);
    var run = services with
    {
        Callbacks = new TrainingCallbacks
        {
            OnEvaluation = at => Console.WriteLine($"epoch {at.Epoch}: held-out loss {at.Evaluation:0.0000}"),
            OnSave = at => Console.WriteLine($"saved {at.Checkpoint}"),
        },
    };
    var store = new CheckpointStore(args.FirstOrDefault() ?? "runs/callbacks", "noisy sine", run.Time);
    var outcome = TrainingLoop.Run(job, new TrainingOptions(), store, run);
    job.RestoreBest();
    Console.WriteLine($"ended after {outcome.Steps} steps, held-out loss {HeldOutLoss():0.0000}");

    double HeldOutLoss() => Loss(module.call(fresh), Truth(fresh)).ToDouble();
});

static Tensor Truth(Tensor inputs) => inputs.select(1, 0).sin().unsqueeze(1);

static Tensor Loss(Tensor predictions, Tensor labels) => nn.functional.mse_loss(predictions, labels);
