using System.Collections.Concurrent;

namespace W2S.Reporting.Tables;

// Which settings of a panel are not those of the file in configs/ of that name, and what it is then called.
internal static partial class StudyText
{
    private const int ChangesNamed = 2;

    private static readonly ConcurrentDictionary<string, Study?> Known = new();

    // What a title of networks opens with.
    private static readonly string[] Said =
    [
        .. from role in new[] { "weak", "strong" }
           from key in new[] { "source", "depth", "hidden", "noise" }
           select $"{role}.{key}:",
    ];

    /// <summary>Whether that file has the paper's settings: it has for the six on Gaussian tasks; on tables much is ours.</summary>
    internal static bool ArePapers(string panel) => Panel.Names.Contains(panel);

    /// <summary>Lines such as "heads.solver: exact (paper: adamw)"; null where there is no such file.</summary>
    internal static IReadOnlyList<string>? Differences(Study study)
    {
        if (Shipped(study.Name) is not { } shipped) return null;
        // Nobody says with which seed, where or by what it ran; a table's panels are one of several data sets and weak models each.
        var alike = shipped with { Seed = study.Seed, Engine = study.Engine, Device = study.Device, DataDigests = study.DataDigests };
        if (!study.IsGaussian)
            alike = alike with
            {
                Data = shipped.Data.Any(data => Path.GetFileName(data) == Path.GetFileName(study.Data[0])) ? study.Data : shipped.Data,
                Weak = Alike(shipped.Weak, study.Weak), Strong = Alike(shipped.Strong, study.Strong),
            };
        return [.. Setting.Differences(study, alike, ArePapers(study.Name) ? "paper" : $"configs/{study.Name}.yaml")];
    }

    /// <summary>What would be pretrained says nothing where a saved one is used.</summary>
    private static RepresentationOptions Alike(RepresentationOptions shipped, RepresentationOptions used) => shipped with
    {
        Encoder = used.From.Count > 0 ? used.Encoder : shipped.Encoder,
        From = used.From.All(one => shipped.From.Select(SavedRepresentations.NameOf).Contains(SavedRepresentations.NameOf(one)))
            ? used.From
            : shipped.From,
        Digests = used.Digests,
    };

    private static Study? Shipped(string panel) => Known.GetOrAdd(panel, static name =>
        Panel.IsShipped(name) ? StudyConfiguration.Resolve(Panel.Find([name]), Panel.DefaultPreset, [], [])[0] : null);

    /// <summary>
    /// What a panel is called: its own title, or where its settings are not those that this title was written for, what its settings
    /// say.
    /// </summary>
    internal static string Title(Study study)
    {
        if (Differences(study) is not { Count: > 0 } differences || Shipped(study.Name)?.Title != study.Title)
            return study.Title;
        var others = differences.Where(line => !(study.IsGaussian && Said.Any(line.StartsWith)))
            .Select(line => line[..line.IndexOf(" (", StringComparison.Ordinal)]).ToList();
        var changes = others.Count switch
        {
            0 => "",
            <= ChangesNamed => $"; {string.Join(", ", others)}",
            _ => $"; {others.Count.ToString(CultureInfo.InvariantCulture)} settings changed",
        };
        return (study.IsGaussian ? $"Weak {Network(study.Weak)}, strong {Network(study.Strong)}" : $"{study.Title}, changed") + changes;
    }

    private static string Network(RepresentationOptions options) => options.Source switch
    {
        RepresentationSource.Truth => "truth",
        RepresentationSource.Perturbed => string.Create(CultureInfo.InvariantCulture, $"truth + noise {options.Noise}"),
        _ => $"{Counted.Of(options.Depth, "layer")}{(options.Hidden == new RepresentationOptions().Hidden ? "" : $" of {options.Hidden}")}",
    };
}
