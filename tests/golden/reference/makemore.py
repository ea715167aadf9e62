"""The model zoo: six language models on one training loop.

All numbers come from PyTorch's default generator in the zoo's order: the permutation that splits the names, the model's
parameters, then what each DataLoader and each sample draws. The app's profile is that of a PyTorch with AVX2.
"""
import math

import torch
import torch.nn as nn
import torch.nn.functional as F
from torch.utils.data import DataLoader, RandomSampler, TensorDataset

from reference.stream import LETTERS
from reference.table import setup_of

SEED = 3407
STEPS = 3000
TYPES = ("bigram", "bow", "rnn", "mlp", "gru", "transformer")
WIDTH, HIDDEN, LAYERS, HEADS = 64, 64, 4, 4


class Bigram(nn.Module):
    def __init__(self, vocabulary, block):
        super().__init__()
        self.logits = nn.Parameter(torch.zeros(vocabulary, vocabulary))

    def forward(self, ids):
        return self.logits[ids]


class BagOfWords(nn.Module):
    """Each place adds the mean of itself and those before it, then a small network of its own."""

    def __init__(self, vocabulary, block):
        super().__init__()
        self.wte, self.wpe = nn.Embedding(vocabulary, WIDTH), nn.Embedding(block, WIDTH)
        self.fc, self.proj = nn.Linear(WIDTH, HIDDEN), nn.Linear(HIDDEN, WIDTH)
        self.head = nn.Linear(WIDTH, vocabulary)

    def forward(self, ids):
        length = ids.shape[1]
        x = self.wte(ids) + self.wpe.weight[:length]
        x = x + x.cumsum(1) / torch.arange(1, length + 1).view(-1, 1)
        return self.head(x + self.proj(torch.tanh(self.fc(x))))


class MLP(nn.Module):
    def __init__(self, vocabulary, block):
        super().__init__()
        self.blank, self.block = vocabulary, block
        self.wte = nn.Embedding(vocabulary + 1, WIDTH)
        self.net = nn.Sequential(nn.Linear(block * WIDTH, HIDDEN), nn.Tanh(), nn.Linear(HIDDEN, vocabulary))

    def forward(self, ids):
        back = [F.pad(ids, (k, 0), value=self.blank)[:, : ids.shape[1]] for k in range(self.block)]
        return self.net(self.wte(torch.stack(back, 2)).flatten(2))


class RNNCell(nn.Module):
    def __init__(self):
        super().__init__()
        self.hidden = nn.Linear(WIDTH + HIDDEN, HIDDEN)

    def forward(self, x, h):
        return torch.tanh(self.hidden(torch.cat([x, h], 1)))


class GRUCell(nn.Module):
    def __init__(self):
        super().__init__()
        self.update, self.reset, self.candidate = (nn.Linear(WIDTH + HIDDEN, HIDDEN) for _ in range(3))

    def forward(self, x, h):
        both = torch.cat([x, h], 1)
        r, z = torch.sigmoid(self.reset(both)), torch.sigmoid(self.update(both))
        return (1 - z) * h + z * torch.tanh(self.candidate(torch.cat([x, r * h], 1)))


class Recurrent(nn.Module):
    def __init__(self, cell, vocabulary):
        super().__init__()
        self.start = nn.Parameter(torch.zeros(1, HIDDEN))
        self.wte = nn.Embedding(vocabulary, WIDTH)
        self.cell = cell()
        self.head = nn.Linear(HIDDEN, vocabulary)

    def forward(self, ids):
        h, all_h = self.start.expand(len(ids), -1), []
        for x in self.wte(ids).unbind(1):
            h = self.cell(x, h)
            all_h.append(h)
        return self.head(torch.stack(all_h, 1))


