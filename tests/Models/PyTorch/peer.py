"""Peers of the reader and the writer, run by tests with a Python that has torch 1.13 or later.

  peer.py files FOLDER        writes every element type, strides and sharing in both formats to FOLDER/types, listed in its
                              expected.json, and a Lightning checkpoint with MolBERT's names at a tiny size to FOLDER/lightning
  peer.py safetensors FILE    reads FILE with nothing but json and torch.frombuffer, and prints what it holds
"""
import argparse
import collections
import datetime
import hashlib
import json
import os
import pathlib
import struct
import sys

import torch


def bytes_of(tensor):
    flat = tensor.detach().contiguous().reshape(-1)
    return bytes(flat.view(torch.uint8).numpy()) if flat.numel() else b""


def listing(prefix, value):
    if isinstance(value, torch.Tensor):
        name = str(value.dtype).replace("torch.", "")
        return {prefix: {"dtype": name, "shape": list(value.shape), "sha256": hashlib.sha256(bytes_of(value)).hexdigest()}}
    found = {}
    if isinstance(value, argparse.Namespace):
        value = vars(value)
    if isinstance(value, dict):
        for key, item in value.items():
            found.update(listing(f"{prefix}.{key}" if prefix else str(key), item))
    elif isinstance(value, (list, tuple)):
        for position, item in enumerate(value):
            found.update(listing(f"{prefix}[{position}]", item))
    return found


def save(folder, name, value):
    expected = {}
    for legacy in (False, True):
        for protocol in (2, 4, 5):
            file = f"{name}-{'legacy' if legacy else 'zip'}-{protocol}.pt"
            torch.save(value, os.path.join(folder, file), pickle_protocol=protocol, _use_new_zipfile_serialization=not legacy)
            expected[file] = listing("" if not isinstance(value, torch.Tensor) else "tensor", value)
    return expected


def every_type():
    torch.manual_seed(5)
    grid = torch.randn(4, 3, 5) * 50
    types = [torch.float32, torch.float64, torch.float16, torch.bfloat16, torch.int8, torch.int16, torch.int32, torch.int64, torch.uint8, torch.bool]
    tensors = {}
    for kind in types:
        base = (grid.abs() if kind == torch.uint8 else grid).to(kind)
        tensors[str(kind)] = {
            "whole": base,
            "transposed": base.transpose(0, 2),
            "sliced": base[1:3, :, 1::2],
            "row": base[2, 1],
            "expanded": base[:1, :1].expand(2, 3, 5),
            "scalar": base[0, 0, 0],
            "empty": base[:0],
        }
    return tensors


def types(folder):
    shared = torch.arange(24, dtype=torch.float32)
    parameter = torch.nn.Parameter(torch.randn(2, 3))
    parameter_with_state = torch.nn.Parameter(torch.randn(2))
    parameter_with_state.note = "kept aside"
    odd = {
        "shared": [shared, shared[3:9].view(2, 3), shared.view(4, 6).t(), shared[::5]],
        "parameter": parameter,
        "tuple": (parameter, {"deep": collections.OrderedDict([("ü", torch.ones(1))])}),
        7: torch.zeros(2, 2),
        "with_state": parameter_with_state,
        "step": 12, "big": 2 ** 70, "negative": -5, "rate": 1e-3, "name": "ü", "nothing": None, "yes": True,
        "bytes": b"\x00\xff", "set": {1}, "size": torch.Size([3, 4]), "device": torch.device("cpu"), "type": torch.float32,
        "default": collections.defaultdict(dict, a=1), "path": pathlib.PosixPath("/a/b"), "space": argparse.Namespace(lr=0.5, layers=[1, 2]),
    }
    model = torch.nn.Sequential(torch.nn.Linear(3, 4), torch.nn.BatchNorm1d(4))
    optimiser = torch.optim.Adam(model.parameters())
    model(torch.randn(5, 3)).sum().backward()
    optimiser.step()
    expected = {}
    expected.update(save(folder, "types", every_type()))
    expected.update(save(folder, "odd", odd))
    expected.update(save(folder, "model", {"model": model.state_dict(), "optimiser": optimiser.state_dict()}))
    expected.update(save(folder, "bare", torch.randn(3, 2).t()))
    json.dump(expected, open(os.path.join(folder, "expected.json"), "w"))


