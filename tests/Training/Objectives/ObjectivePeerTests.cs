using System.Text.Json;
using W2S.Training.Objectives;

namespace W2S.Training.Tests.Objectives;

/// <summary>
/// Losses, divergences and Newton heads beside PyTorch's own in double precision. Skipped where there is no python3 with torch.
/// </summary>
public class ObjectivePeerTests
{
    private const int Rows = 40, Classes = 4, Width = 3;

    private const string Program = """
        import json, sys, torch
        from torch.nn.functional import cross_entropy, huber_loss, kl_div, log_softmax, mse_loss, softmax
        results = []
        for case in json.load(sys.stdin):
            read = lambda name: torch.tensor(case[name], dtype=torch.float64).view(case["rows"], -1)
            logits, labels, features = read("logits").requires_grad_(), read("labels"), read("features")
            losses = {
                "cross-entropy": lambda z: cross_entropy(z, labels),
                "reverse-kl": lambda z: kl_div(labels.log(), log_softmax(z, 1), log_target=True, reduction="batchmean"),
                "brier": lambda z: mse_loss(softmax(z, 1), labels) * labels.shape[1],
                "squared": lambda z: mse_loss(z, labels),
                "huber": lambda z: huber_loss(z, labels, delta=0.7),
            }
            result = {}
            for name, loss in losses.items():
                value = loss(logits)
                result[name] = [value.item()] + torch.autograd.grad(value, logits)[0].flatten().tolist()
            # openai/weak-to-strong's confidence loss and product, in own words: two classes.
            z, y = read("twoLogits").requires_grad_(), read("twoLabels")
            p = softmax(z, 1)
            first = p[:, 0] >= torch.quantile(p[:, 0], y[:, 1].mean())
            hard = torch.stack([first, ~first], 1).double()
            product = p * y / (p * y).sum(1, keepdim=True)
            for name, target in {"logconf": 0.6 * y + 0.4 * hard, "product": product.detach()}.items():
                value = cross_entropy(z, target)
                result[name] = [value.item()] + torch.autograd.grad(value, z)[0].flatten().tolist()
            kl = lambda p, q: kl_div(q.log(), p, reduction="batchmean").item()
            probabilities = softmax(logits.detach(), 1)
            result["divergences"] = [kl(probabilities, labels), kl(labels, probabilities)]
            # A head with a ridge, by L-BFGS.
            weights = torch.zeros(labels.shape[1], features.shape[1] + 1, dtype=torch.float64, requires_grad=True)
            optimiser = torch.optim.LBFGS(
                [weights], max_iter=1000, tolerance_grad=1e-13, tolerance_change=0, history_size=50, line_search_fn="strong_wolfe")
            def objective():
                optimiser.zero_grad()
                penalty = case["ridge"] / 2 * weights[:, :-1].square().sum()
                loss = cross_entropy(features @ weights[:, :-1].T + weights[:, -1], labels) + penalty
                loss.backward()
                return loss
            optimiser.step(objective)
            result["head"] = softmax(features @ weights[:, :-1].T + weights[:, -1], 1).flatten().tolist()
            results.append(result)
        print(json.dumps(results))
        """;

    [SkippableFact]
    public void Losses_gradients_divergences_and_heads_are_PyTorchs()
    {
        Case[] cases = [.. Enumerable.Range(0, 3).Select(seed => new Case(seed))];
        using var results = JsonDocument.Parse(
            PythonPeer.Run(Program, JsonSerializer.Serialize(cases, new JsonSerializerOptions(JsonSerializerDefaults.Web))));
        foreach (var (example, result) in cases.Zip(results.RootElement.EnumerateArray()))
        {
            double[] Numbers(string name) => [.. result.GetProperty(name).EnumerateArray().Select(number => number.GetDouble())];
            var objective = new CrossEntropy();
            var huber = new Huber(new Huber.Options { Width = 0.7 });
            foreach (var each in (Objective[])[objective, new ReverseKl(), new Brier(), new Squared(), huber])
                Equal(Numbers(each.Name), LossAndGradient(each, example.Logits, example.Labels), 1e-13);
            foreach (var each in (Objective[])[new LogConf(new LogConf.Options { Weight = 0.4 }), new Product()])
                Equal(Numbers(each.Name), LossAndGradient(each, example.TwoLogits, example.TwoLabels), 1e-13);

            var predictions = new double[example.Logits.Length];
            for (var row = 0; row < Rows; row++)
                objective.Predict(example.Logits.AsSpan(row * Classes, Classes), predictions.AsSpan(row * Classes, Classes));
            Equal(
                Numbers("divergences"),
                [
                    SoftmaxCases.Mean(Classes, predictions, example.Labels, objective.Error),
                    SoftmaxCases.Mean(Classes, predictions, example.Labels, objective.Misfit),
                ],
                1e-13);
            // PyTorch's L-BFGS ends some 1e-9 from the optimum; NewtonHeadsTests hold ours to 1e-13.
            var fit = NewtonHeads.Fit(example.Features, example.Labels, Rows, true, new NewtonHeads.Options { Ridge = example.Ridge });
            Equal(Numbers("head"), fit.Head.Predict(example.Features), 1e-7);
        }
    }

    /// <summary>What both sides compute with; as JSON, what PyTorch is given.</summary>
    private sealed class Case
    {
        public Case(int seed)
        {
            var objective = new CrossEntropy();
            Logits = ObjectiveExamples.Logits(seed, objective, Rows, Classes);
            Features = SoftmaxCases.Normal(seed, "features", Rows * Width);
            Labels = SoftmaxCases.Curved(seed, Features, Width, Classes);
            TwoLogits = ObjectiveExamples.Logits(seed, objective, Rows, 2);
            TwoLabels = ObjectiveExamples.Labels(seed, objective, Rows, 2);
        }

        public int Rows { get; } = ObjectivePeerTests.Rows;
        public double Ridge { get; } = 0.02;
        public double[] Logits { get; }
        public double[] Labels { get; }
        public double[] Features { get; }
        public double[] TwoLogits { get; }
        public double[] TwoLabels { get; }
    }

    private static double[] LossAndGradient(Objective objective, double[] logits, double[] labels)
    {
        var gradient = new double[logits.Length];
        return [objective.Loss(logits, labels, Rows, 1, gradient), .. gradient];
    }

    private static void Equal(double[] expected, double[] actual, double tolerance)
    {
        Assert.Equal(expected.Length, actual.Length);
        for (var index = 0; index < expected.Length; index++)
            Assert.Equal(expected[index], actual[index], tolerance * (1 + Math.Abs(expected[index])));
    }
}
