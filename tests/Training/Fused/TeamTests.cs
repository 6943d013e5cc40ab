using W2S.Training.Fused;

namespace W2S.Training.Tests.Fused;

public sealed class TeamTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(5)] // more than this machine may have cores
    public void Everyone_works_once_in_each_of_many_calls_and_sees_what_the_others_did_before(int size)
    {
        using var team = new Team(size);
        var counts = new int[size];
        for (var call = 0; call < 2000; call++)
        {
            team.Run(member =>
            {
                Assert.True(counts[(member + 1) % size] >= call);
                counts[member]++;
            });
            Assert.All(counts, count => Assert.Equal(call + 1, count));
        }
    }

    [Fact]
    public void Those_who_sleep_are_woken()
    {
        using var team = new Team(3);
        var count = 0;
        for (var call = 0; call < 3; call++)
        {
            team.Run(_ => Interlocked.Increment(ref count));
            Thread.Sleep(20); // longer than anybody looks out
        }
        Assert.Equal(9, count);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(2)]
    public void A_failure_reaches_the_caller_and_the_team_goes_on(int failing)
    {
        using var team = new Team(3);
        var error = Assert.Throws<InvalidOperationException>(() => team.Run(member =>
        {
            if (member == failing) throw new InvalidOperationException($"{member} failed");
        }));
        Assert.Equal($"{failing} failed", error.Message);
        var count = 0;
        team.Run(_ => Interlocked.Increment(ref count));
        Assert.Equal(3, count);
    }
}
