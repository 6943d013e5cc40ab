namespace W2S.Reporting.Plots;

/// <summary>
/// Places dots of a strip above and below its middle so that they do not cover each other: each takes the free place
/// nearest to the middle. No chance is involved.
/// </summary>
internal sealed class Beeswarm(double diameter, double reach)
{
    private readonly List<(double X, double Y)> _placed = [];

    /// <summary>The vertical offset for the next dot; dots come in ascending order of x. A full column overlaps at the middle.</summary>
    internal double Place(double x)
    {
        var neighbours = _placed.Where(dot => x - dot.X < diameter).ToArray();
        var offset = Candidates().FirstOrDefault(y => neighbours.All(dot => double.Hypot(x - dot.X, y - dot.Y) >= diameter - 1e-9));
        _placed.Add((x, offset));
        return offset;
    }

    private IEnumerable<double> Candidates()
    {
        const double step = 0.5;
        for (var distance = 0.0; distance <= reach; distance += step)
        {
            yield return distance;
            yield return -distance;
        }
    }
}
