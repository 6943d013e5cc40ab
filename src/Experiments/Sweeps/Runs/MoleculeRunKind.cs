using System.Collections.Concurrent;
using System.Globalization;
using System.Text.Json;
using W2S.Data;
using W2S.Models;
using W2S.Training;

namespace W2S.Experiments;

/// <summary>
/// The molecular study for one weak encoder, one strong encoder and some splits of one data set: weak heads, students and
/// ceilings, with the numbers of the stage commands. Encoders that are pretrained are runs of their own, which others share;
/// those named by folder must lie there for every worker, with the weights that they had when the sweep was planned.
/// </summary>
public sealed class MoleculeRunKind : RunKind<MoleculeStageOptions>, IStudyKind
{
    internal const string KindName = "molecules";
    private const string FeaturesFolder = "features";
    private static readonly EncoderRunKind Encoders = new();

    /// <summary>A plan names the same few encoders in every run.</summary>
    private static readonly ConcurrentDictionary<(string Reference, DateTime Written), string> Digests = new();

    public override string Name => KindName;

    public Type Options => typeof(MoleculeStageOptions);

    public IReadOnlyList<Panel> Bases(IReadOnlyList<string> names) => names.Count == 0
        ? [new Panel(KindName, [])]
        : throw new UserErrorException($"A sweep of kind {KindName} starts from no panels, and this one names {string.Join(", ", names)}: remove panels, and name data and encoders under settings and grid.");

    public IReadOnlyList<ConfigurationLayer> Below(string preset) => preset == Presets.Default
        ? []
        : throw new UserErrorException($"A sweep of kind {KindName} knows no preset {preset}: remove preset, which is about the synthetic study.");

    public object Bind(IReadOnlyList<ConfigurationLayer> layers, ConfigurationProblems problems)
    {
        var before = problems.Count;
        var options = ConfigurationBinder.Bind<MoleculeStageOptions>(layers, MoleculeStageRules.Check, problems);
        return problems.Count > before ? options : options with { Weak = Resolved(options.Weak), Strong = Resolved(options.Strong) };
    }

    protected override JsonElement Write(MoleculeStageOptions options) => JsonSerializer.SerializeToElement(options with { Threads = 0 }, MoleculeRunJson.Line.MoleculeStageOptions);

    protected override MoleculeStageOptions Read(JsonElement settings) => settings.Deserialize(MoleculeRunJson.Line.MoleculeStageOptions)!;

    protected override string NameOf(MoleculeStageOptions options) =>
        string.Create(CultureInfo.InvariantCulture, $"{options.Data}-{string.Join('+', options.Splits)}-{options.Weak.ShortName}-to-{options.Strong.ShortName}-seed{options.Seed}");

    protected override IReadOnlyList<NeededRun> Needs(MoleculeStageOptions options) =>
        [.. Roles(options).Where(role => role.Encoder.From == "").Select(role => Need(options, role.Name, role.Encoder))];

    protected override RunOutcome Run(MoleculeStageOptions options, RunPlace place, RunServices run)
    {
        var started = run.Time.GetTimestamp();
        var data = new MoleculeStages(place.Folder, DataFolders.Usual(), place.Threads, place.Training, force: false, "sweep run", run).Load(options);
        var (features, checkpoints) = (Path.Combine(place.Folder, FeaturesFolder), Path.Combine(place.Folder, MoleculeStageWork.HeadsFolder));
        var work = new MoleculeRunWork(options, data, new FeatureStore(features, options.Heads), checkpoints, place.Threads, run);
        var result = work.Run(Encoder("weak", options.Weak), Encoder("strong", options.Strong), started);
        return new RunOutcome(Measures(result.Splits), folder =>
        {
            (result with { Folder = folder }).Write();
            foreach (var passed in new[] { features, checkpoints }.Where(Directory.Exists)) Directory.Delete(passed, recursive: true);
        });

        FrozenEncoder Encoder(string role, MoleculeEncoderOptions encoder) => encoder.From == ""
            ? EncoderRunKind.Load(place.FolderOf(Need(options, role, encoder).Identity), encoder.Pretrained, $"{role}-{encoder.Pretrained.Hidden}")
            : Saved(encoder);
    }

    /// <summary>A saved encoder with the digest that makes it part of the run's identity; a folder of a pretraining becomes its settings.</summary>
    /// <exception cref="UserErrorException">There is no such encoder, or it is damaged.</exception>
    private static MoleculeEncoderOptions Resolved(MoleculeEncoderOptions asked)
    {
        if (asked.From == "") return asked with { Digest = "" };
        var found = MoleculeEncoderReference.Resolve(asked.From);
        if (found.From == "" || found.Digest != "") return found;
        var file = found.From.StartsWith(FrozenEncoders.MolbertPrefix, StringComparison.OrdinalIgnoreCase)
            ? found.From[FrozenEncoders.MolbertPrefix.Length..]
            : Path.Combine(found.From, HuggingFaceFolder.WeightsFile);
        return found with { Digest = Digests.GetOrAdd((found.From, File.GetLastWriteTimeUtc(file)), _ => FrozenEncoders.Load(found.From).Digest) };
    }

    private static FrozenEncoder Saved(MoleculeEncoderOptions options)
    {
        var encoder = FrozenEncoders.Load(options.From);
        return encoder.Digest == options.Digest
            ? encoder
            : throw new UserErrorException($"{options.From} holds another encoder than when the sweep was planned: the SHA-256 of its weights begins with {encoder.Digest[..12]}, not {options.Digest[..12]}. Put that one back, or plan the sweep into another folder.");
    }

    private static NeededRun Need(MoleculeStageOptions options, string role, MoleculeEncoderOptions encoder) =>
        new(role, Encoders, new EncoderRunOptions(encoder.Pretrained, options.Device));

    private static IEnumerable<(string Name, MoleculeEncoderOptions Encoder)> Roles(MoleculeStageOptions options) => [("weak", options.Weak), ("strong", options.Strong)];

    /// <summary>Means over splits, of squared errors on the test part; as in the stages' tables, the gap is recovered by the mean gain in the mean gap.</summary>
    private static OrderedDictionary<string, double?> Measures(IReadOnlyList<MoleculeStageSplit> splits)
    {
        var (weak, student, strong) = (splits.Average(split => split.Weak!.Test.MeanSquared), splits.Average(split => split.Student!.Test.MeanSquared), splits.Average(split => split.Strong!.Test.MeanSquared));
        var (misfit, gain) = (splits.Average(split => split.Misfit!.Value), splits.Average(split => split.Gain!.Value));
        return new()
        {
            ["weak_error"] = weak,
            ["student_error"] = student,
            ["strong_error"] = strong,
            ["misfit"] = misfit,
            ["gain"] = gain,
            ["weak_minus_misfit"] = weak - misfit,
            ["gap_recovered"] = strong < weak ? gain / (weak - strong) : null,
        };
    }
}
