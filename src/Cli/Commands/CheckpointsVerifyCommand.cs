using System.CommandLine;
using W2S.Training;

namespace W2S.Cli;

/// <summary>`checkpoints verify`.</summary>
internal sealed class CheckpointsVerifyCommand : DocumentedCommand
{
    private readonly Argument<string> _folder = CheckpointArguments.Folder();
    private readonly Option<bool> _json = CheckpointArguments.Json();

    public CheckpointsVerifyCommand() : base("verify", "Checks every file of the checkpoints below a folder against its SHA-256.",
        "Exits with 1 if one is torn, edited, or written by a newer program; the file is named.")
    {
        Add(_folder);
        AddGroup("Output", [_json]);
        AddExample("checkpoints verify checkpoints", "Everything under checkpoints/:");
        SetAction(parsed => Show(parsed.GetValue(_folder)!, parsed.GetValue(_json)));
    }

    private static int Show(string folder, bool json)
    {
        var checkpoints = CheckpointInspector.Verify(folder);
        var bad = checkpoints.Count(checkpoint => checkpoint.Problem != null);
        if (json)
            Console.WriteLine(CheckpointArguments.ToJson(checkpoints));
        else
        {
            foreach (var checkpoint in checkpoints)
                Console.WriteLine(checkpoint.Problem == null ? $"good  {Path.GetRelativePath(".", checkpoint.Folder)}" : $"BAD   {checkpoint.Problem}");
            Console.WriteLine(checkpoints.Count == 0 ? $"There are no checkpoints below {folder}." : $"{checkpoints.Count - bad} good, {bad} bad.");
        }
        return bad > 0 ? ExitCodes.Failed : ExitCodes.Done;
    }
}
