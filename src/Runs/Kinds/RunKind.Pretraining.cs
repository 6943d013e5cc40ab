using System.Text.Json.Serialization.Metadata;

namespace W2S.Runs.Kinds;

internal abstract partial class RunKind
{
    /// <summary>
    /// A network or an encoder, pretrained as a run of its own. Its checkpoints go when it is done, because three quarters of them are
    /// the optimiser's moments.
    /// </summary>
    internal abstract class Pretraining<TSettings>(string name) : RunKind(name)
    {
        /// <summary>How plans hold the options: as summary.json writes settings.</summary>
        private static readonly JsonSerializerOptions Json = new(SummaryJson.Compact.Options)
        {
            TypeInfoResolverChain = { new DefaultJsonTypeInfoResolver() },
        };

        public sealed override JsonElement Write(object options) => JsonSerializer.SerializeToElement((Options)options, Json);

        public sealed override object Read(JsonElement settings) => settings.Deserialize<Options>(Json)!;

        public sealed override string NameOf(object options) => NameOf(((Options)options).Settings);

        public sealed override Outcome Run(object options, Place place, RunServices run) => Run((Options)options, place, run);

        protected abstract string NameOf(TSettings settings);

        protected abstract Outcome Run(Options options, Place place, RunServices run);

        /// <summary>Trains, or goes on from what an interrupted worker saved.</summary>
        /// <param name="identity">All that decides the weights.</param>
        /// <param name="found">What comes of it, while the job still has its weights.</param>
        protected static Outcome Train(
            ITrainingJob job, string engine, string identity, Place place, RunServices run, Func<TrainingOutcome, Outcome> found)
        {
            var checkpoints = place.Checkpoints(engine);
            var outcome = found(TrainingLoop.Run(job, place.Training, new CheckpointStore(checkpoints, identity, run.Time), run));
            return outcome with
            {
                WriteFiles = folder =>
                {
                    outcome.WriteFiles(folder);
                    AtomicFile.DeleteFolder(checkpoints);
                },
            };
        }

        /// <param name="Settings">Everything that decides the weights, the sums of corpora too.</param>
        /// <param name="Device">Where they are computed: devices differ in the last bits.</param>
        internal sealed record Options(TSettings Settings, string Device);
    }
}
