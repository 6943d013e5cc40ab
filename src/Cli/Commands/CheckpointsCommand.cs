using System.Text.Json;

namespace W2S.Cli;

/// <summary>`checkpoints`: what is stored, what is in it, and whether it is whole.</summary>
internal sealed class CheckpointsCommand : DocumentedCommand
{
    public CheckpointsCommand() : base("checkpoints", "Lists, inspects and verifies what training has stored.",
        "A checkpoint is a folder step-N with the state of a training in state.safetensors, and a manifest.json with the SHA-256 of it. Looking "
        + "changes nothing, also while a training writes them.")
    {
        Add(new ListCommand());
        Add(new InspectCommand());
        Add(new VerifyCommand());
        AddExample("checkpoints list", "Everything under checkpoints/:");
        AddExample("checkpoints verify runs", "Whether all that runs/ holds is whole:");
    }

    /// <summary>`checkpoints list`.</summary>
    private sealed class ListCommand : DocumentedCommand
    {
        private readonly Argument<string> _folder = Folder();
        private readonly Option<bool> _json = JsonOption();

        public ListCommand() : base("list", "Lists the checkpoints below a folder.",
            "Reads the manifests only, so it is quick; verify also reads the files. Training continues from the one marked last.")
        {
            Add(_folder);
            AddGroup("Output", [_json]);
            AddExample("checkpoints list runs", "All checkpoints of all runs:");
            SetAction(parsed => Show(parsed.GetValue(_folder)!, parsed.GetValue(_json)));
        }

        private static void Show(string folder, bool json)
        {
            var checkpoints = CheckpointInspector.List(folder);
            if (json)
                Console.WriteLine(ToJson(checkpoints));
            else if (checkpoints.Count == 0)
                Console.WriteLine($"There are no checkpoints below {folder}.");
            else
                Console.Write(TableText.List(new TextTable(["Training", "Step", "Loss", "Saved (UTC)", "Bytes", "", "Folder"], [.. checkpoints.Select(Row)]), Lines));
        }

        private static string Lines(IReadOnlyList<string> cells)
        {
            var mark = cells[5] == "" ? "" : $", {cells[5]}";
            return $"{cells[6]}\n  {cells[0]}\n  step {cells[1]}, loss {cells[2]}, {cells[4]} bytes, {cells[3]} UTC{mark}\n";
        }

        private static string[] Row(CheckpointInspector.Summary checkpoint) =>
        [
            checkpoint.Job ?? "unreadable",
            ProgressText.Count(checkpoint.Step),
            NumberText.Measure(checkpoint.Loss),
            checkpoint.SavedUtc?.ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture) ?? NumberText.Nothing,
            ProgressText.Count(checkpoint.Bytes),
            string.Join(", ", new[] { checkpoint.IsLast ? "last" : "", checkpoint.IsBest ? "best" : "" }.Where(mark => mark != "")),
            Path.GetRelativePath(".", checkpoint.Folder),
        ];
    }

    /// <summary>`checkpoints inspect`.</summary>
    private sealed class InspectCommand : DocumentedCommand
    {
        private readonly Argument<string> _path = new("path")
        {
            HelpName = "PATH",
            Description = "A checkpoint, the folder of a training, which stands for its newest, or a Hugging Face folder, or a file of PyTorch (.pt, .pth, .ckpt) or safetensors.",
        };

        private readonly Option<bool> _json = JsonOption();

        public InspectCommand() : base("inspect", "Shows what a checkpoint or a file of weights holds.",
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
                else Show(WeightsFileDetails.Read(path), details => details.Text(TableText.ListWidth), json);
            });
        }

        private static void Show<T>(T details, Func<T, string> text, bool json) where T : notnull =>
            Console.WriteLine(json ? ToJson(details) : text(details));

        private static string Text(CheckpointInspector.Details details)
        {
            var summary = details.Summary;
            var tensors = details.Tensors.Select(tensor => new[]
            {
                tensor.Name, tensor.Dtype, $"[{string.Join(", ", tensor.Shape)}]", WeightsFileDetails.Numbers(tensor.First, 4),
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

    /// <summary>`checkpoints verify`.</summary>
    private sealed class VerifyCommand : DocumentedCommand
    {
        private readonly Argument<string> _folder = Folder();
        private readonly Option<bool> _json = JsonOption();

        public VerifyCommand() : base("verify", "Checks every file of the checkpoints below a folder against its SHA-256.",
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
                Console.WriteLine(ToJson(checkpoints));
            else
            {
                foreach (var checkpoint in checkpoints)
                    Console.WriteLine(checkpoint.Problem == null ? $"good  {Path.GetRelativePath(".", checkpoint.Folder)}" : $"BAD   {checkpoint.Problem}");
                Console.WriteLine(
                    checkpoints.Count == 0 ? $"There are no checkpoints below {folder}." : $"{checkpoints.Count - bad} good, {bad} bad.");
            }
            return bad > 0 ? ExitCodes.Failed : ExitCodes.Done;
        }
    }

    private static Argument<string> Folder() => new Argument<string>("folder")
    {
        HelpName = "FOLDER",
        Description = "A checkpoint, a run, or a folder above them. Default: checkpoints.",
        DefaultValueFactory = _ => "checkpoints",
    }.Suggesting(Suggestions.Runs);
}
