using System.Reflection;
using W2S.Models;
using static TorchSharp.torch;

namespace W2S.Experiments;

/// <summary>Which libtorch there is, from where, how it computes and on what. One that does not load is a finding, not a crash.</summary>
internal static class TorchFindings
{
    public static IEnumerable<Finding> Examine() =>
        LibTorch.Problem is { } problem
            ? [TorchSharp(), new("libtorch", "cannot be used", problem.Problem, problem.Remedy)]
            : [TorchSharp(), new("libtorch", $"{__version__}, {LoadedLibraries.Find("libtorch_cpu") ?? "at an unknown place"}"), Reproducibility(), new("Torch threads", $"{get_num_threads()}"), Cuda()];

    private static Finding TorchSharp()
    {
        var assembly = typeof(TorchSharp.torch).Assembly;
        var informational = assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+')[0];
        return new Finding("TorchSharp", $"{informational ?? assembly.GetName().Version?.ToString() ?? "unknown"}, {assembly.Location}");
    }

    private static Finding Reproducibility() => LibTorch.ReproduciblePath() switch
    {
        null => new(LibTorch.ReproducibilityVariable, "without effect: this libtorch has no MKL"),
        "OFF" => new(LibTorch.ReproducibilityVariable, "OFF",
            "MKL may compute the same product with other last bits: a training that was interrupted may not end as the undisturbed one.",
            $"Unset {LibTorch.ReproducibilityVariable}; W2S then sets it itself."),
        var path => new(LibTorch.ReproducibilityVariable, $"{path}, as MKL took it"),
    };

    private static Finding Cuda() => LibTorch.CudaProblem() switch
    {
        null => new("CUDA", $"{cuda.device_count()} device(s)"),
        _ when !LibTorch.HasCuda && !LibTorch.HasDriver => new("CUDA", "none; the CPU does the work"),
        var problem => new("CUDA", "not available", problem.Problem, problem.Remedy),
    };
}
