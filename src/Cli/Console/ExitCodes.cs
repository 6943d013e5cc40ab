namespace W2S.Cli;

/// <summary>What the program's exit code says; job scripts depend on it.</summary>
internal static class ExitCodes
{
    public const int Done = 0;

    /// <summary>Something failed that is not the user's mistake: a full disk, a loss that is no number.</summary>
    public const int Failed = 1;

    public const int UserMistake = 2;

    /// <summary>Asked to stop, saved, and the same command continues: EX_TEMPFAIL of sysexits.h.</summary>
    public const int StoppedEarly = 75;
}
