using System.Globalization;
using System.Text;
using W2S.Experiments;
using W2S.Models;
using W2S.Reporting.Tables;
using W2S.Training;

namespace W2S.Cli;

/// <summary>A file of weights for people: a table, or where names are too long for that two lines for each tensor; then the other values.</summary>
internal static class WeightsFileText
{
    private const int ShownValues = 4;

    // Where the output is no terminal, lines are still for reading; programs take --json.
    private const int PlainWidth = 80;

    /// <param name="width">Columns of the terminal.</param>
    public static string Of(WeightsFileDetails details, int width)
    {
        if (width == int.MaxValue) width = PlainWidth;
        var elements = details.Tensors.Sum(tensor => tensor.Shape.Aggregate(1L, (product, size) => product * size));
        var text = new StringBuilder();
        text.Append(Fitted(Printable(details.File), width)).Append('\n');
        text.Append(CultureInfo.InvariantCulture, $"{details.Format}, {ProgressText.Count(details.Tensors.Count)} tensors of {ProgressText.Count(elements)} elements, {ProgressText.Count(details.Values.Count)} other values\n");
        if (details.Tensors.Count > 0) text.Append('\n').Append(Tensors(details.Tensors, width));
        if (details.Values.Count > 0) text.Append('\n');
        foreach (var (name, value) in details.Values) text.Append(Fitted($"{Printable(name)} = {Value(value)}", width)).Append('\n');
        return text.ToString().TrimEnd();
    }

    /// <summary>The first numbers of a tensor.</summary>
    public static string Values(IReadOnlyList<object> first, int count) => string.Join(' ', first.Take(count).Select(value => value switch
    {
        double number => NumberText.Measure(number),
        bool truth => truth ? "true" : "false",
        _ => Convert.ToString(value, CultureInfo.InvariantCulture),
    }));

    private static string Tensors(IReadOnlyList<TensorSummary> tensors, int width)
    {
        var rows = tensors.Select(tensor => new[] { Printable(tensor.Name), tensor.Dtype, $"[{string.Join(", ", tensor.Shape)}]", Values(tensor.First, ShownValues) }).ToList();
        var table = TableText.Write(new TextTable(["tensor", "type", "shape", "first values"], rows), int.MaxValue);
        return table.Split('\n').Max(line => line.Length) <= width
            ? table
            : string.Concat(rows.Select(row => $"{Fitted(row[0], width)}\n{Fitted($"  {row[1]} {row[2]}  {row[3]}".TrimEnd(), width)}\n"));
    }

    private static string Value(object? value) => value switch
    {
        null => "none",
        bool truth => truth ? "true" : "false",
        byte[] bytes => $"{ProgressText.Count(bytes.Length)} bytes",
        string text => Printable(text),
        _ => Convert.ToString(value, CultureInfo.InvariantCulture)!,
    };

    /// <summary>Texts of a file may hold what moves a terminal's cursor.</summary>
    private static string Printable(string text) => string.Concat(text.Select(character => char.IsControl(character) ? '?' : character));

    private static string Fitted(string text, int width) => text.Length <= width ? text : string.Concat(text.AsSpan(0, width - 1), "…");
}
