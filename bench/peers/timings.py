#!/usr/bin/env python3
"""One round of PyTorch's part in W2S's benchmark, on one thread, as JSON: the steps of the authors' loop (notebook.py), and
what a careful user of PyTorch would write instead of that loop: the heads of all tasks in one bmm, features in one call,
least squares in one call; and both ways for softmax heads (softmax_heads.py). All in seconds of processor time. Beside them
the losses of the first steps from given weights on given samples, by which the benchmark sees that all programs compute the
same.

  timings.py FOLDER 100     medians over 100 steps of each kind; FOLDER/steps.json has what the losses are of
"""
import argparse
import json
import os
import statistics
import time

import torch
from torch import nn

import notebook
import softmax_heads

TASKS, SAMPLES, COMPARED_STEPS = 100, 2000, 20


def median_seconds(repetitions, work):
    seconds = []
    for _ in range(repetitions):
        start = time.process_time()
        work()
        seconds.append(time.process_time() - start)
    return statistics.median(seconds)


def authors_steps(repetitions):
    options = argparse.Namespace(
        seed=0, samples=SAMPLES, time_steps=repetitions, epochs=1000, head_epochs=1000, tasks=TASKS, pretraining_tasks=10)
    times = notebook.time_steps(options)["microseconds_per_step"]
    return {kind: values["median"] / 1e6 for kind, values in times.items()}


def head_step(weight, bias, optimiser, features, labels):
    """A step of notebook.fit_heads_batched."""
    optimiser.zero_grad()
    errors = torch.bmm(features, weight) + bias - labels
    loss = errors.square().mean(dim=(1, 2)).sum()
    loss.backward()
    optimiser.step()
    return loss.item()


def head_step_of_all_tasks(repetitions, features, labels):
    weight = torch.zeros(TASKS, notebook.WIDTH, 1, requires_grad=True)
    bias = torch.zeros(TASKS, 1, 1, requires_grad=True)
    optimiser = notebook.adamw([weight, bias])

    def one_step():
        rows = torch.randint(SAMPLES, (notebook.BATCH,))
        head_step(weight, bias, optimiser, features[:, rows], labels[:, rows])

    return median_seconds(repetitions, one_step)


def exact_heads(features, labels):
    """Affine least squares of all tasks in float64."""
    ones = torch.ones(TASKS, SAMPLES, 1, dtype=torch.float64)
    return torch.linalg.lstsq(torch.cat([features.double(), ones], dim=2), labels.double()).solution


def losses_of_representation(role, case, tasks):
    """The tasks one after the other, each a batch, under their known heads."""
    model = notebook.Mlp(notebook.DEPTHS[role])
    nn.utils.vector_to_parameters(torch.tensor(case["parameters"]), model.representation.parameters())
    inputs = torch.tensor(case["inputs"]).view(tasks, -1, notebook.INPUTS)
    labels = torch.tensor(case["labels"]).view(tasks, -1, 1)
    weights = torch.tensor(case["weights"]).view(tasks, notebook.WIDTH)
    optimiser, losses = notebook.adamw(model.representation.parameters()), []
    for task in (step % tasks for step in range(COMPARED_STEPS)):
        head = nn.Linear(notebook.WIDTH, 1)
        nn.utils.vector_to_parameters(torch.cat([weights[task], torch.tensor(case["biases"][task:task + 1])]), head.parameters())
        notebook.freeze(head)
        model.head = head
        losses.append(notebook.step(model, optimiser, nn.MSELoss(), inputs[task], labels[task]))
    return losses


def losses_of_heads(case, tasks):
    weight = torch.tensor(case["weights"]).view(tasks, notebook.WIDTH, 1).requires_grad_()
    bias = torch.tensor(case["biases"]).view(tasks, 1, 1).requires_grad_()
    features, labels = torch.tensor(case["features"]).view(tasks, -1, notebook.WIDTH), torch.tensor(case["labels"]).view(tasks, -1, 1)
    optimiser = notebook.adamw([weight, bias])
    return [head_step(weight, bias, optimiser, features, labels) / tasks for _ in range(COMPARED_STEPS)]


def losses_of_first_steps(folder):
    with open(os.path.join(folder, "steps.json")) as file:
        case = json.load(file)
    tasks = case["tasks"]
    return {**{role: losses_of_representation(role, case[role], tasks) for role in ("weak", "strong")}, "heads": losses_of_heads(case["heads"], tasks)}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder")
    parser.add_argument("repetitions", type=int)
    options = parser.parse_args()
    repetitions = options.repetitions
    torch.set_num_threads(1)
    torch.manual_seed(0)
    inputs = torch.cat([notebook.draw_inputs(SAMPLES) for _ in range(TASKS)])
    representation = notebook.Mlp(notebook.DEPTHS["strong"]).representation
    features = torch.relu(torch.randn(TASKS, SAMPLES, notebook.WIDTH))  # least squares of a collapsed one would be no test
    labels = torch.bmm(features, torch.randn(TASKS, notebook.WIDTH, 1)) + torch.randn(TASKS, SAMPLES, 1)
    seconds = {
        **authors_steps(repetitions),
        "head_step_of_all_tasks": head_step_of_all_tasks(repetitions, features, labels),
        "features": median_seconds(3, lambda: notebook.outputs(representation, inputs)),
        "exact_heads": median_seconds(3, lambda: exact_heads(features, labels)),
        **{f"softmax_{name}": each for name, each in softmax_heads.time_steps(repetitions)["seconds"].items()},
    }
    print(json.dumps({"made_with": f"torch {torch.__version__}", "seconds": seconds, "losses": losses_of_first_steps(options.folder)}))


if __name__ == "__main__":
    main()
