"""Training steps of the lectures in PyTorch: the other side of train_step_bench.

Says {"torch": version}, and then answers each line "WORK STEPS THREADS" with {"us": median microseconds of a step}.
Without torch it exits with 77, having said nothing.
"""
import json
import pathlib
import re
import statistics
import sys
import time

try:
    import torch
    import torch.nn.functional as F
except ImportError:
    sys.exit(77)
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "tests" / "golden"))

g = torch.Generator().manual_seed(2147483647)
EXAMPLES, BATCH, LR = 182625, 32, 0.1


def examples(block):
    x = torch.randint(0, 27, (EXAMPLES, block), generator=g)
    y = torch.randint(0, 27, (EXAMPLES,), generator=g)
    return x, y


def parameters(*shapes):
    return [(torch.randn(s, generator=g) * 0.1).requires_grad_() for s in shapes]


def descend(params, loss):
    for p in params:
        p.grad = None
    loss.backward()
    for p in params:
        p.data += -LR * p.grad


def mlp(batch):
    x, y = examples(3)
    C, W1, b1, W2, b2 = params = parameters((27, 10), (30, 200), (200,), (200, 27), (27,))

    def step():
        ix = torch.randint(0, EXAMPLES, (int(batch),), generator=g)
        h = torch.tanh(C[x[ix]].view(-1, 30) @ W1 + b1)
        descend(params, F.cross_entropy(h @ W2 + b2, y[ix]))

    return step


def batchnorm():
    x, y = examples(3)
    C, W1, W2, b2, gain, bias = params = parameters((27, 10), (30, 200), (200, 27), (27,), (1, 200), (1, 200))
    mean_running, std_running = torch.zeros(1, 200), torch.ones(1, 200)

    def step():
        nonlocal mean_running, std_running
        ix = torch.randint(0, EXAMPLES, (BATCH,), generator=g)
        before = C[x[ix]].view(-1, 30) @ W1
        mean, std = before.mean(0, keepdim=True), before.std(0, keepdim=True)
        h = torch.tanh(gain * (before - mean) / std + bias)
        with torch.no_grad():
            mean_running = 0.999 * mean_running + 0.001 * mean
            std_running = 0.999 * std_running + 0.001 * std
        descend(params, F.cross_entropy(h @ W2 + b2, y[ix]))

    return step


def module_step(net, x, y):
    params = list(net.parameters())

    def step():
        ix = torch.randint(0, EXAMPLES, (BATCH,), generator=g)
        descend(params, F.cross_entropy(net(x[ix]), y[ix]))

    return step


def deep():
    layers = [torch.nn.Embedding(27, 10), torch.nn.Flatten()]
    for size in (30, 100, 100, 100, 100):
        layers += [torch.nn.Linear(size, 100, bias=False), torch.nn.BatchNorm1d(100), torch.nn.Tanh()]
    layers += [torch.nn.Linear(100, 27, bias=False), torch.nn.BatchNorm1d(27)]
    return module_step(torch.nn.Sequential(*layers), *examples(3))


class FlattenConsecutive(torch.nn.Module):
    def forward(self, x):
        b, t, c = x.shape
        return x.view(b, t // 2, c * 2).squeeze(1)


class ChannelsLast(torch.nn.Module):
    def __init__(self, size):
        super().__init__()
        self.norm = torch.nn.BatchNorm1d(size)

    def forward(self, x):
        return self.norm(x.flatten(0, -2)).view(x.shape)


def wavenet():
    layers = [torch.nn.Embedding(27, 24)]
    for size in (48, 256, 256):
        layers += [FlattenConsecutive(), torch.nn.Linear(size, 128, bias=False), ChannelsLast(128), torch.nn.Tanh()]
    layers += [torch.nn.Linear(128, 27)]
    return module_step(torch.nn.Sequential(*layers), *examples(8))


def bigram_net():
    n = 228146
    x, y = torch.randint(0, 27, (n,), generator=g), torch.randint(0, 27, (n,), generator=g)
    (W,) = params = parameters((27, 27))

    def step():
        counts = (F.one_hot(x, 27).float() @ W).exp()
        p = counts / counts.sum(1, keepdim=True)
        descend(params, -p[torch.arange(n), y].log().mean() + 0.01 * (W**2).mean())

    return step


def zoo(kind):
    from reference.makemore import loss_of, make_model

    model = make_model(kind, 27, 16)
    x = torch.randint(0, 27, (EXAMPLES, 16), generator=g)
    optimizer = torch.optim.AdamW(model.parameters(), 5e-4)

    def step():
        rows = x[torch.randint(0, EXAMPLES, (BATCH,), generator=g)]
        optimizer.zero_grad(set_to_none=True)
        loss_of(model, rows, rows).backward()
        optimizer.step()

    return step


def thousand(x, op):
    def step():
        y = x
        for _ in range(1000):
            y = op(y, x)
        x.grad = None
        y.backward()

    return step


def additions():
    return thousand(torch.ones(1, requires_grad=True), torch.add)


def products():
    return thousand(torch.ones(1, 1, requires_grad=True), torch.matmul)


def median_us(step, steps):
    for _ in range(max(2, steps // 5)):
        step()
    times = []
    for _ in range(steps):
        start = time.perf_counter()
        step()
        times.append(time.perf_counter() - start)
    return statistics.median(times) * 1e6


def main():
    print(json.dumps({"torch": re.match(r"[0-9.]*", torch.__version__)[0]}), flush=True)
    made = {}
    for line in sys.stdin:
        work, steps, threads = line.split()
        torch.set_num_threads(int(threads))
        if work not in made:
            name, _, size = work.partition(":")
            made[work] = globals()[name](*filter(None, [size]))
        print(json.dumps({"us": median_us(made[work], int(steps))}), flush=True)


main()
