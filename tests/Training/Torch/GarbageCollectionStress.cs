#pragma warning disable RS0030 // What is banned elsewhere is what is tested here.
using System.Globalization;
using TorchSharp;
using W2S.Data;
using static TorchSharp.torch;

namespace W2S.Training.Tests;

/// <summary>
/// Two threads that train a module with plain arithmetic in it while a third allocates, so that garbage is collected all the time.
/// Started as a program of its own, for without protection it may crash.
/// </summary>
internal static class GarbageCollectionStress
{
    public const string Name = "garbage-collection-stress";

    /// <summary>
    /// Arguments: the name, seconds, "job" (through <see cref="ModuleJob"/>) or "loop" (the same by hand, without protection).
    /// </summary>
    /// <returns>0: every step went well. 1: one failed; the message says how.</returns>
    public static int Run(string[] arguments)
    {
        var seconds = double.Parse(arguments[1], CultureInfo.InvariantCulture);
        using var stop = new CancellationTokenSource(TimeSpan.FromSeconds(seconds));
        var (failure, steps) = ((Exception?)null, 0L);
        set_num_threads(1);
        Action<CancellationToken> train = arguments[2] == "job" ? TrainByJob : TrainByHand;
        var trainers = Enumerable.Range(0, 2).Select(_ => new Thread(() =>
        {
            try
            {
                train(stop.Token);
            }
            catch (Exception error)
            {
                failure ??= error;
                stop.Cancel();
            }
        })).ToList();
        trainers.ForEach(trainer => trainer.Start());
        var garbage = new byte[64][];
        for (var number = 0; !stop.IsCancellationRequested; number++) garbage[number % 64] = new byte[1 << 14];
        trainers.ForEach(trainer => trainer.Join());
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{steps} steps, {GC.CollectionCount(0)} collections"));
        Console.Error.WriteLine(failure?.Message);
        return failure == null ? 0 : 1;

        void TrainByJob(CancellationToken token)
        {
            using var scope = NewDisposeScope();
            var (inputs, labels) = Data();
            using var module = new Arithmetic();
            using var job = ModuleJob.Start(
                module, (predictions, truth) => (predictions - truth).square().mean() * 0.5 + 1, inputs, labels,
                new OptimiserOptions { Epochs = int.MaxValue });
            for (var step = 0; !token.IsCancellationRequested; step += 50)
            {
                job.Advance(step, 50);
                Interlocked.Add(ref steps, 50);
            }
        }

        void TrainByHand(CancellationToken token)
        {
            using var outer = NewDisposeScope();
            var (inputs, labels) = Data();
            using var module = new Arithmetic();
            using var optimiser = torch.optim.AdamW(module.parameters(), lr: 1e-3, weight_decay: 0.01);
            while (!token.IsCancellationRequested)
            {
                using var scope = NewDisposeScope();
                optimiser.zero_grad();
                var loss = (module.call(inputs) - labels).square().mean() * 0.5 + 1;
                loss.backward();
                if (!float.IsFinite(loss.ToSingle())) throw new InvalidDataException("A loss that is no number.");
                optimiser.step();
                Interlocked.Increment(ref steps);
            }
        }
    }

    private static (Tensor Inputs, Tensor Labels) Data()
    {
        var random = new RandomStream(0, "data");
        return (tensor([.. Enumerable.Range(0, 32 * 4).Select(_ => (float)random.NextNormal())], [32, 4]), zeros(32, 1));
    }

    /// <summary>As users write it.</summary>
    private sealed class Arithmetic : nn.Module<Tensor, Tensor>
    {
        private readonly nn.Module<Tensor, Tensor> _linear = nn.Linear(4, 1);

        public Arithmetic() : base(nameof(Arithmetic)) => RegisterComponents();

        public override Tensor forward(Tensor input)
        {
            var values = _linear.call(input);
            for (var layer = 0; layer < 20; layer++) values = 0.5 * values + values * 0.25 + 1 - (values - 2) / 4;
            return values;
        }
    }
}
