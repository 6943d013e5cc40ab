namespace W2S.Experiments;

/// <summary>What must hold between the settings of a study, beyond the range of each.</summary>
internal static class StudyRules
{
    private const string TooLarge = "Tasks × samples × width is more than one array can hold (2 billion numbers): lower one of them.";

    private const string KernelsOnly =
        "The fused kernels of MLPs and heads neither accumulate gradients nor clip them: "
        + "use --engine auto or torch, or accumulate 1 and max_grad_norm 0.";

    /// <summary>The longest float32 array that .NET makes, which holds the samples of a task.</summary>
    private static readonly long LongestArray = Array.MaxLength;

    /// <summary>Everything that contradicts itself in these settings; empty where they can run.</summary>
    public static IEnumerable<ConfigurationBinder.Conflict> Check(Study study)
    {
        if (!IsFolderName(study.Name))
            yield return new(["name"], "A panel's name is also a folder's: use letters, digits, - and _ only, 64 at most.");
        if (!IsDevice(study.Device))
            yield return new(["device"], "A device is cpu, cuda or cuda:N with N the number of a GPU.");
        if (study.Engine == IEngine.Choice.Fused && study.Device.StartsWith("cuda", StringComparison.Ordinal))
            yield return new(["engine", "device"], "The fused engine runs on the CPU only: use --engine torch or --device cpu.");
        if (study.Heads.EarlyStopping.Criterion != HeadOptions.StoppingCriterion.None
            && (study.Heads.Solver != HeadSolver.AdamW || study.Features.TrainModePasses > 0))
            yield return new(["heads.early_stopping.criterion", "heads.solver", "features.train_mode_passes"],
                "Only a training can stop early, on samples that were not fitted in another draw: take --solver adamw and no train mode "
                + "passes, or criterion none.");
        if (study is { Engine: IEngine.Choice.Fused, Heads.Solver: HeadSolver.AdamW } && !FusedEngine.Supports(study.Heads.Optimiser))
            yield return new(["engine", "heads.optimiser.accumulate", "heads.optimiser.max_grad_norm"], KernelsOnly);
        if (study is { Engine: IEngine.Choice.Fused, Pretrains: true } && !FusedEngine.Supports(study.Pretraining.Optimiser))
            yield return new(["engine", "pretraining.optimiser.accumulate", "pretraining.optimiser.max_grad_norm"], KernelsOnly);
        foreach (var conflict in Blocks(study)) yield return conflict;
        foreach (var conflict in Objectives(study)) yield return conflict;
        foreach (var conflict in study.IsGaussian ? Gaussian(study) : Table(study)) yield return conflict;
    }

    /// <summary>Of representations that are no longer frozen.</summary>
    private static IEnumerable<ConfigurationBinder.Conflict> Blocks(Study study)
    {
        var heads = study.Heads;
        if (heads.Precision != EncoderPrecision.Single && (!heads.TrainsBlocks || study.IsGaussian || study.Device == "cpu"))
            yield return new(["heads.precision", "device"],
                "bfloat16 is for encoders whose blocks train on CUDA; on the processor it is slower and less exact: "
                + "take --device cuda, or precision single.");
        if (heads is { TrainsBlocks: false, BlockRate: not 1 })
            yield return new(["heads.block_rate", "heads.trainable_blocks", "heads.weak_trainable_blocks"],
                "No block trains: say how many, or leave their rate out.");
        if (!heads.TrainsBlocks) yield break;
        if (heads.Solver != HeadSolver.AdamW || study.Engine == IEngine.Choice.Fused)
            yield return new(["heads.trainable_blocks", "heads.weak_trainable_blocks", "heads.solver", "engine"],
                "Blocks train by gradient descent on torch, and no closed form or kernel fits them: "
                + "take --solver adamw and --engine auto, or 0 blocks.");
        if (study.IsGaussian && heads.Standardise)
            yield return new(["heads.trainable_blocks", "heads.weak_trainable_blocks", "heads.standardise"],
                "Blocks of a network read features as they are: set heads.standardise to false, or 0 blocks.");
        if (study.Features.TrainModePasses > 0)
            yield return new(["heads.trainable_blocks", "heads.weak_trainable_blocks", "features.train_mode_passes"],
                "Passes in train mode are of a frozen encoder: leave them out, or train 0 blocks.");
        foreach (var (setting, blocks, role) in new[]
        {
            ("heads.trainable_blocks", heads.TrainableBlocks, "strong"), ("heads.weak_trainable_blocks", heads.WeakTrainableBlocks, "weak"),
        })
        {
            if (blocks == 0) continue;
            var options = study.Of(role);
            var isPretrained = study.IsGaussian ? options.Source == RepresentationSource.Pretrained : options.From.Count == 0;
            var depth = study.IsGaussian ? options.Depth : options.Encoder.Layers;
            if (isPretrained && blocks > depth)
                yield return new([setting, study.IsGaussian ? $"{role}.depth" : $"{role}.encoder.layers"],
                    $"The {role} representation has {depth} blocks: train at most these.");
            foreach (var reference in study.IsGaussian ? [] : options.From)
                if (WhyFrozen(reference) is { } why)
                    yield return new([setting, $"{role}.from"],
                        $"{reference} has no blocks to train: {why}. Take an encoder by its weights, or 0 blocks.");
        }
    }

