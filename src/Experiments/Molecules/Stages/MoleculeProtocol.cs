namespace W2S.Experiments;

/// <summary>
/// Which molecules the weak model labels for the student; 2405.15116 does not say. The weak model is fitted on the train part
/// (half: on one half of it), and a ceiling where the student is.
/// </summary>
public enum MoleculeProtocol
{
    /// <summary>The train part, on which the weak model was fitted too: the natural reading of the paper.</summary>
    Train,

    /// <summary>The valid part, which the weak model never saw.</summary>
    Valid,

    /// <summary>One half of the train part, the weak model having been fitted on the other.</summary>
    Half,
}
