"""BERT and MolBERT written plainly in PyTorch, to compare W2S with. Files are safetensors, read and written by hand.

  bert_peer.py forward FOLDER OUT ...   FOLDER: config.json, model.safetensors, tokens.safetensors (ids, types, mask; int64)
                                        OUT: tokens [batch, length, hidden], pooled, mean, and the logits of the heads in
                                        heads.safetensors if FOLDER has them. Several pairs may follow each other.
  bert_peer.py molbert FOLDER HIDDEN LAYERS HEADS INTERMEDIATE
                                        writes version_0/hparams.yaml and version_0/checkpoints/last.ckpt as Lightning does,
                                        with random weights, and the outputs of that model on random tokens.
  bert_peer.py gradients FOLDER OUT     the gradients of the sum of squares of all real tokens' vectors
"""
import json, math, os, struct, sys
import torch
from torch import nn
from torch.nn import functional as F

TYPES = {"F32": torch.float32, "F64": torch.float64, "I64": torch.int64}


def read(path):
    data = open(path, "rb").read()
    length, = struct.unpack("<Q", data[:8])
    header, body = json.loads(data[8:8 + length]), data[8 + length:]
    header.pop("__metadata__", None)
    return {name: torch.frombuffer(bytearray(body[slice(*e["data_offsets"])]), dtype=TYPES[e["dtype"]]).reshape(e["shape"])
            for name, e in header.items()}


def write(path, tensors):
    header, body = {}, b""
    for name, tensor in tensors.items():
        values = tensor.detach().contiguous().numpy().tobytes()
        kind = next(k for k, t in TYPES.items() if t == tensor.dtype)
        header[name] = {"dtype": kind, "shape": list(tensor.shape), "data_offsets": [len(body), len(body) + len(values)]}
        body += values
    text = json.dumps(header).encode()
    open(path, "wb").write(struct.pack("<Q", len(text)) + text + body)


class SuperPositions(nn.Module):
    """MolBERT's positions (Transformer-XL): one block of sines, one of cosines."""
    def __init__(self, hidden):
        super().__init__()
        self.register_buffer("inv_freq", 1 / (10000 ** (torch.arange(0.0, hidden, 2.0) / hidden)))

    def forward(self, positions):
        angles = torch.ger(positions.float(), self.inv_freq)
        return torch.cat([angles.sin(), angles.cos()], dim=-1)


class Embeddings(nn.Module):
    def __init__(self, c):
        super().__init__()
        self.word_embeddings = nn.Embedding(c["vocab_size"], c["hidden_size"])
        self.position_embeddings = (SuperPositions(c["hidden_size"]) if c.get("super")
                                    else nn.Embedding(c["max_position_embeddings"], c["hidden_size"]))
        self.token_type_embeddings = nn.Embedding(c["type_vocab_size"], c["hidden_size"])
        self.LayerNorm = nn.LayerNorm(c["hidden_size"], eps=c["layer_norm_eps"])

    def forward(self, ids, types):
        positions = self.position_embeddings(torch.arange(ids.shape[1]))
        return self.LayerNorm(self.word_embeddings(ids) + positions + self.token_type_embeddings(types))


def group(**modules):
    module = nn.Module()
    for name, child in modules.items():
        setattr(module, name, child)
    return module


class Layer(nn.Module):
    def __init__(self, c):
        super().__init__()
        h, f, norm = c["hidden_size"], c["intermediate_size"], lambda: nn.LayerNorm(c["hidden_size"], eps=c["layer_norm_eps"])
        self.heads = c["num_attention_heads"]
        setattr(self, "attention", group(**{
            "self": group(query=nn.Linear(h, h), key=nn.Linear(h, h), value=nn.Linear(h, h)),
            "output": group(dense=nn.Linear(h, h), LayerNorm=norm())}))
        self.intermediate = group(dense=nn.Linear(h, f))
        self.output = group(dense=nn.Linear(f, h), LayerNorm=norm())

    def forward(self, x, mask):
        inner = getattr(self.attention, "self")
        split = lambda t: t.view(*t.shape[:2], self.heads, -1).transpose(1, 2)
        q, k, v = split(inner.query(x)), split(inner.key(x)), split(inner.value(x))
        logits = q @ k.transpose(-1, -2) / math.sqrt(q.shape[-1]) + (1.0 - mask[:, None, None, :]) * -10000.0
        context = (logits.softmax(-1) @ v).transpose(1, 2).reshape(x.shape)
        x = self.attention.output.LayerNorm(self.attention.output.dense(context) + x)
        return self.output.LayerNorm(self.output.dense(F.gelu(self.intermediate.dense(x))) + x)


class Bert(nn.Module):
    def __init__(self, c):
        super().__init__()
        self.embeddings = Embeddings(c)
        self.encoder = group(layer=nn.ModuleList([Layer(c) for _ in range(c["num_hidden_layers"])]))
        self.pooler = group(dense=nn.Linear(c["hidden_size"], c["hidden_size"]))

    def forward(self, ids, types, mask):
        x = self.embeddings(ids, types)
        for layer in self.encoder.layer:
            x = layer(x, mask.float())
        weights = mask.float()[:, :, None]
        return x, torch.tanh(self.pooler.dense(x[:, 0])), (x * weights).sum(1) / weights.sum(1)


