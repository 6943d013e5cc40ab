using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Text.Json;
using TorchSharp;
using static TorchSharp.torch;

namespace W2S.Training.Tests.Torch;

[Collection(nameof(TorchTests))]
public class AdamWTests
{
    [Fact]
    public void Fifty_steps_are_those_of_PyTorch_as_stored() =>
        AssertSameSteps(File.ReadAllText(Path.Combine(Here(), "adamw-reference.json")));

    [SkippableFact]
    public void Fifty_steps_are_those_of_the_PyTorch_that_is_installed()
    {
        var script = Path.Combine(Here(), "..", "..", "..", "bench", "peers", "adamw_reference.py");
        using var python = Process.Start(
            new ProcessStartInfo("/bin/sh", ["-c", $"exec /usr/bin/python3 '{script}' 4711"])
            {
                RedirectStandardOutput = true, RedirectStandardError = true,
            })!;
        var errors = python.StandardError.ReadToEndAsync();
        var json = python.StandardOutput.ReadToEnd();
        python.WaitForExit();
        Skip.If(python.ExitCode != 0, $"PyTorch is not installed: {errors.Result.Trim()}");

        AssertSameSteps(json);
    }

    // PyTorch's own releases differ in the last bit (2.x writes the first moment as a lerp).
    private static void AssertSameSteps(string json)
    {
        using var scope = NewDisposeScope();
        using var reference = JsonDocument.Parse(json);
        var parameters = tensor(Floats(reference.RootElement.GetProperty("initial")));
        using var optimiser = new AdamW(parameters, new OptimiserOptions());
        var step = 0L;
        foreach (var expected in reference.RootElement.GetProperty("steps").EnumerateArray())
        {
            optimiser.Step(tensor(Floats(expected.GetProperty("gradient"))), step++);
            var actual = parameters.data<float>().ToArray();
            foreach (var (wanted, got) in Floats(expected.GetProperty("parameters")).Zip(actual))
                Assert.InRange(MathF.Abs(wanted - got), 0, 2 * MathF.BitIncrement(MathF.Abs(wanted)) - 2 * MathF.Abs(wanted));
        }
        Assert.Equal(50, step);
    }

    private static float[] Floats(JsonElement array) => [.. array.EnumerateArray().Select(number => number.GetSingle())];

    private static string Here([CallerFilePath] string file = "") => Path.GetDirectoryName(file)!;
}
