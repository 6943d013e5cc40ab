#!/usr/bin/env python3
"""Softmax heads by PyTorch's L-BFGS in double precision: what the tests of probe compare with.

  torch_probe.py FOLDER RIDGE SMOOTHING   reads weak.npy, strong.npy, classes.npy and mask.npy (1: test), and prints the first
                                          split's errors KL(model || truth), misfit KL(teacher || student) and accuracies
"""
import json
import sys

import numpy as np
import torch

torch.set_default_dtype(torch.float64)


def fit(features, labels, ridge):
    """The least mean cross-entropy + ridge/2 times the squared weights, biases free; features are whitened on the way."""
    mean = features.mean(0)
    _, spread, directions = torch.linalg.svd((features - mean) / len(features)**0.5, full_matrices=False)
    to_features = directions.T / spread
    white = (features - mean) @ to_features
    theta = torch.zeros(white.shape[1] + 1, labels.shape[1], requires_grad=True)
    optimiser = torch.optim.LBFGS([theta], max_iter=2000, tolerance_grad=1e-12, tolerance_change=0, history_size=50, line_search_fn="strong_wolfe")

    def loss():
        optimiser.zero_grad()
        logits = white @ theta[1:] + theta[0]
        # One number added to all classes' weights changes nothing but the penalty: at its least they sum to 0.
        weights = to_features @ (theta[1:] - theta[1:].mean(1, keepdim=True))
        value = -(labels * logits.log_softmax(1)).sum(1).mean() + ridge / 2 * (weights**2).sum()
        value.backward()
        return value

    for _ in range(5):
        optimiser.step(loss)
    head = theta.detach()
    return lambda rows: ((rows - mean) @ to_features @ head[1:] + head[0]).softmax(1)


def divergence(p, q):
    return float((p * (p.log() - q.log())).sum(1).mean())


def main(folder, ridge, smoothing):
    weak, strong = (torch.tensor(np.load(f"{folder}/{name}.npy"), dtype=torch.float64) for name in ("weak", "strong"))
    classes = torch.tensor(np.load(f"{folder}/classes.npy"))
    test = torch.tensor(np.load(f"{folder}/mask.npy")[:, 0] == 1)
    count = int(classes.max()) + 1
    truth = (1 - smoothing) * torch.nn.functional.one_hot(classes, count).double() + smoothing / count
    train = ~test
    teacher = fit(weak[train], truth[train], ridge)
    student, ceiling = fit(strong[train], teacher(weak[train]), ridge), fit(strong[train], truth[train], ridge)
    models = {"weak": teacher(weak[test]), "student": student(strong[test]), "strong": ceiling(strong[test])}
    found = {name: divergence(model, truth[test]) for name, model in models.items()}
    found["misfit"] = divergence(models["weak"], models["student"])
    found.update({f"{name}_accuracy": float((model.argmax(1) == classes[test]).double().mean()) for name, model in models.items()})
    print(json.dumps(found))


if __name__ == "__main__":
    main(sys.argv[1], float(sys.argv[2]), float(sys.argv[3]))
