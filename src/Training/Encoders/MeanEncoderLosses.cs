namespace W2S.Training;

/// <summary>The losses of several batches as those of one: each a mean over all that was asked.</summary>
internal sealed class MeanEncoderLosses
{
    private double _masked, _descriptors, _same;
    private int _asked, _rightTokens, _described, _pairs, _rightPairs;

    public void Add(EncoderLosses losses, EncoderBatch batch)
    {
        _masked += losses.Masked * losses.AskedTokens;
        _asked += losses.AskedTokens;
        _rightTokens += losses.RightTokens;
        if (batch.Descriptors != null)
        {
            _descriptors += losses.Descriptors * batch.Tokens.Sequences;
            _described += batch.Tokens.Sequences;
        }
        if (batch.SameMolecule == null) return;
        _same += losses.SameMolecule * batch.Tokens.Sequences;
        _pairs += batch.Tokens.Sequences;
        _rightPairs += losses.RightPairs;
    }

    public EncoderLosses Value => new(
        _masked / Math.Max(1, _asked), _asked, _rightTokens, _descriptors / Math.Max(1, _described), _same / Math.Max(1, _pairs), _rightPairs);
}
