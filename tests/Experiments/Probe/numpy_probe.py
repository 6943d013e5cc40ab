#!/usr/bin/env python3
"""Weak-to-strong by NumPy in double precision: what the tests of probe compare with.

  numpy_probe.py DATA.csv.gz MASK.csv.gz FOLDER   writes weak.npy, strong.npy, y.npy, mask.npy (1: test) to the folder, and
                                                  prints each split's errors and misfit by ridge and by least squares, as JSON
"""
import gzip
import json
import sys

import numpy as np


def ridge(x, y):
    """On standardised features, the strength by generalised cross-validation among 71 shares of the greatest eigenvalue."""
    n, mean, spread = len(y), x.mean(0), x.std(0)
    x, middle, scale = (x - mean) / spread, y.mean(), y.std()
    u, s, vt = np.linalg.svd(x, full_matrices=False)
    kept = s**2 > 1e-14 * s[0]**2
    u, s, vt = u[:, kept], s[kept], vt[kept]
    along = u.T @ ((y - middle) / scale)
    best, least = None, np.inf
    for step in range(71):
        strength = s[0]**2 * 10 * 10**(-step / 10)
        shrunk = s**2 / (s**2 + strength)
        left = n - shrunk.sum() - 1
        if left < 0.1 * n:
            break
        residual = n - (shrunk * (2 - shrunk) * along**2).sum()
        if residual / left**2 < least:
            best, least = strength, residual / left**2
    weights = scale * (vt.T @ (s * along / (s**2 + best))) / spread
    return lambda z: (z - mean) @ weights + middle


def least_squares(x, y):
    """On centred features, without directions of less than 2/n of the widest's spread: the rule of docs/exact-heads.md."""
    mean, middle = x.mean(0), y.mean()
    u, s, vt = np.linalg.svd(x - mean, full_matrices=False)
    kept = s >= 2 / len(y) * s[0]
    weights = vt[kept].T @ ((u[:, kept].T @ (y - middle)) / s[kept])
    return lambda z: (z - mean) @ weights + middle


def stages(fit, weak, strong, y, test):
    """Weak head on true labels, student on its labels, ceiling on true labels: all on train, measured on test."""
    train = ~test
    teacher = fit(weak[train], y[train])
    student, ceiling = fit(strong[train], teacher(weak[train])), fit(strong[train], y[train])
    models = {"weak": teacher(weak[test]), "student": student(strong[test]), "strong": ceiling(strong[test])}
    found = {name: float(((model - y[test])**2).mean()) for name, model in models.items()}
    return {**found, "misfit": float(((models["student"] - models["weak"])**2).mean())}


def main(data, masks, folder):
    table = np.loadtxt(gzip.open(data, "rt"), delimiter=",")
    mask = np.loadtxt(gzip.open(masks, "rt"), delimiter=",")
    x, y = table[:, :-1], table[:, -1]
    random = np.random.RandomState(0)
    x = (x - x.mean(0)) / x.std(0)
    weak = np.tanh(x @ random.randn(x.shape[1], 5) / 2).astype("f4")
    strong = np.maximum(x @ random.randn(x.shape[1], 24), 0).astype("f4")
    for name, array in (("weak", weak), ("strong", strong), ("y", y), ("mask", mask.astype("i1"))):
        np.save(f"{folder}/{name}.npy", array)
    weak, strong = weak.astype("f8"), strong.astype("f8")
    print(json.dumps({
        name: [stages(fit, weak, strong, y, mask[:, split] == 1) for split in range(mask.shape[1])]
        for name, fit in (("ridge", ridge), ("exact", least_squares))}))


if __name__ == "__main__":
    main(*sys.argv[1:])
