using W2S.Cli;
using W2S.Reporting.Tables;

namespace W2S.Tests.Cli;

public class TableTextTests
{
    private static readonly TextTable Table = new(["panel", "weak error", "paper"], [["fig2b", "0.3120", "on y = x"], ["fig3a", "–", "on y = −x"]]);

    [Fact]
    public void Words_stand_to_the_left_and_numbers_to_the_right() => Assert.Equal(
        """
        panel  weak error  paper
        ─────  ──────────  ─────────
        fig2b      0.3120  on y = x
        fig3a           –  on y = −x

        """, TableText.Write(Table, 80));

    [Fact]
    public void A_table_too_wide_is_cut_into_blocks_that_repeat_the_first_column() => Assert.Equal(
        """
        panel  weak error
        ─────  ──────────
        fig2b      0.3120
        fig3a           –

        panel  paper
        ─────  ─────────
        fig2b  on y = x
        fig3a  on y = −x

        """, TableText.Write(Table, 20));

    [Fact]
    public void All_columns_that_tell_rows_apart_are_repeated() => Assert.Equal(
        """
        depth  solver  student error
        ─────  ──────  ─────────────
            2  exact            0.31
            2  ridge            0.30

        depth  solver  misfit
        ─────  ──────  ──────
            2  exact     0.40
            2  ridge     0.41

        """, TableText.Write(
            new(["depth", "solver", "student error", "misfit"], [["2", "exact", "0.31", "0.40"], ["2", "ridge", "0.30", "0.41"]]), 30));

    [Fact]
    public void A_table_a_little_too_wide_is_set_closer() =>
        Assert.StartsWith("panel weak error paper\n", TableText.Write(Table, 26));

    [Fact]
    public void Sentences_are_broken_between_words_and_go_on_behind_an_indent()
    {
        var sentence = string.Join(' ', Enumerable.Repeat("generalisation", 12));
        var lines = TableText.Wrapped(sentence, "  ").Split('\n');
        Assert.Equal([5, 5, 2], lines.Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries).Length));
        Assert.Equal(["", "  ", "  "], lines.Select(line => line[..^line.TrimStart().Length]));
        Assert.Equal(sentence, string.Join(' ', lines.Select(line => line.Trim())));
    }
}
