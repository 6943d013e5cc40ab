using System.Diagnostics;
using System.Runtime.InteropServices;

namespace W2S.Runs.Launchers;

/// <summary>One worker of the local pool: a process of the program, kept on its own cores and GPU where that can be said.</summary>
internal sealed class WorkerProcess : IDisposable
{
    private const string Pinner = "/usr/bin/taskset";
    private const int Terminate = 15;
    private static readonly TimeSpan ShortLife = TimeSpan.FromSeconds(5);
    private readonly ILauncher.Request _request;
    private readonly int _workers, _threads;
    private readonly IReadOnlyList<int> _gpus;
    private readonly TimeProvider _time;
    private readonly Process _process;
    private readonly long _started;
    private readonly Task<string> _errors;
    private bool _isAsked;

    /// <param name="time">By which it is told how long the process lived.</param>
    public WorkerProcess(ILauncher.Request request, int number, int workers, int threads, IReadOnlyList<int> gpus, TimeProvider time)
    {
        (_request, Number, _workers, _threads, _gpus, _time) = (request, number, workers, threads, gpus, time);
        List<string> words = [.. Pinned(), .. request.Program, .. WorkCommand.ForAll(request), "--threads", Text(threads), "--offset", Text((double)number / workers), "--quiet"];
        var start = new ProcessStartInfo(words[0], words.Skip(1)) { RedirectStandardError = true, RedirectStandardOutput = true };
        if (gpus.Count > 0) start.Environment["CUDA_VISIBLE_DEVICES"] = Text(gpus[number % gpus.Count]);
        _process = Process.Start(start)!;
        _started = time.GetTimestamp();
        _errors = _process.StandardError.ReadToEndAsync();
        _ = _process.StandardOutput.ReadToEndAsync();
    }

    public int Number { get; }

    public bool HasExited => _process.HasExited;

    public int ExitCode => _process.ExitCode;

    /// <summary>What it said last.</summary>
    public string ErrorEnd => string.Join('\n', _errors.Result.TrimEnd().Split('\n').TakeLast(5));

    /// <summary>How many processes in a row ended so soon that they may have done nothing at all.</summary>
    public int ShortLives { get; private init; }

    /// <summary>A new process for the same part, when this one has ended.</summary>
    public WorkerProcess Again()
    {
        var shortLives = _time.GetElapsedTime(_started) < ShortLife ? ShortLives + 1 : 0;
        return new(_request, Number, _workers, _threads, _gpus, _time) { ShortLives = shortLives };
    }

    /// <summary>SIGTERM, once: it saves and ends.</summary>
    public void AskToStop()
    {
        if (_isAsked || _process.HasExited) return;
        _isAsked = true;
        if (OperatingSystem.IsWindows()) _process.Kill();
        else _ = kill(_process.Id, Terminate);
    }

    /// <summary>Waits for its end.</summary>
    public void Dispose()
    {
        _process.WaitForExit();
        _ = _errors.Result;
        _process.Dispose();
    }

    /// <summary>taskset becomes the program, so the process keeps its number; without it the system places threads as it likes.</summary>
    private IEnumerable<string> Pinned()
    {
        var allowed = AllowedCores();
        if (!File.Exists(Pinner) || allowed.Count < _workers * _threads) return [];
        return [Pinner, "-c", string.Join(',', allowed.Skip(Number * _threads).Take(_threads))];
    }

    /// <summary>The cores that this process may use, as "Cpus_allowed_list: 0-3,8" has them; empty where the system does not say.</summary>
    private static IReadOnlyList<int> AllowedCores()
    {
        const string key = "Cpus_allowed_list:";
        if (!File.Exists("/proc/self/status")) return [];
        var list = File.ReadLines("/proc/self/status")
            .FirstOrDefault(line => line.StartsWith(key, StringComparison.Ordinal))?[key.Length..].Trim() ?? "";
        return [.. list.Split(',', StringSplitOptions.RemoveEmptyEntries).SelectMany(part =>
        {
            var ends = part.Split('-');
            var (first, last) = (int.Parse(ends[0], CultureInfo.InvariantCulture), int.Parse(ends[^1], CultureInfo.InvariantCulture));
            return Enumerable.Range(first, last - first + 1);
        })];
    }

    private static string Text(double number) => number.ToString(CultureInfo.InvariantCulture);

    [DllImport("libc", SetLastError = true)]
    private static extern int kill(int process, int signal);
}