    private static string? WhyFrozen(string reference) =>
        SavedRepresentations.IsFeatures(reference) ? "stored features are numbers in a file"
        : BagOfWords.IsOne(reference) ? "a bag of words learns nothing"
        : EncoderReference.Parse(reference).IsOnnx ? "ONNX Runtime computes it, without gradients; the same folder without onnx: is read "
            + "by its weights where it is of the BERT family"
        : null;

    private static IEnumerable<ConfigurationBinder.Conflict> Objectives(Study study)
    {
        if (Problem(study.Objective) is { } problem)
        {
            yield return new(["objective.name"], problem);
            yield break;
        }
        var (objective, solver) = (study.Objective.Create(), study.Heads.Solver);
        var isOfClasses = objective.Link == Link.Softmax;
        foreach (var unused in study.Objective.Unused())
            yield return new(["objective.name"],
                $"Options below objective.{unused} have no effect on {objective.Name}: take them out, or name that objective.");
        if (solver is HeadSolver.Exact or HeadSolver.Ridge && objective is not Squared)
            yield return new(
                ["heads.solver", "objective.name"], "Least squares and ridge fit squared errors: take adamw, or newton for cross-entropy.");
        if (solver == HeadSolver.Newton && objective.GetType() != typeof(CrossEntropy))
            yield return new(["heads.solver", "objective.name"], "Newton's method fits cross-entropy.");
        if (isOfClasses && study.Heads.Standardise && solver == HeadSolver.AdamW)
            yield return new(["heads.standardise", "objective.name"], "Probabilities of classes cannot be standardised: set it to false.");
        if (objective is Squared { Link: not Link.Identity })
        {
            if (solver != HeadSolver.AdamW)
                yield return new(["heads.solver", "objective.squared.link"],
                    "Closed forms fit linear heads only: use --solver adamw, or the link identity.");
            if (study.Heads.Standardise)
                yield return new(["heads.standardise", "objective.squared.link"],
                    "A link is applied to labels as they are: set heads.standardise to false, or the link to identity.");
        }
        if (study.LabelNoise.Share > 0 && !isOfClasses)
            yield return new(["label_noise.share", "objective.name"],
                "Label noise is one of classes: take an objective such as cross-entropy, or share 0.");
        if (study.WeakLabels != new Study.WeakLabelOptions() && !isOfClasses)
            yield return new(["weak_labels.temperature", "weak_labels.hard", "objective.name"], "Weak labels of numbers have no "
                + "temperature and no likeliest class: take an objective of classes, or leave weak_labels out.");
        if (isOfClasses && study.IsGaussian && study.LabelNoise.Problem(study.Targets) is { } tooFar)
            yield return new(["label_noise.alpha", "classes.count"], tooFar);
        if (study.Classes.FromNumbers == 1 || (study.Classes.FromNumbers > 1 && (study.IsGaussian || !isOfClasses)))
            yield return new(["classes.from_numbers", "objective.name", "data"],
                "Numbers of a table are cut into two classes or more, for an objective of classes; 0 leaves them.");
        if (isOfClasses && !study.IsGaussian && study.Classes.FromNumbers == 0
            && (!study.Data.All(name => Datasets.IsFile(name) || TextDataSet.Find(name) != null) || study.Table.SmilesColumn != ""))
            yield return new(["objective.name", "data"],
                "The labels of molecules are numbers: the objective is squared, or classes.from_numbers=2 makes classes of them.");
        if (study.Engine == IEngine.Choice.Fused && solver == HeadSolver.AdamW
            && objective is not Squared && objective.GetType() != typeof(CrossEntropy))
            yield return new(
                ["engine", "objective.name"], "The fused engine fits squared errors and cross-entropy: use --engine auto or torch.");
    }

    private static string? Problem(ObjectiveOptions objective)
    {
        try
        {
            objective.Create();
            return null;
        }
        catch (UserErrorException error)
        {
            return error.Message;
        }
    }

