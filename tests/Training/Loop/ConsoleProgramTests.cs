using W2S.Data;

namespace W2S.Training.Tests;

public class ConsoleProgramTests
{
    public static TheoryData<Exception, int> Ends => new()
    {
        { new UserErrorException("There is no such file."), 2 },
        { new StoppedException("SIGTERM"), 75 },
        { new TrainingFailedException("The loss is no number.", new NonFiniteLossException(3, "layer 3")), 1 },
    };

    [Theory]
    [MemberData(nameof(Ends))]
    public void What_ends_a_program_is_said_by_its_exit_code(Exception error, int code) =>
        Assert.Equal(code, RunServices.OnConsole(_ => throw error));

    [Fact]
    public void A_program_that_comes_to_its_end_returns_0() => Assert.Equal(0, RunServices.OnConsole(run => Assert.False(run.Stop.IsSet)));

    [Fact]
    public void An_error_that_nobody_foresaw_is_not_hidden() =>
        Assert.Throws<InvalidOperationException>(() => RunServices.OnConsole(_ => throw new InvalidOperationException()));
}
