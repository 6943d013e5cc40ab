using Serilog;
using Serilog.Events;

namespace W2S.Runs.Work;

/// <summary>log.txt of one run, appended to by every attempt; people hear its warnings only, for thousands of runs would drown them.</summary>
internal sealed class RunLog : IDisposable
{
    public const string FileName = "log.txt";
    private const int EndLines = 20;
    private readonly string _path;
    private readonly Serilog.Core.Logger _logger;

    public RunLog(string folder, ILogger people)
    {
        _path = Path.Combine(folder, FileName);
        _logger = new LoggerConfiguration()
            .MinimumLevel.Debug()
            .WriteTo.Logger(people, LogEventLevel.Warning)
            .WriteTo.File(_path, formatProvider: CultureInfo.InvariantCulture)
            .CreateLogger();
    }

    public ILogger Logger => _logger;

    /// <summary>The last lines written so far.</summary>
    public string End()
    {
        using var reader = new StreamReader(new FileStream(_path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete));
        return string.Join('\n', reader.ReadToEnd().TrimEnd().Split('\n').TakeLast(EndLines));
    }

    public void Dispose() => _logger.Dispose();
}
