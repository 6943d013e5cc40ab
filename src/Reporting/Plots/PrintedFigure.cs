using System.Buffers.Binary;
using System.IO.Hashing;
using SkiaSharp;
using Svg.Skia.TypefaceProviders;
using Svg.Skia;

namespace W2S.Reporting.Plots;

/// <summary>
/// Turns a drawing into a file for a paper. Equal drawings give equal bytes: there is no date in them, and text is set in
/// fonts of our own (Arimo, whose widths are those of Helvetica and Arial), whatever the machine has.
/// </summary>
internal static class PrintedFigure
{
    private const double DotsPerInch = 300, DotsPerPoint = DotsPerInch / 72;

    /// <param name="svg">A whole SVG file.</param>
    /// <param name="sheet">Its size on paper.</param>
    public static byte[] Write(string svg, Format format, Sheet sheet) => format switch
    {
        Format.Svg => System.Text.Encoding.UTF8.GetBytes(svg),
        Format.Pdf => Pdf(svg, sheet),
        _ => Png(svg, sheet),
    };

    private static byte[] Pdf(string svg, Sheet sheet)
    {
        using var drawing = Load(svg);
        var scale = ScaleOf(drawing, sheet);
        using var bytes = new MemoryStream();
        using (var document = SKDocument.CreatePdf(bytes))
        {
            var size = drawing.Picture!.CullRect;
            var page = document.BeginPage(size.Width * scale, size.Height * scale);
            page.Scale(scale);
            page.DrawPicture(drawing.Picture);
            document.EndPage();
            document.Close();
        }
        return bytes.ToArray();
    }

    private static byte[] Png(string svg, Sheet sheet)
    {
        using var drawing = Load(svg);
        var scale = ScaleOf(drawing, sheet) * (float)DotsPerPoint;
        var size = drawing.Picture!.CullRect;
        using var bitmap = new SKBitmap((int)Math.Round(size.Width * scale), (int)Math.Round(size.Height * scale));
        using (var canvas = new SKCanvas(bitmap))
        {
            canvas.Clear(SKColors.White);
            canvas.Scale(scale);
            canvas.DrawPicture(drawing.Picture);
        }
        using var image = bitmap.Encode(SKEncodedImageFormat.Png, 100);
        return WithResolution(image.AsSpan());
    }

    private static SKSvg Load(string svg)
    {
        var drawing = new SKSvg();
        drawing.Settings.TypefaceProviders = [new OwnFonts()];
        drawing.FromSvg(svg);
        return drawing;
    }

    /// <summary>Points a unit of the loaded drawing.</summary>
    private static float ScaleOf(SKSvg drawing, Sheet sheet) => (float)(sheet.Points / drawing.Picture!.CullRect.Width);

    /// <summary>With the pHYs chunk (PNG, section 11.3.5.3), from which programs that set pages take an image's size.</summary>
    private static byte[] WithResolution(ReadOnlySpan<byte> png)
    {
        const int headerEnd = 8 + 12 + 13; // signature, then length, name and checksum around IHDR
        const double inchesPerMetre = 1 / 0.0254;
        Span<byte> chunk = stackalloc byte[12 + 9];
        var dotsPerMetre = (int)Math.Round(DotsPerInch * inchesPerMetre);
        BinaryPrimitives.WriteInt32BigEndian(chunk, 9);
        "pHYs"u8.CopyTo(chunk[4..]);
        BinaryPrimitives.WriteInt32BigEndian(chunk[8..], dotsPerMetre);
        BinaryPrimitives.WriteInt32BigEndian(chunk[12..], dotsPerMetre);
        chunk[16] = 1; // metres
        BinaryPrimitives.WriteUInt32BigEndian(chunk[17..], Crc32.HashToUInt32(chunk[4..17]));
        return [.. png[..headerEnd], .. chunk, .. png[headerEnd..]];
    }

    /// <summary>Arimo for every family that is asked for, regular or bold.</summary>
    private sealed class OwnFonts : ITypefaceProvider
    {
        private static readonly SKTypeface Regular = Read("Arimo-Regular.ttf"), Bold = Read("Arimo-Bold.ttf");

        public SKTypeface FromFamilyName(string family, SKFontStyleWeight weight, SKFontStyleWidth width, SKFontStyleSlant slant) =>
            weight >= SKFontStyleWeight.SemiBold ? Bold : Regular;

        private static SKTypeface Read(string file)
        {
            using var font = typeof(OwnFonts).Assembly.GetManifestResourceStream($"fonts/{file}")!;
            return SKTypeface.FromStream(font);
        }
    }

    /// <summary>What a figure's file is.</summary>
    public enum Format
    {
        /// <summary>A drawing with text as text, in the reader's fonts.</summary>
        Svg,

        /// <summary>One page of the figure's size, with its fonts.</summary>
        Pdf,

        /// <summary>Pixels, 300 an inch, on white.</summary>
        Png,
    }

    /// <summary>How a figure is set on paper.</summary>
    /// <param name="Millimetres">Its printed width.</param>
    /// <param name="IsFramed">Whether it stands on a white card with a border; without, nothing lies behind it.</param>
    internal sealed record Sheet(double Millimetres, bool IsFramed = true)
    {
        /// <summary>A unit of a drawing on paper: text of 11, 12 and 13.5 units is printed at 7.3, 8 and 9 points.</summary>
        internal const double PointsPerUnit = 2.0 / 3;

        private const double PointsPerMillimetre = 72 / 25.4;

        internal double Points => Millimetres * PointsPerMillimetre;

        /// <summary>The width of a drawing that is printed so wide.</summary>
        internal double Units => Points / PointsPerUnit;
    }
}
