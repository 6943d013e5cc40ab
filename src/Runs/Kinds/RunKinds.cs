namespace W2S.Runs.Kinds;

/// <summary>The kinds of run by name. A new one is one line here.</summary>
internal static class RunKinds
{
    private static readonly IReadOnlyList<RunKind> All = [new StudyRunKind(), new RepresentationRunKind(), new EncoderRunKind()];

    /// <exception cref="UserErrorException">The plan is of a newer program.</exception>
    public static RunKind Find(string name) => All.FirstOrDefault(kind => kind.Name == name)
        ?? throw new UserErrorException($"This program knows no kind of run \"{name}\"; use the one that made the plan.");
}
