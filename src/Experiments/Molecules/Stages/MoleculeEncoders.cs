using W2S.Data;
using W2S.Training;

namespace W2S.Experiments;

/// <summary>Gives the frozen encoder that a stage's settings name: read from files, found, or pretrained.</summary>
internal sealed class MoleculeEncoders(string root, DataFolders folders, TrainingOptions training, string device, int threads, RunServices run)
{
    /// <summary>What will stand for a molecule: a pooled vector that no task trained is warned of.</summary>
    public EncoderPooling Pooling { get; init; } = EncoderPooling.Mean;

    /// <param name="role">"weak" or "strong".</param>
    /// <exception cref="UserErrorException">A file is damaged or absent, or has other weights than the settings say.</exception>
    /// <exception cref="StoppedException">Asked to stop while pretraining; it is saved.</exception>
    public (FrozenEncoder Encoder, StagePart Part) Obtain(string role, MoleculeEncoderOptions options)
    {
        var (encoder, part) = options.From == "" ? Pretrained(role, options.Pretrained) : Saved(role, options);
        return (encoder.On(device, threads, run), part);
    }

    private static (FrozenEncoder, StagePart) Saved(string role, MoleculeEncoderOptions options)
    {
        var encoder = FrozenEncoders.Load(options.From);
        if (options.Digest != "" && options.Digest != encoder.Digest)
            throw new UserErrorException($"{options.From} holds another encoder than the one that this run was made with: the SHA-256 of its weights begins with {encoder.Digest[..12]}, not {options.Digest[..12]}. Put that one back, or start anew with --force.");
        return (encoder, new StagePart($"{role} encoder", encoder.Description, 0, null, null) { Found = true });
    }

    private (FrozenEncoder, StagePart) Pretrained(string role, EncoderSettings settings)
    {
        var pretrained = new EncoderStore(root, training, folders, run) { Device = device, Threads = threads }.Obtain(settings);
        if (Pooling == EncoderPooling.Pooled && pretrained.Record is { DescriptorLoss: null, SameMoleculeAccuracy: null })
            run.Log.Warning("The pooled vector of the encoder in {Folder} was trained by no task, for masked tokens alone do not reach it; --pooling mean reads the vectors of all tokens", pretrained.Folder);
        var encoder = FrozenEncoders.Of($"{role}-{settings.Hidden}", pretrained);
        return (encoder, new StagePart($"{role} encoder", encoder.Description, pretrained.Record.Steps, pretrained.Record.TrainingLoss, pretrained.Folder) { Found = pretrained.Found });
    }
}
