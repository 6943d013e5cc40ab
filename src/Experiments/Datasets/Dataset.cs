namespace W2S.Experiments;

/// <summary>
/// Where a study's examples and true labels come from, in cells: what one head is fitted to. A cell is a task of its own
/// (Gaussian tasks) or one split of a table. Cells of one shape are fitted together in blocks; every random number is a
/// function of seed, name and the cell's number, so the blocks do not show in the results.
/// </summary>
public abstract class Dataset
{
    /// <summary>For people.</summary>
    public abstract string Title { get; }

    /// <summary>SHA-256 of what was read; empty where everything is drawn from the settings.</summary>
    public virtual string Digest => "";

    /// <summary>Of the labels.</summary>
    public abstract string Unit { get; }

    /// <summary>The cells' numbers, which also tell their random streams apart: tasks and folds from 0, or the seeds of splits.</summary>
    public abstract IReadOnlyList<int> Cells { get; }

    /// <summary>How many cells from this place on are alike in shape, so that they can be fitted together.</summary>
    public virtual int Alike(int first) => Cells.Count - first;

    /// <summary>Numbers of a label: 1, or the classes' probabilities.</summary>
    public virtual int LabelWidth => 1;

    /// <summary>What stands before the names of its heads' random streams, so that two data sets draw unlike heads.</summary>
    public abstract string StreamPrefix { get; }

    /// <summary>The examples that play a part for some cells; null where there are none.</summary>
    /// <param name="first">The first cell, by its place in <see cref="Cells"/>.</param>
    public abstract Examples? Of(Part part, int first, int cells);

    /// <summary>What models are measured against, [cells, count, targets].</summary>
    public abstract Targets Truth(Examples examples);

    /// <summary>What weak model and ceiling are fitted to: the truth, unless it is only seen through drawn classes.</summary>
    public virtual Targets Labels(Examples examples) => Truth(examples);

    /// <summary>How many examples a part has in each cell, or in the first where folds differ by one; 0 where there are none.</summary>
    public abstract int Count(Part part);

    /// <summary>Examples of one cell at most, in any part: what a block's memory goes by.</summary>
    public abstract int MostExamples { get; }

    /// <summary>The parts that examples play in a study.</summary>
    public enum Part
    {
        /// <summary>Fits the weak model, on true labels.</summary>
        Weak,

        /// <summary>The weak model labels them for the student; a ceiling sees their true labels.</summary>
        Student,

        /// <summary>Errors, misfit and gain are measured on them.</summary>
        Evaluation,

        /// <summary>The misfit is measured on them, where it has a sample of its own.</summary>
        Misfit,

        /// <summary>The test part of a table's split, whichever part is evaluated.</summary>
        Test,

        /// <summary>The valid part of a table's split; of Gaussian tasks fresh samples that no stage of a study sees.</summary>
        Valid,
    }

    /// <summary>Which examples the weak model labels for the student; a ceiling sees the same ones.</summary>
    public enum Protocol
    {
        /// <summary>Gaussian: fresh samples (2405.15116, equation 11).</summary>
        Fresh,

        /// <summary>Gaussian: the samples that the weak model was fitted on (the authors' notebook).</summary>
        Own,

        /// <summary>
        /// Tables: the train part, on which the weak model was fitted too; the natural reading of the paper's section 5.2.
        /// </summary>
        Train,

        /// <summary>Tables: the valid part, which the weak model never saw.</summary>
        Valid,

        /// <summary>Tables: one half of the train part, the weak model having been fitted on the other (Burns et al. 2023).</summary>
        Half,
    }
}
