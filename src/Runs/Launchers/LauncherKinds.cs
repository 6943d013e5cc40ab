using W2S.Data;
using W2S.Experiments;

namespace W2S.Runs.Launchers;

/// <summary>The launchers by name. A new one is one line here.</summary>
public static class LauncherKinds
{
    private static readonly IReadOnlyList<LauncherRegistration> All =
    [
        LauncherRegistration.Of<LocalOptions>("local", "a pool of processes on this machine", options => new LocalLauncher(options)),
        LauncherRegistration.Of<SlurmOptions>("slurm", "job arrays", options => new SlurmLauncher(options), SlurmOptions.Check),
        LauncherRegistration.Of<KubernetesOptions>("kubernetes", "manifests of Indexed Jobs", options => new KubernetesLauncher(options), KubernetesOptions.Check),
    ];

    /// <summary>As the command line knows them.</summary>
    public static IReadOnlyList<string> Names { get; } = [.. All.Select(launcher => launcher.Name)];

    /// <summary>"local (a pool of processes on this machine)", for help.</summary>
    public static string InWords => string.Join(", ", All.Select(launcher => $"{launcher.Name} ({launcher.Summary})"));

    /// <exception cref="UserErrorException">There is none of that name.</exception>
    public static LauncherRegistration Find(string name)
    {
        if (All.FirstOrDefault(launcher => launcher.Name == name) is { } found) return found;
        var nearest = NearestName.Find(name, Names);
        throw new UserErrorException($"--launcher {name}: there is no such launcher; {(nearest == null ? $"choose one of {string.Join(", ", Names)}." : $"did you mean {nearest}?")}");
    }
}

/// <summary>A launcher's name, its options, and how it is made from them.</summary>
public sealed class LauncherRegistration
{
    private readonly Func<IReadOnlyList<ConfigurationLayer>, ILauncher> _create;

    private LauncherRegistration(string name, string summary, Func<IReadOnlyList<ConfigurationLayer>, ILauncher> create) => (Name, Summary, _create) = (name, summary, create);

    /// <summary>On the command line and in the sweep's file, where the section of this name has its options.</summary>
    public string Name { get; }

    /// <summary>What it does, for help.</summary>
    public string Summary { get; }

    /// <param name="rules">What must hold between its options.</param>
    public static LauncherRegistration Of<TOptions>(
        string name, string summary, Func<TOptions, ILauncher> create, Func<TOptions, IEnumerable<SettingConflict>>? rules = null) where TOptions : class, new() =>
        new(name, summary, layers => create(ConfigurationBinder.Bind(layers, rules)));

    /// <param name="layers">The section of the sweep's file, then the command line's settings.</param>
    /// <exception cref="UserErrorException">An option is unknown or wrong; the message lists all problems.</exception>
    public ILauncher Create(IReadOnlyList<ConfigurationLayer> layers) => _create(layers);
}
