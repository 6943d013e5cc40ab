using System.CommandLine;
using System.Text.Json;

namespace W2S.Cli;

/// <summary>What list, inspect and verify share.</summary>
internal static class CheckpointArguments
{
    private static readonly JsonSerializerOptions SnakeCase = new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower, WriteIndented = true };

    public static Argument<string> Folder() => new Argument<string>("folder")
    {
        HelpName = "FOLDER",
        Description = "A checkpoint, a run, or a folder above them. Default: checkpoints.",
        DefaultValueFactory = _ => "checkpoints",
    }.Suggesting(Suggestions.Runs);

    public static Option<bool> Json() => new("--json") { Description = "JSON, for programs." };

    public static string ToJson(object value) => JsonSerializer.Serialize(value, SnakeCase);
}
