using System.CommandLine;

namespace W2S.Cli;

/// <summary>How much the program says on stderr; understood by every command.</summary>
internal static class SpeechOptions
{
    public static readonly Option<bool> Verbose = new("--verbose")
    {
        Description = "Say more; after a failure, where in the program it was.",
        Recursive = true,
    };

    public static readonly Option<bool> Quiet = new("--quiet")
    {
        Description = "Say nothing but results, warnings and errors.",
        Recursive = true,
    };
}
