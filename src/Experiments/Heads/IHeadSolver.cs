namespace W2S.Experiments;

/// <summary>What heads are fitted to.</summary>
/// <param name="Stage">"weak", "student" or "strong".</param>
/// <param name="Data">Whose cells these are; their numbers and the data set's prefix name the random streams.</param>
/// <param name="First">The first cell, by its place among the data set's.</param>
/// <param name="Features">[cells, samples, width] of the frozen representation.</param>
/// <param name="Labels">[cells, samples, targets].</param>
/// <param name="Draws">How often each example stands among the samples: draws of a representation in train mode.</param>
public sealed record HeadFit(string Stage, Dataset Data, int First, FeatureRows Features, Targets Labels, int Draws)
{
    /// <summary>The blocks between features and heads that train with them, as they begin; null: the representation is frozen.</summary>
    public Models.MlpWeights? Blocks { get; init; }

    /// <summary>
    /// [cells, samples, targets]: the true labels of the samples, where a training stops by them
    /// (<see cref="HeadOptions.StoppingCriterion.Truth"/>); else null.
    /// </summary>
    public Targets? TrueLabels { get; init; }

    /// <summary>The cells' numbers.</summary>
    public IEnumerable<int> Cells => Data.Cells.Skip(First).Take(Features.Tasks);

    /// <summary>What is fitted on, for progress and messages.</summary>
    public string TitleOf(int cell) => $"{Features.Name}, {Data.Title} {Data.Cells[First + cell]}";

    /// <summary>Heads that are solved for; what cannot be fitted is the user's to hear.</summary>
    /// <exception cref="UserErrorException">A feature or a label is no finite number.</exception>
    internal T Solved<T>(Func<T> solve)
    {
        try
        {
            return solve();
        }
        catch (ArgumentException error)
        {
            throw new UserErrorException($"No {Stage} heads can be fitted on {Data.Title}: {error.Message}");
        }
    }

    /// <summary>The name of a random stream of this stage: "weak/order", "lipop/student/initial".</summary>
    public string Stream(string what) => $"{Data.StreamPrefix}{Stage}/{what}";
}

/// <summary>How heads are fitted on features that were computed once.</summary>
public interface IHeadSolver
{
    /// <summary>For people: "least squares".</summary>
    string Description { get; }

    /// <summary>One head for each cell; which cells are fitted together does not show in them.</summary>
    /// <exception cref="StoppedException">Asked to stop; what is trained is saved, and the same call continues.</exception>
    /// <exception cref="UserErrorException">A feature or a label is no finite number.</exception>
    SolvedHeads Fit(HeadFit fit);
}

/// <summary>Fitted heads, and how they came about.</summary>
/// <param name="Steps">Of training; 0 where they are solved for.</param>
/// <param name="Loss">Last training loss; null where nothing was trained.</param>
/// <param name="Engine">What took the steps, as "fused (AVX-512)"; null where none were taken.</param>
public sealed record SolvedHeads(IHeads Heads, long Steps = 0, double? Loss = null, string? Engine = null);
