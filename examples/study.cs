#:project ../src/Runs/W2S.Runs.csproj
using W2S.Experiments;
using W2S.Runs;
using W2S.Training;

// A network of 8 layers learns from one of 2, as in Figure 2b of 2405.15116, with fewer tasks and a shorter pretraining.
return RunServices.OnConsole(run =>
{
    var study = new Study
    {
        Name = "my-study",
        Weak = new() { Depth = 2 },
        Strong = new() { Depth = 8 },
        Pretraining = new() { Optimiser = new() { Epochs = 100 } },
        Heads = new() { Tasks = 20, Solver = HeadSolver.Exact },
    };
    var result = Studies.Run(study, args.FirstOrDefault(), run);
    Console.WriteLine($"gain {result.Panel.Gain:0.000} at a misfit of {result.Panel.Misfit:0.000}; see {result.Folder}/report.html");
});
