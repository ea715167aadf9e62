"""Records attention and the blocks of lecture 7 and GPT-2, written out in PyTorch 1.13: python3 make_attention.py

Writes attention.json. With --check nothing is written: a PyTorch that has scaled_dot_product_attention (2.0 and
later) holds its own against what is recorded.
"""

import json
import math
import pathlib
import sys

import torch
from torch import nn
from torch.nn import functional as F

FILE = pathlib.Path(__file__).parent / "attention.json"
torch.set_num_threads(1)

CASES = {
    "plain": dict(q=(2, 3, 5, 4), k=(2, 3, 7, 4), v=(2, 3, 7, 6)),
    "causal": dict(q=(2, 3, 9, 4), k=(2, 3, 9, 4), v=(2, 3, 9, 4), is_causal=True),
    "causal, more keys": dict(q=(3, 4), k=(5, 4), v=(5, 2), is_causal=True),
    "scaled": dict(q=(4, 8), k=(4, 8), v=(4, 8), scale=0.5),
    "dropout": dict(q=(2, 2, 6, 4), k=(2, 2, 6, 4), v=(2, 2, 6, 4), is_causal=True, dropout_p=0.2),
    "40 of 17": dict(q=(1, 40, 17), k=(1, 40, 17), v=(1, 40, 17), is_causal=True),
}


def numbers(x):
    return {"shape": list(x.shape), "values": [float(f"{v:.9g}") for v in x.detach().flatten().tolist()]}


def written_out(q, k, v, is_causal=False, dropout_p=0.0, scale=None):
    weights = q @ k.transpose(-2, -1) * (scale or 1 / math.sqrt(q.size(-1)))
    if is_causal:
        seen = torch.ones(q.size(-2), k.size(-2)).tril() == 1
        weights = weights.masked_fill(~seen, float("-inf"))
    return F.dropout(F.softmax(weights, dim=-1), dropout_p) @ v


def run(attention, q, k, v, **options):
    inputs = [torch.randn(shape, generator=torch.Generator().manual_seed(i + 1)).requires_grad_()
              for i, shape in enumerate([q, k, v])]
    torch.manual_seed(7)
    y = attention(*inputs, **options)
    y.backward(torch.randn(y.shape, generator=torch.Generator().manual_seed(9)))
    return dict(zip(["y", "dq", "dk", "dv"], [y, *(x.grad for x in inputs)]))


class Head(nn.Module):
    def __init__(self, channels, size):
        super().__init__()
        self.key, self.query, self.value = (nn.Linear(channels, size, bias=False) for _ in range(3))

    def forward(self, x, dropout_p):
        return written_out(self.query(x), self.key(x), self.value(x), True, dropout_p)


class LectureAttention(nn.Module):
    def __init__(self, channels, heads):
        super().__init__()
        self.heads = nn.ModuleList(Head(channels, channels // heads) for _ in range(heads))
        self.proj = nn.Linear(channels, channels)

    def forward(self, x, dropout_p):
        return F.dropout(self.proj(torch.cat([head(x, dropout_p) for head in self.heads], dim=-1)), dropout_p)


class LectureBlock(nn.Module):
    def __init__(self, channels, heads):
        super().__init__()
        self.sa = LectureAttention(channels, heads)
        self.ffwd = nn.ModuleDict({"net": nn.ModuleList(
            [nn.Linear(channels, 4 * channels), nn.ReLU(), nn.Linear(4 * channels, channels)])})
        self.ln1, self.ln2 = nn.LayerNorm(channels), nn.LayerNorm(channels)

    def forward(self, x, dropout_p=0.0):
        x = x + self.sa(self.ln1(x), dropout_p)
        y = self.ln2(x)
        for layer in self.ffwd.net:
            y = layer(y)
        return x + F.dropout(y, dropout_p)


class FusedAttention(nn.Module):
    def __init__(self, channels, heads):
        super().__init__()
        self.c_attn, self.c_proj = nn.Linear(channels, 3 * channels), nn.Linear(channels, channels)
        self.heads = heads

    def forward(self, x, dropout_p):
        batch, t, c = x.shape
        q, k, v = (part.view(batch, t, self.heads, c // self.heads).transpose(1, 2)
                   for part in self.c_attn(x).split(c, dim=2))
        y = written_out(q, k, v, True, dropout_p).transpose(1, 2).reshape(batch, t, c)
        return F.dropout(self.c_proj(y), dropout_p)


class FusedBlock(nn.Module):
    def __init__(self, channels, heads):
        super().__init__()
        self.ln_1 = nn.LayerNorm(channels)
        self.attn = FusedAttention(channels, heads)
        self.ln_2 = nn.LayerNorm(channels)
        self.mlp = nn.ModuleDict({"c_fc": nn.Linear(channels, 4 * channels),
                                  "c_proj": nn.Linear(4 * channels, channels)})

    def forward(self, x, dropout_p=0.0):
        x = x + self.attn(self.ln_1(x), dropout_p)
        y = self.mlp.c_proj(F.gelu(self.mlp.c_fc(self.ln_2(x)), approximate="tanh"))
        return x + F.dropout(y, dropout_p)


def block(kind):
    torch.manual_seed(42)
    layer = kind(8, 2)
    x = torch.randn(2, 5, 8, generator=torch.Generator().manual_seed(1)).requires_grad_()
    y = layer(x)
    torch.manual_seed(7)
    dropped = layer(x, 0.2)
    dropped.backward(torch.randn(y.shape, generator=torch.Generator().manual_seed(9)))
    return {"state": {name: numbers(value) for name, value in layer.state_dict().items()},
            "y": numbers(y), "dropped": numbers(dropped), "dx": numbers(x.grad),
            "gradients": {name: numbers(value.grad) for name, value in layer.named_parameters()}}


def check():
    recorded = json.loads(FILE.read_text())
    for name, options in CASES.items():
        for part, ours in run(F.scaled_dot_product_attention, **options).items():
            theirs = torch.tensor(recorded[name][part]["values"]).view(recorded[name][part]["shape"])
            torch.testing.assert_close(ours, theirs, rtol=1e-5, atol=2e-6, msg=f"{name}: {part}")
        print(f"{name}: torch {torch.__version__}'s is what is recorded")


def main():
    if sys.argv[1:] == ["--check"]:
        return check()
    golden = {"torch": torch.__version__}
    for name, options in CASES.items():
        golden[name] = {part: numbers(x) for part, x in run(written_out, **options).items()}
    golden["blocks"] = {"lecture": block(LectureBlock), "gpt-2": block(FusedBlock)}
    FILE.write_text(json.dumps(golden, separators=(",", ":")) + "\n")


if __name__ == "__main__":
    main()
