using W2S.Data;

namespace W2S.Experiments;

/// <summary>The distance of 2405.15116: d(f, g) = E (f(x) − g(x))², estimated on a sample.</summary>
public static class Evaluation
{
    /// <summary>Mean squared difference of two label sets [tasks, samples, 1], task by task, summed in float64.</summary>
    public static double[] Distance(TaskSamples first, TaskSamples second)
    {
        var distances = new double[first.Tasks];
        for (var task = 0; task < first.Tasks; task++)
        {
            var a = first.Task(task);
            var b = second.Task(task);
            var sum = 0.0;
            for (var sample = 0; sample < a.Length; sample++)
            {
                var difference = (double)a[sample] - b[sample];
                sum += difference * difference;
            }
            distances[task] = sum / a.Length;
        }
        return distances;
    }
}
