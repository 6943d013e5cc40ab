namespace W2S.Cli;

/// <summary>Where the program speaks to people: stderr, line by line. Safe to call from several threads.</summary>
internal interface IMessages
{
    void Say(string line);
}

/// <summary>Lines straight to a writer.</summary>
internal sealed class PlainMessages(TextWriter writer) : IMessages
{
    public void Say(string line)
    {
        lock (writer) writer.WriteLine(line);
    }
}
