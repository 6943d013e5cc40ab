using System.Collections.Concurrent;
using Spectre.Console;

namespace W2S.Cli;

internal sealed partial class Host
{
    /// <summary>
    /// Progress for a terminal: one live line for each thing that runs, messages above them. One thread does all the
    /// painting, so that any thread may report and speak.
    /// </summary>
    internal sealed class LiveProgress : IProgressDisplay, IDisposable
    {
        private static readonly TimeSpan RefreshInterval = TimeSpan.FromMilliseconds(100);
        private readonly ConcurrentQueue<string> _messages = new();
        private readonly List<ProgressState> _running = [];
        private readonly ManualResetEventSlim _end = new();
        private readonly IAnsiConsole _console;
        private readonly TimeProvider _time;
        private readonly Thread _painter;
        private int _finished;

        public LiveProgress(IAnsiConsole console, TimeProvider time)
        {
            (_console, _time) = (console, time);
            _painter = new Thread(Paint) { IsBackground = true, Name = "progress" };
            _painter.Start();
        }

        public IProgressDisplay.IItem Begin(string name, string unit, long total, long startStep = 0)
        {
            var state = new ProgressState(name, unit, total, startStep, _time);
            lock (_running) _running.Add(state);
            return new Item(state, this);
        }

        /// <summary>Shows a line above the live ones.</summary>
        public void Say(string line) => _messages.Enqueue(line);

        /// <summary>Wipes the live lines, prints the last messages and gives the terminal back.</summary>
        public void Dispose()
        {
            _end.Set();
            _painter.Join();
            PrintMessages();
        }

        private void Paint()
        {
            try
            {
                _console.Live(Picture()).AutoClear(true).Start(context =>
                {
                    while (!_end.Wait(RefreshInterval))
                    {
                        PrintMessages();
                        context.UpdateTarget(Picture());
                    }
                });
            }
            catch (Exception error) when (error is IOException or InvalidOperationException)
            {
                // A terminal that went away must not stop the training that it showed.
            }
        }

        private void PrintMessages()
        {
            while (_messages.TryDequeue(out var line)) _console.WriteLine(line);
        }

        private Rows Picture()
        {
            // One column and one row are left free: a terminal wraps or scrolls when its last cell is written.
            var width = Math.Max(20, _console.Profile.Width - 1);
            var room = Math.Clamp(_console.Profile.Height - 3, 1, 16);
            ProgressState[] running;
            lock (_running) running = [.. _running];
            var lines = running.SelectMany(state => Lines(state, width)).Take(room).ToList();
            var more = running.Length > room ? $"and {running.Length - room} more" : "";
            var done = _finished > 0 ? $"{_finished} done" : "";
            if (more + done != "") lines.Add(more == "" ? done : done == "" ? more : $"{more}, {done}");
            // Spectre cannot render nothing.
            if (lines.Count == 0) lines.Add(" ");
            return new Rows(lines.Select(line => new Text(line)));
        }

        /// <summary>Its own line, and one for each thing that it works on.</summary>
        internal static IEnumerable<string> Lines(ProgressState state, int width) =>
            state.Working.Select(name => "  " + ProgressText.Fit(name, width - 2).TrimEnd()).Prepend(ProgressText.LiveLine(state, width));

        private sealed class Item(ProgressState state, LiveProgress display) : IProgressDisplay.IItem
        {
            public void Report(long step, double? loss = null) => state.Report(step, loss);

            public void Working(IReadOnlyList<string> names) => state.Working = names;

            public void Dispose()
            {
                lock (display._running)
                {
                    if (display._running.Remove(state)) display._finished++;
                }
            }
        }
    }
}
