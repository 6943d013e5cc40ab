using System.Buffers.Binary;
using System.Globalization;
using System.IO.Hashing;
using System.Text;
using System.Text.RegularExpressions;
using SkiaSharp;
using W2S.Experiments;

namespace W2S.Reporting.Plots;

public sealed class PrintedFigureTests
{
    private static readonly PrintedFigure.Sheet Column = new(84, IsFramed: false);

    private static readonly string Drawing = ScatterPlot.DrawSheet(
        "2b", "", [PanelFigures.Of(FakeStudies.Panel("fig3a"))], Column);

    [Fact]
    public void A_pdf_is_as_wide_as_asked_and_has_its_fonts_and_no_date()
    {
        var pdf = Encoding.Latin1.GetString(PrintedFigure.Write(Drawing, PrintedFigure.Format.Pdf, Column));
        var box = Regex.Match(pdf, @"/MediaBox \[0 0 ([\d.]+) ([\d.]+)\]");
        // Pages are whole points.
        Assert.Equal(84 * 72 / 25.4, double.Parse(box.Groups[1].Value, CultureInfo.InvariantCulture), 0.5);
        Assert.Equal(2, Regex.Count(pdf, "/FontFile2 "));
        Assert.Contains("+Arimo", pdf);
        Assert.DoesNotContain("Date", pdf);
        // What cannot be set in a font is drawn as a Type 3 one, which journals refuse.
        Assert.DoesNotContain("/Type3", pdf);
    }

    [Theory]
    [InlineData(nameof(PrintedFigure.Format.Svg))]
    [InlineData(nameof(PrintedFigure.Format.Pdf))]
    [InlineData(nameof(PrintedFigure.Format.Png))]
    public void Equal_drawings_give_equal_bytes(string name)
    {
        var format = Enum.Parse<PrintedFigure.Format>(name);
        Assert.Equal(PrintedFigure.Write(Drawing, format, Column), PrintedFigure.Write(Drawing, format, Column));
    }

    [Fact]
    public void A_png_has_three_hundred_dots_an_inch_and_says_so()
    {
        var png = PrintedFigure.Write(Drawing, PrintedFigure.Format.Png, Column);
        using var bitmap = SKBitmap.Decode(png);
        Assert.Equal((int)Math.Round(84 / 25.4 * 300), bitmap.Width);
        var at = png.AsSpan().IndexOf("pHYs"u8);
        Assert.Equal(300 / 0.0254, BinaryPrimitives.ReadInt32BigEndian(png.AsSpan(at + 4)), 0.5);
        Assert.Equal(Crc32.HashToUInt32(png.AsSpan(at, 13)), BinaryPrimitives.ReadUInt32BigEndian(png.AsSpan(at + 13)));
        Assert.Equal(SKColors.White, bitmap.GetPixel(0, 0));
    }

    [Fact]
    public void Text_is_drawn()
    {
        using var blank = Drawn(_ => { });
        using var text = Drawn(svg => svg.Text(2, 15, "−10⁻⁹"));
        Assert.True(Ink(text) > 500 + Ink(blank));

        static int Ink(SKBitmap bitmap) => bitmap.Pixels.Count(pixel => pixel != SKColors.White);

        static SKBitmap Drawn(Action<Svg> draw) =>
            SKBitmap.Decode(PrintedFigure.Write(Svg.Document(100, 20, "", "", draw, Column), PrintedFigure.Format.Png, Column));
    }

    [Theory]
    [InlineData("Arimo-Regular.ttf")]
    [InlineData("Arimo-Bold.ttf")]
    public void The_fonts_have_every_letter_that_figures_write(string file)
    {
        using var stream = typeof(PrintedFigure).Assembly.GetManifestResourceStream($"fonts/{file}")!;
        using var font = new SKFont(SKTypeface.FromStream(stream));
        foreach (var letter in "−·×⁻⁰¹²³⁴⁵⁶⁷⁸⁹≈≥≤±…→–—‖‘’“”½√∞éœßÅλσΔΩЖд".EnumerateRunes())
            Assert.True(font.ContainsGlyph(letter.Value), $"{file} lacks {letter}");
    }

    [Fact]
    public void Text_is_printed_at_seven_to_nine_points()
    {
        var sizes = new DrawnSvg(Drawing).All("text").Select(text =>
            text.AncestorsAndSelf().Select(node => node.Attribute("font-size")?.Value).OfType<string>().First());
        Assert.All(sizes, size => Assert.InRange(double.Parse(size, CultureInfo.InvariantCulture) * PrintedFigure.Sheet.PointsPerUnit, 7, 9));
    }
}
