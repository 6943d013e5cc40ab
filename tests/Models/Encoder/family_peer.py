"""BERT's relatives as Hugging Face folders with random weights, and what PyTorch's own layers compute of them.

  family_peer.py OUT    writes OUT/NAME for every family: config.json, pytorch_model.bin under the family's names, vocab.txt,
                        tokens.safetensors (ids, types, mask) and expected.safetensors (tokens, and pooled where there is one);
                        and OUT/onnx: a model.onnx as torch.onnx.export makes it, without a config.json
"""
import json
import math
import os
import sys

import torch
from torch import nn

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from bert_peer import Bert, write

HIDDEN, LAYERS, HEADS, INNER, VOCABULARY, POSITIONS = 32, 3, 4, 48, 60, 40
LENGTHS = (7, 19, 1, 12)


def numbers(*shape):
    return torch.randn(*shape) * 0.3


def linear(out, into):
    return {"weight": numbers(out, into), "bias": numbers(out)}


def norm(width):
    return {"weight": 1 + numbers(width), "bias": numbers(width)}


def layer():
    return {"q": linear(HIDDEN, HIDDEN), "k": linear(HIDDEN, HIDDEN), "v": linear(HIDDEN, HIDDEN), "o": linear(HIDDEN, HIDDEN), "attention norm": norm(HIDDEN),
            "up": linear(INNER, HIDDEN), "down": linear(HIDDEN, INNER), "norm": norm(HIDDEN)}


def torch_layer(w, eps):
    """PyTorch's own post-norm layer with these weights."""
    made = nn.TransformerEncoderLayer(HIDDEN, HEADS, INNER, dropout=0.0, activation="gelu", layer_norm_eps=eps, batch_first=True)
    made.load_state_dict({
        "self_attn.in_proj_weight": torch.cat([w[x]["weight"] for x in "qkv"]), "self_attn.in_proj_bias": torch.cat([w[x]["bias"] for x in "qkv"]),
        "self_attn.out_proj.weight": w["o"]["weight"], "self_attn.out_proj.bias": w["o"]["bias"],
        "linear1.weight": w["up"]["weight"], "linear1.bias": w["up"]["bias"], "linear2.weight": w["down"]["weight"], "linear2.bias": w["down"]["bias"],
        "norm1.weight": w["attention norm"]["weight"], "norm1.bias": w["attention norm"]["bias"], "norm2.weight": w["norm"]["weight"], "norm2.bias": w["norm"]["bias"]})
    return made


BERT = {"q": "attention.self.query", "k": "attention.self.key", "v": "attention.self.value", "o": "attention.output.dense",
        "attention norm": "attention.output.LayerNorm", "up": "intermediate.dense", "down": "output.dense", "norm": "output.LayerNorm"}
DISTIL = {"q": "attention.q_lin", "k": "attention.k_lin", "v": "attention.v_lin", "o": "attention.out_lin", "attention norm": "sa_layer_norm",
          "up": "ffn.lin1", "down": "ffn.lin2", "norm": "output_layer_norm"}
MPNET = {**BERT, "q": "attention.attn.q", "k": "attention.attn.k", "v": "attention.attn.v", "o": "attention.attn.o", "attention norm": "attention.LayerNorm"}


def mpnet_bucket(distance, buckets, farthest=128):
    """MPNet's relative_position_bucket, for one distance (key's place minus query's)."""
    bucket, n, buckets = 0, -distance, buckets // 2
    if n < 0:
        bucket, n = buckets, -n
    exact = buckets // 2
    if n < exact:
        return bucket + n
    return bucket + min(buckets - 1, exact + int(math.log(n / exact) / math.log(farthest / exact) * (buckets - exact)))


