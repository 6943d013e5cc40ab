#!/usr/bin/env python3
"""Figure 2b of arXiv 2405.15116 in PyTorch, the way the authors' notebook does it: the peer that W2S is compared with.

Written independently of W2S from the paper and the notebook's description: one small model, one optimiser and one task
at a time, batches of 32, the frozen representation run again in every head step. Needs python3-torch (1.13 or newer).

  notebook.py --seed 0 --out fig2b.json            the authors' loop; at full size about three quarters of an hour
  notebook.py --full-batched --out fig2b.json      the same optimisation with the heads of all tasks in one bmm
  notebook.py --time-steps 200                     times that many steps of each kind; prints medians and the full time
"""
import argparse
import copy
import json
import statistics
import sys
import time

import numpy as np
import torch
from torch import nn

INPUTS, WIDTH, SIGMA, BATCH = 8, 16, 500.0, 32
DEPTHS = {"truth": 5, "weak": 2, "strong": 8}


class Mlp(nn.Module):
    """`depth` blocks of Linear + ReLU (the representation), then a head Linear(16, 1)."""

    def __init__(self, depth):
        super().__init__()
        blocks = []
        for block in range(depth):
            blocks += [nn.Linear(INPUTS if block == 0 else WIDTH, WIDTH), nn.ReLU()]
        self.representation = nn.Sequential(*blocks)
        self.head = nn.Linear(WIDTH, 1)

    def forward(self, x):
        return self.head(self.representation(x))


def draw_inputs(samples):
    return torch.from_numpy(np.random.normal(0.0, SIGMA, size=(samples, INPUTS)).astype(np.float32))


def with_head(model, head):
    """A copy of the model that ends in this head."""
    copied = copy.deepcopy(model)
    copied.head = copy.deepcopy(head)
    return copied


def freeze(module):
    for parameter in module.parameters():
        parameter.requires_grad_(False)


@torch.no_grad()
def outputs(model, x):
    return model(x)


def adamw(parameters):
    return torch.optim.AdamW(parameters, lr=1e-3)  # PyTorch's defaults otherwise: decay 0.01


def step(model, optimiser, loss_function, x, y):
    optimiser.zero_grad()
    loss = loss_function(model(x), y)
    loss.backward()
    optimiser.step()
    return loss.item()


def epoch(model, optimiser, loss_function, x, y):
    """One pass in a fresh random order; the mean of the batches' losses."""
    order = np.random.permutation(len(x))
    losses = [step(model, optimiser, loss_function, x[rows], y[rows])
              for rows in (order[start:start + BATCH] for start in range(0, len(x), BATCH))]
    return sum(losses) / len(losses)


def pretraining_parts(model):
    """One optimiser for the model as first built: the head it holds is replaced, so only the representation moves."""
    return adamw(model.parameters()), nn.MSELoss()


def pretrain(model, heads, xs, ys, epochs):
    """Learns the representation with the tasks' known heads, frozen and swapped in one after the other."""
    optimiser, loss_function = pretraining_parts(model)
    for number in range(epochs):
        losses = []
        for head, x, y in zip(heads, xs, ys):
            model.head = copy.deepcopy(head)
            freeze(model.head)
            losses.append(epoch(model, optimiser, loss_function, x, y))
        if number % 50 == 0 or number == epochs - 1:
            print(f"  epoch {number + 1}: loss {sum(losses) / len(losses):.4f}", file=sys.stderr, flush=True)
    return sum(losses) / len(losses)


def head_model(pretrained):
    """The pretrained representation, frozen, under a fresh head."""
    model = with_head(pretrained, nn.Linear(WIDTH, 1))
    freeze(model.representation)
    return model


def fit_heads(pretrained, xs, ys, epochs):
    """The authors' loop: task after task."""
    fitted = []
    for x, y in zip(xs, ys):
        model = head_model(pretrained)
        optimiser, loss_function = adamw(model.head.parameters()), nn.MSELoss()
        for _ in range(epochs):
            epoch(model, optimiser, loss_function, x, y)
        fitted.append(model)
    return fitted


