using W2S.Data;

namespace W2S.Training.Objectives;

/// <summary>A kind of objective that a study can name.</summary>
/// <param name="DefaultOptions">The record of its options, as they are by default; null: it has none.</param>
/// <param name="Create">Makes one of the kind's own record of options; of null: of its defaults.</param>
public sealed record ObjectiveKind(string Name, object? DefaultOptions, Func<object?, Objective> Create)
{
    /// <summary>All that there are. A new one of W2S is a file beside this and a line here; a program adds its own.</summary>
    public static IReadOnlyList<ObjectiveKind> All { get; private set; } =
    [
        Of<Squared.Options>("squared", options => new Squared(options)),
        Of<Huber.Options>("huber", options => new Huber(options)),
        Of("cross-entropy", () => new CrossEntropy()),
        Of<ReverseKl.Options>("reverse-kl", options => new ReverseKl(options)),
        Of("brier", () => new Brier()),
        Of<Symmetric.Options>("symmetric", options => new Symmetric(options)),
        Of<LogConf.Options>("logconf", options => new LogConf(options)),
        Of<Product.Options>("product", options => new Product(options)),
        Of<Window.Options>("window", options => new Window(options)),
        Of<Mixture.Options>("mixture", options => new Mixture(options)),
    ];

    /// <summary>The names of <see cref="All"/>.</summary>
    public static IReadOnlyList<string> Names => [.. All.Select(kind => kind.Name)];

    /// <summary>A kind by its name, and how an objective of it is made.</summary>
    // The name is said rather than asked of an objective, for most hold scalars of libtorch, which squared errors run without.
    public static ObjectiveKind Of(string name, Func<Objective> create) => new(name, null, _ => create());

    /// <summary>A kind with options of its own, which studies and the command line then know.</summary>
    public static ObjectiveKind Of<TOptions>(string name, Func<TOptions, Objective> create) where TOptions : class, new() =>
        new(name, new TOptions(), options => create((TOptions)(options ?? new TOptions())));

    /// <summary>Makes an objective of one's own known to studies by its name, in this process.</summary>
    /// <exception cref="ArgumentException">There is one of this name.</exception>
    public static void Add(ObjectiveKind kind)
    {
        if (All.Any(known => known.Name == kind.Name))
            throw new ArgumentException($"There is an objective \"{kind.Name}\" already.", nameof(kind));
        All = [.. All, kind];
    }

    /// <exception cref="UserErrorException">There is none of this name.</exception>
    public static ObjectiveKind Named(string name)
    {
        if (All.FirstOrDefault(kind => kind.Name == name) is { } found) return found;
        var meant = NearestName.Find(name, Names) is { } nearest ? $"did you mean {nearest}? There" : "there";
        throw new UserErrorException($"There is no objective \"{name}\"; {meant} are {string.Join(", ", Names)}.");
    }
}
