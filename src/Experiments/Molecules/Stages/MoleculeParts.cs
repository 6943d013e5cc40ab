using W2S.Data;

namespace W2S.Experiments;

/// <summary>The rows of one split that each model is fitted on.</summary>
/// <param name="Weak">The weak model's, with true labels.</param>
/// <param name="Student">The student's, with weak labels; a ceiling's, with true ones.</param>
public sealed record MoleculeParts(IReadOnlyList<int> Weak, IReadOnlyList<int> Student)
{
    public static MoleculeParts Of(MoleculeSplit split, MoleculeProtocol protocol)
    {
        switch (protocol)
        {
            case MoleculeProtocol.Train: return new MoleculeParts(split.Train, split.Train);
            case MoleculeProtocol.Valid: return new MoleculeParts(split.Train, split.Valid);
            default:
                var order = new int[split.Train.Count];
                new RandomStream(split.Seed, "halves of the train part").Permutation(order);
                var middle = (order.Length + 1) / 2;
                return new MoleculeParts(Rows(order[..middle]), Rows(order[middle..]));
        }

        int[] Rows(int[] places) => [.. places.Order().Select(place => split.Train[place])];
    }

    /// <summary>"the train part": for people.</summary>
    public static string InWords(MoleculeProtocol protocol, bool weak) => protocol switch
    {
        MoleculeProtocol.Half => weak ? "one half of the train part" : "the other half of the train part",
        MoleculeProtocol.Valid when !weak => "the valid part",
        _ => "the train part",
    };
}
