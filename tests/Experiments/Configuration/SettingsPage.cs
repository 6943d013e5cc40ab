using System.Globalization;
using System.Text;
using W2S.Runs.Launchers;
using W2S.Runs.Plans;

namespace W2S.Experiments;

/// <summary>Writes the reference of all settings as Markdown: a section for each record of options, with the places at which it stands.</summary>
internal sealed class SettingsPage
{
    private const string Introduction = """
        # Settings

        Every setting that a YAML file may have, and `--set PATH=VALUE` on the command line; this page is made from the records that they are bound to. A file holds only what differs from the defaults; a key that there is not is refused with the nearest that there is, and all that is wrong is named at once. `config.yaml` in a run's folder has all of them as they were resolved.

        ```sh
        ./run.sh reproduce 2c --set heads.optimiser.schedule=cosine --set heads.optimiser.warm_up=0.1 --tasks 10
        ```

        Lists are written `[a, b]`; a range such as seeds 0 to 9 is one of a [sweep's grid](cluster.md) or of `--seeds 0..9`.

        """;

    /// <summary>What files are about, with their defaults.</summary>
    internal static readonly (string Title, string About, object Defaults)[] Roots =
    [
        ("A study", "The files in `configs/`, and what `reproduce`, `train-weak`, `train-w2s`, `train-strong` and `probe` run.", new Study()),
        ("An encoder", "What `pretrain --corpus` trains; in a study it stands at `weak.encoder` and `strong.encoder`.", new EncoderSettings()),
        ("A sweep", "Beside `panels`, `settings`, `grid` and `where`: [cluster.md](cluster.md).", new SweepOptions()),
        ("Slurm", "The section `slurm` of a sweep's file.", new SlurmLauncher.Options()),
        ("Kubernetes", "The section `kubernetes` of a sweep's file.", new KubernetesLauncher.Options()),
    ];

    private readonly StringBuilder _page = new(Introduction);
    private string _subject = "";
    private readonly OrderedDictionary<Type, List<(string Path, object Defaults)>> _groups = [];

    internal static string Write()
    {
        var page = new SettingsPage();
        foreach (var (title, about, defaults) in Roots)
        {
            page._groups.Clear();
            page.Gather("", defaults);
            page.Line($"\n## {title}\n\n{about}\n");
            page._subject = title[(title.IndexOf(' ') + 1)..].ToLowerInvariant();
            page.Table([("", defaults)]);
            foreach (var (type, places) in page._groups)
            {
                page.Line($"\n### {page._subject}: {Title(type)}\n\nAt {string.Join(", ", places.Select(place => $"`{place.Path}`"))}.\n");
                page.Table(places);
            }
        }
        page.Presets();
        return page._page.ToString();
    }

    private void Gather(string path, object record)
    {
        foreach (var group in Setting.Of(record.GetType()).Where(setting => setting.IsGroup))
        {
            var (place, defaults) = (path + group.Key, group.Get(record)!);
            if (!_groups.TryGetValue(group.Type, out var places)) _groups[group.Type] = places = [];
            places.Add((place, defaults));
            Gather(place + ".", defaults);
        }
    }

    private void Table(IReadOnlyList<(string Path, object Defaults)> places)
    {
        Line("| setting | is | default | what it does |\n| --- | --- | --- | --- |");
        foreach (var setting in Setting.Of(places[0].Defaults.GetType()))
            Line($"| `{setting.Key}` | {(setting.IsGroup ? $"[a group](#{_subject}-{Title(setting.Type).Replace(' ', '-')})" : Kind(setting))} | {(setting.IsGroup ? "" : Default(setting, places))} | {Cell(setting.Description ?? "")} |");
    }

    private void Presets()
    {
        Line("\n## Presets\n\nWhat lies between these defaults and a panel's own settings: `notebook` by `--preset notebook`, and `tables` wherever the data are a table.\n");
        Line("| preset | setting |\n| --- | --- |");
        foreach (var (name, isGaussian) in new[] { ("notebook", true), ("tables", false) })
        {
            var layer = Panel.Preset(isGaussian ? name : Panel.DefaultPreset, isGaussian);
            var differences = Setting.Differences(ConfigurationBinder.Bind<Study>([layer]), new Study(), "else");
            foreach (var difference in differences) Line($"| {name} | `{Cell(difference)}` |");
        }
    }

    private static string Kind(Setting setting)
    {
        var isList = setting.Type.IsGenericType && setting.Type.GetGenericTypeDefinition() == typeof(IReadOnlyList<>);
        var kind = Setting.Kind(setting.ValueType);
        kind = isList ? $"a list, each {kind}" : Nullable.GetUnderlyingType(setting.Type) != null ? $"{kind}, or null" : kind;
        if (setting.Range is not { } range) return kind;
        var (low, high) = (Convert.ToDouble(range.Minimum, CultureInfo.InvariantCulture), Convert.ToDouble(range.Maximum, CultureInfo.InvariantCulture));
        var upper = high >= long.MaxValue ? "" : $", {(range.MaximumIsExclusive ? "<" : "≤")} {Number(high)}";
        return $"{kind} {(range.MinimumIsExclusive ? ">" : "≥")} {Number(low)}{upper}";
    }

    /// <summary>At the first place, and at the others where it differs.</summary>
    private static string Default(Setting setting, IReadOnlyList<(string Path, object Defaults)> places)
    {
        string Of((string Path, object Defaults) place) => $"`{Cell(ConfigurationWriter.Text(setting.Get(place.Defaults)))}`";
        var others = places.Skip(1).Where(place => Of(place) != Of(places[0])).Select(place => $"{Of(place)} at `{place.Path}`").ToList();
        return others.Count == 0 ? Of(places[0]) : $"{Of(places[0])}; {string.Join("; ", others)}";
    }

    /// <summary>OptimiserOptions → optimiser, EncoderSettings.TextOptions → encoder text, Huber.Options → huber.</summary>
    private static string Title(Type type)
    {
        var name = string.Concat(type.Name.Replace("Options", "").Replace("Settings", "")
            .Select((letter, at) => char.IsUpper(letter) ? $"{(at > 0 ? " " : "")}{char.ToLowerInvariant(letter)}" : $"{letter}"));
        return type.DeclaringType is { } owner && owner != typeof(Study) && owner != typeof(HeadOptions) ? $"{Title(owner)} {name}".Trim() : name;
    }

    private static string Number(double number) => number.ToString(Math.Abs(number) >= 1e5 ? "0.###e0" : "0.######", CultureInfo.InvariantCulture);

    private static string Cell(string text) => text.Replace("|", "\\|").Replace("\n", " ");

    private void Line(string text) => _page.Append(text).Append('\n');
}
