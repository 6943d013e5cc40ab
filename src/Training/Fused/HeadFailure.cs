namespace W2S.Training.Fused;

/// <summary>A task whose loss was not finite, and at which step of a piece; the earliest step comes first, then the first task.</summary>
internal readonly record struct HeadFailure(int Step, int Task) : IComparable<HeadFailure>
{
    /// <summary>Looks for the first task whose loss is not finite.</summary>
    public static HeadFailure Find(int step, int firstTask, ReadOnlySpan<float> losses)
    {
        var place = 0;
        while (float.IsFinite(losses[place])) place++;
        return new HeadFailure(step, firstTask + place);
    }

    public int CompareTo(HeadFailure other) => (Step, Task).CompareTo((other.Step, other.Task));
}