def fit_heads_batched(pretrained, xs, ys, epochs):
    """The same optimisation for all tasks at once: AdamW acts on every number by itself, so the sum of the tasks'
    losses trains each head as if it were alone. Only the shuffles differ: all tasks share them."""
    models = [head_model(pretrained) for _ in xs]
    features = torch.stack([outputs(pretrained.representation, x) for x in xs])
    labels = torch.stack(list(ys))
    weight = torch.stack([model.head.weight.detach().T for model in models]).requires_grad_()  # [tasks, width, 1]
    bias = torch.stack([model.head.bias.detach().reshape(1, 1) for model in models]).requires_grad_()
    optimiser = adamw([weight, bias])
    for _ in range(epochs):
        order = np.random.permutation(features.shape[1])
        for start in range(0, len(order), BATCH):
            rows = torch.from_numpy(order[start:start + BATCH])
            optimiser.zero_grad()
            errors = torch.bmm(features[:, rows], weight) + bias - labels[:, rows]
            errors.square().mean(dim=(1, 2)).sum().backward()
            optimiser.step()
    for task, model in enumerate(models):
        model.head.weight.data = weight.detach()[task].T.clone()
        model.head.bias.data = bias.detach()[task].reshape(1).clone()
    return models


def squared_distance(first, second, x):
    return (outputs(first, x) - outputs(second, x)).square().mean().item()


def study(options):
    """Figure 2b from nothing: the per-task measures, the pretraining losses and the seconds of each part."""
    np.random.seed(options.seed)
    torch.manual_seed(options.seed)
    fit = fit_heads_batched if options.full_batched else fit_heads
    seconds, losses = {}, {}

    def timed(name, work):
        print(name, file=sys.stderr, flush=True)
        start = time.perf_counter()
        result = work()
        seconds[name] = round(time.perf_counter() - start, 3)
        return result

    truth = Mlp(DEPTHS["truth"])
    heads = [nn.Linear(WIDTH, 1) for _ in range(options.pretraining_tasks)]
    xs = [draw_inputs(options.samples) for _ in heads]
    ys = [outputs(with_head(truth, head), x) for head, x in zip(heads, xs)]
    models = {}
    for role in ("strong", "weak"):
        models[role] = Mlp(DEPTHS[role])
        losses[role] = timed(f"pretrain {role}", lambda: pretrain(models[role], heads, xs, ys, options.epochs))

    tasks = [with_head(truth, nn.Linear(WIDTH, 1)) for _ in range(options.tasks)]
    xs = [draw_inputs(options.samples) for _ in tasks]
    true_labels = [outputs(task, x) for task, x in zip(tasks, xs)]
    weak = timed("weak heads", lambda: fit(models["weak"], xs, true_labels, options.head_epochs))
    strong = timed("strong heads", lambda: fit(models["strong"], xs, true_labels, options.head_epochs))
    if options.fresh_weak_labels:
        xs = [draw_inputs(options.samples) for _ in tasks]
    weak_labels = [outputs(model, x) for model, x in zip(weak, xs)]
    student = timed("student heads", lambda: fit(models["strong"], xs, weak_labels, options.head_epochs))

    results = []
    for number, task in enumerate(tasks):
        x, misfit_x = draw_inputs(options.samples), draw_inputs(options.samples)
        weak_error = squared_distance(weak[number], task, x)
        student_error = squared_distance(student[number], task, x)
        results.append({
            "task": number,
            "weak_error": weak_error,
            "student_error": student_error,
            "strong_error": squared_distance(strong[number], task, x),
            "misfit": squared_distance(student[number], weak[number], x if options.one_evaluation_sample else misfit_x),
            "gain": weak_error - student_error,
        })
    return {"pretraining_loss": losses, "seconds": seconds, "summary": summarise(results), "tasks": results}


def summarise(results):
    gain = np.array([result["gain"] for result in results])
    misfit = np.array([result["misfit"] for result in results])
    summary = {name: float(np.mean([result[name] for result in results]))
               for name in ("weak_error", "student_error", "strong_error", "misfit", "gain")}
    summary["slope_through_origin"] = float(gain @ misfit / (misfit @ misfit))
    if len(results) > 1:
        summary["correlation"] = float(np.corrcoef(gain, misfit)[0, 1])
    return summary


