namespace W2S.Training;

/// <summary>
/// Progress for a pipe or a job log: a line when something has run for a second, then every tenth of the way but not
/// more often than every half minute, and one at the end. What ends within a second has only that.
/// </summary>
/// <param name="say">Takes a line; from any thread.</param>
public sealed class MilestoneProgress(Action<string> say, TimeProvider time) : IProgressDisplay
{
    private static readonly TimeSpan Noticeable = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LeastPause = TimeSpan.FromSeconds(30);

    public IProgressDisplay.IItem Begin(string name, string unit, long total, long startStep = 0) =>
        new Item(new ProgressState(name, unit, total, startStep, time), say);

    private sealed class Item(ProgressState state, Action<string> say) : IProgressDisplay.IItem
    {
        private TimeSpan? _lastTime;
        private double _lastShare;

        public void Report(long step, double? loss = null)
        {
            state.Report(step, loss);
            var due = _lastTime is { } last
                ? state.Elapsed - last >= LeastPause && state.Share - _lastShare >= 0.1
                : state.Elapsed >= Noticeable;
            if (!due || state.Share >= 1) return;
            (_lastTime, _lastShare) = (state.Elapsed, state.Share);
            say(ProgressText.MilestoneLine(state));
        }

        public void Dispose() => say(ProgressText.EndLine(state));
    }
}
