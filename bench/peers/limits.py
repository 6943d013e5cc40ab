#!/usr/bin/env python3
"""One panel of each experiment of `reproduce limits`, by NumPy and PyTorch alone: networks, samples, tasks, heads and
measures are written anew from their definitions, with random numbers of their own.

  limits.py NAME… [--seeds 0..4]    prints JSON: for each quantity its mean over seeds and its standard deviation

NAME is one of bounds, calibration, overtraining, kl-gain, mixtures, losses, teachers. docs/limits.md has both programs' numbers.
"""
import argparse
import json
import sys

import numpy as np
import torch

INPUTS, WIDTH, SIGMA, SPREAD = 8, 16, 500.0, 2.0


def softmax(logits):
    exponentials = np.exp(logits - logits.max(axis=-1, keepdims=True))
    return exponentials / exponentials.sum(axis=-1, keepdims=True)


def kl(p, q):
    """Mean KL(p‖q) over rows, in nats."""
    with np.errstate(divide="ignore", invalid="ignore"):
        return float(np.where(p > 0, p * np.log(p / q), 0).sum(axis=-1).mean())


def agreement(p, q):
    return float((p.argmax(-1) == q.argmax(-1)).mean())


def ece(p, truth, bins=15):
    confidence, chosen = p.max(-1), p.argmax(-1)
    right = truth[np.arange(len(truth)), chosen]
    places = np.clip(np.ceil(confidence * bins).astype(int) - 1, 0, bins - 1)
    return float(sum(abs((right - confidence)[places == place].sum()) for place in range(bins)) / len(p))


def at_temperature(p, temperature):
    return softmax(np.log(np.maximum(p, 5e-324)) / temperature)


class World:
    """h*, and one task of classes on it."""

    def __init__(self, seed, classes=5):
        self.random = np.random.default_rng([2502, 1458, seed])
        self.classes = classes
        self.truth = self.network([INPUTS] + [WIDTH] * 5)
        self.new_task()

    def network(self, widths):
        bounds = [1 / np.sqrt(width) for width in widths[:-1]]
        return [(self.random.uniform(-bound, bound, (out, into)), self.random.uniform(-bound, bound, out))
                for bound, into, out in zip(bounds, widths[:-1], widths[1:])]

    def new_task(self):
        self.head = self.random.uniform(-0.25, 0.25, (self.classes, WIDTH)), self.random.uniform(-0.25, 0.25, self.classes)
        scale = SPREAD / self.logits(self.inputs(2000)).std()
        self.head = self.head[0] * scale, self.head[1] * scale

    def inputs(self, samples):
        return self.random.normal(0, SIGMA, (samples, INPUTS))

    def logits(self, x):
        return features(self.truth, x) @ self.head[0].T + self.head[1]

    def p(self, x):
        return softmax(self.logits(x))

    def draw(self, p):
        chosen = (self.random.random((len(p), 1)) > p.cumsum(-1)).sum(-1).clip(max=self.classes - 1)
        return np.eye(self.classes)[chosen]

    def perturbed(self, noise):
        return [(weight + self.random.normal(0, noise, weight.shape), bias) for weight, bias in self.truth]


def features(network, x):
    for weight, bias in network:
        x = np.maximum(0, x @ weight.T + bias)
    return x


class Head:
    """A softmax head, exact: forward KL is convex, reverse KL starts from nothing."""

    def __init__(self, h, labels, forward=True, ridge=0.0):
        self.mean, self.std = h.mean(0), h.std(0)
        self.std[self.std < 1e-9] = np.inf
        z, y, std = torch.tensor(self.standardised(h)), torch.tensor(labels), torch.tensor(self.std)[:, None]
        weight = torch.zeros(z.shape[1], labels.shape[1], dtype=torch.float64, requires_grad=True)
        optimiser = torch.optim.LBFGS([weight], max_iter=500, tolerance_grad=1e-7, tolerance_change=1e-12, history_size=20, line_search_fn="strong_wolfe")

        def loss():
            optimiser.zero_grad()
            logs = (z @ weight).log_softmax(-1)
            fit = -(y * logs).sum(-1).mean() if forward else (logs.exp() * (logs - y.clamp_min(1e-300).log())).sum(-1).mean()
            value = fit + ridge / 2 * ((weight[:-1] / std) ** 2).sum()
            value.backward()
            return value

        optimiser.step(loss)
        self.weight = weight.detach().numpy()

    def standardised(self, h):
        return np.hstack([(h - self.mean) / self.std, np.ones((len(h), 1))])

    def __call__(self, h):
        return softmax(self.standardised(h) @ self.weight)


