namespace W2S.Experiments;

/// <summary>Everything that is wrong with a configuration, so that the user hears of all of it at once.</summary>
public sealed class ConfigurationProblems
{
    private readonly List<string> _problems = [];

    /// <summary>How many there are so far.</summary>
    public int Count => _problems.Count;

    /// <summary>Adds a problem; the same one from several panels counts once.</summary>
    /// <param name="place">Where the user wrote it.</param>
    public void Add(string place, string problem)
    {
        var line = $"{place}: {problem}";
        if (!_problems.Contains(line)) _problems.Add(line);
    }

    /// <summary>Takes over what another list has.</summary>
    internal void AddAll(ConfigurationProblems others) => _problems.AddRange(others._problems.Except(_problems));

    /// <exception cref="UserErrorException">There are problems; the message lists them all.</exception>
    public void ThrowIfAny()
    {
        if (_problems.Count == 0) return;
        throw new UserErrorException(_problems.Count == 1
            ? _problems[0]
            : $"The configuration has {_problems.Count} problems:\n{string.Join('\n', _problems.Select(problem => "  " + problem))}");
    }
}
