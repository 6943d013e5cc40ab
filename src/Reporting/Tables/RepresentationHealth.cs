namespace W2S.Reporting.Tables;

/// <summary>How the health of representations is told: cells of a table, and a sentence for each that has collapsed.</summary>
internal static class RepresentationHealth
{
    internal static readonly IReadOnlyList<string> Headers = ["role", "health", "what it is", "steps", "last loss", "alive units", "effective rank", "explained"];

    internal static IReadOnlyList<string> Cells(RepresentationResult representation) =>
    [
        representation.Role, representation.Collapsed ? "COLLAPSED" : representation.AliveUnits == null ? NumberText.Nothing : "healthy", representation.Description,
        representation.Steps.ToString("N0", CultureInfo.InvariantCulture), NumberText.Measure(representation.Loss), Alive(representation),
        NumberText.Measure(representation.EffectiveRank), NumberText.Percent(representation.Explained),
    ];

    /// <summary>One sentence for each collapsed representation.</summary>
    public static IEnumerable<string> Alarms(IEnumerable<RepresentationResult> representations) =>
        representations.Where(representation => representation.Collapsed).Select(Alarm);

    private static string Alive(RepresentationResult representation) => representation.AliveUnits is { } alive ? $"{alive} of {representation.Width}" : $"{representation.Width}";

    private static string Alarm(RepresentationResult representation)
    {
        var explains = representation.Explained is { } share ? $", explains {NumberText.Percent(share)} of the true labels" : "";
        return $"the {representation.Role} representation has collapsed ({Alive(representation)} units alive, "
            + $"effective rank {NumberText.Measure(representation.EffectiveRank)}{explains}).";
    }
}
