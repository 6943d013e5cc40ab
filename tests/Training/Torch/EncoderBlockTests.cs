using TorchSharp;
using W2S.Data;
using W2S.Models;
using W2S.Training.Tests.Fused;
using static TorchSharp.torch;

namespace W2S.Training.Tests.Torch;

/// <summary>Heads that are fitted together with the last blocks of an encoder, on rows of random tokens.</summary>
[Collection(nameof(TorchTests))]
public class EncoderBlockTests
{
    private const int Rows = 40;

    /// <summary>Everything that a finetuning takes: accumulated batches, clipped gradients, a rate that rises and falls.</summary>
    private static readonly OptimiserOptions Finetuning = new()
    {
        LearningRate = 0.01, Batch = 6, Accumulate = 3, MaxGradNorm = 1, WarmUp = 0.2, Schedule = RateShape.Cosine, Epochs = 100,
    };

    public static readonly TheoryData<EncoderPooling, int, string> Readings = new()
    {
        { EncoderPooling.Mean, 1, "" }, { EncoderPooling.Mean, 3, "parts" }, { EncoderPooling.Pooled, 1, "pairs" },
        { EncoderPooling.Pooled, 2, "standardised" }, { EncoderPooling.Cls, 2, "parts pairs" },
        { EncoderPooling.Max, 1, "parts standardised" },
    };

    [Theory, MemberData(nameof(Readings))]
    public void Blocks_that_have_not_moved_say_what_the_whole_encoder_does(EncoderPooling pooling, int blocks, string reading)
    {
        var encoder = Encoder(blocks, pooling, reading);
        int[] rows = [3, 0, 7, 7, 12];
        var expected = Whole(encoder, rows);
        Equal(expected, encoder.Features(encoder.Initial, rows), 1e-5);
        // In a fit what is below the blocks is computed once for all its rows.
        using var reader = new UnfrozenEncoder.Reader(encoder);
        reader.Keep([.. Enumerable.Range(0, 16)]);
        using var module = encoder.Module(encoder.Initial, reader.Device);
        using var scope = NewDisposeScope();
        Equal(expected, reader.Read(module, rows).detach().data<float>().ToArray(), 1e-5);
    }

    [Theory, MemberData(nameof(Readings))]
    public void The_loss_falls_along_its_gradient_as_fast_as_the_gradient_is_long(EncoderPooling pooling, int blocks, string reading)
    {
        var encoder = Encoder(blocks, pooling, reading);
        var problem = Problem(encoder, new OptimiserOptions { Batch = Rows, Epochs = 1 });
        // After the first step the first moment is a tenth of the gradient, of blocks first and heads then.
        using var job = TorchEncoderBlockJob.Start(problem, encoder);
        job.Advance(0, 1);
        double[] gradient = [.. FusedCases.State(job)["first_moment"].As<float>().ToArray().Select(moment => 10.0 * moment)];
        var length = Math.Sqrt(gradient.Sum(part => part * part));

        double Loss(double distance)
        {
            var moved = encoder with { Weights = encoder.Weights.Only(encoder.Weights.Parameters) };
            var place = 0;
            foreach (var parameter in encoder.Parameters)
                foreach (ref var value in moved.Weights[parameter.Name]) value += (float)(distance * gradient[place++] / length);
            var heads = new LinearHeads(1, problem.Initial.Width, hasBias: true);
            problem.Initial.Weights.CopyTo(heads.Weights, 0);
            problem.Initial.Biases.CopyTo(heads.Biases, 0);
            foreach (ref var value in heads.Weights.AsSpan()) value += (float)(distance * gradient[place++] / length);
            foreach (ref var value in heads.Biases.AsSpan()) value += (float)(distance * gradient[place++] / length);
            using var other = TorchEncoderBlockJob.Start(problem with { Initial = heads }, moved);
            other.Advance(0, 1);
            return other.TakeMeanLoss();
        }

        const double step = 1e-2;
        Assert.InRange((Loss(step) - Loss(-step)) / (2 * step) / length, 0.98, 1.02);
    }

