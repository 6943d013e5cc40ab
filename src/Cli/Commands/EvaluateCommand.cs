namespace W2S.Cli;

/// <summary>`evaluate`: gain against misfit for single runs.</summary>
internal sealed class EvaluateCommand : DocumentedCommand
{
    private readonly Argument<string> _student = new("student") { HelpName = "RUN", Description = "The folder of a run of train-w2s." };

    private readonly Option<string?> _ceiling = new("--ceiling")
    {
        HelpName = "RUN",
        Description = "The folder of a run of train-strong with the same settings: adds the ceiling and the recovered share of the gap.",
    };

    private readonly Option<string?> _out = new("--out")
    {
        HelpName = "FOLDER", Description = "Keep results, plot and report in this folder. Default: they are only shown.",
    };

    private readonly Option<int> _threads = new("--threads")
    {
        HelpName = "N", Description = "Threads to use. Default: one for each core.", DefaultValueFactory = _ => Environment.ProcessorCount,
    };

    public EvaluateCommand() : base("evaluate", "Measures a student: weak error, student error, misfit, gain.",
        "Measures the finished run of train-w2s on fresh samples, the same for all its models; a run on a table on the test parts of its "
            + "splits. Nothing is trained.")
    {
        Add(_student.Suggesting(Suggestions.Runs));
        _ceiling.Suggesting(Suggestions.Runs);
        AddGroup("What is measured", [_ceiling]);
        AddGroup("The run", [_out, _threads]);
        AddExample("evaluate checkpoints/w2s-2x16-to-8x16-seed0-0123abcd", "Gain against misfit of a student:");
        AddExample("evaluate runs/student --out runs/evaluation", "Kept with a plot and a report:");
        AddExample("evaluate runs/lipop-student --ceiling runs/lipop-ceiling", "A student on molecules, beside its ceiling:");
        SetAction(parsed => Run(parsed,
            run =>
                new StageRuns(
                    StageCommand.Root, DataFolders.Usual(), parsed.GetValue(_threads), new TrainingOptions(), force: false,
                    CommandOf(parsed), run)
                .Evaluate(parsed.GetValue(_student)!, parsed.GetValue(_ceiling), parsed.GetValue(_out)),
            ResultText.Show));
    }
}
