using W2S.Data;
using W2S.Models;
using W2S.Training;
using W2S.Training.Objectives;

namespace W2S.Experiments;

public class ErrorsTests
{
    [Fact]
    public void Errors_are_means_over_each_cells_samples() =>
        Assert.Equal([2.5, 0], Errors.Of(new Squared().Error, new Targets(2, 2, 1, [1, 2, 3, 4]), new Targets(2, 2, 1, [2, 4, 3, 4])));

    [Fact]
    public void Every_cell_has_its_own_measures()
    {
        var measures = new[] { new OrderedDictionary<string, double?>(), new OrderedDictionary<string, double?>() };
        Errors.Add(measures, "student", new Targets(2, 3, 1, [1, 4, 2, 1, 2, 3]), new Targets(2, 3, 1, [1, 2, 3, 2, 2, 2]));
        Assert.Equal(["student_mse", "student_rmse", "student_mae", "student_r2"], measures[0].Keys);
        foreach (var (expected, value) in new[] { 5.0 / 3, Math.Sqrt(5.0 / 3), 1, 1 - 5.0 / 2 }.Zip(measures[0].Values)) Assert.Equal(expected, value!.Value, 1e-12);
        Assert.Null(measures[1]["student_r2"]);
    }

    [Fact]
    public void Heads_are_kept_to_the_last_bit_and_in_slices()
    {
        using var folder = new TemporaryFolder();
        var heads = new DoubleHeads(3, [0.1, -1e-300, 1.0 / 3, 4, 5, 6], [1e17, -2]);
        var single = new SingleHeads(LinearHeads.Initialise(1, "heads", 2, 3, hasBias: true));
        HeadFile.Write(folder.Path,
            [("weak", new SolvedHeads(heads.Slice(0, 1))), ("student", new SolvedHeads(single)), ("weak", new SolvedHeads(heads.Slice(1, 1)))]);
        var study = new Study();
        var features = new TaskSamples(2, 5, 3, [.. Enumerable.Range(0, 30).Select(place => place / 7f)]);
        foreach (var (kept, stage) in new (IHeads, string)[] { (heads, "weak"), (single, "student") })
            Assert.Equal(kept.Outputs(features).Values, HeadFile.Read(folder.Path, stage, study.HasHeadBias).Outputs(features).Values);
        Assert.Contains("lacks the heads of the stage strong", Assert.Throws<UserErrorException>(() => HeadFile.Read(folder.Path, "strong", study.HasHeadBias)).Message);
        Assert.Contains("is missing", Assert.Throws<UserErrorException>(() => HeadFile.Read(folder["nowhere"], "weak", study.HasHeadBias)).Message);
    }
}
