using System.Collections.Concurrent;

namespace W2S.Runs.Work;

public class JobGraphTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(8)]
    public void Every_job_runs_once_and_after_what_it_needs(int threads)
    {
        var ran = new ConcurrentQueue<int>();
        var jobs = new List<JobGraph.Job>();
        for (var number = 0; number < 30; number++)
        {
            var own = number;
            var needed = jobs.Where((_, earlier) => own % (earlier + 2) == 0).ToList();
            jobs.Add(new JobGraph.Job(needed, () => ran.Enqueue(own)));
        }
        JobGraph.Run([.. jobs.AsEnumerable().Reverse()], threads, _ => { });

        var order = ran.ToList();
        Assert.Equal(Enumerable.Range(0, 30), order.Order());
        for (var number = 0; number < 30; number++)
        for (var earlier = 0; earlier < number; earlier++)
        {
            if (number % (earlier + 2) == 0) Assert.True(order.IndexOf(earlier) < order.IndexOf(number));
        }
    }

    [Fact]
    public void After_a_failure_nothing_new_starts_and_the_first_failure_is_thrown()
    {
        var failing = new JobGraph.Job([], () => throw new InvalidOperationException("first"));
        var ran = false;
        var failures = 0;
        var error = Assert.Throws<InvalidOperationException>(() =>
            JobGraph.Run([failing, new JobGraph.Job([failing], () => ran = true)], threads: 1, _ => failures++));
        Assert.Equal("first", error.Message);
        Assert.False(ran);
        Assert.Equal(1, failures);
    }

    [Fact]
    public void Of_two_that_fail_side_by_side_the_first_failure_is_thrown()
    {
        using var failed = new ManualResetEventSlim();
        var later = new JobGraph.Job([], () =>
        {
            Assert.True(failed.Wait(TimeSpan.FromSeconds(60)));
            throw new InvalidOperationException("second");
        });
        var first = new JobGraph.Job([], () => throw new InvalidOperationException("first"));
        var thrown = Assert.Throws<InvalidOperationException>(() => JobGraph.Run([later, first], threads: 2, _ => failed.Set()));
        Assert.Equal("first", thrown.Message);
    }

    [Fact]
    public void Jobs_that_do_not_need_each_other_run_side_by_side()
    {
        using var both = new Barrier(2);
        var meet = () => Assert.True(both.SignalAndWait(TimeSpan.FromSeconds(30)));
        JobGraph.Run([new JobGraph.Job([], meet), new JobGraph.Job([], meet)], threads: 2, _ => { });
    }

    [Fact]
    public void No_jobs_are_no_work() => JobGraph.Run([], threads: 2, _ => { });
}
