using System.Diagnostics;

namespace W2S.Shell.Tests;

/// <summary>What a command left: its exit code and what it printed.</summary>
internal sealed record Outcome(int ExitCode, string Output, string Errors);

/// <summary>
/// A copy of run.sh in an empty repository, with a `dotnet` that writes its calls down and a program that repeats its
/// arguments, so that what run.sh decides is seen without building anything. Its machine has a GPU where a file nvidiactl is written.
/// </summary>
internal sealed class Sandbox : IDisposable
{
    private const string Dotnet = """
        #!/bin/bash
        echo "$*" >>"$SANDBOX/dotnet.calls"
        case "$1" in
            build)
                [[ ! -e "$SANDBOX/build.fails" ]] || { cat "$SANDBOX/build.fails"; exit 1; }
                mkdir -p "$SANDBOX/artifacts/bin/W2S/release"
                printf '#!/bin/bash\necho "program: $*"\nexit "${PROGRAM_EXIT:-0}"\n' >"$SANDBOX/artifacts/bin/W2S/release/W2S"
                chmod +x "$SANDBOX/artifacts/bin/W2S/release/W2S"
                ;;
            test) cat "$SANDBOX/test.output"; exit "${TEST_EXIT:-0}" ;;
        esac
        """;

    private readonly string _folder = Directory.CreateTempSubdirectory("w2s-shell-").FullName;

    public Sandbox()
    {
        foreach (var folder in new[] { "bin", "src", "build", "configs", "tests/Some", "bench" }) Directory.CreateDirectory(Path(folder));
        foreach (var file in new[] { "src/Some.cs", "tests/Some/W2S.Some.Tests.csproj", "W2S.csproj", "W2S.sln", "Directory.Build.props", "Directory.Build.targets", "Directory.Packages.props", "global.json" })
            Write(file, "");
        File.Copy(System.IO.Path.Combine(RepositoryRoot.Path, "run.sh"), Path("run.sh"));
        Write("run.sh", File.ReadAllText(Path("run.sh")).Replace("/dev/nvidiactl", Path("nvidiactl")));
        WriteTool("dotnet", Dotnet);
    }

    public string Path(string name) => System.IO.Path.Combine(_folder, name);

    public void Write(string name, string text) => File.WriteAllText(Path(name), text);

    /// <summary>A command that stands before the machine's own on the PATH.</summary>
    public void WriteTool(string name, string script)
    {
        Write($"bin/{name}", script);
        Bash($"/bin/chmod +x bin/{name}");
    }

    /// <summary>The calls of `dotnet build` so far.</summary>
    public int Builds => File.Exists(Path("dotnet.calls")) ? File.ReadLines(Path("dotnet.calls")).Count(call => call.StartsWith("build ", StringComparison.Ordinal)) : 0;

    /// <summary>./run.sh ARGUMENTS, on a machine without a GPU and with a package cache of its own, unless a variable says otherwise.</summary>
    public Outcome Run(string arguments, params (string Name, string Value)[] variables) => Bash($"./run.sh {arguments}", variables);

    public Outcome Bash(string command, params (string Name, string Value)[] variables)
    {
        var start = new ProcessStartInfo("/bin/bash", ["-c", command])
        {
            WorkingDirectory = _folder,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["PATH"] = $"{Path("bin")}:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
        start.Environment["SANDBOX"] = _folder;
        start.Environment["NUGET_PACKAGES"] = Path("packages");
        start.Environment.Remove("TorchDevice");
        foreach (var (name, value) in variables) start.Environment[name] = value;
        using var process = Process.Start(start)!;
        var errors = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return new Outcome(process.ExitCode, output, errors.Result);
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);
}
