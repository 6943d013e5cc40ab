namespace W2S.Papers;

/// <summary>
/// A question about what weak-to-strong generalisation can and cannot do: what to measure of each study, and what is found in
/// all rows together. The studies themselves are a YAML file of the experiment's name in configs/limits.
/// </summary>
/// <param name="name">As `reproduce` takes it, and the name of its folder.</param>
/// <param name="claim">The claim that is tested and whose it is, for the head of the page.</param>
internal abstract class Experiment(string name, string title, string claim)
{
    public string Name => name;

    public string Title => title;

    public string Claim => claim;

    /// <summary>Studies with an equal key are measured together, in one call; as a rule each study stands alone.</summary>
    public virtual string KeyOf(Study study) => study.Identity();

    /// <summary>The rows of studies that belong together: a function of their settings alone.</summary>
    /// <param name="open">Opens a study's examples, representations and solvers.</param>
    /// <exception cref="Training.StoppedException">Asked to stop.</exception>
    public abstract IEnumerable<Row> Measure(IReadOnlyList<Study> studies, Func<Study, Bench> open);

    /// <summary>What all rows say.</summary>
    public abstract Finding Tell(IReadOnlyList<Row> rows);

    /// <summary>What an experiment found.</summary>
    /// <param name="Sentences">Two sentences with numbers; the first thing on the page.</param>
    /// <param name="Exhibits">What shows it.</param>
    public sealed record Finding(string Sentences, IReadOnlyList<Exhibit> Exhibits);

    /// <summary>A table, or figures side by side.</summary>
    /// <param name="Name">Of its files under plots/.</param>
    /// <param name="Caption">What it shows and how to read it.</param>
    /// <param name="Figures">SVG.</param>
    public sealed record Exhibit(string Name, string Caption, IReadOnlyList<string> Figures, TextTable? Table = null)
    {
        public Exhibit(string name, string caption, TextTable table) : this(name, caption, [], table) { }

        public Exhibit(string name, string caption, params string[] figures) : this(name, caption, figures, null) { }
    }

    /// <summary>An experiment's rows and what they say.</summary>
    /// <param name="Name">Of its file: "bounds", "teachers-molecules".</param>
    /// <param name="Settings">Of the first study, as YAML, under a line that says how many there are.</param>
    public sealed record Result(string Name, Experiment Experiment, string Settings, int Studies, int Seeds, IReadOnlyList<Row> Rows)
    {
        public Finding Finding { get; } = Experiment.Tell(Rows);

        /// <summary>What was found, in two sentences.</summary>
        public string Sentences => Finding.Sentences;

        /// <summary>The tables that show it.</summary>
        public IEnumerable<TextTable> Tables => Finding.Exhibits.Select(exhibit => exhibit.Table).OfType<TextTable>();
    }
}
