using W2S.Cli;

namespace W2S.Tests.Cli;

public class DoctorTests
{
    [Fact]
    public void Every_problem_has_a_remedy() =>
        Assert.All(DoctorCommand.Examine("."), finding => Assert.Equal(finding.Problem == null, finding.Remedy == null));

    [Fact]
    public void It_looks_at_libtorch_the_processor_and_the_folders()
    {
        var names = DoctorCommand.Examine("runs").Select(finding => finding.Name).ToList();
        Assert.All([".NET", "Cores", "SIMD", "TorchSharp", "libtorch", "MKL_CBWR", "Torch threads", "CUDA", "Folder runs"],
            name => Assert.Contains(name, names));
    }

    [Fact]
    public void A_folder_that_cannot_be_written_to_is_a_problem() =>
        Assert.NotNull(DoctorCommand.Examine("/proc/w2s").Single(finding => finding.Name == "Folder /proc/w2s").Problem);
}