    [Theory]
    [InlineData("")]
    [InlineData("standardised")]
    public void With_a_rate_of_0_of_the_blocks_heads_are_those_that_are_fitted_on_frozen_features(string reading)
    {
        // Clipping goes by the norm of all gradients, those of the blocks too.
        var encoder = Encoder(2, EncoderPooling.Mean, reading);
        var problem = Problem(encoder, Finetuning with { MaxGradNorm = 0 }) with { BlockRate = 0 };
        using var job = TorchEncoderBlockJob.Start(problem, encoder);
        job.Advance(0, 150);

        var features = Whole(encoder, [.. Enumerable.Range(0, Rows)]);
        var frozen = problem with { Features = new TaskSamples(1, Rows, problem.Initial.Width, features) };
        using var alone = new TorchEngine("cpu", 1).FitHeads(frozen);
        alone.Advance(0, 150);

        Assert.Equal(encoder.Initial.Values, job.Blocks.Values);
        Equal(alone.Heads.Weights, job.Heads.Weights, 1e-4);
        Assert.NotEqual(problem.Initial.Weights, job.Heads.Weights);
        Assert.Equal(alone.TakeMeanLoss(), job.TakeMeanLoss(), 1e-4);
    }

    [Fact]
    public void Blocks_that_train_fit_what_heads_alone_cannot_and_touch_nothing_below()
    {
        var encoder = Encoder(1);
        float[] before = [.. encoder.Weights.Values];
        double Loss(double blockRate)
        {
            using var job = TorchEncoderBlockJob.Start(Problem(encoder, Finetuning) with { BlockRate = blockRate }, encoder);
            job.Advance(0, 290);
            job.TakeMeanLoss();
            job.Advance(290, 10);
            return job.TakeMeanLoss();
        }
        Assert.True(Loss(1) < 0.1 * Loss(0));
        Assert.Equal(before, encoder.Weights.Values);
    }

    [Fact]
    public void Cutting_a_run_into_other_chunks_does_not_change_a_bit() => JobLaws.ChunksDoNotMatter(() => Start(2, Finetuning), 80);

    [Fact]
    public void A_saved_state_continues_in_a_new_job_with_the_same_bits() => JobLaws.ASavedStateContinues(() => Start(2, Finetuning));

    [Fact]
    public void A_state_of_other_blocks_is_refused() => JobLaws.AnotherShapeIsRefused(Start(1, Finetuning), Start(2, Finetuning));

    [Fact]
    public void A_state_has_the_blocks_and_heads_alone()
    {
        using var job = Start(1, Finetuning);
        var encoder = Encoder(1);
        var trained = encoder.Initial.Values.Length + encoder.Shape.HiddenSize + 1;
        Assert.Equal(3 * trained, job.Save().Where(tensor => tensor.Type == TensorType.F32).Sum(tensor => tensor.As<float>().Length));
    }

    [Fact]
    public void Steps_leave_no_tensor_behind_and_neither_does_a_finished_job()
    {
        var outside = TorchTests.LivingTensors();
        using (var job = Start(1, Finetuning))
        {
            job.Advance(0, 5);
            var before = TorchTests.LivingTensors();
            job.Advance(5, 60);
            _ = (job.Heads, job.Blocks);
            Assert.Equal(before, TorchTests.LivingTensors());
        }
        var parameters = Encoder(1).Weights.Parameters.Count(
            parameter => !parameter.Name.StartsWith("pooler", StringComparison.Ordinal)) + 2;
        Assert.Equal(outside + parameters, TorchTests.LivingTensors()); // see TorchTests
    }

    private static TorchEncoderBlockJob Start(int blocks, OptimiserOptions optimiser)
    {
        var encoder = Encoder(blocks);
        return TorchEncoderBlockJob.Start(Problem(encoder, optimiser), encoder);
    }

