using W2S.Experiments;

namespace W2S.Cli;

/// <summary>How many threads a study may use.</summary>
internal static class Cores
{
    /// <summary>What its settings say, where 0 is one for each core.</summary>
    public static int Of(StudyOptions study) => study.Threads == 0 ? Environment.ProcessorCount : study.Threads;

    /// <inheritdoc cref="Of(StudyOptions)"/>
    public static int Of(MoleculeStudyOptions study) => study.Threads == 0 ? Environment.ProcessorCount : study.Threads;

    /// <inheritdoc cref="Of(StudyOptions)"/>
    public static int Of(MoleculeStageOptions stage) => stage.Threads == 0 ? Environment.ProcessorCount : stage.Threads;
}
