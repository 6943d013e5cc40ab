using System.Globalization;
using System.Text;

namespace W2S.Experiments;

/// <summary>README.md beside an exported encoder: what it is, what it was trained on, how good it is, and the command that makes it.</summary>
internal static class EncoderCard
{
    public static string Write(PretrainedEncoder encoder, string name, string command)
    {
        var (settings, record) = (encoder.Settings, encoder.Record);
        var text = new StringBuilder();
        var (kind, examples) = settings.ReadsTexts ? ("texts", "parts of texts") : ("molecules", "molecules");
        Line($"# {name}");
        Line($"");
        Line($"A BERT encoder for {kind}: {settings.Layers} layers of width {settings.Hidden}, {settings.Heads} heads, {encoder.Weights.Values.Length:N0} parameters, tokenizer `{settings.Tokenizer}`. The files are those that Hugging Face's `BertModel.from_pretrained`{(settings.ReadsTexts ? " and `BertTokenizer.from_pretrained`" : "")} loads; `config.yaml` has every setting, `encoder.json` the numbers below.");
        Line($"");
        Line($"| | |");
        Line($"| --- | --- |");
        foreach (var source in record.Sources) Line($"| data | {source} |");
        Line($"| tasks | masked tokens ({settings.Pretraining.Masking.Share:P0}){(record.DescriptorLoss == null ? "" : ", physico-chemical descriptors")}{(record.SameMoleculeAccuracy == null ? "" : ", same-molecule pairs")} |");
        Line($"| training | {record.Steps:N0} steps of {settings.Pretraining.Batch * settings.Pretraining.Accumulate} {examples}, {settings.Pretraining.Epochs} epochs, highest rate {settings.Pretraining.LearningRate}, seed {settings.Seed}, {record.Engine} |");
        Line($"| training loss at the end | {record.TrainingLoss:0.0000} |");
        if (record.HeldOutExamples > 0)
        {
            Line($"| held-out masked tokens | {record.MaskedTokenAccuracy:P2} right, loss {record.MaskedTokenLoss:0.0000} ({record.HeldOutExamples:N0} {examples}) |");
            if (record.DescriptorLoss is { } descriptors) Line($"| held-out descriptors | mean squared error {descriptors:0.00000} |");
            if (record.SameMoleculeAccuracy is { } pairs) Line($"| held-out pairs | {pairs:P2} right |");
        }
        Line($"");
        Line($"```sh");
        Line($"{command}");
        Line($"```");
        return text.ToString();

        void Line(FormattableString line) => text.Append(line.ToString(CultureInfo.InvariantCulture)).Append('\n');
    }
}
