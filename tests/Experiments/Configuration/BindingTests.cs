using W2S.Data;
using W2S.Experiments;
using W2S.Models;

namespace W2S.Tests.Experiments.Configuration;

public class BindingTests
{
    private static Study Bind(string yaml, params string[] assignments) => ConfigurationBinder.Bind<Study>(
        [ConfigurationLayer.FromText(yaml, "study.yaml"), .. assignments.Select(ConfigurationLayer.FromAssignment)], StudyRules.Check);

    private static string Problem(string yaml, params string[] assignments) =>
        Assert.Throws<UserErrorException>(() => Bind(yaml, assignments)).Message;

    [Theory]
    [InlineData("")]
    [InlineData("\n\n")]
    [InlineData("# nothing but a comment\n")]
    [InlineData("---\n")]
    public void A_file_that_says_nothing_leaves_the_defaults(string yaml) => Assert.Equal(Fingerprint.Of(new Study()), Fingerprint.Of(Bind(yaml)));

    [Fact]
    public void Later_layers_win_and_leave_the_rest_alone()
    {
        var bound = Bind("heads: { tasks: 7, samples: 64 }\nstrong: { depth: 3 }", "heads.tasks=9", "heads.optimiser.epochs=5");
        Assert.Equal(9, bound.Heads.Tasks);
        Assert.Equal(64, bound.Heads.Samples);
        Assert.Equal(5, bound.Heads.Optimiser.Epochs);
        Assert.Equal(3, bound.Strong.Depth);
        Assert.Equal(2, bound.Weak.Depth);
    }

    [Theory]
    [InlineData("1e-3", 1e-3)]
    [InlineData("1E3", 1000)]
    [InlineData("+.5", 0.5)]
    [InlineData("7", 7)]
    public void Numbers_are_read_in_every_usual_form(string text, double value) => Assert.Equal(value, Bind($"sigma: {text}").Sigma);

    [Theory]
    [InlineData("weak.depth", "1", "1000", "0", "1001")]
    [InlineData("weak.hidden", "1", "4096", "0", "4097")]
    [InlineData("sigma", "1e-9", "1e9", "0", "1.0000001e9")]
    public void Limits_are_allowed_and_what_is_beyond_them_is_not(string path, string least, string greatest, string below, string above)
    {
        foreach (var within in new[] { least, greatest }) Bind("", $"{path}={within}");
        Assert.Contains("must be ", Problem("", $"{path}={below}"));
        Assert.Contains("must be at most ", Problem("", $"{path}={above}"));
    }

    [Theory]
    [InlineData("adamw", HeadSolver.AdamW)]
    [InlineData("AdamW", HeadSolver.AdamW)]
    [InlineData("adam_w", HeadSolver.AdamW)]
    [InlineData("exact", HeadSolver.Exact)]
    public void Choices_are_read_whatever_their_case(string text, HeadSolver solver) => Assert.Equal(solver, Bind($"heads: {{ solver: {text} }}").Heads.Solver);

    [Fact]
    public void Words_that_YAML_1_1_took_for_truth_values_are_plain_texts() => Assert.Equal("no", Bind("title: no").Title);

    [Fact]
    public void Anchors_stand_for_what_they_name()
    {
        var bound = Bind("weak: &noisy { source: perturbed, noise: 0.05 }\nstrong: *noisy");
        Assert.Equal(RepresentationSource.Perturbed, bound.Strong.Source);
        Assert.Equal(0.05, bound.Strong.Noise);
    }

    [Fact]
    public void A_list_is_read_from_a_file_and_from_an_option()
    {
        Assert.Equal([1, 2], ConfigurationBinder.Bind<WithList>([ConfigurationLayer.FromText("widths: [1, 2]", "f")]).Widths);
        Assert.Equal([5], ConfigurationBinder.Bind<WithList>([ConfigurationLayer.FromText("widths: 5", "f")]).Widths);
        Assert.Equal([3, 4], ConfigurationBinder.Bind<WithList>([ConfigurationLayer.FromAssignment("widths=[3, 4]")]).Widths);
    }

