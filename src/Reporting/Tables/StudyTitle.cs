using System.Globalization;
using W2S.Experiments;

namespace W2S.Reporting.Tables;

/// <summary>
/// What a panel is called: its own title, or where its settings are not those that this title was written for, what its
/// settings say.
/// </summary>
internal static class StudyTitle
{
    private const int ChangesNamed = 2;

    private static readonly string[] Said =
    [
        .. from role in new[] { "weak", "strong" }
           from key in new[] { "source", "depth", "hidden", "noise" }
           select $"{role}.{key}:",
    ];

    internal static string Of(Study study)
    {
        if (ShippedDifferences.Of(study) is not { Count: > 0 } differences || ShippedDifferences.TitleOf(study.Name) != study.Title)
            return study.Title;
        // The networks' own settings are what the title opens with.
        var others = differences.Where(line => !(study.IsGaussian && Said.Any(line.StartsWith)))
            .Select(line => line[..line.IndexOf(" (", StringComparison.Ordinal)]).ToList();
        var changes = others.Count switch
        {
            0 => "",
            <= ChangesNamed => $"; {string.Join(", ", others)}",
            _ => $"; {others.Count.ToString(CultureInfo.InvariantCulture)} settings changed",
        };
        return (study.IsGaussian ? Networks(study) : $"{study.Title}, changed") + changes;
    }

    private static string Networks(Study study) => $"Weak {Network(study.Weak)}, strong {Network(study.Strong)}";

    private static string Network(RepresentationOptions options) => options.Source switch
    {
        RepresentationSource.Truth => "truth",
        RepresentationSource.Perturbed => string.Create(CultureInfo.InvariantCulture, $"truth + noise {options.Noise}"),
        _ => $"{options.Depth} layers{(options.Hidden == new RepresentationOptions().Hidden ? "" : $" of {options.Hidden}")}",
    };
}
