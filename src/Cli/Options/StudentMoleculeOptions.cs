using System.CommandLine;
using W2S.Data;
using W2S.Experiments;

namespace W2S.Cli;

/// <summary>The options of `train-w2s` for a weak run on molecules, and the settings that they make of that run's.</summary>
internal sealed class StudentMoleculeOptions
{
    private readonly SettingOption _w2sOn = new("--w2s-on", "NAME", "The molecules with weak labels: train, valid, or half (for a weak run of train-weak --w2s-on half). Default: the weak run's.", "w2s_on");
    private readonly SettingOption _device = new("--device", "NAME", "cpu, cuda or cuda:N. Default: the weak run's.", "device");
    private readonly EncoderOptions _encoder = new("strong.pretrained.",
        new SettingOption("--epochs", "N", "Epochs of pretraining the student's transformer. Default: 2.", "strong.pretrained.pretraining.epochs"));

    /// <summary>All of them, in the order in which help shows them.</summary>
    public IEnumerable<Option> Options => [_w2sOn, .. _encoder.Options, _device];

    /// <summary>The student's settings: the weak run's, but for what is the student's own.</summary>
    /// <param name="weakRun">A finished weak run on molecules.</param>
    /// <param name="strong">What --strong names, or null.</param>
    /// <param name="hidden">The option --hidden.</param>
    /// <param name="assignments">What --set says.</param>
    /// <exception cref="UserErrorException">A setting is wrong, or not the student's to change.</exception>
    public MoleculeStageOptions Student(ParseResult parsed, string weakRun, string? strong, SettingOption hidden, IEnumerable<ConfigurationLayer> assignments) =>
        MoleculeStageConfiguration.Student(weakRun, StageCommand.Root,
        [
            .. strong == null ? [] : new[] { ConfigurationLayer.FromOption($"--strong {strong}", "strong.from", strong) },
            .. hidden.Layers(parsed, ["strong.pretrained.hidden"]), .. _encoder.Layers(parsed), .. assignments, .. _w2sOn.Layers(parsed), .. _device.Layers(parsed),
        ]);
}
