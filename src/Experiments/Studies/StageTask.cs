namespace W2S.Experiments;

/// <summary>One task's measures, null for what was not fitted.</summary>
public sealed record StageTask(int Task, double? WeakError, double? StudentError, double? StrongError, double? Misfit)
{
    /// <summary>Weak error − student error.</summary>
    public double? Gain => WeakError - StudentError;

    /// <summary>As <see cref="TaskResult.GapRecovered"/>; null as well where the ceiling or the student is missing.</summary>
    public double? GapRecovered => StrongError < WeakError ? Gain / (WeakError - StrongError) : null;

    public static StageTask Of(TaskResult task) => new(task.Task, task.WeakError, task.StudentError, task.StrongError, task.Misfit);

    /// <summary>With NaN for what is missing, which statistics and plots leave out.</summary>
    internal TaskResult ToResult() => new(Task, OrNaN(WeakError), OrNaN(StudentError), OrNaN(StrongError), OrNaN(Misfit));

    private static double OrNaN(double? value) => value ?? double.NaN;
}
