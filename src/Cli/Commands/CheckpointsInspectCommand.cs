using System.CommandLine;
using System.Globalization;
using W2S.Experiments;
using W2S.Training;

namespace W2S.Cli;

/// <summary>`checkpoints inspect`.</summary>
internal sealed class CheckpointsInspectCommand : TaughtCommand
{
    private readonly Argument<string> _folder = new("folder") { HelpName = "FOLDER", Description = "A checkpoint, or the folder of a training, which stands for its newest." };
    private readonly Option<bool> _json = CheckpointArguments.Json();

    public CheckpointsInspectCommand() : base("inspect", "Shows what a checkpoint holds.",
        "Verifies it first. Shows where the training stood, the settings that it belongs to, its files and every tensor with its first values.")
    {
        Add(_folder);
        AddGroup("Output", [_json]);
        AddExample("checkpoints inspect checkpoints/mlp-8x16-seed0-0123abcd", "The newest checkpoint of a representation:");
        SetAction(parsed =>
        {
            var details = CheckpointInspector.Inspect(parsed.GetValue(_folder)!);
            Console.WriteLine(parsed.GetValue(_json) ? CheckpointArguments.ToJson(details) : Text(details));
        });
    }

    private static string Text(CheckpointDetails details)
    {
        var summary = details.Summary;
        var tensors = details.Tensors.Select(tensor => new[]
        {
            tensor.Name, tensor.Type, $"[{string.Join(", ", tensor.Shape)}]", string.Join(' ', tensor.First.Take(4).Select(value => NumberText.Measure(value))),
        });
        return $"""
            {Path.GetRelativePath(".", summary.Folder)}
            training   {summary.Job}
            stands at  step {ProgressText.Count(summary.Step)}, epoch {NumberText.Measure(summary.Epoch)}, loss {NumberText.Measure(summary.Loss)}
            saved      {summary.SavedUtc?.ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture)} UTC
            settings   {details.Fingerprint}
            {string.Join('\n', details.Files.Select(file => $"file       {file.Key}, {ProgressText.Count(file.Value.Bytes)} bytes, SHA-256 {file.Value.Sha256}"))}

            {TableText.Write(new TextTable(["tensor", "type", "shape", "first values"], [.. tensors]), int.MaxValue).TrimEnd()}
            """;
    }
}
