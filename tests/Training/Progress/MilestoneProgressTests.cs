namespace W2S.Training.Tests;

public class MilestoneProgressTests
{
    private readonly ManualTime _time = new();
    private readonly StringWriter _log = new();

    private string[] Lines => _log.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries);

    private MilestoneProgress Progress => new(_log.WriteLine, _time);

    [Fact]
    public void What_ends_within_a_second_has_one_line()
    {
        using (var item = Progress.Begin("weak heads", "steps", 63_000))
        {
            _time.Advance(TimeSpan.FromSeconds(0.5));
            item.Report(63_000, 0.25);
        }
        Assert.Equal(["weak heads: done, 63,000 steps in 0.50 s, loss 0.250"], Lines);
    }

    [Fact]
    public void A_long_training_speaks_at_the_start_then_every_tenth_and_at_the_end()
    {
        using (var item = Progress.Begin("strong representation", "steps", 1000))
        {
            for (var step = 1; step <= 1000; step++)
            {
                _time.Advance(TimeSpan.FromSeconds(1));
                item.Report(step, 1.0);
            }
        }
        Assert.Equal(11, Lines.Length);
        Assert.Equal("strong representation: 0 % (1 of 1,000 steps), 1 steps/s, 16:39 left, loss 1.000", Lines[0]);
        Assert.Equal("strong representation: 10 % (101 of 1,000 steps), 1 steps/s, 14:59 left, loss 1.000", Lines[1]);
        Assert.Equal("strong representation: done, 1,000 steps in 17 min, loss 1.000", Lines[^1]);
    }

    [Fact]
    public void A_quick_training_speaks_at_most_every_half_minute()
    {
        using (var item = Progress.Begin("representation", "steps", 100))
        {
            for (var step = 1; step <= 100; step++)
            {
                _time.Advance(TimeSpan.FromSeconds(1));
                item.Report(step);
            }
        }
        Assert.Equal(["1", "31", "61", "91"], Lines[..^1].Select(line => line.Split(' ')[1]));
    }

    [Fact]
    public void The_rate_of_a_resumed_training_counts_its_own_steps_only()
    {
        using var item = Progress.Begin("representation", "steps", 1000, startStep: 500);
        _time.Advance(TimeSpan.FromSeconds(10));
        item.Report(600);
        Assert.Equal(["representation: 60 % (600 of 1,000 steps), 10 steps/s, 0:40 left"], Lines);
    }

    [Fact]
    public void One_that_is_stopped_says_how_far_it_came()
    {
        using (var item = Progress.Begin("representation", "steps", 1000)) item.Report(333);
        Assert.Equal(["representation: stopped at 33 %, 333 steps in 0.00 s"], Lines);
    }

    [Fact]
    public void What_was_complete_before_is_found()
    {
        using (Progress.Begin("representation", "steps", 1000, startStep: 1000)) { }
        Assert.Equal(["representation: found, 1,000 steps"], Lines);
    }
}
