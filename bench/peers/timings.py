#!/usr/bin/env python3
"""One round of PyTorch's part in W2S's benchmark, on one thread, as JSON: the steps of the authors' loop (notebook.py), and
what a careful user of PyTorch would write instead of that loop: the heads of all tasks in one bmm, features in one call,
least squares in one call. All in seconds.

  timings.py 100     medians over 100 steps of each kind
"""
import argparse
import json
import statistics
import time

import torch

import notebook

TASKS, SAMPLES = 100, 2000


def median_seconds(repetitions, work):
    seconds = []
    for _ in range(repetitions):
        start = time.perf_counter()
        work()
        seconds.append(time.perf_counter() - start)
    return statistics.median(seconds)


def authors_steps(repetitions):
    options = argparse.Namespace(
        seed=0, samples=SAMPLES, time_steps=repetitions, epochs=1000, head_epochs=1000, tasks=TASKS, pretraining_tasks=10)
    times = notebook.time_steps(options)["microseconds_per_step"]
    return {kind: values["median"] / 1e6 for kind, values in times.items()}


def head_step_of_all_tasks(repetitions, features, labels):
    """A step of notebook.fit_heads_batched."""
    weight = torch.zeros(TASKS, notebook.WIDTH, 1, requires_grad=True)
    bias = torch.zeros(TASKS, 1, 1, requires_grad=True)
    optimiser = notebook.adamw([weight, bias])

    def one_step():
        rows = torch.randint(SAMPLES, (notebook.BATCH,))
        optimiser.zero_grad()
        errors = torch.bmm(features[:, rows], weight) + bias - labels[:, rows]
        errors.square().mean(dim=(1, 2)).sum().backward()
        optimiser.step()

    return median_seconds(repetitions, one_step)


def exact_heads(features, labels):
    """Affine least squares of all tasks in float64."""
    ones = torch.ones(TASKS, SAMPLES, 1, dtype=torch.float64)
    return torch.linalg.lstsq(torch.cat([features.double(), ones], dim=2), labels.double()).solution


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("repetitions", type=int)
    repetitions = parser.parse_args().repetitions
    torch.set_num_threads(1)
    torch.manual_seed(0)
    inputs = torch.cat([notebook.draw_inputs(SAMPLES) for _ in range(TASKS)])
    representation = notebook.Mlp(notebook.DEPTHS["strong"]).representation
    features = torch.relu(torch.randn(TASKS, SAMPLES, notebook.WIDTH))  # least squares of a collapsed one would be no test
    labels = torch.bmm(features, torch.randn(TASKS, notebook.WIDTH, 1)) + torch.randn(TASKS, SAMPLES, 1)
    print(json.dumps({
        "made_with": f"torch {torch.__version__}",
        **authors_steps(repetitions),
        "head_step_of_all_tasks": head_step_of_all_tasks(repetitions, features, labels),
        "features": median_seconds(3, lambda: notebook.outputs(representation, inputs)),
        "exact_heads": median_seconds(3, lambda: exact_heads(features, labels)),
    }))


if __name__ == "__main__":
    main()
