namespace W2S.Shell.Tests;

public sealed class RunShTests : IDisposable
{
    private readonly Sandbox _sandbox = new();

    public void Dispose() => _sandbox.Dispose();

    [Fact]
    public void Without_arguments_it_reproduces_the_synthetic_study() =>
        Assert.Equal("program: reproduce synthetic\n", _sandbox.Run("").Output);

    [Fact]
    public void Arguments_go_to_the_program_as_they_are() =>
        Assert.Equal("program: train-weak --out a b --hidden 32\n", _sandbox.Run("train-weak --out 'a b' --hidden 32").Output);

    [Fact]
    public void The_exit_code_of_the_program_passes_through() =>
        Assert.Equal(75, _sandbox.Run("reproduce 2b", ("PROGRAM_EXIT", "75")).ExitCode);

    [Fact]
    public void It_works_from_any_folder() =>
        Assert.Equal("program: doctor\n", _sandbox.Bash($"cd / && {_sandbox.Path("run.sh")} doctor").Output);

    [Theory]
    [InlineData("real", "real")] // a link on the PATH
    [InlineData("shims", "elsewhere")] // a script, as version managers have it
    public void The_program_is_told_where_NET_is(string dotnet, string root)
    {
        _sandbox.Run("doctor");
        _sandbox.Write("artifacts/bin/W2S/release/W2S", "#!/bin/bash\necho \"$DOTNET_ROOT\"\n");
        _sandbox.Bash($"""
            mkdir -p real/host/fxr shims; rm bin/dotnet; ln -s "$PWD/{dotnet}/dotnet" bin/dotnet
            printf '#!/bin/bash\n[[ "$1" != --list-runtimes ]] || echo "Microsoft.NETCore.App 10.0.1 [%s/shared/Microsoft.NETCore.App]"' "$PWD/elsewhere" >{dotnet}/dotnet
            chmod +x {dotnet}/dotnet
            """);
        Assert.Equal(_sandbox.Path(root) + "\n", _sandbox.Run("doctor", ("DOTNET_ROOT", "")).Output);
    }

    [Fact]
    public void A_second_run_builds_nothing()
    {
        _sandbox.Run("doctor");
        var second = _sandbox.Run("doctor");
        Assert.Equal(1, _sandbox.Builds);
        Assert.Equal("", second.Errors);
    }

    [Fact]
    public void A_changed_a_new_and_a_removed_source_file_each_cause_a_build()
    {
        _sandbox.Run("doctor");
        foreach (var change in new[] { "echo >>src/Some.cs", "mkdir src/New", "rm src/Some.cs" })
        {
            var before = _sandbox.Builds;
            _sandbox.Bash(change);
            _sandbox.Run("doctor");
            Assert.Equal(before + 1, _sandbox.Builds);
        }
    }

    [Fact]
    public void Building_the_tests_builds_the_program_too()
    {
        _sandbox.Write("test.output", "");
        _sandbox.Run("test");
        _sandbox.Run("doctor");
        Assert.Equal(1, _sandbox.Builds);
    }

    [Fact]
    public void Another_device_causes_a_build_and_is_remembered()
    {
        _sandbox.Run("doctor", ("TorchDevice", "cuda"));
        Assert.Contains("<TorchDevice Condition=\"'$(TorchDevice)' == ''\">cuda</TorchDevice>", File.ReadAllText(_sandbox.Path("Local.props")));
        _sandbox.Run("doctor");
        Assert.Equal(1, _sandbox.Builds);
        _sandbox.Run("doctor", ("TorchDevice", "cpu"));
        Assert.Equal(2, _sandbox.Builds);
        Assert.Contains(">cpu</TorchDevice>", File.ReadAllText(_sandbox.Path("Local.props")));
    }

    [Fact]
    public void A_device_that_could_not_be_built_is_not_remembered()
    {
        _sandbox.Write("build.fails", "error NU1101: Unable to find package TorchSharp-cuda-linux. [W2S.csproj]\n");
        var outcome = _sandbox.Run("doctor", ("TorchDevice", "cuda"));
        Assert.Equal(1, outcome.ExitCode);
        Assert.Contains("error NU1101: Unable to find package TorchSharp-cuda-linux.\n", outcome.Errors);
        Assert.False(File.Exists(_sandbox.Path("Local.props")));
    }

    [Fact]
    public void Where_nobody_chose_a_device_nothing_is_remembered()
    {
        _sandbox.Run("doctor");
        Assert.False(File.Exists(_sandbox.Path("Local.props")));
    }

