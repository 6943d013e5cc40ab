using System.ComponentModel;

namespace W2S.Experiments;

/// <summary>What heads are fitted to and measured by, with the options of each kind; those of another kind must be left alone.</summary>
public sealed record ObjectiveOptions
{
    [Description("squared or huber, or for classes cross-entropy, reverse-kl, brier, symmetric, logconf, product, window or mixture.")]
    public string Name { get; init; } = new Training.Objectives.Squared().Name;

    [Description("The squared error.")]
    public Squared.Options Squared { get; init; } = new();

    [Description("Huber's loss.")]
    public Huber.Options Huber { get; init; } = new();

    [Description("Reverse KL.")]
    public ReverseKl.Options ReverseKl { get; init; } = new();

    [Description("Symmetric cross-entropy.")]
    public Symmetric.Options Symmetric { get; init; } = new();

    [Description("The auxiliary confidence loss.")]
    public LogConf.Options Logconf { get; init; } = new();

    [Description("The product of labels and the student's own answers.")]
    public Product.Options Product { get; init; } = new();

    [Description("Cross-entropy where the student is not sure.")]
    public Window.Options Window { get; init; } = new();

    [Description("A mixture of softmax heads.")]
    public Mixture.Options Mixture { get; init; } = new();

    /// <summary>The objective itself.</summary>
    /// <exception cref="W2S.Data.UserErrorException">There is none of this name.</exception>
    public Objective Create()
    {
        var kind = ObjectiveKind.Named(Name);
        var own = kind.DefaultOptions?.GetType();
        var options = Setting.Of(typeof(ObjectiveOptions)).FirstOrDefault(setting => setting.IsGroup && setting.Type == own);
        return kind.Create(options?.Get(this));
    }

    /// <summary>The keys of options that were changed and belong to another objective.</summary>
    internal IEnumerable<string> Unused()
    {
        var own = ObjectiveKind.Named(Name).DefaultOptions?.GetType();
        return from setting in Setting.Of(typeof(ObjectiveOptions))
            where setting.IsGroup && setting.Type != own && !Equals(setting.Get(this), setting.Get(new ObjectiveOptions()))
            select setting.Key;
    }
}
