namespace W2S.Training.Fused;

/// <summary>
/// The arithmetic of the fused kernels on a register of <see cref="Lanes"/> floats. Each kernel is written once over this
/// interface; the just-in-time compiler makes a separate, fully inlined copy for every implementation.
/// </summary>
/// <typeparam name="TVector">The register: Vector512, Vector256 or a plain float.</typeparam>
internal unsafe interface ISimd<TVector> where TVector : unmanaged
{
    static abstract int Lanes { get; }
    static abstract TVector Zero { get; }

    /// <summary>Reads Lanes floats; the address is a multiple of the register's size.</summary>
    static abstract TVector Load(float* source);

    static abstract void Store(float* target, TVector value);

    /// <summary>Past the caches, to an aligned place: for what another core has read and will read again.</summary>
    static abstract void StorePastCaches(float* target, TVector value);

    /// <summary>One float in every lane.</summary>
    static abstract TVector Broadcast(float value);

    static abstract TVector Add(TVector a, TVector b);
    static abstract TVector Subtract(TVector a, TVector b);
    static abstract TVector Multiply(TVector a, TVector b);

    /// <summary>a · b + c; rounded once where the hardware can.</summary>
    static abstract TVector MultiplyAdd(TVector a, TVector b, TVector c);

    /// <summary>numerator / denominator to within one unit in the last place; the denominator is positive and normal.</summary>
    static abstract TVector Divide(TVector numerator, TVector denominator);

    /// <summary>√value to within one unit in the last place; the value is positive and normal.</summary>
    static abstract TVector SquareRoot(TVector value);

    /// <summary>The greater of two numbers; <paramref name="value"/> where it is not a number.</summary>
    static abstract TVector AtLeast(TVector floor, TVector value);

    /// <summary><paramref name="value"/> where <paramref name="gate"/> &gt; 0, elsewhere 0.</summary>
    static abstract TVector WherePositive(TVector gate, TVector value);

    /// <summary><paramref name="value"/>, or 0 where its magnitude is below <paramref name="threshold"/>.</summary>
    static abstract TVector DropBelow(TVector threshold, TVector value);

    static abstract TVector Exp(TVector value);

    /// <summary>value · 2^exponent; the exponent is a whole number from −126 to 127 and the result is normal.</summary>
    static abstract TVector Scale(TVector value, TVector exponent);

    /// <summary>⌊log₂ value⌋, as a float; the value is positive and normal.</summary>
    static abstract TVector Exponent(TVector value);

    /// <summary>The sum over the lanes.</summary>
    static abstract float Sum(TVector value);

    /// <summary>The greatest of the lanes.</summary>
    static abstract float Greatest(TVector value);

    /// <summary>The sums over the lanes of eight registers, as eight floats.</summary>
    static abstract void SumEach(
        TVector a, TVector b, TVector c, TVector d, TVector e, TVector f, TVector g, TVector h, float* sums);

    /// <summary>Writes a strip of Lanes rows × 4 columns as 4 rows × Lanes columns.</summary>
    static abstract void TransposeStrip(float* source, nint sourceStride, float* target, nint targetStride);

    /// <summary>How many tasks stand side by side in a register when heads are fitted: at most 8.</summary>
    static abstract int TasksPerRegister { get; }

    /// <summary>
    /// Where a register holds several values of each task, <see cref="TasksPerRegister"/> lanes apart: each lane
    /// becomes the sum of its task's values.
    /// </summary>
    static abstract TVector SumOfEachTask(TVector value);

    /// <summary>
    /// Writes the sum of each task's values in <paramref name="a"/>, then those in <paramref name="b"/>: 2 · TasksPerRegister floats.
    /// </summary>
    static abstract void StoreSumsOfEachTask(TVector a, TVector b, float* sums);

    /// <summary>Reads one value a task, TasksPerRegister floats, as often as they fit into a register.</summary>
    static abstract TVector LoadTasks(float* source);

    /// <summary>Writes the first TasksPerRegister lanes.</summary>
    static abstract void StoreTasks(float* target, TVector value);

    /// <summary>Reads TasksPerRegister floats at the same place of as many rows as a register has room for.</summary>
    static abstract TVector LoadTasksOfRows(float** rows, nint place);
}
