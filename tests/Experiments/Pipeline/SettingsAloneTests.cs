using W2S.Runs;

namespace W2S.Experiments;

/// <summary>
/// Each setting of a Gaussian study toggled alone, and which of its numbers may change by it: what reaches more than it should shows
/// as well as what reaches nothing.
/// </summary>
public sealed class SettingsAloneTests
{
    private const string All = "weak student strong misfit", Weak = "weak student misfit", Student = "student strong misfit";

    [Theory]
    [InlineData("threads=2", "")]
    [InlineData("title=Another", "")]
    [InlineData("heads.newton.ridge=7", "")]
    [InlineData("weak.noise_on_biases=true", "")] // There is noise on perturbed ones only.
    [InlineData("input_width=9", All)]
    [InlineData("sigma=400", All)]
    [InlineData("representation_width=12", All)]
    [InlineData("truth.depth=4", All)]
    [InlineData("truth.hidden=12", All)]
    [InlineData("weak.depth=3", Weak)]
    [InlineData("weak.hidden=12", Weak)]
    [InlineData("strong.depth=5", Student)]
    [InlineData("strong.hidden=12", Student)]
    [InlineData("protocol=own", Student)] // A ceiling is fitted on the student's examples.
    [InlineData("pretraining.tasks=4", All)]
    [InlineData("pretraining.samples=90", All)]
    [InlineData("pretraining.optimiser.learning_rate=0.002", All)]
    [InlineData("pretraining.optimiser.schedule=cosine", All)]
    [InlineData("pretraining.optimiser.epochs=19", All)]
    [InlineData("heads.samples=140", All)]
    [InlineData("heads.bias=false", All)]
    [InlineData("heads.standardise=true", All)]
    [InlineData("heads.solver=exact", All)]
    [InlineData("heads.optimiser.batch=30", All)]
    [InlineData("heads.optimiser.warm_up=0.5", All)]
    [InlineData("heads.optimiser.weight_decay=0.5", All)]
    [InlineData("objective.squared.link=tanh", All)]
    [InlineData("evaluation.samples=390", All)]
    [InlineData("evaluation.separate_misfit_sample=true", "misfit")]
    public void Of_a_pretrained_study(string setting, string changes) => Expect("2b", setting, changes);

    [Theory]
    [InlineData("weak.noise=0.03", Weak)]
    [InlineData("strong.noise=0.03", Student)]
    [InlineData("weak.noise_on_biases=true", Weak)]
    [InlineData("strong.noise_on_biases=true", Student)]
    [InlineData("weak.hidden=12", "")]
    [InlineData("pretraining.tasks=4", "")]
    public void Of_a_study_on_perturbed_truth(string setting, string changes) =>
        Expect("2b", setting, changes, "weak.source=perturbed", "strong.source=perturbed", "weak.noise=0.05", "strong.noise=0.01");

    private static void Expect(string panel, string setting, string changes, params string[] others)
    {
        using var folder = new TemporaryFolder();
        var (before, after) = (Run("before", others), Run("after", [.. others, setting]));
        var changed = before.Where(measure => !measure.Value.SequenceEqual(after[measure.Key])).Select(measure => measure.Key);
        Assert.Equal(changes, string.Join(' ', changed));

        OrderedDictionary<string, double?[]> Run(string name, string[] settings)
        {
            string[] brief = ["heads.tasks=3", "evaluation.samples=100", "heads.optimiser.epochs=5", "pretraining.optimiser.epochs=5"];
            var cells = SmallStudies.Of(panel, [.. brief, .. settings]).Run(folder[name]).Single().Cells;
            return new()
            {
                ["weak"] = [.. cells.Select(cell => cell.WeakError)],
                ["student"] = [.. cells.Select(cell => cell.StudentError)],
                ["strong"] = [.. cells.Select(cell => cell.StrongError)],
                ["misfit"] = [.. cells.Select(cell => cell.Misfit)],
            };
        }
    }
}
