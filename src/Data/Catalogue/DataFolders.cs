namespace W2S.Data;

/// <summary>The folders in which data are looked for, the first that has a file being the one that counts.</summary>
public sealed class DataFolders(IReadOnlyList<string> folders)
{
    private const string Variable = "W2S_DATA";

    /// <summary>In the order in which they are searched.</summary>
    public IReadOnlyList<string> Folders { get; } = folders;

    /// <summary>Where fetched files go: the first folder.</summary>
    public string Destination => Folders[0];

    /// <summary>The folder that the variable W2S_DATA names, if it is set; ./data; ../shared/data.</summary>
    /// <exception cref="UserErrorException">The variable is set, and empty.</exception>
    public static DataFolders Usual() => Named(Environment.GetEnvironmentVariable(Variable));

    /// <param name="named">The value of W2S_DATA; null where it is not set.</param>
    public static DataFolders Named(string? named)
    {
        if (named != null && string.IsNullOrWhiteSpace(named))
            throw new UserErrorException($"The variable {Variable} is set, and empty. Let it name the folder with the data, or unset it.");
        var usual = new[] { "data", Path.Combine("..", "shared", "data") };
        return new DataFolders(named == null ? usual : [named, .. usual]);
    }

    /// <summary>The path of a file that is named relative to a data folder, or null where no folder has it.</summary>
    public string? Find(string file) => Folders.Select(folder => Path.Combine(folder, file)).FirstOrDefault(File.Exists);

    /// <inheritdoc cref="Find"/>
    /// <exception cref="UserErrorException">No folder has it.</exception>
    public string Require(string file)
    {
        if (Find(file) is { } path) return path;
        var name = CatalogueEntry.All.FirstOrDefault(entry => entry.File == file)?.Name;
        var remedy = name == null
            ? $"Put it there, or let {Variable} name the folder that has it."
            : $"Fetch it with ./run.sh data fetch {name}, or let {Variable} name the folder that has it.";
        throw new UserErrorException($"The file {file} is in none of the data folders {string.Join(", ", Folders)}. {remedy}");
    }
}