    private static IEnumerable<ConfigurationBinder.Conflict> Gaussian(Study study)
    {
        foreach (var role in Stages.Roles)
            if (study.Of(role) is { Noise: > 0, Source: not RepresentationSource.Perturbed })
                yield return new(
                    [$"{role}.noise", $"{role}.source"], $"Noise has no effect without {role}.source perturbed: set that, or noise 0.");
        if (study.Protocol is not (Dataset.Protocol.Fresh or Dataset.Protocol.Own))
            yield return new(["protocol", "data"], "Gaussian tasks have no parts: the protocol is fresh or own.");

        if (study.Pretrains && study.Pretraining.Optimiser.Batch > study.Pretraining.Samples)
            yield return new(["pretraining.optimiser.batch", "pretraining.samples"],
                "A batch cannot be larger than the samples it is drawn from: lower the batch or raise the samples.");
        if (study.Heads.Solver == HeadSolver.AdamW && study.Heads.Optimiser.Batch > study.Heads.Samples)
            yield return new(["heads.optimiser.batch", "heads.samples"],
                "A batch cannot be larger than the samples it is drawn from: lower the batch or raise the samples.");

        var widest = Math.Max(study.InputWidth, study.RepresentationWidth);
        if ((long)study.Pretraining.Tasks * study.Pretraining.Samples * widest > LongestArray)
            yield return new(["pretraining.tasks", "pretraining.samples"], TooLarge);
        if ((double)study.Heads.Samples * widest > LongestArray)
            yield return new(["heads.samples"], TooLarge);
        if ((double)study.Evaluation.Samples * widest > LongestArray)
            yield return new(["evaluation.samples"], TooLarge);
    }

    private static IEnumerable<ConfigurationBinder.Conflict> Table(Study study)
    {
        if (study.Data.Count == 0) yield return new(["data"], "There is no data set; name at least one.");
        var known = study.Data.FirstOrDefault(name => !Datasets.IsFile(name));
        if (study.Data.FirstOrDefault(name => !Datasets.IsFile(name) && !Datasets.Names.Contains(name, StringComparer.OrdinalIgnoreCase))
            is { } unknown)
            yield return new(["data"], $"There is no data set {unknown}: there are {string.Join(", ", Datasets.Names)}, and files of "
                + "labels (.csv, .tsv, .npy, .npz:KEY, .safetensors:NAME).");
        foreach (var conflict in study.Table.Problems()) yield return conflict;
        if (study.Table.SmilesColumn != "" && known != null)
            yield return new(
                ["table.smiles_column", "data"], $"{known} knows its own columns: a column of SMILES is named for a CSV file.");
        if (study.Table.ArePreferences
            && (study.Objective.Create().Link != Link.Softmax || study.Heads.Standardise || study.Classes.FromNumbers > 0))
            yield return new(["table.chosen_column", "objective.name", "heads.standardise"],
                "Which of two texts was chosen is a class: take --objective cross-entropy, reverse-kl, brier or another of classes, with "
                + "--solver newton or adamw, and heads.standardise=false.");
        if (study.Table.IsOfTexts && known != null)
            yield return new(["table.text_column", "data"], $"{known} knows its own columns: a column of texts is named for a CSV file.");
        if (study.Data.Any(name => TextDataSet.Find(name) != null) && study.Table.Columns.Count > 1)
            yield return new(["table.columns"], "Of texts that are known by name, one column of labels is learned at a time.");
        foreach (var reference in study.Weak.From.Concat(study.Strong.From).Where(BagOfWords.IsOne))
            if (BagOfWords.Problem(reference) is { } wrong) yield return new(["weak.from", "strong.from"], wrong);
        if (study.Data.Contains(GaussianTasks.DataName))
            yield return new(["data"], "Gaussian tasks and tables are different studies; name one kind.");
        if (study.Data.DistinctBy(Path.GetFileName, StringComparer.OrdinalIgnoreCase).Count() < study.Data.Count)
            yield return new(
                ["data"], "A data set is named twice, or two files have one name, after which their results are called; name each once.");
        if (study.Splits.Distinct().Count() != study.Splits.Count) yield return new(["splits"], "A split is named twice; name each once.");
        if (study.RandomSplits.Distinct().Count() != study.RandomSplits.Count)
            yield return new(["random_splits"], "A split is named twice; name each once.");
        if (new[] { study.Splits.Count, study.RandomSplits.Count, study.Folds }.Count(asked => asked > 0) > 1)
            yield return new(["splits", "random_splits", "folds"],
                "A table is divided in one way: by splits of its own, by random ones, or into folds.");
        if (study.Folds is 1 or 2)
            yield return new(["folds"], "One fold is tested, the next one is valid and the others train: take 3 or more.");
        if (study.Protocol is Dataset.Protocol.Fresh or Dataset.Protocol.Own)
            yield return new(["protocol", "data"], "Tables have no fresh samples: the protocol is train, valid or half.");
        if (study is { Protocol: Dataset.Protocol.Valid, Evaluation.Part: Study.EvaluationPart.Valid })
            yield return new(
                ["protocol", "evaluation.part"], "The student would be measured on the examples that it was fitted on; measure on test.");

        var names = study.Weak.From.Concat(study.Strong.From).Select(SavedRepresentations.NameOf).ToList();
        var isOneForBoth = study is { Weak.From: [var weak], Strong.From: [var strong] } && AreSame(weak, strong);
        if (names.GroupBy(name => name).FirstOrDefault(same => same.Count() > 1) is { } twice && !isOneForBoth)
            yield return new(["weak.from", "strong.from"], $"{twice.Count()} representations are called {twice.Key}, after their folders: "
                + "their results could not be told apart. Rename a folder, or leave one out.");
        var defaults = new Study();
        foreach (var conflict in Stages.Roles.SelectMany(role => Saved(role, study.Of(role), defaults.Of(role)))) yield return conflict;
        foreach (var conflict in Stages.Roles.SelectMany(role => EncoderRules($"{role}.encoder.", study.Of(role).Encoder)))
            yield return conflict;
    }