def time_steps(options):
    """Medians of single steps at full batches, and the full time that they amount to at the given settings."""
    torch.manual_seed(options.seed)
    loss_function = nn.MSELoss()
    x = draw_inputs(options.samples)
    y = torch.randn(options.samples, 1)

    def steps(model, optimiser):
        def one_step():
            rows = np.random.randint(options.samples, size=BATCH)
            start = time.process_time()  # what else runs on the core is not counted
            step(model, optimiser, loss_function, x[rows], y[rows])
            return (time.process_time() - start) * 1e6
        return one_step

    def representation(role):
        model = Mlp(DEPTHS[role])
        optimiser, _ = pretraining_parts(model)
        model.head = nn.Linear(WIDTH, 1)
        freeze(model.head)
        return steps(model, optimiser)

    def head(role):
        model = head_model(Mlp(DEPTHS[role]))
        return steps(model, adamw(model.head.parameters()))

    kinds = {"representation_weak": representation("weak"), "representation_strong": representation("strong"),
             "head_on_weak": head("weak"), "head_on_strong": head("strong"), "head_on_truth": head("truth")}
    times = {kind: [] for kind in kinds}
    while len(times["head_on_strong"]) < options.time_steps:  # the kinds alternate, so that noise meets all alike
        for kind, one_step in kinds.items():
            burst = min(50, options.time_steps - len(times[kind]))
            for _ in range(5):  # the caches hold another kind's data
                one_step()
            times[kind] += [one_step() for _ in range(burst)]
    batches = (options.samples + BATCH - 1) // BATCH
    representation_steps = options.epochs * options.pretraining_tasks * batches
    head_steps = options.head_epochs * options.tasks * batches
    counts = {"representation_weak": representation_steps, "representation_strong": representation_steps,
              "head_on_weak": head_steps, "head_on_strong": 2 * head_steps,
              "head_on_truth": 0}  # not in Figure 2b, but in panels whose representation is the true one or near it
    medians = {kind: statistics.median(values) for kind, values in times.items()}
    return {
        "microseconds_per_step": {
            kind: {"median": round(medians[kind], 2), "quartiles": [round(quartile, 2) for quartile in np.percentile(values, [25, 75])]}
            for kind, values in times.items()},
        "steps_of_the_full_run": counts,
        "full_seconds": round(sum(counts[kind] * medians[kind] for kind in kinds) / 1e6, 1),
    }


def parse_arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--epochs", type=int, default=1000, help="epochs of pretraining (1000)")
    parser.add_argument("--head-epochs", type=int, help="epochs of each head (as --epochs)")
    parser.add_argument("--tasks", type=int, default=100, help="new tasks (100)")
    parser.add_argument("--pretraining-tasks", type=int, default=10, help="tasks that the representations learn from (10)")
    parser.add_argument("--samples", type=int, default=2000, help="samples of each task in each stage (2000)")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--threads", type=int, default=1, help="threads of PyTorch (1: more is slower at this size)")
    parser.add_argument("--fresh-weak-labels", action="store_true", help="weak labels on fresh inputs, as the paper says; the notebook reuses the weak model's")
    parser.add_argument("--one-evaluation-sample", action="store_true", help="misfit on the sample of the errors, as the paper says; the notebook draws another")
    mode = parser.add_mutually_exclusive_group()
    mode.add_argument("--full-batched", action="store_true", help="fit the heads of all tasks together")
    mode.add_argument("--time-steps", type=int, metavar="N", help="only time N steps of each kind")
    parser.add_argument("--out", help="file for the JSON (standard output)")
    options = parser.parse_args()
    if options.head_epochs is None:
        options.head_epochs = options.epochs
    return options


def main():
    options = parse_arguments()
    torch.set_num_threads(options.threads)
    made = {"made_with": f"notebook.py, torch {torch.__version__}, numpy {np.__version__}",
            "settings": {name: value for name, value in vars(options).items() if name != "out"}}
    text = json.dumps({**made, **(time_steps(options) if options.time_steps else study(options))}, indent=1)
    if options.out:
        with open(options.out, "w") as file:
            file.write(text + "\n")
    else:
        print(text)


if __name__ == "__main__":
    main()
