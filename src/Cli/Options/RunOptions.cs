namespace W2S.Cli;

/// <summary>The options about a run's folder and its saving, the same for every command that trains.</summary>
internal sealed class RunOptions
{
    private readonly Option<string?> _out = new("--out") { HelpName = "FOLDER" };

    private readonly Option<string?> _saveEvery = new("--save-every")
    {
        HelpName = "DURATION",
        Description = "How often to save: 30s, 2min, 5000steps, 10epochs or 10%. Default: 2min.",
    };

    private readonly Option<bool> _force = new("--force")
    {
        Description = "Delete an earlier run in the folder and start anew. Without it, that run is continued.",
    };

    private static readonly Option<bool> TensorBoard = new("--tensorboard")
    {
        Description = "Also write TensorBoard's event files, to tensorboard/ in the run's folder.",
    };

    private static readonly Option<bool> Csv = new("--csv") { Description = "Also write the metrics as a table, metrics.csv." };

    private readonly Option<bool> _dryRun = new("--dry-run")
    {
        Description = "Only say what would be trained, found or fitted, what it costs and where it would lie; write nothing.",
    };

    /// <param name="folder">For help: what --out is, and where it is without it.</param>
    public RunOptions(string folder) => _out.Description = folder;

    /// <summary>All of them, in the order in which help shows them.</summary>
    public IEnumerable<Option> Options => [_out, _saveEvery, _force, TensorBoard, Csv, _dryRun];

    /// <summary>Those of a command whose result does not depend on when it is trained, so that there is nothing to force.</summary>
    public IEnumerable<Option> WithoutForce => [_out, _saveEvery, TensorBoard, Csv, _dryRun];

    /// <summary>The folder asked for, or null.</summary>
    public string? Folder(ParseResult parsed) => parsed.GetValue(_out);

    /// <summary>Whether nothing is to be done.</summary>
    public bool IsDry(ParseResult parsed) => parsed.GetValue(_dryRun);

    /// <summary>The files of metrics asked for beside metrics.jsonl; none by a command without these options.</summary>
    public static MetricFormats Formats(ParseResult parsed) =>
        (parsed.GetValue(TensorBoard) ? MetricFormats.TensorBoard : 0) | (parsed.GetValue(Csv) ? MetricFormats.Csv : 0);

    public bool Force(ParseResult parsed) => parsed.GetValue(_force);

    /// <exception cref="UserErrorException">--save-every is no duration.</exception>
    public TrainingOptions Training(ParseResult parsed)
    {
        if (parsed.GetValue(_saveEvery) is not { } text) return new TrainingOptions();
        try
        {
            return new TrainingOptions { SaveEvery = Duration.Parse(text) };
        }
        catch (FormatException error)
        {
            throw new UserErrorException($"--save-every: {error.Message}");
        }
    }
}
