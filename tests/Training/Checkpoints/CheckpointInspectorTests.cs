using System.Text.Json;
using W2S.Data;
using W2S.Models;

namespace W2S.Training.Tests;

public sealed class CheckpointInspectorTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public CheckpointInspectorTests()
    {
        foreach (var (job, losses) in new[] { ("weak", new[] { 3.0, 2.0 }), ("strong", [1.0, 4.0]) })
        {
            var store = new CheckpointStore(_folder[$"runs/{job}"], "settings", new ManualTime());
            for (var step = 0; step < losses.Length; step++)
            {
                IReadOnlyList<NamedTensor> state =
                    [NamedTensor.Of("weights", [1.5f, float.NaN, step], 3), NamedTensor.Of("count", [5L], 1)];
                store.Save(
                    new CheckpointStore.Snapshot(job, step, step, [new CheckpointManifest.LossPoint(step, losses[step])], state),
                    keepNewest: 9, keepBest: true);
            }
        }
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void All_checkpoints_below_a_folder_are_listed_with_last_and_best_marked() =>
        Assert.Equal(
            [
                ("strong", 0L, 1.0, false, true), ("strong", 1L, 4.0, true, false), ("weak", 0L, 3.0, false, false),
                ("weak", 1L, 2.0, true, true),
            ],
            CheckpointInspector.List(_folder.Root)
                .Select(found => (found.Job!, found.Step, found.Loss!.Value, found.IsLast, found.IsBest)));

    [Fact]
    public void Verifying_names_the_damaged_file_and_only_that()
    {
        var path = _folder["runs/weak/step-000000000/state.safetensors"];
        var bytes = File.ReadAllBytes(path);
        bytes[^1] ^= 1;
        File.WriteAllBytes(path, bytes);
        var problems = CheckpointInspector.Verify(_folder.Root).Where(found => found.Problem != null).ToList();
        Assert.Contains(path, Assert.Single(problems).Problem);
    }

    [Fact]
    public void A_store_stands_for_its_newest_checkpoint_and_shows_its_tensors()
    {
        var details = CheckpointInspector.Inspect(_folder["runs/weak"]);
        Assert.Equal(1, details.Summary.Step);
        Assert.Equal(["count", "weights"], details.Tensors.Select(tensor => tensor.Name));
        Assert.Equal([1.5, "nan", 1.0], details.Tensors[1].First);
        Assert.Equal("[3]", JsonSerializer.Serialize(details.Tensors[1].Shape));
        Assert.Contains("\"nan\"", JsonSerializer.Serialize(details));
    }

    [Fact]
    public void What_is_no_checkpoint_is_refused_with_a_way_on()
    {
        Assert.Contains("checkpoints list", Assert.Throws<UserErrorException>(() => CheckpointInspector.Inspect(_folder["runs"])).Message);
        Assert.Throws<UserErrorException>(() => CheckpointInspector.List(_folder["nowhere"]));
    }
}
