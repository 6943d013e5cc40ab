namespace W2S.Experiments;

/// <summary>Which examples the weak model labels for the student; a ceiling sees the same ones.</summary>
public enum Protocol
{
    /// <summary>Gaussian: fresh samples (2405.15116, equation 11).</summary>
    Fresh,

    /// <summary>Gaussian: the samples that the weak model was fitted on (the authors' notebook).</summary>
    Own,

    /// <summary>Tables: the train part, on which the weak model was fitted too; the natural reading of the paper's section 5.2.</summary>
    Train,

    /// <summary>Tables: the valid part, which the weak model never saw.</summary>
    Valid,

    /// <summary>Tables: one half of the train part, the weak model having been fitted on the other (Burns et al. 2023).</summary>
    Half,
}