class Block(nn.Module):
    def __init__(self):
        super().__init__()
        self.norm1 = nn.LayerNorm(WIDTH)
        self.qkv, self.out = nn.Linear(WIDTH, 3 * WIDTH), nn.Linear(WIDTH, WIDTH)
        self.norm2 = nn.LayerNorm(WIDTH)
        self.fc, self.proj = nn.Linear(WIDTH, 4 * WIDTH), nn.Linear(4 * WIDTH, WIDTH)

    def attention(self, x):
        n, length, _ = x.shape
        q, k, v = self.qkv(x).view(n, length, 3, HEADS, -1).permute(2, 0, 3, 1, 4)
        scores = q @ k.transpose(2, 3) / math.sqrt(WIDTH // HEADS)
        scores = scores.masked_fill(torch.ones(length, length).triu(1) > 0, -math.inf)
        return self.out((scores.softmax(3) @ v).transpose(1, 2).flatten(2))

    def forward(self, x):
        x = x + self.attention(self.norm1(x))
        return x + self.proj(F.gelu(self.fc(self.norm2(x)), approximate="tanh"))


class Transformer(nn.Module):
    def __init__(self, vocabulary, block):
        super().__init__()
        self.wte, self.wpe = nn.Embedding(vocabulary, WIDTH), nn.Embedding(block, WIDTH)
        self.blocks = nn.Sequential(*(Block() for _ in range(LAYERS)))
        self.norm = nn.LayerNorm(WIDTH)
        self.head = nn.Linear(WIDTH, vocabulary, bias=False)

    def forward(self, ids):
        return self.head(self.norm(self.blocks(self.wte(ids) + self.wpe.weight[: ids.shape[1]])))


def make_model(kind, vocabulary, block):
    if kind in ("rnn", "gru"):
        return Recurrent({"rnn": RNNCell, "gru": GRUCell}[kind], vocabulary)
    return {"bigram": Bigram, "bow": BagOfWords, "mlp": MLP, "transformer": Transformer}[kind](vocabulary, block)


def loss_of(model, x, y, reduction="mean"):
    return F.cross_entropy(model(x).flatten(0, 1), y.flatten(), ignore_index=-1, reduction=reduction)


class Names:
    """Split by the default generator's first permutation: the last thousand are for testing."""

    def __init__(self, names):
        torch.manual_seed(SEED)
        order = torch.randperm(len(names)).tolist()
        tested = min(1000, len(names) // 10)
        self.train, self.test = ([names[i] for i in part] for part in (order[:-tested], order[-tested:]))
        self.block = max(map(len, names)) + 1
        self.train_set, self.test_set = (TensorDataset(*self.encoded(part)) for part in (self.train, self.test))

    def encoded(self, names):
        x = torch.zeros(len(names), self.block, dtype=torch.long)
        y = torch.full_like(x, -1)
        for i, name in enumerate(names):
            ids = torch.tensor([LETTERS.index(c) for c in name])
            x[i, 1 : 1 + len(ids)] = ids
            y[i, : len(ids)] = ids
            y[i, len(ids)] = 0
        return x, y


@torch.no_grad()
def estimate(model, dataset):
    """The mean over up to eleven batches of a hundred."""
    losses = []
    for x, y in DataLoader(dataset, shuffle=True, batch_size=100):
        losses.append(loss_of(model, x, y).item())
        if len(losses) == 11:
            break
    return sum(losses) / len(losses)


@torch.no_grad()
def whole_loss(model, dataset):
    x, y = dataset.tensors
    return loss_of(model, x, y, "sum").double().item() / (y >= 0).sum().item()


@torch.no_grad()
def sample(model, names, count, g=None):
    ids = torch.zeros(count, 1, dtype=torch.long)
    for _ in range(names.block - 1):
        ids = torch.cat([ids, torch.multinomial(model(ids)[:, -1].softmax(1), 1, generator=g)], 1)
    texts = ["".join(LETTERS[i] for i in row) + "." for row in ids[:, 1:].tolist()]
    return [text[: text.index(".") + 1] for text in texts]


def train(kind, data, steps):
    names = Names(data.names)
    model = make_model(kind, len(LETTERS), names.block)
    out = {"count": sum(p.numel() for p in model.parameters()), "losses": [], "estimates": {},
           "untrained": whole_loss(model, names.test_set)}
    optimizer = torch.optim.AdamW(model.parameters(), lr=5e-4, weight_decay=0.01, betas=(0.9, 0.99))
    endless = RandomSampler(names.train_set, replacement=True, num_samples=10**10)
    batches = iter(DataLoader(names.train_set, sampler=endless, batch_size=32))
    best = (math.inf, None)
    for step in range(steps):
        loss = loss_of(model, *next(batches))
        optimizer.zero_grad(set_to_none=True)
        loss.backward()
        optimizer.step()
        out["losses"].append(loss.item())
        if step > 0 and step % 500 == 0:
            out["estimates"][step] = estimate(model, names.train_set), estimate(model, names.test_set)
            best = min(best, (out["estimates"][step][1], {k: v.clone() for k, v in model.state_dict().items()}),
                       key=lambda pair: pair[0])
        if step > 0 and step % 200 == 0:
            sample(model, names, 10)
    out["train"], out["test"] = estimate(model, names.train_set), whole_loss(model, names.test_set)
    if best[0] < out["test"]:
        model.load_state_dict(best[1])
    out["samples"] = sample(model, names, 10, torch.Generator().manual_seed(SEED))
    return out


def figures(table, data):
    names = Names(data.names)
    known = set(names.train)
    table.add("", "names to train on", len(names.train), "E")
    table.add("", "names to test on", len(names.test), "E")
    table.add("", "test names in train too", len([name for name in names.test if name in known]), "E")
    table.add("", "the first to train on", " ".join(names.train[:5]), "E")
    table.add("", "the first to test on", " ".join(names.test[:4]), "E")
    losses = {}
    for kind in TYPES:
        setup = "" if kind == "transformer" else setup_of(type=kind)
        out = train(kind, data, STEPS)
        table.add(setup, "parameters", out["count"], "E")
        table.add(setup, "test loss untrained", out["untrained"], "F")
        table.losses(setup, out["losses"], lambda step: "F" if step == 0 else "T")
        for step, (on_train, on_test) in out["estimates"].items():
            table.add(setup, f"train estimate at step {step}", on_train, "T")
            table.add(setup, f"test estimate at step {step}", on_test, "T")
        table.add(setup, "train loss", out["train"], "T")
        table.add(setup, "test loss", out["test"], "T")
        table.add(setup, "samples", " ".join(out["samples"]), "E")
        new = [name for name in out["samples"] if name[:-1] not in names.train + names.test]
        table.add(setup, "names that are new", f"{len(new)} of 10", "E")
        losses[kind] = out["test"]
    table.add(setup_of(compare=True), "the best type", min(losses, key=losses.get), "E")
