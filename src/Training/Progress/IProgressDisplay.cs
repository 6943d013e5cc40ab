namespace W2S.Training;

/// <summary>Where progress is shown: a live bar on a terminal, milestone lines elsewhere. Safe to call from several threads.</summary>
public interface IProgressDisplay
{
    /// <summary>Shows no progress.</summary>
    static IProgressDisplay None { get; } = new Nowhere();

    /// <summary>Starts showing something of so many steps; <paramref name="startStep"/> is where a resumed job stands.</summary>
    IItem Begin(string name, string unit, long total, long startStep = 0);

    private sealed class Nowhere : IProgressDisplay, IItem
    {
        public IItem Begin(string name, string unit, long total, long startStep = 0) => this;
        public void Report(long step, double? loss = null) { }
        public void Dispose() { }
    }

    /// <summary>One thing in progress; disposing it ends its display.</summary>
    public interface IItem : IDisposable
    {
        /// <summary>Says where it stands.</summary>
        void Report(long step, double? loss = null);

        /// <summary>
        /// What is being worked on, for a display that has room for it; what is not named any more is not shown any more.
        /// </summary>
        void Working(IReadOnlyList<string> names) { }
    }
}
