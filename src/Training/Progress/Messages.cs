namespace W2S.Training;

/// <summary>Where the program speaks to people: stderr, line by line. Safe to call from several threads.</summary>
public interface IMessages
{
    /// <summary>Says one line.</summary>
    void Say(string line);
}

/// <summary>Lines straight to a writer.</summary>
public sealed class PlainMessages(TextWriter writer) : IMessages
{
    public void Say(string line)
    {
        lock (writer) writer.WriteLine(line);
    }
}
