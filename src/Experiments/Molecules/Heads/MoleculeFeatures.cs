using W2S.Data;
using W2S.Training;

namespace W2S.Experiments;

/// <summary>What a frozen encoder says about every molecule of a data set, computed once.</summary>
/// <param name="Encoder">Its name: "weak-32".</param>
/// <param name="Width">Numbers for each molecule.</param>
/// <param name="Clean">[molecules, width], row-major, in the order of the table: what heads predict from.</param>
public sealed record MoleculeFeatures(string Encoder, int Width, float[] Clean)
{
    /// <summary>
    /// What heads are fitted on, each [molecules, width]: the clean features, or several draws of disturbed ones (MolBERT's
    /// own way masks inputs and drops units while a head is fitted), which count as samples side by side.
    /// </summary>
    public IReadOnlyList<float[]> Fitting { get; init; } = [Clean];

    public int Molecules => Clean.Length / Width;

    /// <exception cref="UserErrorException">The encoder cannot read a molecule, or says what is no number.</exception>
    public static MoleculeFeatures Of(MoleculeData data, EncoderPooling pooling, IMoleculeFeatures encoder) =>
        new(encoder.Name, encoder.Width, Checked(data, encoder, encoder.Of(data, pooling)));

    /// <summary>The same with heads fitted on disturbed features.</summary>
    /// <param name="draws">What the encoder says about disturbed molecules, each [molecules, width]; at least one.</param>
    public MoleculeFeatures FittedOn(MoleculeData data, IMoleculeFeatures encoder, IReadOnlyList<float[]> draws)
    {
        if (draws.Count == 0) throw new ArgumentException("Heads need something to be fitted on.", nameof(draws));
        return this with { Fitting = [.. draws.Select(draw => Checked(data, encoder, draw))] };
    }

    private static float[] Checked(MoleculeData data, IMoleculeFeatures encoder, float[] values)
    {
        if (values.Length != (long)data.Table.Count * encoder.Width)
            throw new ArgumentException($"{encoder.Name} gave {values.Length} numbers for {data.Table.Count} molecules of {encoder.Width} each.");
        if (Array.FindIndex(values, value => !float.IsFinite(value)) is >= 0 and var place)
            throw new UserErrorException(
                $"{encoder.Name} says {values[place]} about molecule {place / encoder.Width} of {data.Set.Title} ({data.Table.Smiles[place / encoder.Width]}): no head can be fitted on what is no number. "
                + "Its weights are damaged or its training diverged; ./run.sh checkpoints inspect shows them. Pretrain it anew, or name another.");
        return values;
    }
}
