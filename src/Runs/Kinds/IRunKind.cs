using System.Security.Cryptography;
using System.Text;

namespace W2S.Runs.Kinds;

/// <summary>
/// A kind of run that a plan can hold. To add one, derive from <see cref="RunKind{TOptions}"/>, and add one line to
/// <see cref="RunKinds"/>.
/// </summary>
internal interface IRunKind
{
    /// <summary>In the plan, and after "kind:" in a sweep's file.</summary>
    string Name { get; }

    /// <summary>The settings as compact JSON, with what decides no result (threads) put back to its default: the hash of it is the run's identity.</summary>
    JsonElement Write(object options);

    object Read(JsonElement settings);

    /// <summary>For people: "fig2b-seed0".</summary>
    string NameOf(object options);

    /// <summary>Shared parts that must be done before; each becomes a run of its own, however many need it.</summary>
    IReadOnlyList<NeededRun> Needs(object options);

    /// <summary>Runs it, or continues what an interrupted worker left in the folder. Must be deterministic in the options.</summary>
    /// <exception cref="StoppedException">Asked to stop; everything is saved.</exception>
    RunOutcome Run(object options, RunContext context, RunServices run);
}

/// <summary>A run that another one needs.</summary>
/// <param name="Role">What it is to the one that needs it: "weak", "strong".</param>
internal sealed record NeededRun(string Role, IRunKind Kind, object Options)
{
    internal const int IdentityLength = 16;

    public string Identity => IdentityOf(Kind.Name, Kind.Write(Options).GetRawText());

    /// <summary>The hash of kind and settings that is a run's identity.</summary>
    /// <param name="settings">Compact JSON.</param>
    internal static string IdentityOf(string kind, string settings) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{kind}\n{settings}")))[..IdentityLength];
}

/// <summary>Where a run works.</summary>
/// <param name="Folder">Its own; exists.</param>
/// <param name="Threads">Cores that it may use; results do not depend on it.</param>
/// <param name="FolderOf">The folder of a needed run by its identity; it is done.</param>
internal sealed record RunContext(string Folder, int Threads, TrainingOptions Training, Func<string, string> FolderOf)
{
    /// <summary>The working directory in which the plan was made: files that are named relative to it, and are not here, are looked for there.</summary>
    public string? PlannedIn { get; init; }

    /// <summary>Where checkpoints go: by engine, so that a run which moves to another sort of processor starts anew instead of mixing both.</summary>
    public string Checkpoints(string engine) => Path.Combine(Folder, $"checkpoints-{Fingerprint.Short(engine)}");
}

/// <summary>What a run found.</summary>
/// <param name="Measures">Numbers for tables, in their order; null where undefined.</param>
/// <param name="WriteFiles">Writes what the run leaves in its folder; called once, when the lease is known to be held.</param>
internal sealed record RunOutcome(IReadOnlyDictionary<string, double?> Measures, Action<string> WriteFiles);

/// <summary>An <see cref="IRunKind"/> with the type of its options.</summary>
internal abstract class RunKind<TOptions> : IRunKind where TOptions : class
{
    public abstract string Name { get; }
    protected abstract JsonElement Write(TOptions options);
    protected abstract TOptions Read(JsonElement settings);
    protected abstract string NameOf(TOptions options);
    protected virtual IReadOnlyList<NeededRun> Needs(TOptions options) => [];
    protected abstract RunOutcome Run(TOptions options, RunContext context, RunServices run);

    JsonElement IRunKind.Write(object options) => Write((TOptions)options);
    object IRunKind.Read(JsonElement settings) => Read(settings);
    string IRunKind.NameOf(object options) => NameOf((TOptions)options);
    IReadOnlyList<NeededRun> IRunKind.Needs(object options) => Needs((TOptions)options);
    RunOutcome IRunKind.Run(object options, RunContext context, RunServices run) => Run((TOptions)options, context, run);
}
