using W2S.Data;
using W2S.Models;

namespace W2S.Training.Tests;

public sealed class CheckpointStoreTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly ManualTime _time = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void The_newest_checkpoint_is_loaded_as_it_was_saved()
    {
        var store = Store();
        Save(store, 1, 0.5);
        var snapshot = Save(store, 2, 0.25);
        var loaded = store.LoadNewest()!;
        Assert.Equal(2, loaded.Manifest.Step);
        Assert.Equal("the job", loaded.Manifest.Job);
        Assert.Equal(0.2, loaded.Manifest.Epoch);
        Assert.Equal(snapshot.History, loaded.Manifest.History);
        Assert.Equal(_time.GetUtcNow(), loaded.Manifest.SavedUtc);
        Assert.Equal(snapshot.State[0].Bytes, loaded.State["weights"].Bytes);
    }

    [Fact]
    public void Where_nothing_was_saved_nothing_is_loaded() => Assert.Null(Store().LoadNewest());

    [Fact]
    public void The_newest_and_the_best_are_kept_and_pointed_to()
    {
        var store = Store();
        foreach (var (step, loss) in new[] { (1L, 9.0), (2L, 1.0), (3L, 5.0), (4L, 4.0), (5L, 6.0) }) Save(store, step, loss);
        Assert.Equal(["step-000000002", "step-000000004", "step-000000005"], Checkpoints());
        Assert.Equal("step-000000005\n", File.ReadAllText(_folder["LAST"]));
        Assert.Equal("step-000000002\n", File.ReadAllText(_folder["BEST"]));
    }

    [Fact]
    public void The_best_is_not_kept_where_it_is_not_wanted()
    {
        var store = Store();
        foreach (var (step, loss) in new[] { (1L, 9.0), (2L, 1.0), (3L, 5.0), (4L, 4.0) })
            store.Save(Snapshot(step, loss), keepNewest: 1, keepBest: false);
        Assert.Equal(["step-000000004"], Checkpoints());
    }

    [Fact]
    public void The_state_file_is_the_same_whenever_it_is_written()
    {
        Save(Store("early"), 1, 0.5);
        _time.Advance(TimeSpan.FromDays(400));
        Save(Store("late"), 1, 0.5);
        Assert.Equal(
            File.ReadAllBytes(_folder["early/step-000000001/state.safetensors"]),
            File.ReadAllBytes(_folder["late/step-000000001/state.safetensors"]));
    }

    [Fact]
    public void A_flipped_bit_anywhere_is_refused_with_the_name_of_the_file_and_the_last_good_checkpoint()
    {
        var store = Store();
        Save(store, 1, 0.5);
        Save(store, 2, 0.25);
        foreach (var name in new[] { Checkpoint.StateFile, Checkpoint.ManifestFile })
        {
            var path = _folder[$"step-000000002/{name}"];
            var sound = File.ReadAllBytes(path);
            for (var index = 0; index < sound.Length; index++)
            {
                var damaged = (byte[])sound.Clone();
                damaged[index] ^= (byte)(1 << index % 8);
                File.WriteAllBytes(path, damaged);
                var error = Assert.Throws<UserErrorException>(() => store.LoadNewest());
                Assert.Contains(path, error.Message);
                // A version digit that became a larger one is a newer format, for which another program is the remedy.
                if (!error.Message.Contains("newer version"))
                    Assert.Contains($"remove {_folder["step-000000002"]} and run the same command to continue from step 1", error.Message);
            }
            File.WriteAllBytes(path, sound);
        }
        Assert.Equal(2, store.LoadNewest()!.Manifest.Step);
    }

    [Theory]
    [InlineData(Checkpoint.StateFile)]
    [InlineData(Checkpoint.ManifestFile)]
    public void A_file_that_is_cut_or_missing_is_refused_by_name(string name)
    {
        var store = Store();
        Save(store, 7, 0.5);
        var path = _folder[$"step-000000007/{name}"];
        File.WriteAllBytes(path, File.ReadAllBytes(path)[..^5]);
        Assert.Contains($"{path} is torn", Assert.Throws<UserErrorException>(() => store.LoadNewest()).Message);
        File.Delete(path);
        var error = Assert.Throws<UserErrorException>(() => store.LoadNewest());
        Assert.Contains($"{path} is missing", error.Message);
        Assert.Contains("start from the beginning", error.Message);
    }

    [Fact]
    public void Doing_what_the_message_says_continues_from_the_last_good_checkpoint()
    {
        var store = Store();
        Save(store, 1, 0.5);
        Save(store, 2, 0.25);
        File.Delete(_folder["step-000000002/state.safetensors"]);
        Assert.Throws<UserErrorException>(() => store.LoadNewest());
        Directory.Delete(_folder["step-000000002"], recursive: true);
        Assert.Equal("step-000000002\n", File.ReadAllText(_folder["LAST"])); // Points nowhere now, which harms nothing.
        Assert.Equal(1, store.LoadNewest()!.Manifest.Step);
    }

    [Fact]
    public void A_half_written_folder_is_never_a_candidate_and_is_removed()
    {
        var store = Store();
        Save(store, 1, 0.5);
        Directory.CreateDirectory(_folder["step-000000002.tmp"]);
        File.WriteAllText(_folder["step-000000002.tmp/state.safetensors"], "half");
        Assert.Equal(1, store.LoadNewest()!.Manifest.Step);
        Assert.False(Directory.Exists(_folder["step-000000002.tmp"]));
    }

    [Fact]
    public void A_checkpoint_between_its_rename_and_the_replacement_of_LAST_counts()
    {
        var store = Store();
        Save(store, 1, 0.5);
        var last = File.ReadAllText(_folder["LAST"]);
        Save(store, 2, 0.25);
        File.WriteAllText(_folder["LAST"], last);
        Assert.Equal(2, store.LoadNewest()!.Manifest.Step);
    }

    [Fact]
    public void Other_settings_are_refused_and_shown()
    {
        Save(Store(), 1, 0.5);
        var other = new CheckpointStore(_folder.Root, "width=16 depth=8 rate=0.002", _time);
        var error = Assert.Throws<UserErrorException>(() => other.LoadNewest());
        Assert.Contains("rate=0.001", error.Message);
        Assert.Contains("rate=0.002", error.Message);
    }

    [Fact]
    public void A_newer_format_is_refused_with_both_versions()
    {
        var store = Store();
        Save(store, 1, 0.5);
        var path = _folder["step-000000001/manifest.json"];
        File.WriteAllText(path, File.ReadAllText(path).Replace("\"format_version\": 1", "\"format_version\": 2, \"unheard_of\": true"));
        var error = Assert.Throws<UserErrorException>(() => store.LoadNewest());
        Assert.Contains($"{path} has format version 2; this program reads up to 1", error.Message);
    }

    [Fact]
    public void A_renamed_checkpoint_is_refused()
    {
        var store = Store();
        Save(store, 1, 0.5);
        Directory.Move(_folder["step-000000001"], _folder["step-000000009"]);
        Assert.Contains("is of step 1: the folder was renamed", Assert.Throws<UserErrorException>(() => store.LoadNewest()).Message);
    }

    private CheckpointStore Store(string name = "") => new(_folder[name], "width=16 depth=8 rate=0.001", _time);

    private string[] Checkpoints() => [.. Directory.GetDirectories(_folder.Root).Select(path => Path.GetFileName(path)).Order()];

    private static CheckpointStore.Snapshot Save(CheckpointStore store, long step, double loss)
    {
        var snapshot = Snapshot(step, loss);
        store.Save(snapshot, keepNewest: 2, keepBest: true);
        return snapshot;
    }

    private static CheckpointStore.Snapshot Snapshot(long step, double loss) =>
        new("the job", step, step / 10.0, [new CheckpointManifest.LossPoint(step, loss)], [NamedTensor.Of("weights", [1f, 2f, step], 3)]);
}
