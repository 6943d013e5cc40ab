namespace W2S.Cli;

/// <summary>`plot`: the figure of finished runs, for a paper.</summary>
internal sealed class PlotCommand : DocumentedCommand
{
    private const int LeastWidth = 40, GreatestWidth = 1000;

    private readonly Argument<string[]> _runs = new("run")
    {
        HelpName = "RUN",
        Arity = ArgumentArity.OneOrMore,
        Description = "Folders of finished runs, of reproduce or of a single stage that has a student.",
    };

    private readonly Option<PrintedFigure.Format?> _format = new("--format")
    {
        HelpName = "NAME", Description = "pdf, svg or png (300 dots an inch). Default: what --out ends in, or pdf.",
    };

    private readonly Option<string> _width = new("--width")
    {
        HelpName = "LENGTH",
        Description = "Printed width: 84mm (the default, a column), 174mm (a page), 3.3in or 240pt. Text is 7 to 9 points.",
        DefaultValueFactory = _ => "84mm",
    };

    private readonly Option<bool> _noFrame = new("--no-frame") { Description = "No card and no border: axes and dots alone." };

    private readonly Option<string?> _title = new("--title")
    {
        HelpName = "TEXT", Description = "The heading. Default: what the panel's settings say.",
    };

    private readonly Option<bool> _noTitle = new("--no-title") { Description = "No heading: the caption says it." };

    private readonly Option<string?> _panels = new("--panels")
    {
        HelpName = "LIST", Description = "Some panels, in this order, as 2b,3a. Default: all.",
    };

    private readonly Option<long?> _seed = new("--seed")
    {
        HelpName = "N", Description = "Of runs with several: which one. Default: the first.",
    };

    private readonly Option<bool> _overlay = new("--overlay")
    {
        Description = "Runs over each other: a panel that several runs have is drawn once, with a colour for each run.",
    };

    private readonly Option<string?> _out = new("--out")
    {
        HelpName = "FILE", Description = "Where to. Default: under plots/ in the first run's folder.",
    };

    public PlotCommand() : base("plot", "Draws gain against misfit of finished runs for a paper, as PDF, SVG or PNG.",
        "A panel for each panel of every run, as many in a row as the width has room for. Fonts are part of the file, the same command "
        + "makes the same bytes, and nothing is computed. Prints a caption, which says how slope and interval were made, and last the "
        + "file.")
    {
        Add(_runs.Suggesting(Suggestions.Runs));
        AddGroup("The figure", [_format, _width, _noFrame, _title, _noTitle, _panels, _seed, _overlay, _out]);
        AddExample("plot runs/synthetic-0123abcd", "All panels of a run below each other, a column wide:");
        AddExample("plot runs/synthetic-0123abcd --width 174mm --out panels.pdf", "Across a page:");
        AddExample("plot runs/a runs/b --panels 2b --overlay --format png", "One panel of two runs, as pixels:");
        SetAction(Draw);
    }

    private void Draw(ParseResult parsed)
    {
        var runs = parsed.GetValue(_runs)!.Select(folder => ResultFile.Read(folder)).ToList();
        var figures = RunFigures.Of(runs, List(parsed.GetValue(_panels)), parsed.GetValue(_seed), parsed.GetValue(_overlay));
        var sheet = new PrintedFigure.Sheet(Millimetres(parsed.GetValue(_width)!), !parsed.GetValue(_noFrame));
        var path = parsed.GetValue(_out);
        var format = parsed.GetValue(_format) ?? FormatOf(path);
        path ??= RunFigures.DefaultPath(runs[0], figures, format);
        Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(path))!);
        AtomicFile.WriteAllBytes(path, RunFigures.Write(figures, parsed.GetValue(_noTitle) ? "" : parsed.GetValue(_title), sheet, format));
        Console.WriteLine(TableText.Wrapped(RunFigures.Caption(figures)));
        Console.WriteLine($"\n{path}");
    }

    private static IReadOnlyList<string> List(string? text) =>
        text?.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries) ?? [];

    private static double Millimetres(string length)
    {
        var number = length.TrimEnd("abcdefghijklmnopqrstuvwxyz ".ToCharArray());
        var millimetres = length[number.Length..].Trim() switch { "mm" => 1, "cm" => 10, "in" => 25.4, "pt" => 25.4 / 72, _ => double.NaN }
            * (double.TryParse(number, NumberStyles.Float, CultureInfo.InvariantCulture, out var value) ? value : double.NaN);
        return millimetres is >= LeastWidth and <= GreatestWidth
            ? millimetres
            : throw new UserErrorException(
                $"--width {length} is no printed width: write a number and mm, cm, in or pt, between {LeastWidth}mm and "
                + $"{GreatestWidth}mm, such as 84mm.");
    }

    /// <exception cref="UserErrorException">The file's name ends in something else.</exception>
    internal static PrintedFigure.Format FormatOf(string? path, string option = "--out")
    {
        if (path == null) return PrintedFigure.Format.Pdf;
        var extension = Path.GetExtension(path).TrimStart('.');
        var named = Enum.GetValues<PrintedFigure.Format>()
            .Where(format => extension.Equals($"{format}", StringComparison.OrdinalIgnoreCase)).ToList();
        return named.Count == 1
            ? named[0]
            : throw new UserErrorException($"{option} {path} ends in no format that is known: let it end in .pdf, .svg or .png"
                + $"{(option == "--out" ? ", or give --format" : "")}.");
    }
}
