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
}
