using W2S.Models;

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
///     last register                          label of tasks 0…7     the same again
/// </code>
/// The parameters of a group look like one row, with the bias in the label's place. Features up to
/// a multiple of four registers are zero and their weights stay so; the tasks missing in the last group have no features
/// either, and nobody looks at their biases.
/// </remarks>
internal sealed class HeadGroups
{
    private readonly int _lanes, _featuresPerRegister;

    public HeadGroups(int tasks, int width, int lanes, int tasksPerGroup)
    {
        (Tasks, Width, TasksPerGroup, _lanes) = (tasks, width, tasksPerGroup, lanes);
        _featuresPerRegister = lanes / tasksPerGroup;
        Registers = AlignedMemory.RoundUp((width + _featuresPerRegister - 1) / _featuresPerRegister, 4);
        Count = (tasks + tasksPerGroup - 1) / tasksPerGroup;
    }

    public int Tasks { get; }
    public int Width { get; }
    public int TasksPerGroup { get; }

    /// <summary>Number of groups.</summary>
    public int Count { get; }

    /// <summary>Registers of features in a row.</summary>
    public int Registers { get; }

    /// <summary>Floats in a row.</summary>
    public int RowLength => (Registers + 1) * _lanes;

    /// <summary>Place in a row of a task's feature or weight; <paramref name="place"/> counts the tasks of the group.</summary>
    public int Feature(int place, int feature) => feature / _featuresPerRegister * _lanes + feature % _featuresPerRegister * TasksPerGroup + place;

    /// <summary>Writes the last register of a row: a task's label or bias, once for each feature of a register.</summary>
    public void SetLast(Span<float> row, int place, float value)
    {
        for (var lane = place; lane < _lanes; lane += TasksPerGroup) row[Registers * _lanes + lane] = value;
    }

    /// <summary>Writes the values of heads into [groups, row].</summary>
    public void Pack(LinearHeads heads, Span<float> rows)
    {
        for (var task = 0; task < Tasks; task++)
        {
            var (group, place) = Math.DivRem(task, TasksPerGroup);
            var row = rows.Slice(group * RowLength, RowLength);
            var weight = heads.Weight(task);
            for (var feature = 0; feature < Width; feature++) row[Feature(place, feature)] = weight[feature];
            SetLast(row, place, heads.Biases[task]);
        }
    }

    /// <summary>The opposite of <see cref="Pack"/>.</summary>
    public LinearHeads Unpack(ReadOnlySpan<float> rows, bool hasBias, HeadActivation activation)
    {
        var heads = new LinearHeads(Tasks, Width, hasBias, activation);
        for (var task = 0; task < Tasks; task++)
        {
            var (group, place) = Math.DivRem(task, TasksPerGroup);
            var row = rows.Slice(group * RowLength, RowLength);
            var weight = heads.Weight(task);
            for (var feature = 0; feature < Width; feature++) weight[feature] = row[Feature(place, feature)];
            heads.Biases[task] = hasBias ? row[Registers * _lanes + place] : 0;
        }
        return heads;
    }
}
