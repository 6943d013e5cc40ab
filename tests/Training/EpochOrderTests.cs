using W2S.Data;
using W2S.Models;
using W2S.Training.Tests.Fused;

namespace W2S.Training.Tests;

/// <summary>Orders and numbers of steps that are written here, computed by a program of its own: stored results depend on them.</summary>
public class EpochOrderTests
{
    /// <summary>Ten samples, seed 7, stream "shuffle": two epochs of two tasks.</summary>
    private static readonly int[][] Orders =
    [
        [4, 6, 5, 7, 9, 2, 8, 1, 3, 0],
        [5, 1, 9, 2, 4, 8, 3, 0, 7, 6],
        [1, 7, 3, 5, 9, 6, 4, 2, 0, 8],
        [8, 9, 2, 3, 6, 4, 1, 0, 5, 7],
    ];

    [Theory]
    [InlineData(0, 0)]
    [InlineData(0, 1)]
    [InlineData(1, 0)]
    [InlineData(1, 1)]
    public void Every_epoch_of_every_task_has_an_order_of_its_own(int epoch, int task)
    {
        var order = new int[10];
        EpochOrder.Fill(order, 7, "shuffle", epoch, task, 2);
        Assert.Equal(Orders[epoch * 2 + task], order);
        Assert.Equal(order, PlainOrder.Of(10, 7, "shuffle", epoch * 2 + task));
    }

    [Theory]
    [InlineData(12, 4, 3)]
    [InlineData(13, 4, 4)]
    [InlineData(11, 4, 3)]
    [InlineData(3, 4, 1)]
    public void A_last_batch_that_is_not_full_is_a_step_as_any_other(int samples, int batch, int steps)
    {
        var optimiser = new OptimiserOptions { Batch = batch, Epochs = 5 };
        var shape = new MlpShape(2, 3, 3, 1);
        var pretraining = FusedCases.Pretraining(
            shape, MlpWeights.Initialise(shape, new RandomStream(1, "initial")), 2, samples, optimiser, 1, true, 1);
        using var representation = new FusedEngine(1).Pretrain(pretraining);
        Assert.Equal((2 * steps, 10L * steps), (representation.StepsPerEpoch, representation.TotalSteps));

        var heads = FusedCases.Heads(0) with { Optimiser = optimiser };
        heads = heads with
        {
            Features = TaskSamples.Gaussian(1, "features", heads.Initial.Tasks, samples, heads.Initial.Width, 1),
            Labels = TaskSamples.Gaussian(1, "labels", heads.Initial.Tasks, samples, heads.Labels.Width, 1),
        };
        using var job = new FusedEngine(1).FitHeads(heads);
        Assert.Equal((steps, 5L * steps), (job.StepsPerEpoch, job.TotalSteps));
    }
}
