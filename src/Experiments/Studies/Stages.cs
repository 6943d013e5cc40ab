namespace W2S.Experiments;

/// <summary>The names of the three stages, which are also those of the models that they fit.</summary>
public static class Stages
{
    /// <summary>
    /// Heads on true labels and the weak representation; on the weak model's labels and the strong one; on true labels and the strong one.
    /// </summary>
    public const string Weak = "weak", Student = "student", Strong = "strong";

    /// <summary>In order.</summary>
    public static readonly IReadOnlyList<string> All = [Weak, Student, Strong];

    /// <summary>The representations that they read.</summary>
    internal static readonly IReadOnlyList<string> Roles = [Weak, Strong];

    /// <summary>The command that runs one alone.</summary>
    public static string CommandOf(string stage) => $"train-{(stage == Student ? "w2s" : stage)}";
}
