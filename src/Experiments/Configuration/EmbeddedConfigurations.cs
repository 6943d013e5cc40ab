namespace W2S.Experiments;

/// <summary>The files of configs/, which travel inside the program.</summary>
internal static class EmbeddedConfigurations
{
    /// <summary>The text of configs/<paramref name="file"/>, or null where there is no such file.</summary>
    public static string? Text(string file)
    {
        using var stream = typeof(EmbeddedConfigurations).Assembly.GetManifestResourceStream($"configs/{file}");
        if (stream == null) return null;
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }
}
