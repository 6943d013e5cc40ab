using System.Text.Json;
using System.Text.Json.Nodes;

namespace W2S.Experiments;

/// <summary>
/// A run's summary.json: every digit of its <see cref="Result"/>, so that tables, plots and reports can be made again from it alone.
/// </summary>
public static class ResultFile
{
    /// <summary>1 was a format for each kind of study and stage.</summary>
    internal const int Version = 2;

    /// <summary>Writes the folder's summary.json. Folders in it are relative to the run's own, so that all can move together.</summary>
    /// <exception cref="ArgumentException">A panel occurs twice, or there is none.</exception>
    public static void Write(string folder, Result result)
    {
        if (result.Panels.Count == 0) throw new ArgumentException("A result needs at least one panel.", nameof(result));
        var same = result.Panels.GroupBy(panel => (panel.Name, panel.Data, panel.Seed, panel.Weak));
        if (same.FirstOrDefault(group => group.Count() > 1) is { } twice)
            throw new ArgumentException($"The panel {twice.Key} occurs twice.", nameof(result));
        var stored = WithFolders(result, path => Path.GetRelativePath(folder, path));
        var document = new SummaryJson.Document
        {
            Format = SummaryFile.ResultFormat,
            Version = Version,
            Stage = stored.Stage,
            WeakRun = stored.WeakRun,
            WeakDigest = stored.WeakDigest,
            Seconds = stored.Seconds,
            Parts = stored.Parts ?? [],
            Panels = [.. stored.Panels.Select(ToPart)],
            Spread = ToSpread(stored.Panels),
        };
        AtomicFile.WriteAllText(
            Path.Combine(folder, SummaryFile.FileName), JsonSerializer.Serialize(document, SummaryJson.Pretty.Summary) + "\n");
    }

    /// <summary>Whether a folder holds a finished run of a study or a stage.</summary>
    public static bool IsIn(string folder)
    {
        var path = Path.Combine(folder, SummaryFile.FileName);
        return File.Exists(path) && SummaryFile.KindOf(path) == SummaryFile.ResultFormat;
    }

    /// <param name="stages">The stages that will do; none: any.</param>
    /// <exception cref="UserErrorException">
    /// The folder holds no finished run of these stages, or its summary is cut short or of a newer version.
    /// </exception>
    public static Result Read(string folder, params string[] stages)
    {
        var path = Path.Combine(folder, SummaryFile.FileName);
        var wanted = stages.Length == 0 ? "a study or a stage" : string.Join(" or ", stages.Select(Stages.CommandOf));
        if (!File.Exists(path))
            throw new UserErrorException(
                $"{folder} holds no finished run: there is no {path}. Give the folder that {wanted} names when it ends.");
        if (SummaryFile.KindOf(path) is var kind && kind != SummaryFile.ResultFormat)
            throw new UserErrorException($"{folder} holds {SummaryFile.InWords(kind)}. Give the folder of a run of {wanted}.");
        var result = SummaryFile.Read(path, SummaryFile.ResultFormat, Version, ToResult);
        if (stages.Length > 0 && !stages.Contains(result.Stage))
            throw new UserErrorException($"{folder} holds a run of the stage {result.Stage}. Give the folder of a run of {wanted}.");
        return WithFolders(result, stored => FromWorkingDirectory(folder, stored)) with { Folder = folder };
    }

    /// <summary>The settings in a run's config.yaml.</summary>
    /// <exception cref="UserErrorException">There is none, or something in it is wrong.</exception>
    internal static Study StudyOf(string folder) =>
        ConfigurationBinder.Bind<Study>([ConfigurationLayer.FromFile(Path.Combine(folder, RunFolder.ConfigurationFile))], StudyRules.Check);

    /// <summary>
    /// Settings over the defaults: the generated reader would set an option that an older file lacks to zero instead of its default.
    /// </summary>
    internal static Study ReadOptions(JsonElement stored)
    {
        if (stored.ValueKind != JsonValueKind.Object) throw new JsonException("A panel's \"options\" is not an object.");
        var options = JsonSerializer.SerializeToNode(new Study(), SummaryJson.Compact.Study)!.AsObject();
        Overlay(options, stored);
        return options.Deserialize(SummaryJson.Compact.Study)!;
    }

    private static SummaryJson.Document.PanelPart ToPart(PanelResult panel) => new(
        panel.Name, panel.Data, panel.DataTitle, panel.Unit, panel.Seed, panel.Weak, panel.Strong, panel.Engine, panel.Seconds,
        JsonSerializer.SerializeToElement(panel.Options, SummaryJson.Compact.Study), panel.Examples, panel.Representations,
        JsonSerializer.SerializeToElement(panel.Statistics(), SummaryJson.Compact.PanelStatistics), panel.Cells);

    private static OrderedDictionary<string, SummaryJson.Document.SpreadPart> ToSpread(IReadOnlyList<PanelResult> panels)
    {
        var spread = new OrderedDictionary<string, SummaryJson.Document.SpreadPart>();
        foreach (var seeds in panels.GroupBy(panel => panel.Name))
        {
            var statistics = PanelStatistics.OverSeeds.Of([.. PanelFindings.Healthy(seeds).Select(panel => panel.Statistics())]);
            var collapsed = seeds.Where(panel => panel.HasCollapsed()).Select(panel => panel.Seed).Distinct();
            spread.Add(seeds.Key, new SummaryJson.Document.SpreadPart(
                [.. collapsed], JsonSerializer.SerializeToElement(statistics, SummaryJson.Compact.OverSeeds),
                PanelFindings.OverSeeds([.. seeds])));
        }
        return spread;
    }

    private static Result ToResult(JsonElement root)
    {
        var document = root.Deserialize(SummaryJson.Pretty.Summary)!;
        return new Result(
            document.Stage, [.. Present(document.Panels).Select(ToPanel)], document.WeakRun,
            [.. Present(document.Parts)]) { WeakDigest = document.WeakDigest, Seconds = document.Seconds };
    }

    private static PanelResult ToPanel(SummaryJson.Document.PanelPart panel) => new(
        ReadOptions(panel.Options), panel.DataTitle, panel.Unit, panel.Engine, panel.Examples, [.. Present(panel.Representations)],
        [.. Present(panel.Cells)], panel.Seconds);

    private static void Overlay(JsonObject target, JsonElement source)
    {
        foreach (var property in source.EnumerateObject())
        {
            if (property.Value.ValueKind == JsonValueKind.Object && target[property.Name] is JsonObject inner)
                Overlay(inner, property.Value);
            else target[property.Name] = JsonNode.Parse(property.Value.GetRawText());
        }
    }

    private static Result WithFolders(Result result, Func<string, string> change) => result with
    {
        WeakRun = result.WeakRun == null ? null : change(result.WeakRun),
        Parts = [.. (result.Parts ?? []).Select(part => part.Folder == null ? part : part with { Folder = change(part.Folder) })],
    };

    /// <summary>
    /// A path that is stored relative to a run's folder, as seen from the working directory; absolute where the folder is named so.
    /// </summary>
    private static string FromWorkingDirectory(string folder, string stored)
    {
        var full = Path.GetFullPath(Path.Combine(folder, stored));
        return Path.IsPathRooted(folder) ? full : Path.GetRelativePath(".", full);
    }

    /// <summary>The generated reader checks properties for null, but not the elements of lists.</summary>
    private static IEnumerable<T> Present<T>(IEnumerable<T> items) where T : class =>
        items.Select(item => item ?? throw new JsonException("A list holds null where a value is needed."));
}
