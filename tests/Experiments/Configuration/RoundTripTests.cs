using System.ComponentModel.DataAnnotations;
using System.Reflection;
using W2S.Data;
using W2S.Experiments;

namespace W2S.Tests.Experiments.Configuration;

public class RoundTripTests
{
    [Fact]
    public void What_is_written_is_read_back_as_an_equal_record()
    {
        var random = new RandomStream(1, "round trip");
        for (var i = 0; i < 300; i++)
        {
            var written = (Study)Any(new Study(), random);
            var yaml = ConfigurationWriter.Write(written);
            Assert.Equal(Fingerprint.Of(written), Fingerprint.Of(ConfigurationBinder.Bind<Study>([ConfigurationLayer.FromText(yaml, "echo.yaml")])));
        }
    }

    [Fact]
    public void The_echo_explains_every_setting()
    {
        var lines = ConfigurationWriter.Write(new Study { Title = "Pretraining: weak 2 layers, strong 8 layers" }).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        for (var i = 0; i < lines.Length; i++)
            if (!lines[i].TrimStart().StartsWith('#')) Assert.StartsWith("#", lines[i - 1].TrimStart());
        Assert.Contains("    learning_rate: 0.001", lines);
        Assert.Contains("  solver: adamw", lines);
        Assert.Contains("title: \"Pretraining: weak 2 layers, strong 8 layers\"", lines);
    }

    /// <summary>Fills a record with random values within their ranges.</summary>
    private static object Any(object record, RandomStream random)
    {
        foreach (var property in record.GetType().GetProperties().Where(property => property.CanWrite))
            property.SetValue(record, Any(property, property.GetValue(record)!, random));
        return record;
    }

    private static object Any(PropertyInfo property, object value, RandomStream random)
    {
        var range = property.GetCustomAttribute<RangeAttribute>();
        double Number() => random.NextUniform(Convert.ToDouble(range!.Minimum), Convert.ToDouble(range.Maximum));
        return value switch
        {
            bool => random.NextInt(2) == 0,
            int => (int)Number(),
            long => (long)Number(),
            double => Number() * Math.Pow(10, -random.NextInt(12)),
            Enum => Enum.GetValues(value.GetType()).GetValue(random.NextInt(Enum.GetValues(value.GetType()).Length))!,
            string => Text(random),
            IReadOnlyList<string> => Enumerable.Range(0, random.NextInt(3)).Select(_ => Text(random)).ToArray(),
            IReadOnlyList<int> => Enumerable.Range(0, random.NextInt(3)).ToArray(),
            _ => Any(value, random),
        };
    }

    private static string Text(RandomStream random)
    {
        string[] traps = ["null", "~", "", "yes", "on", "1e3", "a: b", "#", " - x", "\"", "'", "\\", "\t", "\n", "\r\n", "\u0085", "\u2028", "\uFEFF", "σ", "&a", "*a", "!!int", "{", "[", "%", "@", "`", "|", ">", " ", "𝒩"];
        var text = string.Concat(Enumerable.Range(0, random.NextInt(5)).Select(_ => traps[random.NextInt(traps.Length)]));
        return string.IsNullOrWhiteSpace(text) ? text + "x" : text; // a blank text is no value
    }
}
