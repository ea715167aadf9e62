"""Lecture 7.

PyTorch's own stream, as it is with AVX2: the app's default. Sizes and steps of the stages are the lecture's; what
training gives after hundreds of steps is known to 0.03, the first steps to rounding.
"""
import torch
import torch.nn as nn
import torch.nn.functional as F

from reference.table import logged_steps, setup_of

SEED = 1337
STAGES = ("table", "positions", "head", "heads", "feedforward", "residual", "layernorm")
NOTEBOOK_TEXT = r"Sr?qP-QWktXoL&jLDJgOLVz'RIoDqHdhsV&vLLxatjscMpwLERSPyao.qfzs$Ys$zF-w,;eEkzxjgCKFChs!iWW.ObzDnxA Ms$3"
NOTEBOOK_HEAD = ("0.0210", "0.0843", "0.0555", "0.2297", "0.0573", "0.0709", "0.2423", "0.2391")


class Text:
    """Ids of the characters in code order; the first nine tenths to train on, the rest to validate."""

    def __init__(self, path):
        with open(path, newline="") as file:
            self.text = file.read()
        self.symbols = sorted(set(self.text))
        ids = torch.tensor(self.encode(self.text))
        cut = int(0.9 * len(ids))
        self.train, self.val = ids[:cut], ids[cut:]

    def encode(self, text):
        place = {s: i for i, s in enumerate(self.symbols)}
        return [place[c] for c in text]

    def decode(self, ids):
        return "".join(self.symbols[i] for i in ids)

    def batch(self, split, size, block):
        data = self.train if split == "train" else self.val
        offsets = torch.randint(len(data) - block, (size,))
        x = torch.stack([data[i : i + block] for i in offsets])
        y = torch.stack([data[i + 1 : i + block + 1] for i in offsets])
        return x, y, offsets


class Head(nn.Module):
    def __init__(self, embed, size, block, scale):
        super().__init__()
        self.key, self.query, self.value = (nn.Linear(embed, size, bias=False) for _ in range(3))
        self.register_buffer("future", torch.ones(block, block).triu(1).bool())
        self.scale = scale


class Attention(nn.Module):
    """The lecture's heads, drawn one after another, each with a dropout mask of its own."""

    def __init__(self, embed, heads, block, dropout=0.0, scale=None, projects=True):
        super().__init__()
        size = embed // heads
        self.heads = nn.ModuleList(Head(embed, size, block, scale or size**-0.5) for _ in range(heads))
        self.proj = nn.Linear(embed, embed) if projects else None
        self.dropout = dropout

    def one(self, head, x):
        t = x.shape[-2]
        wei = (head.query(x) @ head.key(x).transpose(-2, -1)) * head.scale
        wei = wei.masked_fill(head.future[:t, :t], float("-inf")).softmax(-1)
        return F.dropout(wei, self.dropout, self.training) @ head.value(x)

    def forward(self, x):
        out = torch.cat([self.one(head, x) for head in self.heads], -1)
        return F.dropout(self.proj(out), self.dropout, self.training) if self.proj else out


class Block(nn.Module):
    def __init__(self, embed, heads, block, dropout=0.0, scale=None, norm=True):
        super().__init__()
        self.sa = Attention(embed, heads, block, dropout, scale)
        self.ffwd = nn.Sequential(nn.Linear(embed, 4 * embed), nn.ReLU(), nn.Linear(4 * embed, embed), nn.Dropout(dropout))
        self.ln1, self.ln2 = (nn.LayerNorm(embed) if norm else nn.Identity() for _ in range(2))

    def forward(self, x):
        x = x + self.sa(self.ln1(x))
        return x + self.ffwd(self.ln2(x))