    [Theory]
    [InlineData("environment")]
    [InlineData("Local.props")]
    public void An_unknown_device_is_named_with_the_known_ones_and_nothing_is_built(string place)
    {
        if (place == "Local.props") _sandbox.Write("Local.props", "<Project><PropertyGroup><TorchDevice>rocm</TorchDevice></PropertyGroup></Project>");
        var outcome = _sandbox.Run("doctor", ("TorchDevice", place == "environment" ? "rocm" : ""));
        Assert.Equal(1, outcome.ExitCode);
        Assert.Equal("run.sh: TorchDevice is 'rocm'; it must be cpu (the default) or cuda. Unset it, or delete Local.props, to go back to the default.\n", outcome.Errors);
        Assert.Equal(0, _sandbox.Builds);
    }

    [Theory]
    [InlineData("", true)]
    [InlineData("cpu", false)]
    [InlineData("cuda", false)]
    public void Where_there_is_a_GPU_CUDA_is_proposed_until_somebody_chooses(string device, bool proposed)
    {
        _sandbox.Write("nvidiactl", ""); // stands for the driver's device
        var outcome = _sandbox.Run("doctor", ("TorchDevice", device));
        Assert.Equal(proposed, outcome.Errors.Contains("there is an NVIDIA GPU. TorchDevice=cuda ./run.sh …"));
        Assert.Equal((0, "program: doctor\n"), (outcome.ExitCode, outcome.Output));
    }

    [Fact]
    public void Where_there_is_no_GPU_nothing_is_proposed() =>
        Assert.DoesNotContain("NVIDIA", _sandbox.Run("doctor").Errors);

    [Theory]
    [InlineData("a-file")]
    [InlineData("a-file/packages")]
    [InlineData("/proc/packages")]
    public void A_package_cache_that_cannot_be_written_is_one_paragraph_and_nothing_is_built(string cache)
    {
        _sandbox.Write("a-file", "");
        var path = Path.Combine(_sandbox.Path(""), cache);
        var outcome = _sandbox.Run("doctor", ("NUGET_PACKAGES", path));
        Assert.Equal(1, outcome.ExitCode);
        var paragraph = Assert.Single(outcome.Errors.TrimEnd('\n').Split('\n'));
        Assert.StartsWith($"run.sh: The package cache {path} cannot be written", paragraph);
        Assert.Contains("set NUGET_PACKAGES to a folder that is", paragraph);
        Assert.Equal(0, _sandbox.Builds);
    }

    [Fact]
    public void A_failed_build_shows_its_errors_and_the_path_of_the_log_and_runs_nothing()
    {
        _sandbox.Write("build.fails", "noise\nsrc/A.cs(3,5): error CS0103: The name 'x' does not exist [W2S.csproj]\nnoise\n");
        var outcome = _sandbox.Run("doctor");
        Assert.Equal(1, outcome.ExitCode);
        Assert.Equal("", outcome.Output);
        Assert.Contains("src/A.cs(3,5): error CS0103: The name 'x' does not exist\n", outcome.Errors);
        Assert.DoesNotContain("noise", outcome.Errors);
        Assert.Contains(_sandbox.Path("artifacts/build.log"), outcome.Errors);
    }

    [Fact]
    public void A_missing_SDK_is_named_with_where_to_get_it()
    {
        _sandbox.Bash("rm bin/dotnet; for tool in bash dirname find flock; do ln -s \"$(command -v $tool)\" bin/; done");
        var outcome = _sandbox.Run("doctor", ("PATH", _sandbox.Path("bin")));
        Assert.Equal(1, outcome.ExitCode);
        Assert.Contains("The .NET 10 SDK is missing", outcome.Errors);
    }

    [Theory]
    [InlineData("A compatible .NET SDK was not found.", "W2S needs the .NET SDK that global.json names")]
    [InlineData("The user's home directory could not be determined.", "'dotnet --version' fails: The user's home directory could not be determined.")]
    public void A_dotnet_that_does_not_start_is_told_with_its_own_reason(string words, string paragraph)
    {
        _sandbox.WriteTool("dotnet", $"#!/bin/bash\necho \"{words}\"; exit 1\n");
        var outcome = _sandbox.Run("doctor");
        Assert.Equal(1, outcome.ExitCode);
        Assert.StartsWith($"run.sh: {paragraph}", Assert.Single(outcome.Errors.TrimEnd('\n').Split('\n')));
    }
}
