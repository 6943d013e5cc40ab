namespace W2S.Data;

public class TaskSamplesTests
{
    [Fact]
    public void A_task_is_its_own_part_of_the_array()
    {
        var samples = new TaskSamples(2, 3, 4, [.. Enumerable.Range(0, 24).Select(number => (float)number)]);
        Assert.Equal([.. Enumerable.Range(12, 12).Select(number => (float)number)], samples.Task(1).ToArray());
    }

    [Fact]
    public void An_array_of_another_length_is_refused_with_both_sizes()
    {
        var error = Assert.Throws<ArgumentException>(() => new TaskSamples(2, 3, 4, new float[25]));
        Assert.Contains("25 values cannot have the shape [2, 3, 4]", error.Message);
    }

    [Fact]
    public void Every_Gaussian_coordinate_is_normal_with_the_standard_deviation_asked_for()
    {
        var inputs = TaskSamples.Gaussian(seed: 3, "inputs", tasks: 5, samples: 4000, width: 8, sigma: 500);
        for (var column = 0; column < inputs.Width; column++)
        {
            var values = inputs.Values.Where((_, index) => index % inputs.Width == column).Select(value => (double)value).ToArray();
            Assert.Equal(0, values.Average(), 15.0);
            Assert.Equal(500, Math.Sqrt(values.Average(value => value * value)), 10.0);
        }
    }

    [Fact]
    public void Fewer_tasks_or_samples_are_a_prefix_of_more()
    {
        var many = TaskSamples.Gaussian(3, "inputs", tasks: 5, samples: 100, width: 8, sigma: 1);
        var few = TaskSamples.Gaussian(3, "inputs", tasks: 2, samples: 40, width: 8, sigma: 1);
        for (var task = 0; task < 2; task++) Assert.Equal(many.Task(task)[..(40 * 8)], few.Task(task));
    }

    [Fact]
    public void Tasks_and_names_have_samples_of_their_own()
    {
        var first = TaskSamples.Gaussian(3, "weak", 2, 10, 8, 1);
        var second = TaskSamples.Gaussian(3, "student", 2, 10, 8, 1);
        Assert.Equal(320, first.Values.Concat(second.Values).Distinct().Count());
    }
}
