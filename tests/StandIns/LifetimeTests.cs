using System.Diagnostics;
using TorchSharp;
using static TorchSharp.torch;

namespace W2S.StandIns.Tests;

[CollectionDefinition(nameof(LivingTensors), DisableParallelization = true)]
public class LivingTensors
{
    /// <summary>How many tensors live once those that earlier tests forgot are collected.</summary>
    public static long Count()
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
        return Tensor.TotalCount;
    }
}

/// <summary>These count the living tensors of the process, so nothing else may run beside them.</summary>
[Collection(nameof(LivingTensors))]
public class LifetimeTests
{
    [Fact]
    public void A_scope_takes_with_it_what_was_made_in_it()
    {
        var before = LivingTensors.Count();
        using (var scope = NewDisposeScope())
        {
            var sum = ones(3) + ones(3) * 2;
            Assert.Equal(4, scope.DisposablesCount);
            Assert.True(scope.Contains(sum));
        }
        Assert.Equal(before, Tensor.TotalCount);
    }

    [Fact]
    public void Scopes_nest_and_tensors_move_outward_or_go_free()
    {
        Tensor moved, free, lost;
        using (var outer = NewDisposeScope())
        {
            using (NewDisposeScope())
            {
                moved = ones(1).MoveToOuterDisposeScope();
                free = ones(1).DetachFromDisposeScope();
                lost = ones(1);
            }
            Assert.Equal(1, outer.DisposablesCount);
            Assert.Equal(1, moved.ToSingle());
            Assert.Throws<InvalidOperationException>(() => lost.ToSingle());
        }
        Assert.Throws<InvalidOperationException>(() => moved.ToSingle());
        Assert.Equal(1, free.ToSingle());
        free.Dispose();
        free.Dispose();
    }

    [Fact]
    public void What_leaves_the_outermost_scope_belongs_to_nobody()
    {
        Tensor left;
        using (NewDisposeScope()) left = ones(1).MoveToOuterDisposeScope();
        Assert.Equal(1, left.ToSingle());
        left.Dispose();
    }

    [Fact]
    public void Scopes_closed_in_the_wrong_order_still_close()
    {
        var outer = NewDisposeScope();
        var inner = NewDisposeScope();
        outer.Dispose();
        var tensor = ones(1);
        Assert.True(inner.Contains(tensor));
        inner.Dispose();
        using var alone = ones(1);
        Assert.False(inner.Contains(alone));
    }

    [Fact]
    public void A_scope_belongs_to_its_thread()
    {
        using var scope = NewDisposeScope();
        Tensor? elsewhere = null;
        var thread = new Thread(() => elsewhere = ones(1));
        thread.Start();
        thread.Join();
        Assert.False(scope.Contains(elsewhere!));
        elsewhere!.Dispose();
    }

    [Fact]
    public void Forgotten_tensors_are_collected()
    {
        var before = LivingTensors.Count();
        Forget();
        Assert.Equal(before, LivingTensors.Count());

        [System.Runtime.CompilerServices.MethodImpl(System.Runtime.CompilerServices.MethodImplOptions.NoInlining)]
        static void Forget()
        {
            for (var i = 0; i < 100; i++) _ = ones(10) + 1;
        }
    }

    [Fact]
    public void Ten_thousand_steps_leave_nothing_behind()
    {
        using var weight = randn([32, 32], requires_grad: true);
        using var input = randn([64, 32]);
        void Step()
        {
            using var scope = NewDisposeScope();
            input.mm(weight).tanh().split(16)[0].square().mean().backward();
            using var silent = no_grad();
            weight.add_(weight.grad!, -0.01);
            weight.grad = null;
        }
        for (var i = 0; i < 500; i++) Step();
        var (tensors, memory) = (LivingTensors.Count(), ResidentMegabytes());

        for (var i = 0; i < 10_000; i++) Step();

        Assert.Equal(tensors, Tensor.TotalCount);
        Assert.InRange(ResidentMegabytes() - memory, double.NegativeInfinity, 30);
    }

    // A step makes tensors of 8 kB: leaking one of them in each step would show as 80 MB.
    private static double ResidentMegabytes()
    {
        GC.Collect();
        using var process = Process.GetCurrentProcess();
        return process.WorkingSet64 / 1e6;
    }
}
