namespace W2S.Training.Fused;

/// <summary>
/// Where the numbers of head fitting lie: tasks stand side by side in the lanes of a register, so that no sum ever
/// runs across lanes and a register of AdamW serves several tasks.
/// </summary>
/// <remarks>
/// A group is as many tasks as <see cref="TasksPerGroup"/>; its samples lie together. With 8 tasks and 16 lanes a
/// register holds two features of each:
/// <code>
///   one sample of a group (a "row")          lanes 0 … 7            lanes 8 … 15
///     register 0                             feature 0, tasks 0…7   feature 1, tasks 0…7
///     register 1                             feature 2, tasks 0…7   feature 3, tasks 0…7
///       ⋮
///     after the features                     label 0, tasks 0…7     label 1, tasks 0…7
///       ⋮
///   one output of a group (a "head")
///     register 0                             weight 0, tasks 0…7    weight 1, tasks 0…7
///       ⋮
///     last register                          bias of tasks 0…7      the same again
/// </code>
/// A group's parameters are one head for each output. Features up to a multiple of four registers are zero and their
/// weights stay so; the tasks missing in the last group have no features either, and nobody looks at their biases.
/// </remarks>
internal sealed class HeadGroups
{
    /// <summary>Outputs of a head: a softmax over more classes would no longer stay in the first-level cache.</summary>
    public const int MaximalOutputs = 16;

    private readonly LinearHeads _heads;
    private readonly int _lanes, _featuresPerRegister;

    /// <param name="heads">Heads of the shape that is to be laid out.</param>
    public HeadGroups(LinearHeads heads, int lanes, int tasksPerGroup)
    {
        (_heads, _lanes, TasksPerGroup) = (heads, lanes, tasksPerGroup);
        _featuresPerRegister = lanes / tasksPerGroup;
        Registers = AlignedMemory.RoundUp((heads.Width + _featuresPerRegister - 1) / _featuresPerRegister, 4);
        Count = (heads.Tasks + tasksPerGroup - 1) / tasksPerGroup;
        RowLength = Labels + AlignedMemory.RoundUp(Outputs * TasksPerGroup, lanes);
    }

    public int TasksPerGroup { get; }
    public int Outputs => _heads.Outputs;
    public bool HasBias => _heads.HasBias;

    /// <summary>Number of groups.</summary>
    public int Count { get; }

    /// <summary>Registers of features in a row, or of weights in a head.</summary>
    public int Registers { get; }

    /// <summary>Place in a row of the labels: of all tasks for the first output, then for the next.</summary>
    public int Labels => Registers * _lanes;

    /// <summary>Place in a head of the biases.</summary>
    public int Bias => Registers * _lanes;

    /// <summary>Floats in a row.</summary>
    public int RowLength { get; }

    /// <summary>Floats in a head.</summary>
    public int HeadLength => Bias + _lanes;

    /// <summary>Floats in the parameters of a group.</summary>
    public int GroupLength => Outputs * HeadLength;

    /// <summary>Floats in the parameters of all groups.</summary>
    public int Length => Count * GroupLength;

    /// <summary>Writes a task's sample into its place among the group's other tasks.</summary>
    public void PackSample(ReadOnlySpan<float> features, ReadOnlySpan<float> labels, Span<float> row, int place)
    {
        for (var feature = 0; feature < features.Length; feature++) row[Feature(place, feature)] = features[feature];
        for (var output = 0; output < labels.Length; output++) row[Labels + output * TasksPerGroup + place] = labels[output];
    }

    /// <summary>Writes the values of heads into [groups, outputs, head].</summary>
    public void Pack(LinearHeads heads, Span<float> parameters)
    {
        for (var task = 0; task < heads.Tasks; task++)
        for (var output = 0; output < Outputs; output++)
        {
            var head = Head(parameters, task, output, out var place);
            var weight = heads.Weight(task).Slice(output * heads.Width, heads.Width);
            for (var feature = 0; feature < weight.Length; feature++) head[Feature(place, feature)] = weight[feature];
            for (var lane = place; lane < _lanes; lane += TasksPerGroup) head[Bias + lane] = heads.Bias(task)[output];
        }
    }

    /// <summary>The opposite of <see cref="Pack"/>.</summary>
    public LinearHeads Unpack(Span<float> parameters)
    {
        var heads = new LinearHeads(_heads.Tasks, _heads.Width, HasBias, Outputs);
        for (var task = 0; task < heads.Tasks; task++)
        for (var output = 0; output < Outputs; output++)
        {
            var head = Head(parameters, task, output, out var place);
            var weight = heads.Weight(task).Slice(output * heads.Width, heads.Width);
            for (var feature = 0; feature < weight.Length; feature++) weight[feature] = head[Feature(place, feature)];
            heads.Bias(task)[output] = HasBias ? head[Bias + place] : 0;
        }
        return heads;
    }

    /// <summary>A task's head among the groups', and the task's place in its group.</summary>
    private Span<float> Head(Span<float> parameters, int task, int output, out int place)
    {
        (var group, place) = Math.DivRem(task, TasksPerGroup);
        return parameters.Slice(group * GroupLength + output * HeadLength, HeadLength);
    }

    /// <summary>Place in a row or a head of a task's feature or weight.</summary>
    private int Feature(int place, int feature) =>
        feature / _featuresPerRegister * _lanes + feature % _featuresPerRegister * TasksPerGroup + place;

    /// <summary>What the heads of a group are fitted by: the loss of a batch, and its gradient in the linear outputs.</summary>
    public unsafe interface ILoss<TSimd, TVector> where TSimd : struct, ISimd<TVector> where TVector : unmanaged
    {
        /// <summary>Replaces the heads' linear outputs, still without biases, by the gradient of the batch's mean loss in them.</summary>
        /// <param name="rows">Addresses of the batch's rows, padded with a row of zeros.</param>
        /// <param name="batch">Samples that count; the gradient of the others becomes 0.</param>
        /// <param name="padded">All samples: a multiple of <see cref="HeadJob{TSimd, TVector, TLoss}.SamplesTogether"/>.</param>
        /// <param name="parameters">The group's weights and biases.</param>
        /// <param name="outputs">[outputs, padded, tasks].</param>
        /// <param name="losses">Receives each task's mean loss.</param>
        static abstract void Backward(
            float** rows, nint batch, nint padded, HeadGroups layout, float* parameters, float* outputs, float* losses);
    }
}
