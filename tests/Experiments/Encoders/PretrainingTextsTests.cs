using W2S.Data;
using W2S.Models;
using W2S.Training;

namespace W2S.Experiments;

public sealed class PretrainingTextsTests : IDisposable
{
    private static readonly string[] Words = ["red", "green", "blue", "cat", "dog", "horse", "sea", "moon", "river", "stone"];

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    private static EncoderSettings Settings(params string[] corpora) => new()
    {
        Tokenizer = "wordpiece", Corpora = corpora, HeldOut = 0, MaximumLength = 40, Hidden = 8,
        Text = new EncoderSettings.TextOptions { VocabularySize = 60 },
    };

    private static PretrainingCorpus Load(EncoderSettings settings, DataFolders? folders = null) =>
        EncoderStore.LoadCorpora(settings, folders ?? new DataFolders([]), RunServices.Silent);

    [Fact]
    public void Every_line_of_a_file_without_columns_is_a_text_and_each_counts_once()
    {
        var corpus = Load(Settings(Lines("a b c", "", "a b d", "a b c", "A b  c!")));
        Assert.Equal(2, corpus.Examples.Count);
        Assert.StartsWith($"{_folder["lines.txt"]}: 2 texts, 2 that repeat others left out", corpus.Sources[0]);
    }

    [Fact]
    public void Of_a_table_that_is_evaluated_only_what_trains_in_every_split_is_read()
    {
        var table = Table(200);
        var all = Load(Settings(table) with { Text = Columns(isDivided: false) });
        var training = Load(Settings(table) with { Text = Columns(isDivided: true) });
        Assert.Equal(200, all.Examples.Count);

        var data = new TextFile(table, "T", new FeatureTable.Format(["Y"])).Load();
        Assert.Equal(3, data.Splits.Count);
        var evaluated = data.Splits.Values.SelectMany(split => split.Valid.Concat(split.Test)).Distinct().Select(row => data.Texts[row]).ToList();
        AssertUnread(evaluated, training);
        Assert.Equal(200 - evaluated.Count, training.Examples.Count);
        Assert.Contains($"{evaluated.Count} that a split evaluates left out", training.Sources[0]);
    }

    [Fact]
    public void A_file_of_splits_divides_a_table_by_its_identifiers()
    {
        var table = Table(40);
        File.WriteAllLines(_folder["splits.csv"], ["id,part", .. Enumerable.Range(0, 40).Reverse().Select(row => $"{row},{(row < 30 ? "train" : "test")}")]);
        var corpus = Load(Settings(table) with { Text = Columns(isDivided: true) with { Splits = _folder["splits.csv"], Id = "id" } });
        AssertUnread(Enumerable.Range(30, 10).Select(Text), corpus);
        Assert.Equal(30, corpus.Examples.Count);
        // Other splits make another corpus of the same file.
        File.WriteAllLines(_folder["splits.csv"], ["id,part", .. Enumerable.Range(0, 40).Select(row => $"{row},{(row > 9 ? "train" : "test")}")]);
        var other = Load(Settings(table) with { Text = Columns(isDivided: true) with { Splits = _folder["splits.csv"], Id = "id" } });
        Assert.NotEqual(corpus.Identity[0], other.Identity[0]);
    }

    [Fact]
    public void What_one_corpus_evaluates_is_not_read_from_another()
    {
        var table = Table(200);
        File.WriteAllLines(_folder["more.csv"], ["T", .. Enumerable.Range(0, 1000).Select(Text)]);
        var alone = Load(Settings(table) with { Text = Columns(isDivided: true) });
        var both = Load(Settings(table, _folder["more.csv"]) with { Text = Columns(isDivided: true) });
        var data = new TextFile(table, "T", new FeatureTable.Format(["Y"])).Load();
        AssertUnread(data.Splits[1].Test.Select(row => data.Texts[row]), both);
        Assert.True(both.Examples.Count > alone.Examples.Count);
    }

    [SkippableTheory]
    [InlineData("essays")]
    [InlineData("french-reviews")]
    public void No_text_that_a_study_evaluates_is_among_those_of_a_named_set(string name)
    {
        var (folders, set) = (RepositoryData.Folders, TextDataSet.Find(name)!);
        Skip.If(folders.Find(set.File) == null, $"{set.File} is absent.");
        var corpus = Load(Settings(name) with { MaximumLength = 512, HeldOut = 0.05, Text = new EncoderSettings.TextOptions { VocabularySize = 400 } }, folders);
        var data = set.Load(folders, null, asClasses: false);
        var evaluated = data.Splits.Values.SelectMany(split => split.Valid.Concat(split.Test)).Distinct().ToList();
        Assert.InRange(evaluated.Count / (double)data.Texts.Count, 0.47, 0.51);
        AssertUnread(evaluated.Select(row => data.Texts[row]), corpus);
        Assert.InRange(corpus.HeldOut.Length / (double)corpus.Examples.Count, 0.03, 0.07);
        Assert.Empty(corpus.HeldOut.Intersect(corpus.Training));
    }

