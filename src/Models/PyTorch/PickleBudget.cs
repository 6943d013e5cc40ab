namespace W2S.Models.PyTorch;

/// <summary>
/// Bounds what a small file can make grow. Pickles can repeat anything at the price of two bytes, so work that copies or
/// walks what was repeated is paid for; honest files, in which little is repeated, never come near the limit.
/// </summary>
internal sealed class PickleBudget(long limit, Func<string, Exception> broken)
{
    private long _left = limit;

    /// <exception cref="InvalidDataException">The budget is used up.</exception>
    public void Spend(long cost)
    {
        if (cost > _left) throw broken("it repeats the same contents without end: it is forged, or not from torch.save");
        _left -= cost;
    }
}
