using W2S.Data;

namespace W2S.Training;

/// <summary>Finds the complete checkpoints in a store's folder; half-written ones have other names and are never seen.</summary>
internal static class CheckpointFolders
{
    public static IReadOnlyList<string> NewestFirst(string store) => !Directory.Exists(store)
        ? []
        : [.. Directory.GetDirectories(store).Where(path => Step(path) != null).OrderByDescending(Step)];

    public static string? Newest(string store) => NewestFirst(store).FirstOrDefault();

    public static string? NewestGood(string store) => NewestFirst(store).FirstOrDefault(path => Problem(path) == null);

    /// <summary>What is wrong with a checkpoint, or null where all its files are as they were written.</summary>
    public static string? Problem(string checkpoint)
    {
        try
        {
            Checkpoint.Verify(checkpoint);
            return null;
        }
        catch (Exception error) when (error is InvalidDataException or UserErrorException or IOException or UnauthorizedAccessException)
        {
            return error.Message;
        }
    }

    /// <summary>The loss in the manifest; null where it has none or cannot be read.</summary>
    public static double? LossOf(string checkpoint)
    {
        try
        {
            return Checkpoint.ReadManifest(checkpoint).Loss;
        }
        catch (Exception error) when (error is InvalidDataException or UserErrorException)
        {
            return null;
        }
    }

    /// <summary>The checkpoint that a pointer file (LAST, BEST) names; null where there is no such file or no such checkpoint.</summary>
    public static string? Named(string store, string pointer)
    {
        var file = Path.Combine(store, pointer);
        return File.Exists(file) ? NewestFirst(store).FirstOrDefault(path => Path.GetFileName(path) == File.ReadAllText(file).Trim()) : null;
    }

    private static long? Step(string path) => Checkpoint.StepOf(Path.GetFileName(path));
}
