"""Writes variables.json: what PyTorch prints for tensors that need a gradient.

    python3 variables.py > variables.json        recorded with PyTorch 1.13.1

names: the name that PyTorch prints behind each op of x (3, 4). prints: dtype, shape and values (row-major) of a
leaf, the op taken of it, and the text.
"""
import json
import math
import random

import torch
import torch.nn.functional as F

rows = torch.tensor([0, 2])
places = torch.tensor([[0, 2, 1, 1]])
OPS = {
    "x + y": lambda x, y: x + y, "x + 2": lambda x, y: x + 2, "x - y": lambda x, y: x - y, "x - 2": lambda x, y: x - 2,
    "1 - x": lambda x, y: 1 - x, "x * y": lambda x, y: x * y, "x * 2": lambda x, y: x * 2, "x / y": lambda x, y: x / y,
    "x / 2": lambda x, y: x / 2, "-x": lambda x, y: -x, "pow 2": lambda x, y: x ** 2, "pow y": lambda x, y: x ** y,
    "2 pow": lambda x, y: 2 ** x, "atan2": torch.atan2, "maximum": torch.maximum, "minimum": torch.minimum,
    "where": lambda x, y: torch.where(x.detach() > 0.5, x, y),
    "masked_fill": lambda x, y: x.masked_fill(x.detach() > 0.5, 0),
    "abs": lambda x, y: x.abs(), "square": lambda x, y: x.square(), "relu": lambda x, y: x.relu(),
    "clamp": lambda x, y: x.clamp(0, 1), "exp": lambda x, y: x.exp(), "log": lambda x, y: x.log(),
    "log1p": lambda x, y: x.log1p(), "sqrt": lambda x, y: x.sqrt(), "rsqrt": lambda x, y: x.rsqrt(),
    "reciprocal": lambda x, y: x.reciprocal(), "sin": lambda x, y: x.sin(), "cos": lambda x, y: x.cos(),
    "tanh": lambda x, y: x.tanh(), "erf": lambda x, y: x.erf(), "sigmoid": lambda x, y: x.sigmoid(),
    "gelu": lambda x, y: F.gelu(x), "sign": lambda x, y: x.sign(), "floor": lambda x, y: x.floor(),
    "ceil": lambda x, y: x.ceil(), "round": lambda x, y: x.round(),
    "sum": lambda x, y: x.sum(), "sum 1": lambda x, y: x.sum(1), "mean": lambda x, y: x.mean(),
    "mean 1": lambda x, y: x.mean(1), "var": lambda x, y: x.var(1), "stddev": lambda x, y: x.std(1),
    "norm": lambda x, y: x.norm(dim=1), "logsumexp": lambda x, y: x.logsumexp(1), "amax": lambda x, y: x.amax(1),
    "amin": lambda x, y: x.amin(1), "max": lambda x, y: x.max(1).values, "min": lambda x, y: x.min(1).values,
    "cumsum": lambda x, y: x.cumsum(1), "dot": lambda x, y: x[0] @ y[0], "mv": lambda x, y: x @ y[0],
    "mm": lambda x, y: x @ y.t(), "bmm": lambda x, y: x[None] @ y.t(),
    "addmm": lambda x, y: torch.addmm(y[0, :3], x, y.t()), "softmax": lambda x, y: x.softmax(1),
    "log_softmax": lambda x, y: x.log_softmax(1), "view": lambda x, y: x.view(2, 6),
    "reshape": lambda x, y: x.reshape(2, 6), "flatten": lambda x, y: x.flatten(),
    "transpose": lambda x, y: x.transpose(0, 1), "t": lambda x, y: x.t(), "permute": lambda x, y: x.permute(1, 0),
    "x[0]": lambda x, y: x[0], "x[0, 1]": lambda x, y: x[0, 1], "narrow": lambda x, y: x.narrow(0, 0, 1),
    "x[1:]": lambda x, y: x[1:], "x[1:, 0]": lambda x, y: x[1:, 0], "x[:, 1:]": lambda x, y: x[:, 1:],
    "x[0, :]": lambda x, y: x[0, :], "x[...]": lambda x, y: x[...], "x[:, None]": lambda x, y: x[:, None],
    "squeeze": lambda x, y: x.squeeze(), "squeeze 1": lambda x, y: x.squeeze(1), "unsqueeze": lambda x, y: x.unsqueeze(0),
    "expand": lambda x, y: x.expand(2, 3, 4), "unbind": lambda x, y: x.unbind(0)[0], "split": lambda x, y: x.split(2)[0],
    "diagonal": lambda x, y: x.diagonal(), "clone": lambda x, y: x.clone(), "contiguous": lambda x, y: x.t().contiguous(),
    "cat": lambda x, y: torch.cat([x, y]), "stack": lambda x, y: torch.stack([x, y]), "flip": lambda x, y: x.flip(0),
    "tril": lambda x, y: x.tril(), "triu": lambda x, y: x.triu(), "x[ids]": lambda x, y: x[rows],
    "x[:, ids]": lambda x, y: x[:, rows], "x[mask]": lambda x, y: x[x.detach() > 0.5],
    "index_add": lambda x, y: x.index_put((rows,), y[1:], accumulate=True), "gather": lambda x, y: x.gather(0, places),
    "scatter_add": lambda x, y: x.scatter_add(0, places, y),
    "masked_select": lambda x, y: x.masked_select(x.detach() > 0.5), "sort": lambda x, y: x.sort(1).values,
    "topk": lambda x, y: x.topk(2).values, "linear": lambda x, y: F.linear(x, y, y[0, :3]),
    "linear 1": lambda x, y: F.linear(x[0], y, y[0, :3]), "linear 3": lambda x, y: F.linear(x[None], y, y[0, :3]),
    "embedding": lambda x, y: F.embedding(rows, x), "cross_entropy": lambda x, y: F.cross_entropy(x, torch.tensor([0, 1, 2])),
    "mse_loss": F.mse_loss, "batch_norm": lambda x, y: F.batch_norm(x, None, None, y[0], y[1], True),
    "layer_norm": lambda x, y: F.layer_norm(x, [4], y[0], y[1]), "dropout": lambda x, y: F.dropout(x, 0.5),
    "2 / x": lambda x, y: 2 / x, "remainder": torch.remainder, "remainder 2": lambda x, y: x % 2,
    "max of all": lambda x, y: x.max(), "min of all": lambda x, y: x.min(), "var_mean": lambda x, y: torch.var_mean(x, 1)[0],
    "mean of var_mean": lambda x, y: torch.var_mean(x, 1)[1], "sum_to": lambda x, y: x.sum_to_size(1, 4),
    "vecmat": lambda x, y: x[0] @ y.t(), "vec bmm": lambda x, y: x[0] @ y.t()[None], "linear 1 without bias": lambda x, y: F.linear(x[0], y),
    "linear without bias": lambda x, y: F.linear(x, y), "linear 3 without bias": lambda x, y: F.linear(x[None], y),
    "reshape, a copy": lambda x, y: x.t().reshape(2, 6), "reshape of a transposed, a view": lambda x, y: x.t().reshape(4, 3, 1),
    "flatten, a copy": lambda x, y: x.t().flatten(),
}
PRINTED = {"leaf": lambda x: x, "-x": lambda x: -x, "x * 2": lambda x: x * 2, "relu": lambda x: x.relu(),
           "flatten": lambda x: x.view(-1), "x[ids]": lambda x: x[torch.zeros(2, dtype=torch.int64)]}


