using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text.Json;
using W2S.Models;
using W2S.Training;

namespace W2S.Training.Tests.Fused;

/// <summary>
/// The fused encoder beside PyTorch in double precision (bench/peers/encoder.py check). Skipped where there is no python3 with
/// torch.
/// </summary>
public sealed class FusedEncoderPeerTests
{
    private static readonly int[] s_mixed = [3, 128, 17, 48, 1, 16, 33, 64, 5];

    /// <summary>Hidden, layers, heads, lengths of the sequences, descriptors, pairs, learned positions.</summary>
    public static TheoryData<int, int, int, int[], int, bool, bool> Shapes => new()
    {
        { 8, 2, 2, s_mixed, 0, false, false },
        { 12, 1, 2, s_mixed, 7, true, true },
        { 24, 2, 4, s_mixed, 0, false, true },
        { 32, 2, 2, [45, 50, 38, 61, 47, 44, 52, 39, 40, 55, 33, 48, 71, 46, 49, 50], 0, false, false },
        { 32, 4, 4, [40], 200, false, false },
        { 96, 2, 2, [45, 50, 38, 61], 200, true, false },
        { 128, 3, 4, [3, 90, 48], 0, false, false },
    };

    [SkippableTheory]
    [MemberData(nameof(Shapes))]
    public void Losses_gradients_features_and_fifty_steps_are_PyTorchs(
        int hidden, int layers, int heads, int[] lengths, int descriptors, bool pairs, bool learned)
    {
        const double norm = 1;
        var shape = new EncoderShape(42, hidden, layers, heads)
        {
            Positions = learned ? PositionEncoding.Learned : PositionEncoding.Sinusoidal,
        };
        var problem = new EncoderCase(shape, lengths, descriptors, pairs, hidden, batches: 2);
        var optimiser = new OptimiserOptions { LearningRate = 1e-3, MaxGradNorm = norm };
        var steps = hidden > 32 ? 10 : 50;
        var folder = Directory.CreateTempSubdirectory("w2s-test-").FullName;
        try
        {
            File.WriteAllBytes(
                Path.Combine(folder, "parameters.bin"),
                MemoryMarshal.AsBytes<float>((float[])[.. problem.Encoder.Values, .. problem.Heads.Values]).ToArray());
            File.WriteAllText(
                Path.Combine(folder, "case.json"), JsonSerializer.Serialize(Description(problem, optimiser.LearningRate, steps, norm)));
            using var result = JsonDocument.Parse(Peer(folder));
            var losses = result.RootElement.GetProperty("losses").EnumerateArray().Select(loss => loss.GetDouble()).ToArray();
            var trajectory = result.RootElement.GetProperty("trajectory").EnumerateArray().Select(loss => loss.GetDouble()).ToArray();
            var gradients = Doubles(folder, "gradients.bin");

            foreach (var instructions in Enum.GetValues<InstructionSet>().Where(InstructionSets.IsSupported))
            {
                if (instructions == InstructionSet.Scalar && hidden > 32) continue; // slow, and the same code as at 32
                var (ours, encoder, headGradients) = problem.Gradients(instructions);
                Assert.Equal(losses[0], ours.Masked, 1e-5 * losses[0]);
                Assert.Equal(losses[1], ours.Descriptors, 1e-5 * losses[1]);
                Assert.Equal(losses[2], ours.SameMolecule, 1e-5 * losses[2]);
                var start = 0;
                foreach (var weights in (EncoderWeights[])[encoder, headGradients])
                    foreach (var parameter in weights.Parameters)
                    {
                        Close(gradients.AsSpan(start, parameter.Length), weights[parameter.Name], parameter.Name);
                        start += parameter.Length;
                    }

                using var fused = problem.Load(instructions);
                foreach (var (pooling, file) in new[] { (EncoderPooling.Pooled, "pooled.bin"), (EncoderPooling.Mean, "mean.bin") })
                    Close(Doubles(folder, file), fused.Features(problem.Batches[0].Tokens, pooling), file);
                for (var step = 0; step < steps; step++)
                {
                    var (tokens, targets) = problem.Batches[step % 2];
                    var total = fused.AddGradients(tokens, targets).Total;
                    fused.Step(optimiser, step, optimiser.LearningRate);
                    Assert.Equal(trajectory[step], total, 1e-4 * trajectory[step]); // single precision drifts from double's path
                }
            }
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    /// <summary>
    /// The greatest difference beside the greatest magnitude; a gradient that is 0 by its nature (keys' biases) is compared with
    /// rounding's own size.
    /// </summary>
    private static void Close(ReadOnlySpan<double> expected, ReadOnlySpan<float> found, string what)
    {
        var (most, scale) = (0.0, 1e-3);
        for (var index = 0; index < expected.Length; index++)
            (most, scale) = (Math.Max(most, Math.Abs(expected[index] - found[index])), Math.Max(scale, Math.Abs(expected[index])));
        Assert.True(most < 1e-5 * scale, $"{what}: off by {most:g3} at a greatest magnitude of {scale:g3}");
    }

    private static object Description(EncoderCase problem, double rate, int steps, double norm) => new
    {
        shape = new
        {
            vocabulary = problem.Shape.VocabularySize, hidden = problem.Shape.HiddenSize, layers = problem.Shape.Layers,
            heads = problem.Shape.Heads,
            intermediate = problem.Shape.IntermediateSize, longest = problem.Shape.MaximumLength, types = problem.Shape.TokenTypes,
            learned = problem.Shape.Positions == PositionEncoding.Learned, descriptors = problem.Descriptors, same = problem.HasPairs,
        },
        encoder = problem.Encoder.Parameters.Select(parameter => parameter.Name),
        heads = problem.Heads.Parameters.Select(parameter => parameter.Name),
        rate, steps, norm,
        batches = problem.Batches.Select(batch => new
        {
            tokens = batch.Tokens.Tokens.Select(token => (int)token), offsets = batch.Tokens.Offsets,
            types = batch.Tokens.Types!.Select(type => (int)type),
            masked = batch.Targets.Masked, descriptors = batch.Targets.Descriptors, same = batch.Targets.SameMolecule,
        }),
    };

    private static double[] Doubles(string folder, string file) =>
        MemoryMarshal.Cast<byte, double>(File.ReadAllBytes(Path.Combine(folder, file))).ToArray();

    private static string Peer(string folder)
    {
        const string python = "/usr/bin/python3";
        Skip.IfNot(File.Exists(python), $"{python} is absent.");
        const string look = "import importlib.util as u; exit(u.find_spec('torch') is None)";
        using (var torch = Process.Start(new ProcessStartInfo(python, ["-c", look]))!)
        {
            torch.WaitForExit();
            Skip.IfNot(torch.ExitCode == 0, "Python's torch is absent.");
        }
        var root = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(root, "W2S.sln"))) root = Path.GetDirectoryName(root)!;
        var start = new ProcessStartInfo(python, [Path.Combine(root, "bench", "peers", "encoder.py"), "check", folder])
        {
            RedirectStandardOutput = true, RedirectStandardError = true,
        };
        start.Environment["OMP_NUM_THREADS"] = "1"; // threads that spin beside other tests cost more than they give
        start.Environment["OPENBLAS_NUM_THREADS"] = "1";
        using var process = Process.Start(start)!;
        var errors = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        Assert.True(process.ExitCode == 0, errors.Result);
        return output;
    }
}
