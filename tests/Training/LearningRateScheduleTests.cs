using System.Text.Json;

namespace W2S.Training.Tests;

public class LearningRateScheduleTests
{
    /// <summary>What torch.optim.lr_scheduler gives each step for a warm-up of w steps and a training of n.</summary>
    private const string Program = """
        import json, sys, torch
        from torch.optim.lr_scheduler import ConstantLR, CosineAnnealingLR, LinearLR, SequentialLR
        results = []
        for case in json.load(sys.stdin):
            peak, warm, total = case["peak"], case["warmUp"], case["total"]
            optimiser = torch.optim.AdamW([torch.nn.Parameter(torch.zeros(1))], lr=peak)
            after = {
                "Constant": lambda: ConstantLR(optimiser, factor=1, total_iters=0),
                "Linear": lambda: LinearLR(optimiser, start_factor=1, end_factor=0, total_iters=total - warm),
                "Cosine": lambda: CosineAnnealingLR(optimiser, T_max=total - warm),
            }[case["shape"]]
            if warm == 0:
                schedule = after()
            else:
                rising = LinearLR(optimiser, start_factor=1e-15, end_factor=1, total_iters=warm)
                schedule = SequentialLR(optimiser, [rising, after()], milestones=[warm])
            rates = []
            for _ in range(total):
                rates.append(optimiser.param_groups[0]["lr"])
                optimiser.step()
                schedule.step()
            results.append(rates)
        print(json.dumps(results))
        """;

    private sealed record Case(string Shape, double Peak, int WarmUp, int Total);

    [SkippableFact]
    public void Every_steps_rate_is_that_of_PyTorchs_schedulers()
    {
        Case[] cases =
        [
            .. from shape in Enum.GetNames<RateShape>()
               from lengths in ((int, int)[])[(0, 1), (0, 50), (5, 50), (49, 50), (100, 997)]
               select new Case(shape, 3e-4, lengths.Item1, lengths.Item2),
        ];
        using var results = JsonDocument.Parse(PythonPeer.Run(Program, JsonSerializer.Serialize(cases, JsonSerializerOptions.Web)));
        foreach (var (each, result) in cases.Zip(results.RootElement.EnumerateArray()))
        {
            var schedule = new LearningRateSchedule(Enum.Parse<RateShape>(each.Shape), each.Peak, each.WarmUp, each.Total);
            foreach (var (step, expected) in result.EnumerateArray().Index())
                Assert.Equal(expected.GetDouble(), schedule.At(step), 1e-14);
        }
    }

    [Fact]
    public void Without_warm_up_it_starts_at_the_peak_to_the_bit_and_a_constant_one_stays_there()
    {
        foreach (var shape in Enum.GetValues<RateShape>()) Assert.Equal(1e-3, new LearningRateSchedule(shape, 1e-3, 0, 7).At(0));
        Assert.All(Enumerable.Range(0, 1000), step => Assert.Equal(1e-3, new OptimiserOptions().Rates(600).At(step)));
    }

    [Fact]
    public void A_training_may_be_all_warm_up() =>
        Assert.Equal([0, 0.5, 0], new long[] { 0, 1, 2 }.Select(new LearningRateSchedule(RateShape.Linear, 1, 2, 2).At));

    [Fact]
    public void A_share_of_the_steps_is_rounded_down()
    {
        var schedule = new OptimiserOptions { LearningRate = 1, WarmUp = 0.1 }.Rates(59);
        Assert.Equal(0.8, schedule.At(4), 1e-12);
        Assert.Equal(1, schedule.At(5));
    }

    [Fact]
    public void A_falling_rate_never_leaves_the_range_from_0_to_the_peak_has_one_top_and_ends_at_0()
    {
        foreach (var shape in (RateShape[])[RateShape.Linear, RateShape.Cosine])
            foreach (var (warmUp, total) in new[] { (0, 1), (1, 1), (3, 17), (100, 1000), (999, 1000) })
            {
                var schedule = new LearningRateSchedule(shape, 2, warmUp, total);
                for (var step = 0; step <= total; step++)
                {
                    Assert.InRange(schedule.At(step), 0, 2);
                    if (step > 0) Assert.Equal(step <= warmUp && step < total, schedule.At(step) > schedule.At(step - 1));
                }
                Assert.Equal(0, schedule.At(total));
                Assert.Equal(0, schedule.At(10L * total));
            }
    }

    [Theory]
    [InlineData(-1, 0, 1)]
    [InlineData(1, -1, 1)]
    [InlineData(1, 2, 1)]
    public void Impossible_schedules_are_refused(double peak, long warmUp, long total) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => new LearningRateSchedule(RateShape.Linear, peak, warmUp, total));
}
