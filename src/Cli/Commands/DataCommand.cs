namespace W2S.Cli;

/// <summary>`data`: the data sets of the experiments on molecules and text.</summary>
internal sealed class DataCommand : DocumentedCommand
{
    public DataCommand() : base("data", "Lists, fetches, verifies and prepares data sets.",
        "Data are looked for in the folder that W2S_DATA names, in data/ and in ../shared/data. They are not part of W2S: each has a licence of its "
        + "own, which list shows.")
    {
        Add(new DataListCommand());
        Add(new DataFetchCommand());
        Add(new DataVerifyCommand());
        Add(new DataPrepareCommand());
        AddExample("data list", "What is known, and what is here:");
        AddExample("data fetch lipop lipop-splits", "Get one of the paper's sets:");
    }
}
