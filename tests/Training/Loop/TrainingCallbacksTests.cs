using Serilog;
using Serilog.Core;
using Serilog.Events;

namespace W2S.Training.Tests;

public sealed class TrainingCallbacksTests : IDisposable
{
    private const long Steps = 25; // 10 an epoch

    private static readonly TrainingOptions Options = new() { SaveEvery = Duration.Parse("8steps"), LogEvery = Duration.Parse("5steps") };

    private readonly TemporaryFolder _folder = new();
    private readonly List<string> _calls = [];

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Each_is_called_at_its_moment_in_the_order_of_time()
    {
        Run(Recording());
        string[] expected =
        [
            "start 0", .. Enumerable.Range(1, 8).Select(step => $"step {step}"), "save 8", "step 9", "step 10", "epoch 10",
            .. Enumerable.Range(11, 6).Select(step => $"step {step}"), "save 16", "step 17", "step 18", "step 19", "step 20", "epoch 20",
            "step 21", "step 22", "step 23", "step 24", "save 24", "step 25", "save 25", "end 25",
        ];
        Assert.Equal(expected, _calls);
    }

    [Fact]
    public void A_moment_knows_loss_epoch_and_checkpoint()
    {
        var moments = new List<TrainingCallbacks.Moment>();
        var job = Run(new TrainingCallbacks { OnStep = moments.Add });
        Assert.All(moments, moment => Assert.Same(job, moment.Job));
        Assert.Null(moments[3].Loss);
        Assert.NotNull(moments[4].Loss);
        Assert.Equal(moments[4].Loss, moments[8].Loss);
        Assert.Equal(1.1, moments[10].Epoch, 1e-12);
        Assert.Null(moments[7].Checkpoint);
        Assert.Equal(_folder[$"run/{Checkpoint.NameOf(8)}"], moments[8].Checkpoint);
    }

    [Fact]
    public void They_change_no_bit_of_a_training()
    {
        Run(Recording());
        Run(TrainingCallbacks.None, "plain");
        Assert.Equal(State("plain"), State("run"));
    }

    [Fact]
    public void A_resumed_training_starts_where_it_left_off_and_a_finished_one_only_ends()
    {
        var services = RunServices.Silent;
        Assert.Throws<StoppedException>(
            () => Run(new TrainingCallbacks { OnStep = at => { if (at.Step == 12) services.Stop.Set("test"); } }, services: services));
        Run(Recording());
        Assert.Equal("start 12", _calls[0]);
        Assert.Equal("step 13", _calls[1]);
        _calls.Clear();
        Run(Recording());
        Assert.Equal(["start 25", "end 25"], _calls);
    }

    [Theory]
    [InlineData("start", 0)]
    [InlineData("step", 3)]
    [InlineData("epoch", 10)]
    [InlineData("save", 16)]
    [InlineData("end", 25)]
    public void One_that_throws_is_told_of_once_and_not_called_again_and_the_training_ends_in_the_same_bits(string callback, long at)
    {
        Run(TrainingCallbacks.None, "plain");
        var log = new Warnings();
        using var logger = new LoggerConfiguration().WriteTo.Sink(log).CreateLogger();
        Run(Recording(call =>
        {
            if (call == $"{callback} {at}") throw new InvalidOperationException("no screen");
        }), services: RunServices.Silent with { Log = logger });
        Assert.Equal(State("plain"), State("run"));
        Assert.Equal(
            $"On{char.ToUpperInvariant(callback[0])}{callback[1..]} failed and is not called again; training goes on: no screen",
            Assert.Single(log.Texts));
        Assert.Equal($"{callback} {at}", _calls.Last(call => call.StartsWith(callback, StringComparison.Ordinal)));
        if (callback != "end") Assert.Equal("end 25", _calls[^1]);
    }

    private TrainingCallbacks Recording(Action<string>? also = null)
    {
        return new TrainingCallbacks
        {
            OnStart = at => Add("start", at), OnStep = at => Add("step", at), OnEpoch = at => Add("epoch", at),
            OnSave = at => Add("save", at), OnEnd = at => Add("end", at),
        };

        void Add(string name, TrainingCallbacks.Moment at)
        {
            _calls.Add($"{name} {at.Step}");
            also?.Invoke(_calls[^1]);
        }
    }

    private QuadraticJob Run(TrainingCallbacks callbacks, string name = "run", RunServices? services = null)
    {
        var job = new QuadraticJob(Steps);
        TrainingLoop.Run(
            job, Options, new CheckpointStore(_folder[name], "settings", TimeProvider.System),
            (services ?? RunServices.Silent) with { Callbacks = callbacks });
        return job;
    }

    private byte[] State(string name) => File.ReadAllBytes(_folder[$"{name}/{Checkpoint.NameOf(Steps)}/{Checkpoint.StateFile}"]);

    private sealed class Warnings : ILogEventSink
    {
        public List<string> Texts { get; } = [];

        public void Emit(LogEvent logEvent)
        {
            if (logEvent.Level == LogEventLevel.Warning)
                Texts.Add(logEvent.RenderMessage(System.Globalization.CultureInfo.InvariantCulture).Replace("\"", ""));
        }
    }
}
