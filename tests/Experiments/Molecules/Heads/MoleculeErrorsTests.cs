using W2S.Data;
using W2S.Training;

namespace W2S.Experiments;

public class MoleculeErrorsTests
{
    [Fact]
    public void Errors_by_hand()
    {
        double[] labels = [1, 2, 3, 100], predictions = [1, 4, 2, -100];
        var errors = MoleculeErrors.Of(predictions, labels, [0, 1, 2]);
        Assert.Equal(5.0 / 3, errors.MeanSquared, 1e-12);
        Assert.Equal(Math.Sqrt(5.0 / 3), errors.RootMeanSquared, 1e-12);
        Assert.Equal(1, errors.MeanAbsolute, 1e-12);
        Assert.Equal(1 - 5.0 / 2, errors.Explained!.Value, 1e-12);
        Assert.Null(MoleculeErrors.Of(predictions, [2, 2, 2], [0, 1]).Explained);
        Assert.Throws<ArgumentException>(() => MoleculeErrors.Of(predictions, labels, []));
    }

    [Fact]
    public void Features_that_are_no_numbers_are_refused_with_encoder_and_molecule()
    {
        var data = MoleculeDataSet.Named("synthetic-smiles").Load(new DataFolders(["."]));
        var values = new float[data.Table.Count * 2];
        values[7] = float.NaN;
        var error = Assert.Throws<UserErrorException>(() => MoleculeFeatures.Of(data, EncoderPooling.Pooled, new Given("weak-2", values)));
        Assert.Contains("weak-2 says NaN about molecule 3", error.Message);
        Assert.Contains(data.Table.Smiles[3], error.Message);
    }

    [Fact]
    public void A_head_is_kept_to_the_last_bit()
    {
        var head = new MoleculeHead([0.1, -1e-300, 1.0 / 3], 1e17);
        var kept = MoleculeHead.From(head.ToTensors("weak.").ToDictionary(tensor => tensor.Name), 3, "weak.");
        Assert.Equal(head.Weights, kept.Weights);
        Assert.Equal(head.Bias, kept.Bias);
    }

    private sealed class Given(string name, float[] values) : IMoleculeFeatures
    {
        public string Name => name;
        public string Description => "given";
        public int Width => 2;
        public float[] Of(MoleculeData data, EncoderPooling pooling) => values;
    }
}
