using W2S.Data;

namespace W2S.Experiments;

/// <summary>Everything that is wrong with a configuration, so that the user hears of all of it at once.</summary>
public sealed class ConfigurationProblems
{
    private readonly List<string> _problems = [];

    /// <summary>Adds a problem; the same one from several panels counts once.</summary>
    /// <param name="place">Where the user wrote it.</param>
    public void Add(string place, string problem)
    {
        var line = $"{place}: {problem}";
        if (!_problems.Contains(line)) _problems.Add(line);
    }

    /// <exception cref="UserErrorException">There are problems; the message lists them all.</exception>
    public void ThrowIfAny()
    {
        if (_problems.Count == 0) return;
        throw new UserErrorException(_problems.Count == 1
            ? _problems[0]
            : $"The configuration has {_problems.Count} problems:\n{string.Join('\n', _problems.Select(problem => "  " + problem))}");
    }
}
