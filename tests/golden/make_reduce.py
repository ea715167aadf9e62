"""Records PyTorch's reductions, softmax, order and histograms on small inputs: python3 make_reduce.py > reduce.json

Numbers are written so that they read back exactly; NaN and infinities are strings.
"""

import json
import math

import torch


def numbers(x):
    def exact(v):
        return float(f"{v:.9g}") if math.isfinite(v) else str(v)

    return {"shape": list(x.shape), "values": [exact(v) for v in x.flatten().tolist()]}


torch.manual_seed(2147483647)
nan, inf = float("nan"), float("inf")
inputs = {
    "scalar": torch.tensor(-2.5),
    "vector": torch.randn(67),
    "long": torch.randn(700),
    "matrix": torch.randn(5, 7),
    "cube": torch.randn(3, 4, 5),
    "ties": torch.tensor([[2.0, 1.0, 2.0, 1.0], [0.0, -0.0, 0.0, -0.0], [3.0, 3.0, 3.0, 3.0]]),
    "special": torch.tensor([[1.0, nan, 3.0, nan], [inf, 1.0, -inf, 2.0], [-inf, -inf, -inf, -inf], [inf, 2.0, inf, 3.0]]),
    "masked": torch.tensor([[-inf, 1.0, 2.0], [0.5, -inf, -inf]]),
    "extreme": torch.tensor([[1e4, -1e4, 0.0], [-1e4, -1e4, -1e4], [1e4, 1e4, 9999.0]]),
}
cases = []


def record(op, name, result, **arguments):
    results = [result] if torch.is_tensor(result) else list(result)
    cases.append({"op": op, "input": name, **arguments, "results": [numbers(r.double()) for r in results]})


for name, x in inputs.items():
    axes_of = [[]] + [[a] for a in range(-x.dim(), x.dim())] + ([[0, 2], [1, 2], [-3, -2]] if x.dim() == 3 else [])
    for axes in axes_of:
        dims = axes if axes else list(range(x.dim()))
        for keepdim in (False, True):
            arguments = {"axes": axes, "keepdim": keepdim}
            record("sum", name, x.sum(dims, keepdim), **arguments)
            record("mean", name, x.mean(dims, keepdim), **arguments)
            record("amax", name, x.amax(dims, keepdim), **arguments)
            record("amin", name, x.amin(dims, keepdim), **arguments)
            record("norm", name, torch.linalg.vector_norm(x, dim=dims, keepdim=keepdim), **arguments)
            record("logsumexp", name, x.logsumexp(dims, keepdim), **arguments)
            for unbiased in (False, True):
                record("var", name, x.var(dims, unbiased, keepdim), unbiased=unbiased, **arguments)
    for axis in range(-max(x.dim(), 1), max(x.dim(), 1)) if name != "long" else []:
        record("max", name, x.max(axis), axis=axis)
        record("min", name, x.min(axis), axis=axis)
        record("argmax", name, x.argmax(axis), axis=axis)
        record("argmin", name, x.argmin(axis), axis=axis)
        record("cumsum", name, x.cumsum(axis), axis=axis)
        record("softmax", name, x.softmax(axis), axis=axis)
        record("log_softmax", name, x.log_softmax(axis), axis=axis)
        for descending in (False, True):
            record("sort", name, x.sort(stable=True, dim=axis, descending=descending), axis=axis, descending=descending)

for name, bins, low, high in [("vector", 10, 0, 0), ("long", 50, 0, 0), ("long", 7, -1, 1.5), ("ties", 3, 0, 0),
                              ("ties", 4, 0, 4), ("scalar", 5, 0, 0), ("extreme", 5, 0, 0)]:
    counts, edges = torch.histogram(inputs[name], bins, range=(low, high) if low != high else None)
    record("histogram", name, (counts, edges), bins=bins, low=low, high=high)

recorded = {"torch": torch.__version__, "inputs": {k: numbers(v.double()) for k, v in inputs.items()}, "cases": cases}
print(json.dumps(recorded, separators=(",", ":")))