    [Fact]
    public void Everything_that_is_wrong_is_said_at_once_with_its_place_and_remedy()
    {
        var message = Problem(
            """
            sigmaa: 500
            heads:
              sampels: 10
              tasks: many
              solver: exakt
              bias: yes
              optimiser:
                epochs: 1e3
                learning_rate: "0.1"
            weak:
              depth: 0
              noise: -1
            truth: 8
            epochs: 10
            """,
            "sigma=0", "device=tpu", "pretraining.samples=10");
        Assert.Equal(
            """
            The configuration has 14 problems:
              study.yaml:1:1: there is no setting sigmaa; did you mean sigma?
              study.yaml:3:3: there is no setting heads.sampels; did you mean heads.samples?
              study.yaml:4:10: heads.tasks must be a whole number, not "many".
              study.yaml:5:11: heads.solver must be one of adamw, exact, ridge, newton, not "exakt"; did you mean exact?
              study.yaml:6:9: heads.bias must be true or false, not "yes"; write true.
              study.yaml:8:13: heads.optimiser.epochs must be a whole number, not "1e3"; write 1000.
              study.yaml:9:20: heads.optimiser.learning_rate must be a number, and "0.1" is a text because of its quotes; remove them.
              study.yaml:11:10: weak.depth must be at least 1, not 0.
              study.yaml:12:10: weak.noise must be at least 0, not -1.
              study.yaml:13:8: truth is a group of settings and cannot be given a value; set one of truth.depth, truth.hidden.
              study.yaml:14:1: there is no setting epochs; did you mean weak.encoder.pretraining.epochs or strong.encoder.pretraining.epochs or pretraining.optimiser.epochs or heads.optimiser.epochs?
              --set sigma=0: sigma must be greater than 0, not 0.
              --set device=tpu: A device is cpu, cuda or cuda:N with N the number of a GPU. Here device = tpu (--set device=tpu).
              --set pretraining.samples=10: A batch cannot be larger than the samples it is drawn from: lower the batch or raise the samples. Here pretraining.optimiser.batch = 32 (default), pretraining.samples = 10 (--set pretraining.samples=10).
            """, message);
    }

    [Theory]
    [InlineData("sigma: .nan", "study.yaml:1:8: sigma must be a finite number, not .nan.")]
    [InlineData("sigma: -.inf", "study.yaml:1:8: sigma must be a finite number, not -.inf.")]
    [InlineData("sigma: 1e999", "study.yaml:1:8: sigma must be a finite number, and 1e999 is too large for one.")]
    [InlineData("threads: 1,000", "study.yaml:1:10: threads must be a whole number, not \"1,000\"; write 1000.")]
    [InlineData("sigma: [1]", "study.yaml:1:8: sigma must be a number, not a list.")]
    [InlineData("sigma: { of: 1 }", "study.yaml:1:8: sigma must be a number, not a group of settings.")]
    [InlineData("seed: -1", "study.yaml:1:7: seed must be at least 0, not -1.")]
    [InlineData("threads: 1_000", "study.yaml:1:10: threads must be a whole number, not \"1_000\"; write 1000.")]
    [InlineData("threads: 99999999999", "study.yaml:1:10: threads must be at most 2147483647, not 99999999999.")]
    [InlineData("input_width: 5000", "study.yaml:1:14: input_width must be at most 4096, not 5000.")]
    [InlineData("seed:", "study.yaml:1:6: seed has no value; write a whole number, or remove the key for its default.")]
    [InlineData("learning-rate: 1", "study.yaml:1:1: there is no setting learning-rate; did you mean weak.encoder.pretraining.learning_rate or strong.encoder.pretraining.learning_rate or pretraining.optimiser.learning_rate or heads.optimiser.learning_rate?")]
    [InlineData("seed: 1\nseed: 2", "study.yaml:2:1: this is not valid YAML: Duplicate key seed.")]
    [InlineData("heads:\n\ttasks: 2", "study.yaml:2:1: this is not valid YAML: the line is indented with a tab; indent with spaces.")]
    [InlineData("- seed", "study.yaml:1:1: a configuration is a list of \"key: value\" lines, and this is not.")]
    [InlineData("seed: 1\n---\nseed: 2", "study.yaml: the file holds 2 YAML documents; a configuration is one. Remove the line ---, or make two files.")]
    public void Each_trap_has_its_message(string yaml, string message) => Assert.Equal(message, Problem(yaml));