    private static IEnumerable<ConfigurationBinder.Conflict> Saved(string role, RepresentationOptions options, RepresentationOptions unsaid)
    {
        if (options.From.Count == 0) yield break;
        // A run's one seed is also that of its encoder. A saved encoder that was resolved has the plain defaults beside it.
        var isResolved = ConfigurationWriter.Write(options.Encoder) == ConfigurationWriter.Write(new EncoderSettings());
        var changed = Setting.Differences(options.Encoder, unsaid.Encoder with { Seed = options.Encoder.Seed }, "default").ToList();
        if (!isResolved && changed.Count > 0)
            yield return new([$"{role}.from"], "A saved encoder is as it is, and the options about pretraining would change it: "
                + $"{string.Join(", ", changed)}. Give the one or the other.");
    }

    /// <param name="prefix">Of the settings' paths: "weak.encoder.".</param>
    public static IEnumerable<ConfigurationBinder.Conflict> EncoderRules(string prefix, EncoderSettings settings)
    {
        if (!settings.ReadsTexts && !MoleculeTokenizers.Names.Contains(settings.Tokenizer))
            yield return new([prefix + "tokenizer"],
                $"There is no such tokenizer: there are {string.Join(", ", MoleculeTokenizers.Names)}, and {EncoderSettings.WordPiece} for "
                + "texts.");
        if (settings is { ReadsTexts: true, SameMolecule: true })
            yield return new([prefix + "same_molecule", prefix + "tokenizer"], "Texts are no molecules: leave the pairs out.");
        if (settings.Text.Columns.Count > 2)
            yield return new([prefix + "text.columns"], "A row has one text or two.");
        if (settings.Corpora.Count == 0)
            yield return new([prefix + "corpora"],
                "An encoder is pretrained on at least one corpus; ./run.sh data list names those that can be fetched.");
        if (settings.Hidden % settings.Heads != 0 || settings.Hidden % 2 != 0)
            yield return new([prefix + "hidden", prefix + "heads"], "The hidden size must be even and a multiple of the number of heads.");
        var masking = settings.Pretraining.Masking;
        if (masking.MaskShare + masking.RandomShare > 1)
            yield return new([$"{prefix}pretraining.masking.mask_share", $"{prefix}pretraining.masking.random_share"],
                "These shares of the hidden tokens add up to more than 1.");
    }

    /// <summary>Whether two references name one folder, as a run's settings (in full) and a command (from where it stands) may.</summary>
    private static bool AreSame(string reference, string other) =>
        reference == other || (Path.Exists(reference) && Path.Exists(other) && Path.GetFullPath(reference) == Path.GetFullPath(other));

    private static bool IsFolderName(string name) =>
        name.Length is > 0 and <= 64 && name.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_');

    private static bool IsDevice(string device) =>
        device is "cpu" or "cuda" || (
            device.StartsWith("cuda:", StringComparison.Ordinal) && device.Length is > 5 and < 9 && device.Skip(5).All(char.IsAsciiDigit));
}
