#!/usr/bin/env python3
"""Softmax heads on frozen features in PyTorch: the peer of W2S's fused kernels for classes.

  softmax_heads.py time 100       median seconds of processor time of a step of all tasks, over 100 steps of each kind, on one
                                  thread, as JSON:
                                  one task after the other, as the authors' notebook fits heads; and all in one bmm
  softmax_heads.py check FOLDER   fits the heads of FOLDER/case.json with FOLDER/values.bin in double precision; prints each
                                  step's loss and writes the heads after every step to FOLDER/heads.bin
"""
import argparse
import json
import os
import statistics
import sys
import time
from array import array

import torch
from torch import nn
from torch.nn.functional import cross_entropy

TASKS, CLASSES, WIDTH, SAMPLES, BATCH = 100, 5, 16, 2000, 32


def median_seconds(repetitions, work):
    for _ in range(5):
        work()
    seconds = []
    for _ in range(repetitions):
        start = time.process_time()
        work()
        seconds.append(time.process_time() - start)
    return statistics.median(seconds)


def batches():
    """Rows of batch after batch, in a fresh order each epoch; the last batch of an epoch holds what is left."""
    while True:
        yield from torch.randperm(SAMPLES).split(BATCH)


def task_after_task(repetitions, features, labels):
    """A step of every task, where each task takes all its steps before the next one begins."""
    head = nn.Linear(WIDTH, CLASSES)
    optimiser = torch.optim.AdamW(head.parameters(), lr=1e-3)
    rows = batches()

    def one_step():
        chosen = next(rows)
        optimiser.zero_grad()
        cross_entropy(head(features[0].index_select(0, chosen)), labels[0].index_select(0, chosen)).backward()
        optimiser.step()

    return TASKS * median_seconds(repetitions, one_step)


def one_bmm(repetitions, features, labels):
    """A step of all tasks as one program; they share the shuffle. The sum of the tasks' losses trains each as if alone."""
    weight = torch.zeros(TASKS, WIDTH, CLASSES, requires_grad=True)
    bias = torch.zeros(TASKS, 1, CLASSES, requires_grad=True)
    optimiser = torch.optim.AdamW([weight, bias], lr=1e-3)
    rows = batches()

    def one_step():
        chosen = next(rows)
        optimiser.zero_grad()
        logits = torch.baddbmm(bias, features.index_select(1, chosen), weight)
        (cross_entropy(logits.flatten(0, 1), labels.index_select(1, chosen).flatten(0, 1)) * TASKS).backward()
        optimiser.step()

    return median_seconds(repetitions, one_step)


def time_steps(repetitions):
    torch.set_num_threads(1)
    torch.manual_seed(0)
    features = torch.randn(TASKS, SAMPLES, WIDTH)
    labels = torch.softmax(2 * torch.randn(TASKS, SAMPLES, CLASSES), dim=2)
    return {"torch": torch.__version__, "seconds": {
        "task_after_task": task_after_task(repetitions, features, labels), "one_bmm": one_bmm(repetitions, features, labels)}}


def check(folder):
    """The case says tasks, samples, width, classes, has_bias, steps, AdamW's numbers, and each step's rows."""
    with open(os.path.join(folder, "case.json")) as file:
        case = json.load(file)
    shape = case["tasks"], case["samples"]
    path = os.path.join(folder, "values.bin")
    values = torch.from_file(path, size=os.path.getsize(path) // 4).double()
    sizes = [case["tasks"] * case["classes"] * case["width"], case["tasks"] * case["classes"],
             case["tasks"] * case["samples"] * case["width"], case["tasks"] * case["samples"] * case["classes"]]
    weight, bias, features, labels = values.split(sizes)
    weight = weight.reshape(case["tasks"], case["classes"], case["width"]).clone().requires_grad_()
    bias = bias.reshape(case["tasks"], 1, case["classes"]).clone().requires_grad_()
    features, labels = features.reshape(*shape, -1), labels.reshape(*shape, -1)
    optimiser = torch.optim.AdamW([weight, bias] if case["has_bias"] else [weight], **case["optimiser"])
    losses, heads = [], []
    for rows in case["rows"]:
        optimiser.zero_grad()
        logits = features[:, rows] @ weight.transpose(1, 2) + bias
        each = [cross_entropy(logits[task], labels[task, rows]) for task in range(case["tasks"])]
        sum(each).backward()
        optimiser.step()
        losses.append([loss.item() for loss in each])
        heads.append(torch.cat([weight.detach().flatten(), bias.detach().flatten()]))
    with open(os.path.join(folder, "heads.bin"), "wb") as file:
        array("d", torch.cat(heads).tolist()).tofile(file)
    return losses


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("command", choices=["time", "check"])
    parser.add_argument("argument", help="repetitions, or the folder")
    options = parser.parse_args()
    json.dump(check(options.argument) if options.command == "check" else time_steps(int(options.argument)), sys.stdout)


if __name__ == "__main__":
    main()
