"""Records PyTorch's results and gradients at the edges of the numbers: python3 make_extremes.py > extremes.json

NaN, infinities, zeros of both signs, ties, and what is nearly too large or too small for a float. The gradient is that of the
sum. Numbers are written so that they read back exactly; NaN and infinities are strings.
"""

import json
import math

import torch
import torch.nn.functional as F

nan, inf = float("nan"), float("inf")


def numbers(x):
    def exact(v):
        return float(f"{v:.9g}") if math.isfinite(v) else str(v)

    return {"shape": list(x.shape), "values": [exact(v) for v in x.double().flatten().tolist()]}


special = [nan, inf, -inf, 0.0, -0.0, 1.0, -1.0, 0.5, -0.5, 2.0, -2.0, 3.0, 20.0, -20.0, 88.0, -88.0, 104.0, -104.0, 1e-3,
           1e-20, -1e-20, 1e-38, 1e20, -1e20, 3e38, -3e38]
few = [nan, inf, -inf, 0.0, -0.0, 1.0, -1.0, 0.5, 2.0, -3.0, 1e20, 1e-20]
inputs = {
    "special": torch.tensor(special),
    "finite": torch.tensor([x for x in special if abs(x) < 1e9]),
    "first": torch.tensor([a for a in few for _ in few]),
    "second": torch.tensor([b for _ in few for b in few]),
    "rows": torch.tensor([[1.0, nan, 3.0, nan], [inf, 1.0, -inf, 2.0], [-inf, -inf, -inf, -inf], [inf, inf, inf, inf],
                          [-inf, 1.0, 2.0, -inf], [2.0, 1.0, 2.0, 1.0], [0.0, -0.0, 0.0, -0.0],
                          [1e4, -1e4, 0.0, 9999.0], [3.0, 3.0, 3.0, 3.0], [nan, nan, nan, nan]]),
    "large": torch.tensor([[1e20, 1.0, 1.0, -1e20], [3e37, 3e37, -3e37, 1.0], [1e-20, 2e-20, 0.0, -1e-20]]),
    "single": torch.tensor([[nan], [inf], [-inf], [0.0], [2.0]]),
    "logits": torch.tensor([[1.0, -0.5, 2.0], [-3.0, 1.0, 0.0], [30.0, 1.0, -30.0], [0.0, 100.0, 200.0]]),
    "gap": torch.tensor([[1.0, -inf, 2.0], [-inf, 1.0, -inf], [3e38, 1.0, -3e38], [0.0, 100.0, 200.0]]),
}
cases = []


def steps(x):  # a weight for each column, so that the gradient of a sum is not that of a constant
    return torch.arange(1, x.size(1) + 1)


def record(op, names, f, **arguments):
    leaves = [inputs[name].clone().requires_grad_() for name in names]
    y = f(*leaves)
    y.sum().backward()
    cases.append({"op": op, "inputs": names, **arguments, "y": numbers(y.detach()),
                  "grads": [numbers(x.grad) for x in leaves]})


for op in ("neg", "abs", "square", "relu", "exp", "log", "log1p", "sqrt", "rsqrt", "reciprocal", "sin", "cos", "tanh", "erf",
           "sigmoid"):
    record(op, ["special"], getattr(torch, op))
# PyTorch's gelu of -inf is NaN, and so are gradients far out; its norm's squares overflow. Ours are right.
record("gelu", ["finite"], F.gelu)
record("gelu_tanh", ["finite"], lambda x: F.gelu(x, approximate="tanh"))
for low, high in ((-1, 1), (0, 2), (2, -2)):
    record("clamp", ["special"], lambda x: x.clamp(low, high), low=low, high=high)
for exponent in (0, 1, 2, 3, 0.5, -0.5, -1, 1.5, -2):
    record("pow_scalar", ["special"], lambda x: x ** exponent, exponent=exponent)
for op in ("add", "sub", "mul", "div", "pow", "atan2", "maximum", "minimum"):
    record(op, ["first", "second"], getattr(torch, op))
record("where", ["first", "second"], lambda a, b: torch.where(a > b, a, b))
for name in ("rows", "single", "large"):
    for op in ("sum", "mean", "amax", "amin"):
        record(op, [name], lambda x: getattr(x, op)(1))
    if name != "large":
        record("norm", [name], lambda x: torch.linalg.vector_norm(x, dim=1))
    record("logsumexp", [name], lambda x: x.logsumexp(1))
    for unbiased in (False, True):
        record("var", [name], lambda x: x.var(1, unbiased), unbiased=unbiased)
        record("stddev", [name], lambda x: x.std(1, unbiased), unbiased=unbiased)
    record("max", [name], lambda x: x.max(1).values)
    record("min", [name], lambda x: x.min(1).values)
    record("cumsum", [name], lambda x: x.cumsum(1))
    for op in ("softmax", "log_softmax"):
        record(op, [name], lambda x: getattr(x, op)(1) * steps(x))
    for descending in (False, True):
        record("sort", [name], lambda x: x.sort(dim=1, descending=descending, stable=True).values * steps(x), descending=descending)
record("cross_entropy", ["gap"], lambda x: F.cross_entropy(x, torch.tensor([2, 1, 0, 0])), targets=[2, 1, 0, 0])
record("cross_entropy", ["gap"], lambda x: F.cross_entropy(x, torch.tensor([1, 1, 0, 0])), targets=[1, 1, 0, 0])
for weight in (None, [1.0, 2.0, 0.5]):
    for smoothing in (0.0, 0.1):
        for reduction in ("none", "mean", "sum"):
            for ignored in (-100, 1):
                record("cross_entropy_options", ["logits"],
                       lambda x: F.cross_entropy(x, torch.tensor([2, 1, 0, 0]), weight and torch.tensor(weight), reduction=reduction,
                                                 ignore_index=ignored, label_smoothing=smoothing),
                       weight=weight, smoothing=smoothing, reduction=reduction, ignored=ignored)
record("mse_loss", ["first", "second"], F.mse_loss)

print(json.dumps({"torch": torch.__version__, "inputs": {name: numbers(x) for name, x in inputs.items()}, "cases": cases}))
