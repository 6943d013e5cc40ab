using System.CommandLine;
using System.Globalization;
using W2S.Experiments;
using W2S.Models;
using W2S.Reporting.Tables;
using W2S.Training;

namespace W2S.Cli;

/// <summary>`checkpoints inspect`.</summary>
internal sealed class CheckpointsInspectCommand : DocumentedCommand
{
    private readonly Argument<string> _path = new("path")
    {
        HelpName = "PATH",
        Description = "A checkpoint, the folder of a training, which stands for its newest, or a Hugging Face folder, or a file of PyTorch (.pt, .pth, .ckpt) or safetensors.",
    };

    private readonly Option<bool> _json = CheckpointArguments.Json();

    public CheckpointsInspectCommand() : base("inspect", "Shows what a checkpoint or a file of weights holds.",
        "Of a checkpoint, which is verified first: where the training stood, the settings that it belongs to, its files and every tensor with its first "
        + "values. Of a file of PyTorch, in either of its formats, or safetensors: the same of every tensor, and all other values. The content decides, not "
        + "the name, and nothing that a file asks for is executed. --json has the SHA-256 of each tensor's row-major bytes and up to 24 values.")
    {
        Add(_path);
        AddGroup("Output", [_json]);
        AddExample("checkpoints inspect checkpoints/mlp-8x16-seed0-0123abcd", "The newest checkpoint of a representation:");
        AddExample("checkpoints inspect last.ckpt --json", "A file from PyTorch, for programs:");
        SetAction(parsed =>
        {
            var (path, json) = (parsed.GetValue(_path)!, parsed.GetValue(_json));
            if (HuggingFaceFolder.WeightsIn(path) is { } weights) path = weights;
            if (Directory.Exists(path)) Show(CheckpointInspector.Inspect(path), Text, json);
            else Show(WeightsFileDetails.Read(path), details => WeightsFileText.Of(details, TableText.ListWidth), json);
        });
    }

    private static void Show<T>(T details, Func<T, string> text, bool json) where T : notnull => Console.WriteLine(json ? CheckpointArguments.ToJson(details) : text(details));

    private static string Text(CheckpointDetails details)
    {
        var summary = details.Summary;
        var tensors = details.Tensors.Select(tensor => new[]
        {
            tensor.Name, tensor.Dtype, $"[{string.Join(", ", tensor.Shape)}]", WeightsFileText.Values(tensor.First, 4),
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
