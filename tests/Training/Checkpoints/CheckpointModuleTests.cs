using TorchSharp;
using W2S.Data;
using W2S.Training.Tests.Torch;
using static TorchSharp.torch;

namespace W2S.Training.Tests;

/// <summary>Checkpoints read into modules of one's own.</summary>
[Collection(nameof(TorchTests))]
public sealed class CheckpointModuleTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_module_gets_the_parameters_and_buffers_of_its_names()
    {
        using var scope = NewDisposeScope();
        using var trained = Module();
        Train(trained);
        using var other = Module();
        trained.eval();
        other.eval();
        Assert.False(other.call(Inputs()).equal(trained.call(Inputs())).all().ToBoolean());
        Checkpoint.Newest(_folder["run"]).CopyTo(other);
        Assert.True(other.call(Inputs()).equal(trained.call(Inputs())).all().ToBoolean());
    }

    [Fact]
    public void A_module_of_another_shape_is_refused_and_unchanged()
    {
        using var scope = NewDisposeScope();
        using var trained = Module();
        Train(trained);
        using var other = nn.Sequential(nn.Linear(4, 3), nn.BatchNorm1d(3), nn.Linear(3, 2));
        var before = other.parameters().Select(parameter => parameter.detach().clone()).ToList();
        var error = Assert.Throws<InvalidDataException>(() => Checkpoint.Newest(_folder["run"]).CopyTo(other));
        Assert.Contains("2.weight", error.Message);
        Assert.All(other.parameters().Zip(before), pair => Assert.True(pair.First.equal(pair.Second).all().ToBoolean()));
    }

    [Fact]
    public void A_folder_without_checkpoints_is_told_of() =>
        Assert.Contains("There is no checkpoint in", Assert.Throws<UserErrorException>(() => Checkpoint.Newest(_folder["none"])).Message);

    private void Train(nn.Module<Tensor, Tensor> module)
    {
        using var job = ModuleJob.Start(
            module, (predictions, labels) => nn.functional.mse_loss(predictions, labels), Inputs(), Inputs().sum(1, keepdim: true),
            new OptimiserOptions { Epochs = 3 });
        TrainingLoop.Run(
            job, new TrainingOptions(), new CheckpointStore(_folder["run"], "settings", TimeProvider.System), RunServices.Silent);
    }

    private static nn.Module<Tensor, Tensor> Module() => nn.Sequential(nn.Linear(4, 3), nn.BatchNorm1d(3), nn.Linear(3, 1));

    private static Tensor Inputs() => TaskSamples.Gaussian(1, "inputs", 1, 40, 4, 1).On(CPU)[0];
}
