"""Records what PyTorch 1.13.1 gives for lectures 2 and 3 on data/names.txt, in lectures.json beside this file.

   python3 make_lectures.py        (a python3 with torch)

The stream is that of a machine with AVX2: the apps print it with --profile avx2. The small network (100 hidden units)
is one that forgets rounding errors, so its losses hold to 1e-4 after hundreds of steps on any machine.
"""
import json
import os
import random

import torch
import torch.nn.functional as F

HERE = os.path.dirname(os.path.abspath(__file__))
SEED = 2147483647
torch.set_num_threads(1)
words = open(os.path.join(HERE, "..", "..", "data", "names.txt")).read().split()
ids = {c: i + 1 for i, c in enumerate("abcdefghijklmnopqrstuvwxyz")}
ids["."] = 0


def windows(names, block):
    x, y = [], []
    for name in names:
        context = [0] * block
        for c in name + ".":
            x.append(context)
            y.append(ids[c])
            context = context[1:] + [ids[c]]
    return torch.tensor(x), torch.tensor(y)


def split(names):
    names = list(names)
    random.seed(42)
    random.shuffle(names)
    a, b = int(0.8 * len(names)), int(0.9 * len(names))
    return names[:a], names[a:b], names[b:]


def bigram_net(steps, reg):
    g = torch.Generator().manual_seed(SEED)
    x, y = windows(words, 1)
    W = torch.randn((27, 27), generator=g).requires_grad_()
    losses = []
    for _ in range(steps):
        loss = F.cross_entropy(W[x[:, 0]], y) + reg * (W**2).mean()
        W.grad = None
        loss.backward()
        W.data += -50 * W.grad
        losses.append(loss.item())
    return losses


def mlp(steps, decay_at):
    g = torch.Generator().manual_seed(SEED)
    train, val, test = (windows(part, 3) for part in split(words))
    shapes = [(27, 2), (6, 100), (100,), (100, 27), (27,)]
    C, W1, b1, W2, b2 = params = [torch.randn(s, generator=g).requires_grad_() for s in shapes]

    def loss_of(x, y):
        return F.cross_entropy(torch.tanh(C[x].view(-1, 6) @ W1 + b1) @ W2 + b2, y)

    losses = []
    for step in range(steps):
        ix = torch.randint(0, len(train[1]), (32,), generator=g)
        loss = loss_of(train[0][ix], train[1][ix])
        for p in params:
            p.grad = None
        loss.backward()
        for p in params:
            p.data += -(0.1 if step < decay_at else 0.01) * p.grad
        losses.append(loss.item())
    with torch.no_grad():
        splits = [loss_of(*part).item() for part in (train, val, test)]
    return {"examples": [len(part[1]) for part in (train, val, test)], "losses": losses, "splits": splits}


record = {"torch": torch.__version__, "bigram_net": bigram_net(6, 0.01), "mlp": mlp(300, 200)}
record["mlp"]["losses"] = {str(s): record["mlp"]["losses"][s] for s in (0, 1, 2, 10, 100, 200, 299)}
with open(os.path.join(HERE, "lectures.json"), "w") as file:
    json.dump(record, file, indent=1)
    file.write("\n")