def family(name, config, names, layers_at, eps, types=0, embedding=HIDDEN, pooler=False, first=0, buckets=0, prefix=""):
    state = {"embeddings.word_embeddings.weight": numbers(VOCABULARY, embedding), "embeddings.position_embeddings.weight": numbers(POSITIONS, embedding)}
    if types:
        state["embeddings.token_type_embeddings.weight"] = numbers(types, embedding)
    add = lambda at, part: state.update({f"{at}.{key}": value for key, value in part.items()})
    embedding_norm, layers = norm(embedding), [layer() for _ in range(LAYERS)]
    add("embeddings.LayerNorm", embedding_norm)
    project, pooled = linear(HIDDEN, embedding), linear(HIDDEN, HIDDEN)
    if embedding != HIDDEN:
        add("embeddings_project", project)
    if pooler:
        add("pooler.dense", pooled)
    if buckets:
        state["encoder.relative_attention_bias.weight"] = numbers(buckets, HEADS)
    for place, weights in enumerate(layers):
        for part, value in weights.items():
            add(f"{layers_at}.{place}.{names[part]}", value)

    longest = max(LENGTHS)
    mask = torch.tensor([[place < length for place in range(longest)] for length in LENGTHS])
    ids = torch.randint(2, VOCABULARY, mask.shape) * mask + ~mask * (1 if first else 0)
    segments = torch.randint(0, max(types, 1), mask.shape) * mask
    x = state["embeddings.word_embeddings.weight"][ids] + state["embeddings.position_embeddings.weight"][first:first + longest]
    if types:
        x = x + state["embeddings.token_type_embeddings.weight"][segments]
    x = nn.functional.layer_norm(x, [embedding], embedding_norm["weight"], embedding_norm["bias"], eps)
    if embedding != HIDDEN:
        x = nn.functional.linear(x, project["weight"], project["bias"])
    bias = torch.zeros(len(LENGTHS), HEADS, longest, longest).masked_fill(~mask[:, None, None, :], -math.inf)
    if buckets:
        table = state["encoder.relative_attention_bias.weight"]
        bias = bias + torch.stack([torch.stack([table[mpnet_bucket(key - query, buckets)] for key in range(longest)]) for query in range(longest)]).permute(2, 0, 1)
    outputs = {}
    for place, weights in enumerate(layers):
        x = torch_layer(weights, eps)(x, src_mask=bias.reshape(-1, longest, longest))
        outputs[f"layer {place + 1}"] = x
    outputs["tokens"] = x
    if pooler:
        outputs["pooled"] = torch.tanh(nn.functional.linear(x[:, 0], pooled["weight"], pooled["bias"]))

    folder = os.path.join(sys.argv[1], name)
    os.makedirs(folder)
    state["embeddings.position_ids"] = torch.arange(POSITIONS)[None]
    torch.save({prefix + key: value for key, value in state.items()} | {"lm_head.bias": numbers(VOCABULARY)}, os.path.join(folder, "pytorch_model.bin"))
    json.dump(config, open(os.path.join(folder, "config.json"), "w"))
    open(os.path.join(folder, "vocab.txt"), "w").write("".join(f"t{i}\n" for i in range(VOCABULARY)))
    write(os.path.join(folder, "tokens.safetensors"), {"ids": ids, "types": segments, "mask": mask.long()})
    write(os.path.join(folder, "expected.safetensors"), outputs)


def common(**more):
    return {"hidden_size": HIDDEN, "num_hidden_layers": LAYERS, "num_attention_heads": HEADS, "intermediate_size": INNER, "vocab_size": VOCABULARY,
            "max_position_embeddings": POSITIONS, **more}


def onnx():
    folder = os.path.join(sys.argv[1], "onnx")
    os.makedirs(folder)
    c = common(type_vocab_size=2, layer_norm_eps=1e-12)
    bert = Bert(c).eval()
    for p in bert.parameters():
        nn.init.normal_(p, std=0.3)
    ids, types = torch.randint(0, VOCABULARY, (4, 9)), torch.randint(0, 2, (4, 9))
    mask = torch.tensor([[place < length for place in range(9)] for length in (9, 4, 1, 7)]).long()
    axes = {name: {0: "batch", 1: "length"} for name in ("input_ids", "attention_mask", "token_type_ids", "last_hidden_state")}

    class Named(nn.Module):
        def __init__(self):
            super().__init__()
            self.embeddings, self.encoder, self.pooler = bert.embeddings, bert.encoder, bert.pooler

        def forward(self, input_ids, attention_mask, token_type_ids):
            return Bert.forward(self, input_ids, token_type_ids, attention_mask)[:2]

    torch.onnx.export(Named().eval(), (ids, mask, types), os.path.join(folder, "model.onnx"), input_names=["input_ids", "attention_mask", "token_type_ids"],
                      output_names=["last_hidden_state", "pooler_output"], dynamic_axes=axes, opset_version=13)
    open(os.path.join(folder, "vocab.txt"), "w").write("".join(f"t{i}\n" for i in range(VOCABULARY)))
    tokens, pooled, _ = bert(ids, types, mask)
    write(os.path.join(folder, "tokens.safetensors"), {"ids": ids, "types": types, "mask": mask})
    write(os.path.join(folder, "expected.safetensors"), {"tokens": tokens, "pooled": pooled})


if __name__ == "__main__":
    torch.manual_seed(11)
    torch.set_num_threads(1)
    with torch.no_grad():
        bert = dict(names=BERT, layers_at="encoder.layer")
        family("bert", common(model_type="bert", layer_norm_eps=1e-7), **bert, eps=1e-7, types=2, pooler=True, prefix="bert.")
        family("roberta", common(model_type="roberta", type_vocab_size=1, layer_norm_eps=1e-5, pad_token_id=1), **bert, eps=1e-5, types=1, pooler=True, first=2, prefix="roberta.")
        family("camembert", common(model_type="camembert", type_vocab_size=1, layer_norm_eps=1e-5), **bert, eps=1e-5, types=1, first=2, prefix="roberta.")
        family("electra", common(model_type="electra", embedding_size=16), **bert, eps=1e-12, types=2, embedding=16, prefix="electra.")
        family("mpnet", common(model_type="mpnet", layer_norm_eps=1e-5, relative_attention_num_buckets=8), names=MPNET, layers_at="encoder.layer", eps=1e-5, pooler=True,
               first=2, buckets=8, prefix="mpnet.")
        family("distilbert", {"model_type": "distilbert", "dim": HIDDEN, "n_layers": LAYERS, "n_heads": HEADS, "hidden_dim": INNER, "vocab_size": VOCABULARY,
                              "max_position_embeddings": POSITIONS, "activation": "gelu"}, names=DISTIL, layers_at="transformer.layer", eps=1e-12, prefix="distilbert.")
    onnx()
