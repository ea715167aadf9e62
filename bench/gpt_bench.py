"""Lecture 7's GPT in PyTorch, its parts, and text written with it: the other side of gpt_bench.

Says {"torch": version}, and then answers each line "WORK TIMES THREADS" with {"us": median microseconds, "peak_mb": the
most memory that the process has held}, or with {} where this PyTorch cannot. Without torch it exits with 77, having
said nothing.
"""
import json
import math
import re
import resource
import statistics
import sys
import time

try:
    import torch
    import torch.nn.functional as F
    from torch import nn
except ImportError:
    sys.exit(77)

VOCABULARY = 65
SETTINGS = {"small": (16, 32, 64, 4, 4, 0.0), "full": (64, 256, 384, 6, 6, 0.2), "full0": (64, 256, 384, 6, 6, 0.0),
            "heads": (16, 64, 64, 4, 0, 0.0)}
FUSED = hasattr(F, "scaled_dot_product_attention")


def written_out(q, k, v, p, training):
    t = q.size(-2)
    weights = q @ k.transpose(-2, -1) * q.size(-1) ** -0.5
    weights = weights.masked_fill(torch.ones(t, t).tril() == 0, float("-inf"))
    return F.dropout(F.softmax(weights, dim=-1), p, training) @ v


def attend(q, k, v, p, training):
    if FUSED:
        return F.scaled_dot_product_attention(q, k, v, is_causal=True, dropout_p=p if training else 0.0)
    return written_out(q, k, v, p, training)


class Attention(nn.Module):
    """By a loop over heads, as the lecture has it, or all heads at once."""

    def __init__(self, c, heads, p, at_once):
        super().__init__()
        self.count, self.p, self.at_once = heads, p, at_once
        size = c // heads
        self.qkv = nn.Linear(c, 3 * c, bias=False) if at_once else nn.ModuleList(
            nn.ModuleList(nn.Linear(c, size, bias=False) for _ in range(3)) for _ in range(heads))
        self.proj = nn.Linear(c, c)

    def forward(self, x):
        b, t, c = x.shape
        if self.at_once:
            q, k, v = (part.view(b, t, self.count, c // self.count).transpose(1, 2)
                       for part in self.qkv(x).split(c, dim=2))
            y = attend(q, k, v, self.p, self.training).transpose(1, 2).reshape(b, t, c)
        else:
            y = torch.cat([written_out(q(x), k(x), v(x), self.p, self.training) for q, k, v in self.qkv], dim=-1)
        return F.dropout(self.proj(y), self.p, self.training)


class Block(nn.Module):
    def __init__(self, c, heads, p, at_once):
        super().__init__()
        self.sa = Attention(c, heads, p, at_once)
        self.ffwd = nn.Sequential(nn.Linear(c, 4 * c), nn.ReLU(), nn.Linear(4 * c, c), nn.Dropout(p))
        self.ln1, self.ln2 = nn.LayerNorm(c), nn.LayerNorm(c)

    def forward(self, x):
        x = x + self.sa(self.ln1(x))
        return x + self.ffwd(self.ln2(x))


class Gpt(nn.Module):
    def __init__(self, t, c, heads, layers, p, at_once):
        super().__init__()
        self.tokens, self.positions = nn.Embedding(VOCABULARY, c), nn.Embedding(t, c)
        self.blocks = nn.Sequential(*(Block(c, heads, p, at_once) for _ in range(layers)))
        self.norm, self.head = nn.LayerNorm(c), nn.Linear(c, VOCABULARY)

    def forward(self, ids):
        x = self.tokens(ids) + self.positions(torch.arange(ids.size(1)))
        return self.head(self.norm(self.blocks(x)))


def model(setting, at_once):
    b, t, c, heads, layers, p = SETTINGS[setting]
    torch.manual_seed(1337)
    return Gpt(t, c, heads, layers, p, at_once), b, t


def step(setting, how):
    net, b, t = model(setting, how != "loop")
    run = torch.compile(net) if how == "compiled" else net
    optimizer = torch.optim.AdamW(net.parameters(), lr=1e-3)
    ids = torch.randint(0, VOCABULARY, (b, t + 1))

    def one():
        logits = run(ids[:, :-1])
        loss = F.cross_entropy(logits.view(-1, VOCABULARY), ids[:, 1:].reshape(-1))
        optimizer.zero_grad(set_to_none=True)
        loss.backward()
        optimizer.step()

    return one


def generate(setting, how):
    """One character by the lecture's loop, whose window is full."""
    net, _, t = model(setting, how != "loop")
    net.eval()
    ids = torch.randint(0, VOCABULARY, (1, t))

    @torch.no_grad()
    def one():
        probabilities = F.softmax(net(ids[:, -t:])[:, -1, :], dim=-1)
        return torch.cat([ids, torch.multinomial(probabilities, 1)], dim=1)

    return one


def both_ways(f, *inputs):
    inputs = [x.requires_grad_() for x in inputs]
    with torch.no_grad():
        dy = torch.randn_like(f(*inputs))

    def one():
        for x in inputs:
            x.grad = None
        f(*inputs).backward(dy)

    return one


def part(name, setting):
    b, t, c, heads, layers, _ = SETTINGS[setting]
    x = torch.randn(b * t, c)
    if name == "attention":
        return both_ways(lambda q, k, v: attend(q, k, v, 0.0, True),
                         *(torch.randn(b, t, heads, c // heads).transpose(1, 2).detach() for _ in range(3)))
    if name in ("gelu", "gelu_tanh"):
        form = "tanh" if name == "gelu_tanh" else "none"
        return both_ways(lambda v: F.gelu(v, approximate=form), torch.randn(b * t, 4 * c))
    if name == "relu":
        return both_ways(F.relu, torch.randn(b * t, 4 * c))
    if name == "layer_norm":
        return both_ways(lambda v, w, bias: F.layer_norm(v, (c,), w, bias), x, torch.ones(c), torch.zeros(c))
    if name == "dropout":
        return both_ways(lambda v: F.dropout(v, 0.2), x)
    if name == "add":
        return both_ways(lambda v, w: v + w, x, torch.randn(b * t, c))
    if name == "embedding":
        ids = torch.randint(0, VOCABULARY, (b, t))
        return both_ways(lambda w: F.embedding(ids, w), torch.randn(VOCABULARY, c))
    net, _, _ = model(setting, True)
    optimizer = torch.optim.AdamW(net.parameters(), lr=1e-3)
    for p in net.parameters():
        p.grad = torch.randn_like(p)
    return optimizer.step


def median_us(run, times, threads):
    """Of processor time on one thread, which is the same on a busy machine, else of time."""
    clock = time.process_time if threads == 1 else time.perf_counter
    for _ in range(2 if times > 4 else 1):
        run()
    taken = []
    for _ in range(times):
        start = clock()
        run()
        taken.append(clock() - start)
    return statistics.median(taken) * 1e6


def main():
    print(json.dumps({"torch": re.match(r"[0-9.]*", torch.__version__)[0]}), flush=True)
    made = {}
    for line in sys.stdin:
        work, times, threads = line.split()
        torch.set_num_threads(int(threads))
        if work.endswith("compiled") and not hasattr(torch, "compile"):
            print("{}", flush=True)
            continue
        if work not in made:
            kind, *arguments = work.split(":")
            made.clear()  # a model's memory goes before the next is measured
            made[work] = {"step": step, "generate": generate}[kind](*arguments) if kind != "part" else part(*arguments)
        us = median_us(made[work], int(times), int(threads))
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        print(json.dumps({"us": us, "peak_mb": peak}), flush=True)


main()
