using System.Reflection;
using static TorchSharp.torch;

namespace W2S.Experiments;

/// <summary>Which libtorch there is, from where, and its devices. A missing one is a finding, not a crash.</summary>
internal static class TorchFindings
{
    private const string Remedy =
        "Run ./run.sh setup, which installs what is missing; or set LIBTORCH to the folder of a libtorch with headers (of an installed PyTorch: its folder torch/) and build again.";

    public static IEnumerable<Finding> Examine()
    {
        var findings = new List<Finding> { Assembly() };
        try
        {
            using (var touched = zeros(1)) { }
            findings.Add(new Finding("libtorch", $"{__version__}, {LoadedLibraries.Find("libtorch_cpu", "libtorch.") ?? "at an unknown place"}"));
            findings.Add(new Finding("Torch threads", $"{get_num_threads()}"));
            findings.Add(Cuda());
        }
        catch (Exception error)
        {
            // Whatever keeps torch from starting, its own message is the best description.
            var cause = error.GetBaseException();
            findings.Add(new Finding("libtorch", "cannot be used", $"{cause.GetType().Name}: {cause.Message.Split('\n')[0]}", Remedy));
        }
        return findings;
    }

    private static Finding Assembly()
    {
        var assembly = typeof(TorchSharp.torch).Assembly;
        var informational = assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+')[0];
        return new Finding("TorchSharp", $"{informational ?? assembly.GetName().Version?.ToString() ?? "unknown"}, {assembly.Location}");
    }

    private static Finding Cuda()
    {
        if (cuda.is_available()) return new Finding("CUDA", $"{cuda.device_count()} device(s)");
        const string driver = "/dev/nvidiactl";
        return File.Exists(driver)
            ? new Finding("CUDA", "not available", "There is a GPU, but this libtorch cannot use it.", "Use a libtorch built for CUDA: set LIBTORCH to the folder torch/ of a PyTorch with CUDA, or TorchDevice=cuda with TorchProvider=nuget, and build again.")
            : new Finding("CUDA", "none; the CPU does the work");
    }
}