class MaskedTokens(nn.Module):
    def __init__(self, c):
        super().__init__()
        self.bias = nn.Parameter(torch.zeros(c["vocab_size"]))
        self.transform = group(dense=nn.Linear(c["hidden_size"], c["hidden_size"]), LayerNorm=nn.LayerNorm(c["hidden_size"], eps=c["layer_norm_eps"]))
        self.decoder = nn.Linear(c["hidden_size"], c["vocab_size"])
        self.decoder.bias = self.bias

    def forward(self, x):
        return self.decoder(self.transform.LayerNorm(F.gelu(self.transform.dense(x))))


def two_maps(hidden, outputs):
    return nn.Sequential(nn.Dropout(0.1), nn.Linear(hidden, hidden), nn.ReLU(), nn.Linear(hidden, outputs)).eval()


def load(folder):
    c = json.load(open(os.path.join(folder, "config.json")))
    bert = Bert(c)
    bert.load_state_dict(read(os.path.join(folder, "model.safetensors")))  # strict: every name must fit
    return c, bert, read(os.path.join(folder, "tokens.safetensors"))


def forward(folder, out):
    c, bert, t = load(folder)
    tokens, pooled, mean = bert(t["ids"], t["types"], t["mask"])
    results = {"tokens": tokens, "pooled": pooled, "mean": mean}
    path = os.path.join(folder, "heads.safetensors")
    if os.path.exists(path):
        heads = read(path)
        masked, physchem, same = MaskedTokens(c), None, None
        masked.load_state_dict({"bias": heads["masked_lm_head.decoder.bias"],
                                **{k[len("masked_lm_head."):]: v for k, v in heads.items() if k.startswith("masked_lm_head.")}})
        results["masked"] = masked(tokens)
        for key, prefix in (("descriptors", "physchem_head.physchem_clf."), ("same", "is_same_head.is_same_clf.")):
            own = {k[len(prefix):]: v for k, v in heads.items() if k.startswith(prefix)}
            if own:
                head = two_maps(c["hidden_size"], len(own["3.bias"]))
                head.load_state_dict(own)
                results[key] = head(pooled)
    write(out, results)


def gradients(folder, out):
    _, bert, t = load(folder)
    tokens, pooled, _ = bert(t["ids"], t["types"], t["mask"])
    ((tokens * t["mask"][:, :, None]).square().mul(tokens.sigmoid()).sum() + pooled.sum()).backward()
    write(out, {name: p.grad for name, p in bert.named_parameters()})


def molbert(folder, hidden, layers, heads, intermediate):
    torch.manual_seed(7)
    c = dict(vocab_size=42, hidden_size=hidden, num_hidden_layers=layers, num_attention_heads=heads, intermediate_size=intermediate,
             type_vocab_size=2, layer_norm_eps=1e-12, super=True)
    bert = Bert(c)
    tasks = nn.ModuleList([group(masked_lm_head=MaskedTokens(c)), group(physchem_head=group(physchem_clf=two_maps(hidden, 200)))])
    model = group(bert=bert, tasks=tasks)
    for p in bert.parameters():
        nn.init.normal_(p, std=0.3)
    lengths = torch.randint(3, 40, (5,))
    mask = (torch.arange(40)[None, :] < lengths[:, None]).long()
    ids, types = torch.randint(4, 42, mask.shape) * mask, torch.randint(0, 2, mask.shape) * mask
    tokens, pooled, mean = bert(ids, types, mask)
    os.makedirs(os.path.join(folder, "version_0", "checkpoints"))
    state = {"model." + name: value for name, value in model.state_dict().items()}
    torch.save({"epoch": 1, "global_step": 12, "pytorch-lightning_version": "0.8.4", "state_dict": state,
                "optimizer_states": [{"state": {}, "param_groups": [{"lr": 3e-5, "betas": (0.9, 0.999)}]}], "lr_schedulers": [],
                "callbacks": {}, "checkpoint_callback_best_model_path": "best.ckpt"},
               os.path.join(folder, "version_0", "checkpoints", "last.ckpt"))
    with open(os.path.join(folder, "version_0", "hparams.yaml"), "w") as f:
        f.write(f"accumulate_grad_batches: 1\nbatch_size: 16\nis_same_smiles: 0\nlr: 3.0e-05\nmasked_lm: 1\nmax_seq_length: 128\n"
                f"num_physchem_properties: 200\ntiny: {'true' if hidden == 16 else 'false'}\nvocab_size: 42\n")
    write(os.path.join(folder, "tokens.safetensors"), {"ids": ids, "types": types, "mask": mask})
    write(os.path.join(folder, "outputs.safetensors"), {"tokens": tokens, "pooled": pooled, "mean": mean})


if __name__ == "__main__":
    torch.set_num_threads(1)
    command, arguments = sys.argv[1], sys.argv[2:]
    if command == "molbert":
        molbert(arguments[0], *map(int, arguments[1:]))
    else:
        for folder, out in zip(arguments[::2], arguments[1::2]):
            {"forward": forward, "gradients": gradients}[command](folder, out)
