namespace W2S.Runs.Kinds;

/// <summary>A kind of run that a plan can hold. To add one, derive from this, and add one line to <see cref="SweepWorker"/>.</summary>
/// <param name="name">In the plan, and after "kind:" in a sweep's file.</param>
internal abstract partial class RunKind(string name)
{
    public string Name => name;

    /// <summary>
    /// The settings as compact JSON, with what decides no result (threads) put back to its default: the hash of it is the run's
    /// identity.
    /// </summary>
    public abstract JsonElement Write(object options);

    public abstract object Read(JsonElement settings);

    /// <summary>For people: "fig2b-seed0".</summary>
    public abstract string NameOf(object options);

    /// <summary>Shared parts that must be done before; each becomes a run of its own, however many need it.</summary>
    public virtual IReadOnlyList<(RunKind Kind, object Options)> Needs(object options) => [];

    /// <summary>Runs it, or continues what an interrupted worker left in the folder. Must be deterministic in the options.</summary>
    /// <exception cref="StoppedException">Asked to stop; everything is saved.</exception>
    public abstract Outcome Run(object options, Place place, RunServices run);

    public string IdentityOf(object options) => PlannedRun.IdentityOf(Name, Write(options).GetRawText());

    /// <summary>Where a run works.</summary>
    /// <param name="Folder">Its own; exists.</param>
    /// <param name="Threads">Cores that it may use; results do not depend on it.</param>
    /// <param name="FolderOf">The folder of a needed run by its identity; it is done.</param>
    internal sealed record Place(string Folder, int Threads, TrainingOptions Training, Func<string, string> FolderOf)
    {
        /// <summary>
        /// The working directory in which the plan was made: files that are named relative to it, and are not here, are looked for
        /// there.
        /// </summary>
        public string? PlannedIn { get; init; }

        /// <summary>
        /// Where checkpoints go: by engine, so that a run which moves to another sort of processor starts anew instead of mixing both.
        /// </summary>
        public string Checkpoints(string engine) => Path.Combine(Folder, $"checkpoints-{Fingerprint.Short(engine)}");
    }

    /// <summary>What a run found.</summary>
    /// <param name="Measures">Numbers for tables, in their order; null where undefined.</param>
    /// <param name="WriteFiles">
    /// Writes what the run leaves in its folder; called once, when the lease is known to be held.
    /// </param>
    internal sealed record Outcome(IReadOnlyDictionary<string, double?> Measures, Action<string> WriteFiles);
}
