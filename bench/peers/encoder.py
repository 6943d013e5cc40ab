#!/usr/bin/env python3
"""The BERT encoder and its pretraining heads in plain PyTorch, as a careful user would write them: each batch is padded to
its longest molecule, padding is masked in the attention, and the masked-token head reads the asked tokens only.

  encoder.py check FOLDER            losses, gradients, features and a trajectory for FOLDER/case.json: W2S's tests compare
  encoder.py time FOLDER SECONDS     processor time of a training step and of feature extraction, one thread, and the losses of the
                                     first pass over the batches, as JSON

FOLDER/case.json names a model's shape and its batches; parameters.bin holds their float32 values, one after another in the
order of case.json's "encoder" and "heads" lists.
"""
import json
import math
import os
import statistics
import sys
import time


def help_openblas():
    """Before torch is loaded. Two pools of threads that spin would fight; and Debian's OpenBLAS 0.3.21 takes processors that
    are newer than itself for a Prescott of 2004, which more than doubled the step at hidden 96: the peer shall not suffer from that."""
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    try:
        with open("/proc/cpuinfo") as file:
            flags = file.read()
    except OSError:
        return
    kernel = "SkylakeX" if "avx512vl" in flags else "Haswell" if "avx2" in flags else None
    if kernel:
        os.environ.setdefault("OPENBLAS_CORETYPE", kernel)


help_openblas()

import numpy
import torch
from torch import nn
from torch.nn import functional