def linear(width, outputs):
    return torch.nn.Linear(width, outputs)


def train(modules, forward, x, labels, loss, epochs, batch, rate, look=None):
    """The loop of the notebook: AdamW, shuffled batches; `look` is called at every tenth."""
    optimiser = torch.optim.AdamW([parameter for module in modules for parameter in module.parameters()], lr=rate)
    steps, done = epochs * -(-len(x) // batch), 0
    for _ in range(epochs):
        for rows in torch.randperm(len(x)).split(batch):
            optimiser.zero_grad()
            loss(forward(x[rows]), labels[rows]).backward()
            optimiser.step()
            done += 1
            if look and done * 10 // steps > (done - 1) * 10 // steps:
                with torch.no_grad():
                    look()


def cross_entropy(logits, labels):
    return -(labels * logits.log_softmax(-1)).sum(-1).mean()


def reverse_kl(logits, labels):
    logs = logits.log_softmax(-1)
    return (logs.exp() * (logs - labels.clamp_min(1e-6).log())).sum(-1).mean()


def tensor(values):
    return torch.tensor(np.asarray(values), dtype=torch.float32)


def pair(world, weak_noise=0.05, strong_noise=0.01):
    return world.perturbed(weak_noise), world.perturbed(strong_noise)


def bounds(seed):
    """Noise 0.05 → 0.01, 2,000 samples."""
    world, rows = World(seed), []
    for _ in range(4):
        world.new_task()
        weak, strong = pair(world)
        x, own, fresh = world.inputs(2000), world.inputs(2000), world.inputs(2000)
        teacher = Head(features(weak, x), world.p(x))
        student = Head(features(strong, own), teacher(features(weak, own)))
        t, s, r = (0.001 + (1 - 0.005) * p for p in (teacher(features(weak, fresh)), student(features(strong, fresh)), (world.p(fresh) - 0.001) / 0.995))
        apart = 1 - agreement(t, s)
        rows.append((abs(agreement(t, r) - agreement(s, r)) / apart if apart else np.nan,
                     abs(np.abs(t - r).sum(-1).mean() - np.abs(s - r).sum(-1).mean()) / (2 * np.sqrt(1 - np.exp(-kl(t, s))))))
    return {"accuracy gap / disagreement": np.nanmean([row[0] for row in rows]), "L1 gap / bound": np.mean([row[1] for row in rows])}


def calibration(seed):
    """Noise 0.05 → 0.01, 1,000 drawn classes, ridge 0.01."""
    world, rows = World(seed), []
    for _ in range(4):
        world.new_task()
        weak, strong = pair(world)
        x, own, fresh = world.inputs(1000), world.inputs(1000), world.inputs(2000)
        teacher = Head(features(weak, x), world.draw(world.p(x)), ridge=0.01)
        r, row = world.p(fresh), []
        for temperature in (0.25, 1):
            student = Head(features(strong, own), at_temperature(teacher(features(weak, own)), temperature), ridge=0.01)
            s = student(features(strong, fresh))
            row += [ece(s, r), r[np.arange(len(r)), s.argmax(-1)].mean()]
        rows.append(row)
    means = np.mean(rows, axis=0)
    return dict(zip(["student ECE, temperature 0.25", "student accuracy, temperature 0.25", "student ECE, temperature 1", "student accuracy, temperature 1"], means))


def overtraining(seed):
    """Head and last two blocks on hard labels, noise 0: least error passed and the error at the end."""
    torch.manual_seed(seed)
    world, rows = World(seed), []
    for _ in range(4):
        world.new_task()
        weak, strong = pair(world)
        x, own, fresh = world.inputs(200), world.inputs(200), world.inputs(2000)
        head = linear(WIDTH, 5)
        h = tensor(features(weak, x))
        train([head], head, h, tensor(world.draw(world.p(x))), cross_entropy, 100, 50, 0.003)
        with torch.no_grad():
            labels = np.eye(5)[head(tensor(features(weak, own))).argmax(-1).numpy()]
        blocks = []
        for weight, bias in strong[3:]:
            block = linear(WIDTH, WIDTH)
            block.weight.data, block.bias.data = tensor(weight), tensor(bias)
            blocks += [block, torch.nn.ReLU()]
        student = torch.nn.Sequential(*blocks, linear(WIDTH, 5))
        truth, below = tensor(world.p(fresh)), tensor(features(strong[:3], fresh))
        errors = []
        train([student], student, tensor(features(strong[:3], own)), tensor(labels), cross_entropy, 100, 50, 0.003,
              lambda: errors.append((truth * (truth.log() - student(below).log_softmax(-1))).sum(-1).mean().item()))
        rows.append((min(errors), errors[-1]))
    return {"least error": np.mean([row[0] for row in rows]), "error at the end": np.mean([row[1] for row in rows])}


def kl_gain(seed):
    """Noise 0.05 → 0.01, 500 samples, softmax heads, on the fitting sample against the best head."""
    world, rows = World(seed), []
    for _ in range(4):
        world.new_task()
        weak, strong = pair(world)
        x, own = world.inputs(500), world.inputs(500)
        t, h, r = Head(features(weak, x), world.p(x))(features(weak, own)), features(strong, own), world.p(own)
        forward, best = Head(h, t)(h), Head(h, r)(h)
        reverse, reverse_best = Head(h, t, forward=False)(h), Head(h, r, forward=False)(h)
        rows.append((kl(t, best) - kl(forward, best) - kl(t, forward),
                     kl(reverse_best, t) - kl(reverse_best, reverse) - kl(reverse, t), kl(reverse, t)))
    medians = np.median([row for row in rows if np.isfinite(row).all()], axis=0)
    return {"forward residual": medians[0], "reverse residual": medians[1], "reverse misfit": medians[2]}


def mixtures(seed, heads=5):
    """Noise 0.05 → 0.01, 2,000 samples, five heads: 40 epochs of batches of 250 at a rate of 0.01."""
    torch.manual_seed(seed)
    world, rows = World(seed), []
    for _ in range(2):
        world.new_task()
        weak, strong = pair(world)
        x, own, fresh = world.inputs(2000), world.inputs(2000), world.inputs(2000)
        teacher = Head(features(weak, x), world.p(x))

        def fitted(labels):
            head, coefficients = linear(WIDTH, heads * 5), torch.nn.Linear(1, heads)
            torch.nn.init.zeros_(coefficients.weight), torch.nn.init.zeros_(coefficients.bias)

            def logs(h):
                parts = head(h).reshape(len(h), heads, 5).log_softmax(-1)
                return (parts + coefficients(torch.zeros(1)).log_softmax(-1)[:, None]).logsumexp(1)
            train([head, coefficients], logs, tensor(features(strong, own)), tensor(labels),
                  lambda out, y: (out.exp() * (out - y.clamp_min(1e-6).log())).sum(-1).mean(), 40, 250, 0.01)
            with torch.no_grad():
                return logs(tensor(features(strong, fresh))).exp().double().numpy()
        s, t, r = fitted(teacher(features(weak, own))), teacher(features(weak, fresh)), world.p(fresh)
        rows.append((kl(r, t) - kl(s, t) - kl(r, s), kl(s, t)))
    means = np.mean(rows, axis=0)
    return {"discrepancy to the truth": means[0], "misfit": means[1]}


def losses(seed):
    """Two classes, noise 0.4 on drawn classes, 400 samples, soft labels: 50 epochs of batches of 100 at a rate of 0.003."""
    torch.manual_seed(seed)
    world, rows = World(seed, classes=2), []
    for _ in range(8):
        world.new_task()
        weak, strong = pair(world)
        x, own, fresh = world.inputs(400), world.inputs(400), world.inputs(2000)
        noisy = world.draw(world.p(x))
        flipped = world.random.permutation(400)[:160]
        noisy[flipped] = 1 - noisy[flipped]
        teacher, r, row = Head(features(weak, x), noisy, ridge=0.01), world.p(fresh), []
        row.append(agreement(teacher(features(weak, fresh)), r))
        for loss in (cross_entropy, reverse_kl):
            head = linear(WIDTH, 2)
            train([head], head, tensor(features(strong, own)), tensor(teacher(features(weak, own))), loss, 50, 100, 0.003)
            with torch.no_grad():
                row.append(agreement(head(tensor(features(strong, fresh))).numpy(), r))
        rows.append(row)
    means = np.mean(rows, axis=0)
    return {"teacher's accuracy": means[0], "student by cross-entropy": means[1], "student by reverse KL": means[2]}


def teachers(seed):
    """Six networks, pretrained for 20 epochs of 10 tasks of 2,000 samples: how the heuristic ranks them."""
    torch.manual_seed(seed)
    torch.set_num_threads(1)
    world, networks = World(seed), []
    frozen = [(tensor(world.random.uniform(-0.25, 0.25, (1, WIDTH))), tensor(world.random.uniform(-0.25, 0.25, 1))) for _ in range(10)]
    inputs = [tensor(world.inputs(2000)) for _ in range(10)]
    targets = [tensor(features(world.truth, x.numpy())) @ weight.T + bias for x, (weight, bias) in zip(inputs, frozen)]
    for depth in (1, 2, 3):
        for hidden in (8, 16):
            widths = [INPUTS] + [hidden] * (depth - 1) + [WIDTH]
            net = torch.nn.Sequential(*[layer for into, out in zip(widths, widths[1:]) for layer in (linear(into, out), torch.nn.ReLU())])
            optimiser = torch.optim.AdamW(net.parameters(), lr=1e-3)
            for _ in range(20):
                for x, y, (weight, bias) in zip(inputs, targets, frozen):
                    for rows in torch.randperm(2000).split(32):
                        optimiser.zero_grad()
                        torch.nn.functional.mse_loss(net(x[rows]) @ weight.T + bias, y[rows]).backward()
                        optimiser.step()
            networks.append([(net[2 * layer].weight.detach().double().numpy(), net[2 * layer].bias.detach().double().numpy()) for layer in range(depth)])
    correlations = []
    for _ in range(4):
        world.new_task()
        strong = world.perturbed(0.01)
        x, own, held, fresh = (world.inputs(samples) for samples in (500, 500, 500, 2000))
        heuristic, errors = [], []
        for weak in networks:
            teacher = Head(features(weak, x), world.p(x))
            student = Head(features(strong, own), teacher(features(weak, own)))
            heuristic.append(kl(teacher(features(weak, held)), world.p(held)) - kl(teacher(features(weak, held)), student(features(strong, held))))
            errors.append(kl(student(features(strong, fresh)), world.p(fresh)))
        ranks = [np.argsort(np.argsort(values)) for values in (heuristic, errors)]
        correlations.append(np.corrcoef(*ranks)[0, 1])
    return {"rank correlation of the heuristic": np.mean(correlations)}


PANELS = {"bounds": bounds, "calibration": calibration, "overtraining": overtraining, "kl-gain": kl_gain, "mixtures": mixtures, "losses": losses, "teachers": teachers}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="+", choices=list(PANELS), metavar="NAME")
    parser.add_argument("--seeds", default="0..4")
    options = parser.parse_args()
    torch.set_num_threads(1)
    first, last = (int(end) for end in (options.seeds.split("..") * 2)[:2])
    results = {}
    for name in options.names:
        seeds = [PANELS[name](seed) for seed in range(first, last + 1)]
        results[name] = {quantity: {"mean": float(np.mean([seed[quantity] for seed in seeds])), "std": float(np.std([seed[quantity] for seed in seeds], ddof=min(1, len(seeds) - 1)))}
                         for quantity in seeds[0]}
    json.dump(results, sys.stdout, indent=1)
    print()


if __name__ == "__main__":
    main()
