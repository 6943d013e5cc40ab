#:project ../src/Runs/W2S.Runs.csproj
using W2S.Experiments;
using W2S.Runs;
using W2S.Training;
using W2S.Training.Objectives;
using static TorchSharp.torch;

// The loss log cosh r, which is squared for small residuals r and linear for large ones.
return RunServices.OnConsole(run =>
{
    ObjectiveKind.Add(ObjectiveKind.Of("log-cosh", () => new LogCosh()));
    var study = new Study
    {
        Name = "log-cosh",
        Weak = new() { Source = RepresentationSource.Perturbed, Noise = 0.05 },
        Strong = new() { Source = RepresentationSource.Perturbed, Noise = 0.01 },
        Objective = new() { Name = "log-cosh" },
        Heads = new() { Tasks = 10, Samples = 500, Optimiser = new() { Epochs = 40, LearningRate = 1e-2 } },
    };
    var panel = Studies.Run(study, args.FirstOrDefault(), run).Panel;
    Console.WriteLine($"weak {panel.WeakError:0.000}, student {panel.StudentError:0.000}, misfit {panel.Misfit:0.000}");
});

sealed class LogCosh : Objective
{
    public override string Name => "log-cosh";
    public override Link Link => Link.Identity;

    public override double Loss(ReadOnlySpan<double> logits, ReadOnlySpan<double> label, Span<double> gradient)
    {
        gradient[0] = Math.Tanh(logits[0] - label[0]);
        return Error(logits, label);
    }

    public override Tensor RowLosses(Tensor logits, Tensor labels) => Of(logits - labels).squeeze(-1);
    public override double Error(ReadOnlySpan<double> model, ReadOnlySpan<double> truth) => Math.Log(Math.Cosh(model[0] - truth[0]));
    public override double Misfit(ReadOnlySpan<double> student, ReadOnlySpan<double> teacher) => Error(student, teacher);
    private static Tensor Of(Tensor residuals) => residuals + nn.functional.softplus(-2 * residuals) - Math.Log(2);
}