    [Fact]
    public void A_long_text_is_cut_into_parts_of_like_lengths_that_are_held_out_together()
    {
        var random = new RandomStream(0, "long texts");
        var texts = Enumerable.Range(0, 60).Select(_ => string.Join(' ', Enumerable.Range(0, 95).Select(_ => Words[random.NextInt(10)])));
        var corpus = Load(Settings(Lines([.. texts])) with { HeldOut = 0.3, Text = new EncoderSettings.TextOptions { VocabularySize = 200 } });
        var tokens = corpus.Examples.Forms[0];
        // 95 words, all in the vocabulary, in parts of at most 38: 31 or 32 each.
        Assert.Equal(180, tokens.Sequences);
        Assert.All(Enumerable.Range(0, tokens.Sequences).Select(tokens.Length), length => Assert.InRange(length, 33, 34));
        Assert.InRange(corpus.HeldOut.Length, 18, 90);
        Assert.All(corpus.HeldOut.GroupBy(part => part / 3), parts => Assert.Equal(3, parts.Count()));
    }

    /// <summary>Each text has a word that no other has: of what is held out, no vocabulary can know it.</summary>
    [Fact]
    public void The_vocabulary_is_not_learned_from_what_is_held_out()
    {
        var settings = Settings(Lines([.. Enumerable.Range(0, 60).Select(text => $"red cat {(char)(0x4E00 + text)}")])) with
        {
            HeldOut = 0.3, Text = new EncoderSettings.TextOptions { VocabularySize = 200 },
        };
        var corpus = Load(settings);
        Assert.Equal(corpus.HeldOut, Load(settings with { Seed = 5 }).HeldOut);
        var (tokens, unknown) = (corpus.Examples.Forms[0], corpus.Text!.Tokens.Unknown);
        Assert.InRange(corpus.HeldOut.Length, 5, 40);
        Assert.All(corpus.HeldOut, part => Assert.Contains(unknown, Of(part)));
        Assert.All(corpus.Training, part => Assert.DoesNotContain(unknown, Of(part)));

        int[] Of(int part) => tokens.Tokens[tokens.Offsets[part]..tokens.Offsets[part + 1]];
    }

    [Fact]
    public void A_given_vocabulary_is_taken_as_it_is()
    {
        string[] vocabulary = ["[PAD]", "[unused0]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "Cat", "cat", "##s"];
        File.WriteAllLines(_folder["vocab.txt"], vocabulary);
        var cased = Settings(Lines("Cats cats", "cat Cat")) with { Text = new EncoderSettings.TextOptions { Vocabulary = _folder["vocab.txt"], LowerCase = false } };
        var corpus = Load(cased);
        Assert.Equal([3, 6, 8, 7, 8, 4, 3, 7, 6, 4], corpus.Examples.Forms[0].Tokens);
        Assert.Equal((9, 5), (corpus.VocabularySize, corpus.Examples.Special.Mask));
        Assert.Equal([0, 2, 3, 4, 5], corpus.Examples.Special.All.Order());
    }

    [Fact]
    public void What_is_no_corpus_or_no_vocabulary_is_refused_with_its_name()
    {
        Refused(Settings("nothing"), "nothing", "essays, french-reviews");
        Refused(Settings(Table(20)), "table.csv is a table", "--text-column");
        Refused(Settings(Lines("one text only")), "lines.txt", "left to train on");
        Refused(Settings(Lines("a b", "b c")) with { Text = new EncoderSettings.TextOptions { Vocabulary = _folder["absent.txt"] } }, "absent.txt", "WordPiece");

        static void Refused(EncoderSettings settings, params string[] parts)
        {
            var message = Assert.Throws<UserErrorException>(() => Load(settings)).Message;
            Assert.All(parts, part => Assert.Contains(part, message));
        }
    }

    private static EncoderSettings.TextOptions Columns(bool isDivided) => new() { Columns = ["T"], TrainingPart = isDivided, VocabularySize = 60 };

    private static void AssertUnread(IEnumerable<string> texts, PretrainingCorpus corpus)
    {
        var tokens = corpus.Examples.Forms[0];
        var read = Enumerable.Range(0, tokens.Sequences)
            .Select(part => string.Join(' ', tokens.Tokens[tokens.Offsets[part]..tokens.Offsets[part + 1]])).ToHashSet();
        Assert.All(texts, text => Assert.DoesNotContain(string.Join(' ', corpus.Text!.EncodeParts(text, 512)[0]), read));
    }

    private string Lines(params string[] lines)
    {
        File.WriteAllLines(_folder["lines.txt"], lines);
        return _folder["lines.txt"];
    }

    private string Table(int rows)
    {
        File.WriteAllLines(_folder["table.csv"], ["id,T,Y", .. Enumerable.Range(0, rows).Select(row => $"{row},{Text(row)},{row}")]);
        return _folder["table.csv"];
    }

    /// <summary>No two rows have the same.</summary>
    private static string Text(int row) => string.Join(' ', $"{row:000}".Select(digit => Words[digit - '0']));
}