class Model(nn.Module):
    """The lecture's model at each of its stages, and `full`."""

    def __init__(self, stage, symbols, block=8, embed=32, heads=4, layers=3, dropout=0.0):
        super().__init__()
        self.stage, self.block = stage, block
        if stage == "table":
            self.tokens = nn.Embedding(symbols, symbols)
            return
        self.tokens, self.positions = nn.Embedding(symbols, embed), nn.Embedding(block, embed)
        early = embed**-0.5  # what the lecture scales by at these stages
        if stage == "head":
            body = [Attention(embed, 1, block, scale=early, projects=False)]
        elif stage == "heads":
            body = [Attention(embed, heads, block, scale=early, projects=False)]
        elif stage == "feedforward":
            body = [Attention(embed, heads, block, scale=early, projects=False), nn.Linear(embed, embed), nn.ReLU()]
        elif stage == "residual":
            body = [Block(embed, heads, block, scale=early, norm=False) for _ in range(layers)]
        elif stage == "layernorm":
            body = [Block(embed, heads, block, scale=early) for _ in range(layers)] + [nn.LayerNorm(embed)]
        elif stage == "full":
            body = [Block(embed, heads, block, dropout) for _ in range(layers)] + [nn.LayerNorm(embed)]
        else:
            body = []
        self.body = nn.Sequential(*body)
        self.head = nn.Linear(embed, symbols)
        if stage == "full":
            self.apply(self.begin)

    @staticmethod
    def begin(module):
        if isinstance(module, (nn.Linear, nn.Embedding)):
            nn.init.normal_(module.weight, 0.0, 0.02)
        if isinstance(module, nn.Linear) and module.bias is not None:
            nn.init.zeros_(module.bias)

    def forward(self, x):
        emb = self.tokens(x)
        if self.stage == "table":
            return emb
        return self.head(self.body(emb + self.positions(torch.arange(x.shape[1]))))

    def loss(self, x, y):
        return F.cross_entropy(self(x).flatten(0, 1), y.flatten())

    def count(self):
        return sum(p.numel() for p in self.parameters())


@torch.no_grad()
def estimate(model, text, batch, eval_iters):
    model.eval()
    means = {}
    for split in ("train", "val"):
        losses = torch.zeros(eval_iters)
        for i in range(eval_iters):
            x, y, _ = text.batch(split, batch, model.block)
            losses[i] = model.loss(x, y).item()
        means[split] = losses.mean().item()
    model.train()
    return means


def train(text, stage, steps, lr, batch, eval_every, eval_iters, **sizes):
    """The losses of every step, and the estimates {step: {"train": ..., "val": ...}}."""
    torch.manual_seed(SEED)
    model = Model(stage, len(text.symbols), **sizes)
    optimizer = torch.optim.AdamW(model.parameters(), lr=lr)
    losses, estimates = [], {}
    for step in range(steps):
        if step % eval_every == 0 or step == steps - 1:
            estimates[step] = estimate(model, text, batch, eval_iters)
        x, y, _ = text.batch("train", batch, model.block)
        loss = model.loss(x, y)
        losses.append(loss.item())
        optimizer.zero_grad(set_to_none=True)
        loss.backward()
        optimizer.step()
    return model, losses, estimates


def early(step):
    """Adam divides by what the gradients are large: at first by little, which makes more of a rounding."""
    return "F" if step == 0 else "T" if step <= 10 else 0.001 if step <= 20 else 0.03


def training(table, setup, text, stage, *, known_steps=20, **settings):
    model, losses, estimates = train(text, stage, **settings)
    table.add(setup, "parameters", model.count(), "E")
    table.losses(setup, losses, early, steps=[s for s in logged_steps(len(losses)) if s <= known_steps])
    for step, means in estimates.items():
        for split in ("train", "val"):
            table.add(setup, f"{split} loss at step {step}", means[split], "T" if step == 0 else early(step))


def stages(table, text):
    for stage in STAGES:
        settings = {"steps": 5000, "lr": 1e-3, "batch": 32, "eval_every": 500, "eval_iters": 200}
        if stage in ("table", "positions"):
            settings.update(steps=3000, lr=1e-2, eval_every=300)
        training(table, setup_of(stage=stage), text, stage, **settings)
        settings.update(steps=11, eval_iters=10)
        training(table, setup_of(stage=stage, steps=11, eval_iters=10), text, stage, **settings)


def full(table, text):
    small = {"block": 32, "embed": 64, "heads": 4, "layers": 4}
    settings = {"steps": 5000, "lr": 1e-3, "batch": 16, "eval_every": 500, "eval_iters": 200, **small}
    training(table, "", text, "full", **settings)
    settings.update(steps=21, eval_iters=10)
    training(table, setup_of(steps=21, eval_iters=10), text, "full", **settings)
    training(table, setup_of(steps=21, eval_iters=10, dropout=0.2), text, "full", dropout=0.2, **settings)
    lecture = Model("full", len(text.symbols), block=256, embed=384, heads=6, layers=6)
    table.add(setup_of(preset="lecture", steps=0), "parameters", lecture.count(), "E")


def shown(text):
    return text.replace("\n", "\\n")


