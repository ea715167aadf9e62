#!/usr/bin/env python3
"""Writes activations.json: lecture 4's networks in PyTorch, on the names of data/names.txt.

    make_activations.py > activations.json

The stages and the deep network as the lecture writes them; losses of minibatches 0, 1, 10 and 100, then of
the validation split. PyTorch's randn differs between processors with and without AVX2: "profile" says which.
"""

import json
import pathlib
import random

import torch
import torch.nn.functional as F

BLOCK, EMBED, HIDDEN, STEPS = 3, 10, 200, 101
RECORDED = (0, 1, 10, 100)
NAMES = pathlib.Path(__file__).parents[2] / "data" / "names.txt"


def splits():
    words = NAMES.read_text().split()
    random.Random(42).shuffle(words)
    cuts = [0, int(0.8 * len(words)), int(0.9 * len(words)), len(words)]
    return [windows(words[a:b]) for a, b in zip(cuts, cuts[1:])]


def windows(words):
    X, Y = [], []
    for word in words:
        context = [0] * BLOCK
        for c in word + ".":
            ix = 0 if c == "." else ord(c) - ord("a") + 1
            X.append(context)
            Y.append(ix)
            context = context[1:] + [ix]
    return torch.tensor(X), torch.tensor(Y)


def descend(g, parameters, logits, train, val, evaluate):
    for p in parameters:
        p.requires_grad = True
    losses = []
    for _ in range(STEPS):
        ix = torch.randint(0, train[0].shape[0], (32,), generator=g)
        loss = F.cross_entropy(logits(train[0][ix]), train[1][ix])
        losses.append(loss.item())
        for p in parameters:
            p.grad = None
        loss.backward()
        for p in parameters:
            p.data += -0.1 * p.grad
    with torch.no_grad():
        recorded = {str(step): losses[step] for step in RECORDED}
        return {"losses": recorded, "val": F.cross_entropy(evaluate(val[0]), val[1]).item()}


def stage(name, train, val):
    scale = {"original": (1, 1, 1, 1), "softmax": (1, 1, 0.01, 0), "tanh": (0.2, 0.01, 0.01, 0)}
    gain = (5 / 3) / (BLOCK * EMBED) ** 0.5
    s = scale.get(name, (gain, 0.01, 0.01, 0))
    g = torch.Generator().manual_seed(2147483647)
    C = torch.randn((27, EMBED), generator=g)
    W1 = torch.randn((BLOCK * EMBED, HIDDEN), generator=g) * s[0]
    if name != "batchnorm":
        b1 = torch.randn(HIDDEN, generator=g) * s[1]
    W2 = torch.randn((HIDDEN, 27), generator=g) * s[2]
    b2 = torch.randn(27, generator=g) * s[3]
    if name != "batchnorm":
        logits = lambda x: torch.tanh(C[x].view(x.shape[0], -1) @ W1 + b1) @ W2 + b2
        return descend(g, [C, W1, b1, W2, b2], logits, train, val, logits)
    bngain, bnbias = torch.ones((1, HIDDEN)), torch.zeros((1, HIDDEN))
    running = {"mean": torch.zeros((1, HIDDEN)), "std": torch.ones((1, HIDDEN))}

    def rest(hpreact, mean, std):
        return torch.tanh(bngain * (hpreact - mean) / std + bnbias) @ W2 + b2

    def logits(x):
        hpreact = C[x].view(x.shape[0], -1) @ W1
        mean, std = hpreact.mean(0, keepdim=True), hpreact.std(0, keepdim=True)
        running["mean"] = 0.999 * running["mean"] + 0.001 * mean.detach()
        running["std"] = 0.999 * running["std"] + 0.001 * std.detach()
        return rest(hpreact, mean, std)

    evaluate = lambda x: rest(C[x].view(x.shape[0], -1) @ W1, running["mean"], running["std"])
    return descend(g, [C, W1, W2, b2, bngain, bnbias], logits, train, val, evaluate)


class BatchNorm:
    def __init__(self, dim, gamma):
        self.gamma, self.beta = torch.ones(dim) * gamma, torch.zeros(dim)
        self.mean, self.var = torch.zeros(dim), torch.ones(dim)

    def __call__(self, x, training):
        mean, var = (x.mean(0), x.var(0)) if training else (self.mean, self.var)
        if training:
            with torch.no_grad():
                self.mean = 0.9 * self.mean + 0.1 * mean
                self.var = 0.9 * self.var + 0.1 * var
        return self.gamma * (x - mean) / torch.sqrt(var + 1e-5) + self.beta


def deep(batchnorm, gain, train, val):
    g = torch.Generator().manual_seed(2147483647)
    C = torch.randn((27, EMBED), generator=g)
    sizes = [BLOCK * EMBED] + [100] * 5 + [27]
    W, b, norms = [], [], []
    for i in range(6):
        last = i == 5
        w = torch.randn((sizes[i], sizes[i + 1]), generator=g) / sizes[i] ** 0.5
        W.append(w * (0.1 if last and not batchnorm else gain))
        b.append(torch.zeros(sizes[i + 1]))
        norms.append(BatchNorm(sizes[i + 1], 0.1 if last else 1))

    def forward(x, training=True):
        y = C[x].view(x.shape[0], -1)
        for i in range(6):
            y = norms[i](y @ W[i], training) if batchnorm else y @ W[i] + b[i]
            y = torch.tanh(y) if i < 5 else y
        return y

    affine = [p for n in norms for p in (n.gamma, n.beta)] if batchnorm else b
    return descend(g, [C] + W + affine, forward, train, val, lambda x: forward(x, False))


def main():
    torch.set_num_threads(1)
    train, val, _ = splits()
    result = {"profile": "avx2", "torch": torch.__version__}
    for name in ("original", "softmax", "tanh", "kaiming", "batchnorm"):
        result[name] = stage(name, train, val)
    result["deep"] = deep(True, 1, train, val)
    result["deep, no batchnorm, gain 1.5"] = deep(False, 1.5, train, val)
    print(json.dumps(result, indent=1))


if __name__ == "__main__":
    main()
