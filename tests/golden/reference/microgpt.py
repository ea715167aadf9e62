"""Karpathy's microgpt, in double. Random numbers are Python's, gradients and sums PyTorch's: so its sums run in another
order than the scalars', which is worth 1e-13 or so after a thousand steps.
"""
import math
import random

import torch
import torch.nn.functional as F

from reference.table import logged_steps, setup_of

BLOCK, EMBED, HEADS = 16, 16, 4


def rmsnorm(x):
    return x * (x.pow(2).mean(-1, keepdim=True) + 1e-5).pow(-0.5)


class Model:
    def __init__(self, symbols):
        self.parameters = []
        self.wte, self.wpe, self.head = self.matrix(symbols, EMBED), self.matrix(BLOCK, EMBED), self.matrix(symbols, EMBED)
        self.attention = [self.matrix(EMBED, EMBED) for _ in range(4)]
        self.up, self.down = self.matrix(4 * EMBED, EMBED), self.matrix(EMBED, 4 * EMBED)

    def matrix(self, rows, columns):
        drawn = [[random.gauss(0, 0.08) for _ in range(columns)] for _ in range(rows)]
        self.parameters.append(torch.tensor(drawn, dtype=torch.float64, requires_grad=True))
        return self.parameters[-1]

    def logits(self, ids):
        t = len(ids)
        x = rmsnorm(self.wte[ids] + self.wpe[:t])
        q, k, v = ((rmsnorm(x) @ w.t()).view(t, HEADS, -1).transpose(0, 1) for w in self.attention[:3])
        scores = (q @ k.transpose(1, 2) / math.sqrt(EMBED // HEADS)).masked_fill(torch.ones(t, t).triu(1) > 0, -math.inf)
        x = x + (scores.softmax(-1) @ v).transpose(0, 1).reshape(t, EMBED) @ self.attention[3].t()
        x = x + (rmsnorm(x) @ self.up.t()).relu() @ self.down.t()
        return x @ self.head.t()

    def update(self, step, steps, moments):
        rate = 0.01 * (1 - step / steps)
        with torch.no_grad():
            for p, (m, v) in zip(self.parameters, moments):
                m.mul_(0.85).add_(p.grad, alpha=1 - 0.85)
                v.mul_(0.99).add_(p.grad**2, alpha=1 - 0.99)
                p -= rate * (m / (1 - 0.85 ** (step + 1))) / ((v / (1 - 0.99 ** (step + 1))).sqrt() + 1e-8)
                p.grad = None


def train(names, letters, steps):
    """The losses, and twenty names."""
    random.seed(42)
    names = list(names)
    random.shuffle(names)
    mark = len(letters)
    model = Model(mark + 1)
    moments = [(torch.zeros_like(p), torch.zeros_like(p)) for p in model.parameters]
    losses = []
    for step in range(steps):
        ids = [mark] + [letters.index(c) for c in names[step % len(names)]] + [mark]
        ids = ids[: BLOCK + 1]
        loss = F.cross_entropy(model.logits(ids[:-1]), torch.tensor(ids[1:]))
        loss.backward()
        losses.append(loss.item())
        model.update(step, steps, moments)
    return model, losses, [sample(model, letters) for _ in range(20)], names[0]


@torch.no_grad()
def sample(model, letters):
    ids, mark = [len(letters)], len(letters)
    while len(ids) <= BLOCK:
        probs = (model.logits(ids)[-1] / 0.5).softmax(-1)
        ids.append(random.choices(range(mark + 1), weights=probs.tolist())[0])
        if ids[-1] == mark:
            break
    return "".join(letters[i] for i in ids[1:] if i != mark)


def figures(table, data):
    letters = "".join(sorted(set("".join(data.names))))
    for setup, steps in (("", 1000), (setup_of(engine="tensor"), 1000), (setup_of(steps=20), 20),
                         (setup_of(engine="tensor", steps=20), 20)):
        model, losses, names, first = train(data.names, letters, steps)
        table.add(setup, "names", len(data.names), "E")
        ids = [len(letters), *(letters.index(c) for c in first), len(letters)]
        table.add(setup, "ids of the first name", " ".join(map(str, ids)), "E")
        table.add(setup, "parameters", sum(p.numel() for p in model.parameters), "E")
        for step in logged_steps(steps):
            table.add(setup, f"loss at step {step}", losses[step], "D")
        if not setup.startswith("--engine"):
            table.add(setup, "that is less than 1e-9", "yes", "E")
        if steps == 1000:
            table.add(setup, "samples", " ".join(names), "E")
