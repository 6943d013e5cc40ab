using System.Text.Json;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace TorchSharpPeer;

/// <summary>
/// The synthetic study's steps: a network of Linear and ReLU under a known head, and the heads of all tasks in one bmm.
/// </summary>
internal static class MlpTimes
{
    private const int Inputs = 8, Width = 16, Batch = 32, Samples = 2000, Tasks = 100;
    private const int WeakDepth = 2, StrongDepth = 8;
    private const int ComparedSteps = 20;

    public static PeerTimes Measure(string folder, int repetitions)
    {
        var given = JsonSerializer.Deserialize<Case>(File.ReadAllBytes(Path.Combine(folder, "steps.json")), JsonSerializerOptions.Web)!;
        var (features, labels) = (functional.relu(randn(Tasks, Samples, Width)), randn(Tasks, Samples, 1));
        return new PeerTimes(
            new()
            {
                ["representation_weak"] = RepresentationStep(WeakDepth, repetitions),
                ["representation_strong"] = RepresentationStep(StrongDepth, repetitions),
                ["head_step_of_all_tasks"] = HeadStep(features, labels, repetitions),
                ["features"] = Features(),
                ["exact_heads"] = PeerTimes.Median(3, () => ExactHeads(features, labels)),
            },
            new()
            {
                ["weak"] = Losses(WeakDepth, given.Weak, given.Tasks),
                ["strong"] = Losses(StrongDepth, given.Strong, given.Tasks),
                ["heads"] = Losses(given.Heads, given.Tasks),
            });
    }

    private static double RepresentationStep(int depth, int repetitions)
    {
        var (x, y) = (randn(Samples, Inputs) * 500, randn(Samples, 1));
        var representation = Representation(depth);
        var model = Sequential(representation, Frozen(Linear(Width, 1)));
        var optimiser = AdamW(representation.parameters());
        return PeerTimes.Median(repetitions, () =>
        {
            using var scope = NewDisposeScope();
            var rows = randint(Samples, [Batch]);
            Step(model, optimiser, x[rows], y[rows]);
        });
    }

    private static double HeadStep(Tensor features, Tensor labels, int repetitions)
    {
        var heads = new Heads(zeros(Tasks, Width, 1), zeros(Tasks, 1, 1));
        var optimiser = AdamW(heads.parameters());
        return PeerTimes.Median(repetitions, () =>
        {
            using var scope = NewDisposeScope();
            var rows = randint(Samples, [Batch]);
            HeadStep(heads, optimiser, features.index_select(1, rows), labels.index_select(1, rows));
        });
    }

    /// <summary>Of the inputs of all tasks in one call.</summary>
    private static double Features()
    {
        var inputs = randn(Tasks * Samples, Inputs) * 500;
        var representation = Representation(StrongDepth);
        return PeerTimes.Median(3, () =>
        {
            using var silent = no_grad();
            using var features = representation.forward(inputs);
        });
    }

    /// <summary>Affine least squares of all tasks in float64.</summary>
    private static void ExactHeads(Tensor features, Tensor labels)
    {
        using var scope = NewDisposeScope();
        linalg.lstsq(cat([features.to(float64), ones(Tasks, Samples, 1, float64)], dim: 2), labels.to(float64));
    }

    /// <summary>The tasks one after the other, each a batch, from the given weights.</summary>
    private static float[] Losses(int depth, RepresentationCase given, int tasks)
    {
        var representation = Representation(depth);
        Fill(representation.parameters(), given.Parameters);
        var heads = Enumerable.Range(0, tasks).Select(task =>
        {
            var head = Linear(Width, 1);
            Fill(head.parameters(), [.. given.Weights.AsSpan(task * Width, Width), given.Biases[task]]);
            return Frozen(head);
        }).ToArray();
        var (x, y) = (tensor(given.Inputs).view(tasks, -1, Inputs), tensor(given.Labels).view(tasks, -1, 1));
        var optimiser = AdamW(representation.parameters());
        return [.. Enumerable.Range(0, ComparedSteps)
            .Select(step => Step(Sequential(representation, heads[step % tasks]), optimiser, x[step % tasks], y[step % tasks]))];
    }

    private static float[] Losses(HeadCase given, int tasks)
    {
        var heads = new Heads(tensor(given.Weights).view(tasks, Width, 1), tensor(given.Biases).view(tasks, 1, 1));
        var (features, labels) = (tensor(given.Features).view(tasks, -1, Width), tensor(given.Labels).view(tasks, -1, 1));
        var optimiser = AdamW(heads.parameters());
        return [.. Enumerable.Range(0, ComparedSteps).Select(_ => HeadStep(heads, optimiser, features, labels) / tasks)];
    }

    private static float Step(nn.Module<Tensor, Tensor> model, optim.Optimizer optimiser, Tensor x, Tensor y)
    {
        using var scope = NewDisposeScope();
        optimiser.zero_grad();
        var loss = functional.mse_loss(model.forward(x), y);
        loss.backward();
        optimiser.step();
        return loss.item<float>();
    }

    /// <summary>AdamW acts on every number by itself, so the sum of the tasks' losses trains each head as if it were alone.</summary>
    private static float HeadStep(Heads heads, optim.Optimizer optimiser, Tensor features, Tensor labels)
    {
        using var scope = NewDisposeScope();
        optimiser.zero_grad();
        var loss = (heads.forward(features) - labels).square().mean([1, 2]).sum();
        loss.backward();
        optimiser.step();
        return loss.item<float>();
    }

    private static Sequential Representation(int depth) =>
        Sequential(Enumerable.Range(0, depth).SelectMany(
            block => new nn.Module<Tensor, Tensor>[] { Linear(block == 0 ? Inputs : Width, Width), ReLU() }));

    /// <summary>With PyTorch's decay: TorchSharp's own default is none.</summary>
    private static AdamW AdamW(IEnumerable<Parameter> parameters) => optim.AdamW(parameters, lr: 1e-3, weight_decay: 0.01);

    private static Linear Frozen(Linear head)
    {
        foreach (var parameter in head.parameters()) parameter.requires_grad_(false);
        return head;
    }

    private static void Fill(IEnumerable<Parameter> parameters, float[] values)
    {
        using var silent = no_grad();
        var start = 0;
        foreach (var parameter in parameters)
        {
            var count = (int)parameter.numel();
            parameter.copy_(tensor(values[start..(start + count)], parameter.shape));
            start += count;
        }
    }

    /// <summary>Affine heads, [tasks, width, 1] and [tasks, 1, 1], on features [tasks, samples, width].</summary>
    private sealed class Heads : nn.Module<Tensor, Tensor>
    {
        private readonly Parameter _weight, _bias;

        public Heads(Tensor weight, Tensor bias) : base(nameof(Heads))
        {
            (_weight, _bias) = (Parameter(weight), Parameter(bias));
            RegisterComponents();
        }

        public override Tensor forward(Tensor features) => bmm(features, _weight) + _bias;
    }

    private sealed record Case(int Tasks, RepresentationCase Weak, RepresentationCase Strong, HeadCase Heads);

    /// <param name="Parameters">Layer by layer, the weights and then the biases.</param>
    /// <param name="Weights">Of the tasks' known heads.</param>
    private sealed record RepresentationCase(float[] Parameters, float[] Inputs, float[] Labels, float[] Weights, float[] Biases);

    private sealed record HeadCase(float[] Features, float[] Labels, float[] Weights, float[] Biases);
}