def lightning(folder):
    """MolBERT's names (MolBERT's module structure as of its release), hidden 8, 2 layers."""
    torch.manual_seed(6)
    hidden, inner, vocabulary = 8, 16, 42
    shapes = {
        "embeddings.word_embeddings.weight": (vocabulary, hidden), "embeddings.position_embeddings.inv_freq": (hidden // 2,),
        "embeddings.token_type_embeddings.weight": (2, hidden), "embeddings.LayerNorm.weight": (hidden,), "embeddings.LayerNorm.bias": (hidden,),
        "pooler.dense.weight": (hidden, hidden), "pooler.dense.bias": (hidden,),
    }
    for layer in range(2):
        at = f"encoder.layer.{layer}."
        for part, (out, into) in {"attention.self.query": (hidden, hidden), "attention.self.key": (hidden, hidden), "attention.self.value": (hidden, hidden),
                                  "attention.output.dense": (hidden, hidden), "intermediate.dense": (inner, hidden), "output.dense": (hidden, inner)}.items():
            shapes[f"{at}{part}.weight"], shapes[f"{at}{part}.bias"] = (out, into), (out,)
        for part in ("attention.output.LayerNorm", "output.LayerNorm"):
            shapes[f"{at}{part}.weight"] = shapes[f"{at}{part}.bias"] = (hidden,)
    state = collections.OrderedDict((f"model.bert.{name}", torch.randn(shape)) for name, shape in shapes.items())
    head = "model.tasks.0.masked_lm_head."
    state[head + "bias"] = torch.randn(vocabulary)
    state[head + "decoder.weight"] = state["model.bert.embeddings.word_embeddings.weight"]  # tied
    state[head + "decoder.bias"] = state[head + "bias"]
    state[head + "transform.dense.weight"], state[head + "transform.dense.bias"] = torch.randn(hidden, hidden), torch.randn(hidden)
    state["model.tasks.1.physchem_head.physchem_clf.3.weight"] = torch.randn(200, hidden)
    state._metadata = collections.OrderedDict({"": {"version": 1}})
    settings = {"tiny": True, "masked_lm": True, "is_same_smiles": True, "num_physchem_properties": 200, "learning_rate": 3e-5, "gpus": None}
    checkpoint = {
        "epoch": 1, "global_step": 320, "pytorch-lightning_version": "0.8.4", "state_dict": state,
        "checkpoint_callback_best_model_score": torch.tensor(0.25), "checkpoint_callback_best_model_path": "/x/epoch=1.ckpt",
        "optimizer_states": [{"state": {0: {"step": 3, "exp_avg": torch.randn(2, 2)}}, "param_groups": [{"lr": 3e-5, "betas": (0.9, 0.999), "params": [0]}]}],
        "lr_schedulers": [{"base_lrs": [3e-5], "last_epoch": 320}], "hparams_name": "hparams", "hparams_type": "Namespace",
        "hyper_parameters": AttributeDict(settings), "namespace": argparse.Namespace(**settings),
        "callbacks": {ModelCheckpoint: {"monitor": "valid_loss"}},
    }
    json.dump(save(folder, "lightning", checkpoint), open(os.path.join(folder, "expected.json"), "w"))


def foreign(folder):
    """What no other program has, beside plain tensors: classes of one's own, sparse, quantised and complex tensors."""
    tracker = stand_in("labproj.metrics", "Tracker", object)()
    tracker.best = torch.ones(2)
    named = stand_in("labproj.metrics", "Named", dict)(a=1)
    kept = stand_in("labproj.metrics", "Kept", object)
    kept.__getnewargs_ex__ = lambda self: ((), {"size": 3})
    kept.__new__ = lambda cls, size=0: object.__new__(cls)
    quantised = torch.quantize_per_tensor(torch.randn(2, 3), 0.1, 0, torch.qint8)
    value = {
        "hyper_parameters": {"lr": 1e-3, "metric": tracker, "named": named, tracker.__class__: 1, ("k", frozenset([1])): 2, "when": datetime.datetime(2024, 5, 1)},
        "sparse": torch.eye(3).to_sparse(), "quantised": quantised, "complex": torch.tensor([1 + 2j, -0.5j]),
        "state_dict": collections.OrderedDict([("head.weight", torch.arange(6.0).reshape(2, 3)), ("head.bias", torch.zeros(2))]),
    }
    for legacy in (False, True):
        for protocol in (2, 4):
            # What only protocol 4 has an opcode for.
            more = {"kept": kept()} if protocol == 4 else {}
            torch.save({**value, **more}, os.path.join(folder, f"foreign-{'legacy' if legacy else 'zip'}-{protocol}.pt"), pickle_protocol=protocol, _use_new_zipfile_serialization=not legacy)
    torch.save(torch.nn.Linear(2, 2), os.path.join(folder, "module.pt"))


def stand_in(module, name, base):
    """A class that pickles under another package's name, so that the package need not be installed."""
    made = type(name, (base,), {"__module__": module})
    parts = module.split(".")
    for count in range(1, len(parts) + 1):
        sys.modules.setdefault(".".join(parts[:count]), type(sys)(".".join(parts[:count])))
    setattr(sys.modules[module], name, made)
    return made


AttributeDict = stand_in("pytorch_lightning.utilities.parsing", "AttributeDict", dict)
ModelCheckpoint = stand_in("pytorch_lightning.callbacks.model_checkpoint", "ModelCheckpoint", object)


def safetensors(path):
    data = open(path, "rb").read()
    length, = struct.unpack("<Q", data[:8])
    header, body = json.loads(data[8:8 + length]), data[8 + length:]
    kinds = {"F32": torch.float32, "F64": torch.float64, "F16": torch.float16, "BF16": torch.bfloat16, "I8": torch.int8, "I16": torch.int16,
             "I32": torch.int32, "I64": torch.int64, "U8": torch.uint8, "BOOL": torch.bool}
    found = {}
    for name, entry in header.items():
        if name == "__metadata__":
            continue
        begin, end = entry["data_offsets"]
        kind = kinds[entry["dtype"]]
        tensor = torch.frombuffer(bytearray(body[begin:end]), dtype=kind).reshape(entry["shape"]) if end > begin else torch.empty(entry["shape"], dtype=kind)
        found[name] = {"dtype": entry["dtype"], "values": tensor.double().reshape(-1).tolist(), "shape": list(tensor.shape)}
    print(json.dumps(found))


if __name__ == "__main__":
    if sys.argv[1] == "files":
        types(os.path.join(sys.argv[2], "types"))
        lightning(os.path.join(sys.argv[2], "lightning"))
        foreign(sys.argv[2])
    else:
        safetensors(sys.argv[2])