def first_batch(table, text, setup):
    table.add(setup, "characters", len(text.text), "E")
    table.add(setup, "different characters", len(text.symbols), "E")
    table.add(setup, "to train on", len(text.train), "E")
    table.add(setup, "to validate on", len(text.val), "E")
    table.add(setup, "ids of `hii there`", " ".join(map(str, text.encode("hii there"))), "E")
    torch.manual_seed(SEED)
    x, y, offsets = text.batch("train", 4, 8)
    for name, row in (("offsets of four chunks", offsets), ("first row of x", x[0]), ("first row of y", y[0])):
        table.add(setup, name, " ".join(map(str, row.tolist())), "E")
    return x, y


def untrained(table, text, setup, x, y):
    """The samples of the notebook are those of a PyTorch with MKL, which this one is not."""
    lecture = len(text.symbols) == 65
    torch.manual_seed(SEED)
    model = Model("table", len(text.symbols))
    table.add(setup, "loss of the table, untrained", model.loss(x, y).item(), "F", "4.8786" if lecture else "")
    ids, out = torch.zeros(1, 1, dtype=torch.long), []
    for _ in range(100):
        probs = F.softmax(model(ids)[:, -1], dim=-1)
        ids = torch.multinomial(probs, num_samples=1)
        out.append(ids.item())
    table.add(setup, "100 characters, untrained", shown(text.decode(out)), "E")
    if lecture:
        table.add(setup, "the same, drawn as by MKL", NOTEBOOK_TEXT, "E", NOTEBOOK_TEXT)


def averages(table, setup):
    torch.manual_seed(SEED)
    x = torch.randn(4, 8, 2)
    bow = torch.stack([torch.stack([x[b, : t + 1].mean(0) for t in range(8)]) for b in range(4)])
    wei = torch.tril(torch.ones(8, 8))
    wei = wei / wei.sum(1, keepdim=True)
    masked = torch.zeros(8, 8).masked_fill(torch.tril(torch.ones(8, 8)) == 0, float("-inf")).softmax(-1)
    near = lambda a: "yes" if torch.allclose(a, bow, rtol=0, atol=1e-6) else "no"
    table.add(setup, "mean of all eight, channel 0", bow[0, 7, 0].item(), "F")
    table.add(setup, "the product equals the loop", near(wei @ x), "E")
    table.add(setup, "the softmax equals the loop", near(masked @ x), "E")


def one_head(table, setup):
    torch.manual_seed(SEED)
    x = torch.randn(4, 8, 32)
    key, query, _ = (nn.Linear(32, 16, bias=False) for _ in range(3))
    affinities = (query(x) @ key(x).transpose(-2, -1)).detach()
    future = torch.ones(8, 8).triu(1).bool()
    weights = affinities.masked_fill(future, float("-inf")).softmax(-1)
    for i in range(8):
        table.add(setup, f"affinity of the last to {i}", affinities[0, 7, i].item(), "F")
    for i, notebook in enumerate(NOTEBOOK_HEAD):
        table.add(setup, f"its weight for {i}", weights[0, 7, i].item(), "F", notebook)
    k, q = torch.randn(4, 8, 16), torch.randn(4, 8, 16)
    products = q @ k.transpose(-2, -1)
    table.add(setup, "variance of q", q.var().item(), "F", "1.0700")
    table.add(setup, "variance of k", k.var().item(), "F", "1.0449")
    table.add(setup, "variance of q . k", products.var().item(), "F")
    table.add(setup, "scaled by 1/sqrt(16)", (products * 16**-0.5).var().item(), "F", "1.0918")
    logits = torch.tensor([0.1, -0.2, 0.3, -0.2, 0.5])
    table.add(setup, "largest of the softmax", logits.softmax(-1).max().item(), "F", "0.2872")
    table.add(setup, "of 8 times the logits", (8 * logits).softmax(-1).max().item(), "F", "0.8000")


def rows_normalised(table, setup):
    torch.manual_seed(SEED)
    x = torch.randn(32, 100)
    y = F.layer_norm(x, (100,))
    table.add(setup, "mean of a row", y[0].mean().item(), 1e-6)
    table.add(setup, "std of a row", y[0].std().item(), "F")
    table.add(setup, "mean of a column", y[:, 0].mean().item(), "F")
    table.add(setup, "std of a column", y[:, 0].std().item(), "F")


def toys(table, text):
    setup = setup_of(toys=True)
    untrained(table, text, setup, *first_batch(table, text, setup))
    averages(table, setup)
    one_head(table, setup)
    rows_normalised(table, setup)


def figures(table, data):
    text = Text(data.text_file)
    toys(table, text)
    stages(table, text)
    full(table, text)
