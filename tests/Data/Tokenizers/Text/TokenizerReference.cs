using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Text.Json;

namespace W2S.Data.Tests;

/// <summary>Ids by reference.py, and the texts that are hard to tokenize.</summary>
internal static class TokenizerReference
{
    private const string Python = "/usr/bin/python3";

    /// <summary>What real texts seldom have.</summary>
    public static readonly string[] Odd =
    [
        "", " ", "\t\n", "Hello, World! It's 5€ + 3$ = 8?", "naïve café Ångström ŒUVRE Čeština ñandú", "İstanbul ıspanak ΣΊΣΥΦΟΣ ß ẞ ǅ",
        "中文字 and 日本語テキスト と 한국어 텍스트", "\u4e00\u9fff\uf900\U00020000\U0002f800", "😀 👩‍👩‍👧 🇫🇷 ok😀ok", "a\u0000b\ufffdc\u200bd\u00ade\u0007f",
        "tab\tand\u00a0hard\u3000wide\u2028line\u0085next\u000bvertical", "don't we're I'll he'd they've I'm it's 'tis rock'n'roll", "a   b    c ", "  two before",
        "[CLS] x [SEP] y[MASK]z [UNK] [cls]", "<s> x </s> y<mask>z <unk> <S>", "e\u0301 o\u0308\u0327 \u0301 alone", "क्षि ไทย עִבְרִית العَرَبِيَّة",
        "http://www.example.org/?q=1&x=[2]#z", "3.14159 1,000,000 ½ ² Ⅷ ٣", "—“quoted”… ‘so’ « oui » ¿qué?", "x\r\ny\rz", new string('a', 100), new string('b', 101),
        new string('z', 10_000), string.Concat(Enumerable.Repeat("ab", 5000)), string.Concat(Enumerable.Repeat("é😀", 60)), "\ud800 half", "\u1e69 \u212b \u2126 \u0958 \ufb1d \U0001d15e",
        "\ue000 private \u0378 unassigned \u001c separator",
    ];

    /// <summary>Real texts, English and French, where the data is.</summary>
    public static List<string> Real(int count)
    {
        var texts = new List<string>();
        foreach (var (file, column) in new[] { ("text/ellipse_essays.csv.gz", "full_text"), ("text/french_book_reviews.csv.gz", "reader_review") })
        {
            var path = RealData.File(file);
            texts.AddRange(CsvTable.Read(path, [column], count / 2).Rows.Select(row => row[0]));
        }
        return texts;
    }

    public static List<int[]> Ids(object question)
    {
        Skip.IfNot(File.Exists(Python), $"{Python} is absent.");
        var file = Path.GetTempFileName();
        try
        {
            File.WriteAllText(file, JsonSerializer.Serialize(question));
            using var process = Process.Start(new ProcessStartInfo(Python, [Path.Combine(Here(), "reference.py"), file]) { RedirectStandardOutput = true, RedirectStandardError = true })!;
            var errors = process.StandardError.ReadToEndAsync();
            var output = process.StandardOutput.ReadToEnd();
            process.WaitForExit();
            Assert.True(process.ExitCode == 0, errors.Result);
            return JsonSerializer.Deserialize<List<int[]>>(output)!;
        }
        finally
        {
            File.Delete(file);
        }
    }

    private static string Here([CallerFilePath] string file = "") => Path.GetDirectoryName(file)!;
}
