using W2S.Data;

namespace W2S.Experiments;

/// <summary>The kinds of run by name. A new one is one line here.</summary>
public static class RunKinds
{
    private static readonly IReadOnlyList<IRunKind> All =
    [
        new SyntheticRunKind(),
        new RepresentationRunKind(),
        new MoleculeRunKind(),
        new EncoderRunKind(),
    ];

    /// <exception cref="UserErrorException">The plan is of a newer program.</exception>
    public static IRunKind Find(string name) => All.FirstOrDefault(kind => kind.Name == name)
        ?? throw new UserErrorException($"This program knows no kind of run \"{name}\"; use the one that made the plan.");

    /// <summary>A kind that a sweep's file can name.</summary>
    /// <param name="place">Where the file does.</param>
    /// <exception cref="UserErrorException">There is none of that name.</exception>
    public static IStudyKind FindStudy(string name, string place)
    {
        var studies = All.OfType<IStudyKind>().ToList();
        return studies.FirstOrDefault(kind => kind.Name == name)
            ?? throw new UserErrorException($"{place}: there is no kind of run \"{name}\"; choose one of {string.Join(", ", studies.Select(kind => kind.Name))}.");
    }
}