class Layer(nn.Module):
    def __init__(self, hidden, heads, intermediate, epsilon):
        super().__init__()
        self.heads = heads
        self.query, self.key, self.value = (nn.Linear(hidden, hidden) for _ in range(3))
        self.attention_output = nn.Linear(hidden, hidden)
        self.attention_norm = nn.LayerNorm(hidden, eps=epsilon)
        self.up, self.down = nn.Linear(hidden, intermediate), nn.Linear(intermediate, hidden)
        self.output_norm = nn.LayerNorm(hidden, eps=epsilon)

    def forward(self, x, penalties):
        batch, length, hidden = x.shape

        def split(y):
            return y.view(batch, length, self.heads, hidden // self.heads).transpose(1, 2)

        query, key, value = split(self.query(x)), split(self.key(x)), split(self.value(x))
        scores = query @ key.transpose(2, 3) / math.sqrt(hidden // self.heads) + penalties
        context = (scores.softmax(dim=3) @ value).transpose(1, 2).reshape(batch, length, hidden)
        x = self.attention_norm(x + self.attention_output(context))
        return self.output_norm(x + self.down(functional.gelu(self.up(x))))


class Model(nn.Module):
    def __init__(self, shape):
        super().__init__()
        hidden, epsilon = shape["hidden"], 1e-12
        self.words = nn.Embedding(shape["vocabulary"], hidden)
        self.types = nn.Embedding(shape["types"], hidden)
        if shape["learned"]:
            self.positions = nn.Embedding(shape["longest"], hidden)
        else:
            frequencies = 1 / (10000 ** (torch.arange(0, hidden, 2, dtype=torch.float64) / hidden)).float()
            angles = (torch.arange(shape["longest"], dtype=torch.float32)[:, None] * frequencies).double()  # rounded first, as MolBERT does
            self.register_buffer("sinusoids", torch.cat([angles.sin(), angles.cos()], dim=1).float())
        self.norm = nn.LayerNorm(hidden, eps=epsilon)
        self.layers = nn.ModuleList(Layer(hidden, shape["heads"], shape["intermediate"], epsilon) for _ in range(shape["layers"]))
        self.pooler = nn.Linear(hidden, hidden)
        self.transform, self.transform_norm = nn.Linear(hidden, hidden), nn.LayerNorm(hidden, eps=epsilon)
        self.decoder = nn.Linear(hidden, shape["vocabulary"])
        if shape["descriptors"]:
            self.descriptors = nn.Sequential(nn.Linear(hidden, hidden), nn.ReLU(), nn.Linear(hidden, shape["descriptors"]))
        if shape["same"]:
            self.same = nn.Sequential(nn.Linear(hidden, hidden), nn.ReLU(), nn.Linear(hidden, 2))

    def named(self):
        """Parameters by the names that files use."""
        names = {"embeddings.word_embeddings.weight": self.words.weight, "embeddings.token_type_embeddings.weight": self.types.weight}
        if hasattr(self, "positions"):
            names["embeddings.position_embeddings.weight"] = self.positions.weight
        modules = {"embeddings.LayerNorm": self.norm, "pooler.dense": self.pooler, "masked_lm_head.transform.dense": self.transform,
                   "masked_lm_head.transform.LayerNorm": self.transform_norm, "masked_lm_head.decoder": self.decoder}
        for index, layer in enumerate(self.layers):
            start = f"encoder.layer.{index}."
            modules.update({start + "attention.self.query": layer.query, start + "attention.self.key": layer.key,
                            start + "attention.self.value": layer.value, start + "attention.output.dense": layer.attention_output,
                            start + "attention.output.LayerNorm": layer.attention_norm, start + "intermediate.dense": layer.up,
                            start + "output.dense": layer.down, start + "output.LayerNorm": layer.output_norm})
        for name, head in (("physchem_head.physchem_clf", "descriptors"), ("is_same_head.is_same_clf", "same")):
            if hasattr(self, head):
                modules.update({name + ".1": getattr(self, head)[0], name + ".3": getattr(self, head)[2]})
        for name, module in modules.items():
            names[name + ".weight"], names[name + ".bias"] = module.weight, module.bias
        return names

    def vectors(self, tokens, types, mask):
        positions = self.positions.weight if hasattr(self, "positions") else self.sinusoids
        x = self.norm(self.words(tokens) + positions[: tokens.shape[1]] + self.types(types))
        penalties = ((1 - mask.to(x.dtype)) * torch.finfo(x.dtype).min)[:, None, None, :]
        for layer in self.layers:
            x = layer(x, penalties)
        return x

    def pooled(self, x):
        return self.pooler(x[:, 0]).tanh()

    def masked_loss(self, x, masked):
        asked = masked >= 0
        if not asked.any():
            return x.sum() * 0
        y = self.transform_norm(functional.gelu(self.transform(x[asked])))
        return functional.cross_entropy(self.decoder(y), masked[asked])


def pad(values, offsets, fill):
    rows = [torch.tensor(values[start:end]) for start, end in zip(offsets, offsets[1:])]
    return nn.utils.rnn.pad_sequence(rows, batch_first=True, padding_value=fill)


class Batch:
    def __init__(self, packed):
        offsets = packed["offsets"]
        self.tokens = pad(packed["tokens"], offsets, 0)
        self.types = pad(packed["types"], offsets, 0) if packed.get("types") else torch.zeros_like(self.tokens)
        self.mask = pad([1] * len(packed["tokens"]), offsets, 0)
        self.masked = pad(packed["masked"], offsets, -1) if packed.get("masked") else None
        self.descriptors = torch.tensor(packed["descriptors"], dtype=torch.get_default_dtype()).view(len(offsets) - 1, -1) if packed.get("descriptors") else None
        self.same = torch.tensor(packed["same"]) if packed.get("same") else None

    def losses(self, model):
        x = model.vectors(self.tokens, self.types, self.mask)
        losses = [model.masked_loss(x, self.masked) if self.masked is not None else torch.zeros(())]
        losses.append(functional.mse_loss(model.descriptors(model.pooled(x)), self.descriptors) if self.descriptors is not None else torch.zeros(()))
        losses.append(functional.cross_entropy(model.same(model.pooled(x)), self.same) if self.same is not None else torch.zeros(()))
        return losses

    def features(self, model):
        x = model.vectors(self.tokens, self.types, self.mask)
        mask = self.mask[:, :, None].to(x.dtype)
        return model.pooled(x), (x * mask).sum(dim=1) / mask.sum(dim=1)


def load(folder):
    with open(os.path.join(folder, "case.json")) as file:
        case = json.load(file)
    values = numpy.fromfile(os.path.join(folder, "parameters.bin"), dtype=numpy.float32)
    model = Model(case["shape"])
    names, start = model.named(), 0
    order = case["encoder"] + case["heads"]
    with torch.no_grad():
        for name in order:
            size = names[name].numel()
            names[name].copy_(torch.from_numpy(values[start:start + size].copy()).view(names[name].shape))
            start += size
    assert start == len(values) and set(order) == set(names)
    return case, model, [names[name] for name in order], order


def adamw(parameters, names, rate):
    decayed = [not name.endswith(".bias") and "LayerNorm" not in name for name in names]
    return torch.optim.AdamW([
        {"params": [one for one, keep in zip(parameters, decayed) if keep], "weight_decay": 0.01},
        {"params": [one for one, keep in zip(parameters, decayed) if not keep], "weight_decay": 0.0}], lr=rate)


def check(folder):
    """Gradients in double precision; the trajectory in double as well, so that only the other side rounds."""
    torch.set_default_dtype(torch.float64)
    case, model, parameters, names = load(folder)
    model.double()
    batches = [Batch(packed) for packed in case["batches"]]
    losses = batches[0].losses(model)
    sum(losses).backward()
    gradients = [torch.zeros_like(one) if one.grad is None else one.grad for one in parameters]
    torch.cat([one.flatten() for one in gradients]).numpy().tofile(os.path.join(folder, "gradients.bin"))
    with torch.no_grad():
        for name, features in zip(("pooled", "mean"), batches[0].features(model)):
            features.numpy().tofile(os.path.join(folder, f"{name}.bin"))
    optimiser = adamw(parameters, names, case["rate"])
    trajectory = []
    for step in range(case["steps"]):
        optimiser.zero_grad()
        total = sum(batches[step % len(batches)].losses(model))
        total.backward()
        nn.utils.clip_grad_norm_(parameters, case["norm"])
        optimiser.step()
        trajectory.append(total.item())
    print(json.dumps({"losses": [loss.item() for loss in losses], "trajectory": trajectory}))


def times(folder, seconds):
    torch.set_num_threads(1)
    case, model, parameters, names = load(folder)
    batches = [Batch(packed) for packed in case["batches"]]
    optimiser = adamw(parameters, names, case["rate"])

    def step(batch):
        optimiser.zero_grad()
        loss = sum(batch.losses(model))
        loss.backward()
        optimiser.step()
        return loss.item()

    def features(batch):
        with torch.no_grad():
            model.pooled(model.vectors(batch.tokens, batch.types, batch.mask))

    def median(work):
        passed, deadline = [], time.perf_counter() + seconds
        while time.perf_counter() < deadline or not passed:
            start = time.process_time()
            for batch in batches:
                work(batch)
            passed.append((time.process_time() - start) / len(batches))
        return statistics.median(passed)

    losses = [step(batch) for batch in batches]
    seconds = {"step": median(step), "features": median(features)}
    print(json.dumps({"made_with": f"torch {torch.__version__}", "seconds": seconds, "losses": {"encoder": losses}}))


if __name__ == "__main__":
    if len(sys.argv) == 3 and sys.argv[1] == "check":
        check(sys.argv[2])
    elif len(sys.argv) == 4 and sys.argv[1] == "time":
        times(sys.argv[2], float(sys.argv[3]))
    else:
        sys.exit(__doc__)
