using System.Numerics;
using System.Text;
using System.Text.Json;
using W2S.Models.PyTorch;

namespace W2S.Cli;

/// <summary>`checkpoints`: what is stored, what is in it, and whether it is whole.</summary>
internal sealed class CheckpointsCommand : DocumentedCommand
{
    public CheckpointsCommand() : base("checkpoints", "Lists, inspects and verifies what training has stored.",
        "A checkpoint is a folder step-N with the state of a training in state.safetensors, and a manifest.json with the SHA-256 of it. "
        + "Looking changes nothing, also while a training writes them.")
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
        private static readonly string[] Headers = ["Training", "Step", "Loss", "Saved (UTC)", "Bytes", "", "Folder"];
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
                Console.Write(TableText.List(new TextTable(Headers, [.. checkpoints.Select(Row)]), Lines));
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
            Description = "A checkpoint, the folder of a training, which stands for its newest, or a Hugging Face folder, or a file of "
                + "PyTorch (.pt, .pth, .ckpt) or safetensors.",
        };

        private readonly Option<bool> _json = JsonOption();

        public InspectCommand() : base("inspect", "Shows what a checkpoint or a file of weights holds.",
            "Of a checkpoint, which is verified first: where the training stood, the settings that it belongs to, its files and every "
            + "tensor with its first values. Of a file of PyTorch, in either of its formats, or safetensors: the same of every tensor, and "
            + "all other values. The content decides, not the name, and nothing that a file asks for is executed. --json has the SHA-256 "
            + "of each tensor's row-major bytes and up to 24 values.")
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
                else Show(WeightsFile.Read(path), details => details.Text(TableText.ListWidth), json);
            });
        }

        private static void Show<T>(T details, Func<T, string> text, bool json) where T : notnull =>
            Console.WriteLine(json ? ToJson(details) : text(details));

        private static string Text(CheckpointInspector.Details details)
        {
            var summary = details.Summary;
            var tensors = details.Tensors.Select(tensor => new[]
            {
                tensor.Name, tensor.Dtype, $"[{string.Join(", ", tensor.Shape)}]", WeightsFile.Numbers(tensor.First, 4),
            });
            var (step, epoch) = (ProgressText.Count(summary.Step), NumberText.Measure(summary.Epoch));
            var files = details.Files.Select(file =>
                $"file       {file.Key}, {ProgressText.Count(file.Value.Bytes)} bytes, SHA-256 {file.Value.Sha256}");
            return $"""
                {Path.GetRelativePath(".", summary.Folder)}
                training   {summary.Job}
                stands at  step {step}, epoch {epoch}, loss {NumberText.Measure(summary.Loss)}
                saved      {summary.SavedUtc?.ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture)} UTC
                settings   {details.Fingerprint}
                {string.Join('\n', files)}

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
                    Console.WriteLine(checkpoint.Problem == null
                        ? $"good  {Path.GetRelativePath(".", checkpoint.Folder)}"
                        : $"BAD   {checkpoint.Problem}");
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

    /// <summary>All that is in a file of PyTorch or safetensors, as `checkpoints inspect` prints it, for programs and for people.</summary>
    /// <param name="Format">"pytorch-zip", "pytorch-legacy" or "safetensors".</param>
    /// <param name="Values">
    /// What is no tensor, in terms that JSON has: integers beyond 64 bits and numbers that are not finite are texts, bytes are base64.
    /// </param>
    private sealed record WeightsFile(
        string File, string Format, IReadOnlyList<NamedTensor.Summary> Tensors, IReadOnlyDictionary<string, object?> Values)
    {
        private const int ShownValues = 4;

        // Where the output is no terminal, lines are still for reading; programs take --json.
        private const int PlainWidth = 80;

        /// <exception cref="Data.UserErrorException">
        /// There is no such file, or it cannot be read; the message names it and the cause.
        /// </exception>
        public static WeightsFile Read(string path)
        {
            var document = TensorFile.Read(path);
            return new WeightsFile(
                path, document.Format, [.. document.Tensors.Values.Select(tensor => tensor.Summarise())],
                document.Values.ToDictionary(pair => pair.Key, pair => Speakable(pair.Value)));
        }

        private static object? Speakable(object? value) => value switch
        {
            double.NaN => "nan",
            double.PositiveInfinity => "inf",
            double.NegativeInfinity => "-inf",
            BigInteger integer => integer.ToString(),
            _ => value,
        };

        /// <summary>For people: a table, or where names are too long for that two lines for each tensor; then the other values.</summary>
        /// <param name="width">Columns of the terminal.</param>
        public string Text(int width)
        {
            if (width == int.MaxValue) width = PlainWidth;
            var elements = Tensors.Sum(tensor => tensor.Shape.Aggregate(1L, (product, size) => product * size));
            var text = new StringBuilder();
            text.Append(Fitted(Printable(File), width)).Append('\n');
            text.Append($"{Format}, {ProgressText.Count(Tensors.Count, "tensor")} of {ProgressText.Count(elements, "element")}, ")
                .Append($"{ProgressText.Count(Values.Count)} other values\n");
            if (Tensors.Count > 0) text.Append('\n').Append(Table(Tensors, width));
            if (Values.Count > 0) text.Append('\n');
            foreach (var (name, value) in Values) text.Append(Fitted($"{Printable(name)} = {Value(value)}", width)).Append('\n');
            return text.ToString().TrimEnd();
        }

        /// <summary>The first numbers of a tensor.</summary>
        public static string Numbers(IReadOnlyList<object> first, int count) =>
            string.Join(' ', first.Take(count).Select(value => value switch
        {
            double number => NumberText.Measure(number),
            bool truth => truth ? "true" : "false",
            _ => Convert.ToString(value, CultureInfo.InvariantCulture),
        }));

        private static string Table(IReadOnlyList<NamedTensor.Summary> tensors, int width)
        {
            var rows = tensors.Select(tensor => new[]
            {
                Printable(tensor.Name), tensor.Dtype, $"[{string.Join(", ", tensor.Shape)}]", Numbers(tensor.First, ShownValues),
            }).ToList();
            var table = TableText.Write(new TextTable(["tensor", "type", "shape", "first values"], rows), int.MaxValue);
            return table.Split('\n').Max(line => line.Length) <= width
                ? table
                : string
                    .Concat(rows.Select(row => $"{Fitted(row[0], width)}\n{Fitted($"  {row[1]} {row[2]}  {row[3]}".TrimEnd(), width)}\n"));
        }

        private static string Value(object? value) => value switch
        {
            null => "none",
            bool truth => truth ? "true" : "false",
            byte[] bytes => $"{ProgressText.Count(bytes.Length, "byte")}",
            string text => Printable(text),
            _ => Convert.ToString(value, CultureInfo.InvariantCulture)!,
        };

        /// <summary>Texts of a file may hold what moves a terminal's cursor.</summary>
        private static string Printable(string text) =>
            string.Concat(text.Select(character => char.IsControl(character) ? '?' : character));

        private static string Fitted(string text, int width) => text.Length <= width ? text : string.Concat(text.AsSpan(0, width - 1), "…");
    }
}