    [Theory]
    [InlineData("threads: 4,6", "threads must be one value, not \"4,6\"; several are varied in the grid of a sweep (sweep plan --help).")]
    [InlineData("seed: 0..9", "seed must be one value, not \"0..9\"; several")]
    [InlineData("sigma: 0,5", "sigma must be one value, not \"0,5\"; several")]
    [InlineData("heads:\n  bias: true,false", "heads.bias must be one value")]
    [InlineData("engine: fused,torch", "not \"fused,torch\"; several")]
    [InlineData("seed: [0, 1]", "seed must be a whole number, not a list; several")]
    public void Several_values_where_one_belongs_are_for_a_sweep_and_no_number_is_guessed(string yaml, string part)
    {
        Assert.Contains(part, Problem(yaml));
        Assert.DoesNotMatch("write [0-9]", Problem(yaml));
    }

    [Theory]
    [InlineData("heads: { samples: 16 }", "heads.optimiser.batch = 32 (default), heads.samples = 16 (study.yaml:1:19)")]
    [InlineData("heads: { solver: exact }\nobjective: { squared: { link: tanh } }", "use --solver adamw, or the link identity")]
    [InlineData("heads: { standardise: true }\nobjective: { squared: { link: tanh } }", "A link is applied to labels as they are")]
    [InlineData("objective: { squared: { link: softmax } }", "for probabilities take brier")]
    [InlineData("weak: { noise: 0.1 }", "Noise has no effect without weak.source perturbed")]
    [InlineData("engine: fused\ndevice: cuda:1", "The fused engine runs on the CPU only")]
    [InlineData("engine: fused\nheads: { optimiser: { max_grad_norm: 1 } }", "neither accumulate gradients nor clip them")]
    [InlineData("engine: fused\npretraining: { optimiser: { accumulate: 2 } }", "use --engine auto or torch, or accumulate 1")]
    [InlineData("device: \"cuda:\"", "A device is cpu, cuda or cuda:N")]
    [InlineData("name: ../elsewhere", "A panel's name is also a folder's")]
    [InlineData("representation_width: 4096\nheads: { samples: 10000000 }", "more than one array can hold")]
    public void Settings_that_contradict_each_other_are_refused(string yaml, string part) => Assert.Contains(part, Problem(yaml));

    [Theory]
    [InlineData("pretraining: { optimiser: { accumulate: 2 } }", "Torch")]
    [InlineData("pretraining: { optimiser: { max_grad_norm: 1 } }", "Torch")]
    [InlineData("pretraining: { optimiser: { schedule: linear, warm_up: 0.1 } }", "Fused")]
    [InlineData("heads: { optimiser: { accumulate: 2 } }", "Fused")] // The heads alone go to torch.
    [InlineData("strong: { source: truth }\nweak: { source: truth }\npretraining: { optimiser: { accumulate: 2 } }", "Fused")]
    public void What_the_kernels_cannot_do_is_pretrained_by_torch(string yaml, string engine) =>
        Assert.Equal(engine, $"{Engines.Foresee(Bind(yaml))}");

    [Fact]
    public void Perturbing_with_no_noise_is_allowed() => Assert.Equal(0, Bind("weak: { source: perturbed, noise: 0 }").Weak.Noise);

    [Fact]
    public void The_exact_solver_has_no_batches_and_takes_few_samples() => Assert.Equal(16, Bind("heads: { solver: exact, samples: 16 }").Heads.Samples);

    [Fact]
    public void An_assignment_without_an_equals_sign_is_explained() =>
        Assert.StartsWith("--set epochs: write a setting's path", Assert.Throws<UserErrorException>(() => ConfigurationLayer.FromAssignment("epochs")).Message);

    [Fact]
    public void A_missing_file_is_named() =>
        Assert.Contains("nowhere.yaml cannot be read", Assert.Throws<UserErrorException>(() => ConfigurationLayer.FromFile("nowhere.yaml")).Message);

    private sealed record WithList
    {
        public IReadOnlyList<int> Widths { get; init; } = [];
    }
}
