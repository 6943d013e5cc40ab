using System.ComponentModel;

namespace W2S.Experiments;

/// <summary>What heads are fitted to and measured by, with the options of each kind; those of another kind must be left alone.</summary>
public sealed record ObjectiveOptions
{
    [Description("squared or huber, or for classes cross-entropy, reverse-kl, brier, symmetric, logconf, product, window or mixture.")]
    public string Name { get; init; } = new Training.Objectives.Squared().Name;

    [Description("The squared error.")]
    public SquaredOptions Squared { get; init; } = new();

    [Description("Huber's loss.")]
    public HuberOptions Huber { get; init; } = new();

    [Description("Reverse KL.")]
    public ReverseKlOptions ReverseKl { get; init; } = new();

    [Description("Symmetric cross-entropy.")]
    public SymmetricOptions Symmetric { get; init; } = new();

    [Description("The auxiliary confidence loss.")]
    public LogConfOptions Logconf { get; init; } = new();

    [Description("The product of labels and the student's own answers.")]
    public ProductOptions Product { get; init; } = new();

    [Description("Cross-entropy where the student is not sure.")]
    public WindowOptions Window { get; init; } = new();

    [Description("A mixture of softmax heads.")]
    public MixtureOptions Mixture { get; init; } = new();

    /// <summary>The objective itself.</summary>
    /// <exception cref="W2S.Data.UserErrorException">There is none of this name.</exception>
    public Objective Create()
    {
        var own = ObjectiveKinds.Named(Name).DefaultOptions?.GetType();
        return ObjectiveKinds.Create(
            Name, Setting.Of(typeof(ObjectiveOptions)).FirstOrDefault(setting => setting.IsGroup && setting.Type == own)?.Get(this));
    }

    /// <summary>The keys of options that were changed and belong to another objective.</summary>
    internal IEnumerable<string> Unused()
    {
        var own = ObjectiveKinds.Named(Name).DefaultOptions?.GetType();
        return from setting in Setting.Of(typeof(ObjectiveOptions))
            where setting.IsGroup && setting.Type != own && !Equals(setting.Get(this), setting.Get(new ObjectiveOptions()))
            select setting.Key;
    }
}