    /// <param name="reading">"parts": three sequences a text; "pairs": two texts a row; "standardised".</param>
    private static UnfrozenEncoder Encoder(int blocks, EncoderPooling pooling = EncoderPooling.Mean, string reading = "")
    {
        var shape = new EncoderShape(30, 16, 3, 2) { MaximumLength = 24, IntermediateSize = 32 };
        var (weights, random) = (new EncoderWeights(EncoderParameter.OfEncoder(shape)), new RandomStream(1, "encoder"));
        foreach (ref var value in weights.Values.AsSpan()) value = (float)(0.2 * random.NextNormal());
        foreach (var parameter in
            weights.Parameters.Where(parameter => parameter.Name.EndsWith("LayerNorm.weight", StringComparison.Ordinal)))
            foreach (ref var value in weights[parameter.Name]) value += 1;

        var (texts, parts) = (reading.Contains("pairs") ? 2 * Rows : Rows, reading.Contains("parts") ? 3 : 1);
        int[][] sequences = [.. Enumerable.Range(0, texts * parts).Select(_ =>
            Enumerable.Range(0, 3 + random.NextInt(18)).Select(_ => random.NextInt(30)).ToArray())];
        double[] spreads = [.. Enumerable.Range(0, 16).Select(unit => unit == 5 ? 0 : 0.2 + 0.1 * unit)];
        return new UnfrozenEncoder("random", shape, weights, blocks, pooling, PackedTokens.Of(sequences),
            [.. Enumerable.Range(0, texts + 1).Select(text => parts * text)])
        {
            OfPair = reading.Contains("pairs") ? (u, v) => u.Plus(v.neg()) : null,
            Standard = reading.Contains("standardised") ? ([.. spreads.Select(spread => spread - 0.5)], spreads) : null,
        };
    }

    /// <summary>Random labels: whoever learns them has learned by heart.</summary>
    private static HeadProblem Problem(UnfrozenEncoder encoder, OptimiserOptions optimiser)
    {
        var random = new RandomStream(2, "labels");
        var heads = new LinearHeads(1, encoder.Shape.HiddenSize, hasBias: true);
        foreach (ref var weight in heads.Weights.AsSpan()) weight = (float)random.NextUniform(-0.5, 0.5);
        var numbers = new TaskSamples(1, Rows, 1, [.. Enumerable.Range(0, Rows).Select(row => (float)row)]);
        var labels = new TaskSamples(1, Rows, 1, [.. Enumerable.Range(0, Rows).Select(_ => (float)random.NextNormal())]);
        return new HeadProblem("blocks", heads, numbers, labels, optimiser, 3, "order");
    }

    /// <summary>What heads read of some rows, by the encoder as one module, one sequence at a time.</summary>
    private static float[] Whole(UnfrozenEncoder encoder, int[] rows)
    {
        using var silent = no_grad();
        using var scope = NewDisposeScope();
        using var module = new Encoder(encoder.Shape, encoder.Weights);
        return [.. rows.SelectMany(row =>
        {
            float[] features = encoder.OfPair == null ? Text(row) : [.. Text(row).Zip(Text(row + Rows), (u, v) => u - v)];
            if (encoder.Standard is not { } standard) return features;
            return features.Select((value, unit) =>
                standard.Spreads[unit] == 0 ? 0 : (float)((value - standard.Means[unit]) / standard.Spreads[unit]));
        })];

        float[] Text(int text)
        {
            int[] sequences = [.. Enumerable.Range(encoder.Offsets[text], encoder.Offsets[text + 1] - encoder.Offsets[text])];
            float[][] pooled = [.. sequences.Select(Sequence)];
            return [.. Enumerable.Range(0, encoder.Shape.HiddenSize).Select(unit => pooled.Average(one => one[unit]))];
        }

        float[] Sequence(int sequence)
        {
            var batch = TokenBatch.Of(encoder.Tokens.Pick([sequence]));
            var vectors = module.call(batch);
            var pooled = encoder.Pooling switch
            {
                EncoderPooling.Pooled => module.Pooled(vectors),
                EncoderPooling.Cls => vectors.select(1, 0),
                EncoderPooling.Max => vectors.amax([1]),
                _ => vectors.mean([1]),
            };
            return pooled.data<float>().ToArray();
        }
    }

    private static void Equal(float[] expected, float[] actual, double tolerance)
    {
        Assert.Equal(expected.Length, actual.Length);
        foreach (var (one, other) in expected.Zip(actual)) Assert.Equal(one, other, tolerance);
    }
}
