using Serilog;

namespace W2S.Training;

/// <summary>
/// What a user wants called while trainings run, where Lightning and Hugging Face's Trainer have it; null: nothing. Give them to
/// <see cref="RunServices.Callbacks"/>, and every training that runs with these services calls them.
/// </summary>
/// <remarks>
/// They look on: a training's bits do not depend on them. They are called one at a time, on the thread that trains, which waits
/// meanwhile. One that throws is told of and not called again, and training goes on: a picture that fails must not cost a run.
/// <c>run.Stop.Set("why")</c> in a callback saves and stops, to be continued.
/// </remarks>
public sealed class TrainingCallbacks
{
    /// <summary>No callback.</summary>
    public static readonly TrainingCallbacks None = new();

    private readonly Lock _lock = new();
    private readonly HashSet<string> _failed = [];

    /// <summary>Before the first step of this run, at step 0 or where a checkpoint left off.</summary>
    public Action<Moment>? OnStart { get; init; }

    /// <summary>After every step. Steps then come one by one instead of in chunks, which takes fused kernels longer.</summary>
    public Action<Moment>? OnStep { get; init; }

    /// <summary>After the last step of each epoch.</summary>
    public Action<Moment>? OnEpoch { get; init; }

    /// <summary>After each evaluation of a job that has some, such as <see cref="EarlyStopping"/>.</summary>
    public Action<Moment>? OnEvaluation { get; init; }

    /// <summary>After a checkpoint was written.</summary>
    public Action<Moment>? OnSave { get; init; }

    /// <summary>When a training is done, early or not, or found done; not when it is stopped or fails.</summary>
    public Action<Moment>? OnEnd { get; init; }

    /// <param name="name">Of the callback, which is not called again once it has thrown.</param>
    internal void Call(string name, Action<Moment>? callback, Func<Moment> moment, ILogger log)
    {
        if (callback == null) return;
        lock (_lock)
        {
            if (_failed.Contains(name)) return;
            try
            {
                callback(moment());
            }
            catch (Exception error)
            {
                _failed.Add(name);
                log.Warning("{Callback} failed and is not called again; training goes on: {Error}", name, error.Message);
            }
        }
    }

    /// <summary>Where a training stands when a callback is called.</summary>
    /// <param name="Job">What is trained; to look at.</param>
    /// <param name="Step">Steps done.</param>
    /// <param name="Loss">The mean training loss at the last log point; null before the first.</param>
    /// <param name="Evaluation">The last evaluation of this run; null before the first.</param>
    /// <param name="Checkpoint">
    /// The folder of the newest checkpoint that this run wrote or continued from; null where there is none.
    /// </param>
    public sealed record Moment(ITrainingJob Job, long Step, double? Loss, double? Evaluation, string? Checkpoint)
    {
        /// <summary>Epochs done.</summary>
        public double Epoch => (double)Step / Job.StepsPerEpoch;
    }
}
