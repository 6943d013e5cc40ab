using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text.Json;
using TorchSharp;
using W2S.Models;
using W2S.Training.Tests.Torch;
using static TorchSharp.torch;

namespace W2S.Training.Tests.Fused;

/// <summary>
/// Softmax heads beside libtorch's autograd, and beside PyTorch in double precision (bench/peers/softmax_heads.py check).
/// </summary>
[Collection(nameof(TorchTests))]
public sealed class SoftmaxHeadPeerTests
{
    private const int AutogradCases = 16;
    private const int PeerCases = 6;

    [Fact]
    public void The_gradient_of_a_step_is_autograds()
    {
        for (var number = 0; number < AutogradCases; number++)
        {
            using var scope = NewDisposeScope();
            var problem = FusedCases.Softmax(number);
            problem = problem with { Optimiser = problem.Optimiser with { Beta1 = 0 } };
            using var job = new FusedEngine(1).FitHeads(problem);
            job.Advance(0, 1);
            var state = FusedCases.State(job);
            var initial = problem.Initial;
            var rows = tensor(DoublePrecisionHead.Batch(problem, 0).Select(row => (long)row).ToArray());
            for (var task = 0; task < initial.Tasks; task++)
            {
                var weight = tensor(initial.Weight(task).ToArray(), [initial.Outputs, initial.Width]).to(float64).requires_grad_();
                var bias = tensor(initial.Bias(task).ToArray()).to(float64).requires_grad_();
                var features = tensor(problem.Features.Task(task).ToArray(), [problem.Features.Samples, initial.Width]).to(float64)[rows];
                var labels = tensor(problem.Labels.Task(task).ToArray(), [problem.Labels.Samples, initial.Outputs]).to(float64)[rows];
                nn.functional.cross_entropy(nn.functional.linear(features, weight, bias), labels).backward();
                var size = initial.Outputs * initial.Width;
                Close(weight.grad!.data<double>().ToArray(), state["first_moment.heads.weight"].As<float>().Slice(task * size, size));
                if (initial.HasBias)
                    Close(
                        bias.grad!.data<double>().ToArray(),
                        state["first_moment.heads.bias"].As<float>().Slice(task * initial.Outputs, initial.Outputs));
            }
        }
    }

    [SkippableFact]
    public void Losses_and_heads_of_twenty_five_steps_are_PyTorchs()
    {
        const int steps = 25;
        for (var number = 0; number < PeerCases; number++)
        {
            var problem = FusedCases.Softmax(number);
            var (losses, heads) = Peer(problem, steps);
            foreach (var set in Enum.GetValues<InstructionSet>().Where(InstructionSets.IsSupported))
            {
                using var job = new FusedEngine(1, set).FitHeads(problem);
                for (var step = 0; step < steps; step++)
                {
                    job.Advance(step, 1);
                    Assert.Equal(losses[step].Average(), job.TakeMeanLoss(), 1e-5 * losses[step].Average() + 1e-6);
                    float[] found = [.. job.Heads.Weights, .. job.Heads.Biases];
                    Assert.InRange(FusedCases.Distance(heads.Skip(step * found.Length).Take(found.Length), found), 0, 1e-4);
                }
            }
        }
    }

    private static void Close(double[] expected, ReadOnlySpan<float> found)
    {
        var scale = expected.Max(Math.Abs);
        for (var at = 0; at < expected.Length; at++) Assert.Equal(expected[at], found[at], 1e-5 * scale + 1e-6);
    }

    /// <summary>The losses [steps, tasks], and the heads after each step, one behind the other.</summary>
    private static (double[][] Losses, double[] Heads) Peer(HeadProblem problem, int steps)
    {
        var folder = Directory.CreateTempSubdirectory("w2s-test-").FullName;
        try
        {
            float[] values = [.. problem.Initial.Weights, .. problem.Initial.Biases, .. problem.Features.Values, .. problem.Labels.Values];
            File.WriteAllBytes(Path.Combine(folder, "values.bin"), MemoryMarshal.AsBytes<float>(values).ToArray());
            File.WriteAllText(Path.Combine(folder, "case.json"), JsonSerializer.Serialize(Description(problem, steps)));
            var losses = JsonSerializer.Deserialize<double[][]>(Run(folder))!;
            return (losses, MemoryMarshal.Cast<byte, double>(File.ReadAllBytes(Path.Combine(folder, "heads.bin"))).ToArray());
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static object Description(HeadProblem problem, int steps) => new
    {
        tasks = problem.Initial.Tasks, samples = problem.Features.Samples, width = problem.Initial.Width, classes = problem.Initial.Outputs,
        has_bias = problem.Initial.HasBias,
        optimiser = new
        {
            lr = problem.Optimiser.LearningRate, weight_decay = problem.Optimiser.WeightDecay, eps = problem.Optimiser.Epsilon,
        },
        rows = Enumerable.Range(0, steps).Select(step => DoublePrecisionHead.Batch(problem, step)),
    };

    private static string Run(string folder)
    {
        const string python = "/usr/bin/python3";
        Skip.IfNot(File.Exists(python), $"{python} is absent.");
        var root = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(root, "W2S.sln"))) root = Path.GetDirectoryName(root)!;
        var start = new ProcessStartInfo(python, [Path.Combine(root, "bench", "peers", "softmax_heads.py"), "check", folder])
        {
            RedirectStandardOutput = true, RedirectStandardError = true,
        };
        start.Environment["OMP_NUM_THREADS"] = "1"; // threads that spin beside other tests cost more than they give
        start.Environment["OPENBLAS_NUM_THREADS"] = "1";
        using var process = Process.Start(start)!;
        var errors = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        Skip.If(errors.Result.Contains("No module named 'torch'", StringComparison.Ordinal), "Python's torch is absent.");
        Assert.True(process.ExitCode == 0, errors.Result);
        return output;
    }
}
