using System.Numerics;
using System.Text;
using W2S.Models.PyTorch;

namespace W2S.Cli;

/// <summary>All that is in a file of PyTorch or safetensors, as `checkpoints inspect` prints it, for programs and for people.</summary>
/// <param name="Format">"pytorch-zip", "pytorch-legacy" or "safetensors".</param>
/// <param name="Values">
/// What is no tensor, in terms that JSON has: integers beyond 64 bits and numbers that are not finite are texts, bytes are base64.
/// </param>
internal sealed record WeightsFileDetails(
    string File, string Format, IReadOnlyList<TensorSummary> Tensors, IReadOnlyDictionary<string, object?> Values)
{
    private const int ShownValues = 4;

    // Where the output is no terminal, lines are still for reading; programs take --json.
    private const int PlainWidth = 80;

    /// <exception cref="Data.UserErrorException">
    /// There is no such file, or it cannot be read; the message names it and the cause.
    /// </exception>
    public static WeightsFileDetails Read(string path)
    {
        var document = TensorFile.Read(path);
        return new WeightsFileDetails(
            path, document.Format, [.. document.Tensors.Values.Select(TensorSummary.Of)],
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
    public static string Numbers(IReadOnlyList<object> first, int count) => string.Join(' ', first.Take(count).Select(value => value switch
    {
        double number => NumberText.Measure(number),
        bool truth => truth ? "true" : "false",
        _ => Convert.ToString(value, CultureInfo.InvariantCulture),
    }));

    private static string Table(IReadOnlyList<TensorSummary> tensors, int width)
    {
        var rows = tensors.Select(tensor => new[]
        {
            Printable(tensor.Name), tensor.Dtype, $"[{string.Join(", ", tensor.Shape)}]", Numbers(tensor.First, ShownValues),
        }).ToList();
        var table = TableText.Write(new TextTable(["tensor", "type", "shape", "first values"], rows), int.MaxValue);
        return table.Split('\n').Max(line => line.Length) <= width
            ? table
            : string.Concat(rows.Select(row => $"{Fitted(row[0], width)}\n{Fitted($"  {row[1]} {row[2]}  {row[3]}".TrimEnd(), width)}\n"));
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
    private static string Printable(string text) => string.Concat(text.Select(character => char.IsControl(character) ? '?' : character));

    private static string Fitted(string text, int width) => text.Length <= width ? text : string.Concat(text.AsSpan(0, width - 1), "…");
}
