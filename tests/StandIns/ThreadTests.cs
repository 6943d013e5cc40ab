using TorchSharp;
using static TorchSharp.torch;

namespace W2S.StandIns.Tests;

public class ThreadTests
{
    [Fact]
    public void Several_threads_train_at_once_and_each_gets_its_own_result()
    {
        var alone = Enumerable.Range(0, 4).Select(Train).ToArray();
        var together = new float[4];
        var threads = Enumerable.Range(0, 4).Select(i => new Thread(() => together[i] = Train(i))).ToArray();
        foreach (var thread in threads) thread.Start();
        foreach (var thread in threads) thread.Join();

        Assert.Equal(alone, together);
    }

    [Fact]
    public void Recording_is_switched_off_for_one_thread_only()
    {
        using var silent = no_grad();
        var elsewhere = false;
        var thread = new Thread(() => elsewhere = is_grad_enabled());
        thread.Start();
        thread.Join();
        Assert.True(elsewhere);
        Assert.False(is_grad_enabled());
        using (enable_grad()) Assert.True(is_grad_enabled());
        Assert.False(is_grad_enabled());
    }

    [Fact]
    public void The_number_of_threads_can_be_set_and_read()
    {
        var before = get_num_threads();
        set_num_threads(1);
        Assert.Equal(1, get_num_threads());
        set_num_threads(before);
    }

    private static float Train(int start)
    {
        using var generator = new Generator((ulong)start);
        using var scope = NewDisposeScope();
        var weight = randn([16, 16], generator: generator, requires_grad: true);
        var input = randn([32, 16], generator: generator);
        for (var step = 0; step < 200; step++)
        {
            using var inner = NewDisposeScope();
            input.mm(weight).relu().square().mean().backward();
            using var silent = no_grad();
            weight.add_(weight.grad!, -0.1);
            weight.grad = null;
        }
        return weight.square().sum().ToSingle();
    }
}
