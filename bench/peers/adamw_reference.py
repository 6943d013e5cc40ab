"""Steps of PyTorch's own AdamW under given gradients, as JSON: the reference of tests/Training/Torch/AdamWTests.cs.

    python3 bench/peers/adamw_reference.py [SEED] > tests/Training/Torch/adamw-reference.json
"""
import json
import sys

import torch

SIZE, STEPS = 7, 50

generator = torch.Generator().manual_seed(int(sys.argv[1]) if len(sys.argv) > 1 else 0)
parameters = torch.randn(SIZE, generator=generator).requires_grad_()
initial = parameters.tolist()
optimiser = torch.optim.AdamW([parameters], lr=1e-3, betas=(0.9, 0.999), eps=1e-8, weight_decay=0.01, foreach=False)
# Gradients over eight orders of magnitude, and exact zeros, as dead units have.
scales = torch.tensor([0.0, 1e-6, 1e-4, 1e-2, 1.0, 1e2, 1e4])
steps = []
for _ in range(STEPS):
    parameters.grad = torch.randn(SIZE, generator=generator) * scales
    optimiser.step()
    steps.append({"gradient": parameters.grad.tolist(), "parameters": parameters.tolist()})
json.dump({"pytorch": torch.__version__, "initial": initial, "steps": steps}, sys.stdout)
