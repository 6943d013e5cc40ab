namespace W2S.Runs.Launchers;

/// <summary>A launcher's name, its options, and how it is made from them. A new one is one line in the list.</summary>
/// <param name="Name">On the command line and in the sweep's file, where the section of this name has its options.</param>
/// <param name="Summary">What it does, for help.</param>
/// <param name="Create">
/// Makes it from the section of the sweep's file, then the command line's settings; an option that is unknown or wrong is a
/// <see cref="UserErrorException"/> that lists all problems.
/// </param>
internal sealed record LauncherKind(string Name, string Summary, Func<IReadOnlyList<ConfigurationLayer>, ILauncher> Create)
{
    private static readonly IReadOnlyList<LauncherKind> All =
    [
        Of<LocalLauncher.Options>("local", "a pool of processes on this machine", options => new LocalLauncher(options)),
        Of<SlurmLauncher.Options>("slurm", "job arrays", options => new SlurmLauncher(options), SlurmLauncher.Options.Check),
        Of<KubernetesLauncher.Options>(
            "kubernetes", "manifests of Indexed Jobs", options => new KubernetesLauncher(options), KubernetesLauncher.Options.Check),
    ];

    /// <summary>As the command line knows them.</summary>
    public static IReadOnlyList<string> Names { get; } = [.. All.Select(launcher => launcher.Name)];

    /// <summary>"local (a pool of processes on this machine)", for help.</summary>
    public static string InWords => string.Join(", ", All.Select(launcher => $"{launcher.Name} ({launcher.Summary})"));

    /// <exception cref="UserErrorException">There is none of that name.</exception>
    public static LauncherKind Find(string name)
    {
        if (All.FirstOrDefault(launcher => launcher.Name == name) is { } found) return found;
        var remedy = NearestName.Find(name, Names) is { } nearest
            ? $"did you mean {nearest}?"
            : $"choose one of {string.Join(", ", Names)}.";
        throw new UserErrorException($"--launcher {name}: there is no such launcher; {remedy}");
    }

    /// <param name="rules">What must hold between its options.</param>
    private static LauncherKind Of<TOptions>(
        string name, string summary, Func<TOptions, ILauncher> create,
        Func<TOptions, IEnumerable<ConfigurationBinder.Conflict>>? rules = null)
        where TOptions : class, new() =>
        new(name, summary, layers => create(ConfigurationBinder.Bind(layers, rules)));
}