def printed(rng):
    dtype = rng.choice(["float32", "float64"])
    shape = [rng.choice([1, 2, 3, 5, 6, 7, 8, 9, 13, 0]) for _ in range(rng.randint(0, 3))]
    scale = rng.choice([1, 1, 1000, 1e-5, 1e12])
    values = torch.tensor([rng.gauss(0, 1) * scale for _ in range(math.prod(shape))], dtype=getattr(torch, dtype))
    leaf = values.reshape(shape).requires_grad_()
    op = rng.choice([name for name in PRINTED if name != "x[ids]" or (shape and shape[0] > 0)])
    return {"dtype": dtype, "shape": shape, "values": values.tolist(), "op": op, "text": str(PRINTED[op](leaf))}


def main():
    rng = random.Random(1)
    x, y = torch.rand(3, 4, requires_grad=True), torch.rand(3, 4, requires_grad=True)
    names = {op: type(f(x, y).grad_fn).__name__ for op, f in OPS.items()}
    cases = []
    while len(cases) < 60:
        case = printed(rng)
        if len(json.dumps(case)) < 3000:
            cases.append(case)
    lines = ",\n".join(json.dumps(each) for each in cases)
    print('{"names":\n' + json.dumps(names) + ',\n"prints": [\n' + lines + "\n]}")


main()
