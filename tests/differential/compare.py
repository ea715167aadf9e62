#!/usr/bin/env python3
"""Runs the programs of differential_programs again in PyTorch, and compares every step.

    compare.py PROGRAM [--seed S] [--programs N] [--first I] [--headers DIR] [--brief] [--self-test]

Shapes, types, integers, bools, NaN and infinities must agree exactly, and a step must fail here where it failed there.
Floats may differ by TOLERANCE. After each step PyTorch goes on with libtensor's numbers, so each op is
judged on equal operands, and rounding never adds up to a false alarm.

Exit code: 0 where all agree, 1 where something differs, 77 (skipped) where PyTorch is absent. With --self-test, results
are changed on purpose, and every change must be reported.
"""

import argparse
import collections
import json
import os
import pathlib
import re
import subprocess
import sys
import warnings

SKIPPED = 77
try:
    import numpy as np
    import torch
    import torch.nn.functional as F
except ImportError:
    # The first python3 on the path need not be the one that has PyTorch.
    if sys.executable != "/usr/bin/python3" and pathlib.Path("/usr/bin/python3").exists():
        os.execv("/usr/bin/python3", ["/usr/bin/python3", *sys.argv])
    print("skipped: no PyTorch here (Debian: python3-torch)")
    sys.exit(SKIPPED)

warnings.filterwarnings("ignore")
torch.set_num_threads(1)

TYPES = {"float32": torch.float32, "float64": torch.float64, "int64": torch.int64, "bool": torch.bool}


# ---------------------------------------------------------------- what PyTorch 1.13 words differently

def axes_of(x, axes):
    """{} means all axes; PyTorch 1.13 says so by naming them (some of its reductions take () as none)."""
    return axes if axes else list(range(x.dim()))


def over(x, axes):
    """How many numbers each result sums."""
    count = 1
    for axis in axes_of(x, axes):
        count *= x.shape[axis] if x.dim() else 1
    return count


def need(condition, text):
    if not condition:
        raise IndexError(text)


def any_of(x, axes, keep):  # torch.any takes one axis only
    return x.to(torch.int64).sum(axes_of(x, axes), keep) > 0


def overflows(x, y):
    """Where the quotient of floats is infinite; PyTorch's vectors have NaN there, its scalars what C has."""
    return (x / y).isinf() & x.isfinite() & (y != 0)


def floor_divide(x, y):
    """The smallest integer divided by -1 is a trap of the processor that PyTorch 1.13 steps into, and dies."""
    if x.is_floating_point():
        return torch.where(overflows(x, y), x / y, torch.div(x, y, rounding_mode="floor"))
    return torch.where(y == -1, -x, torch.div(x, y.masked_fill(y == -1, 1), rounding_mode="floor"))


def remainder(x, y):
    if x.is_floating_point():
        by_scalars = torch.from_numpy(np.asarray(np.remainder(x.numpy(), y.numpy())))
        return torch.where(overflows(x, y), by_scalars, torch.remainder(x, y))
    return torch.remainder(x, y.masked_fill(y == -1, 1))  # the same trap


def slice_of(x, axis, start, stop, step):
    need(x.dim() > 0, "a scalar has no axis")
    places = [slice(None)] * x.dim()
    places[axis] = slice(start, stop, step)
    return x[tuple(places)]


def at(x, i, j):
    need(x.dim() == 2, "two indices for two axes")
    return x[i, j]


def index_put(x, ids, values):
    """PyTorch leaves open which of several values for one place stays; libtensor says the last. So one at a time."""
    x.clone().index_put_(tuple(ids), values)  # the errors
    for count, place in enumerate(np.ndindex(*np.broadcast_shapes(*[i.shape for i in ids]))):
        if count == 0:
            rows = values.clone().expand(x[tuple(ids)].shape)
        x.index_put_(tuple(i.expand(rows.shape[:len(place)])[place] for i in ids), rows[place])
    return x


def set_item(x, key, value):
    x[key]  # ids out of range are refused before anything is written
    x[key] = value
    return x


def without_leading_ones(x, rank):
    """What assignment drops of the values' axes, so that they have no more than the rows."""
    while x.dim() > rank and x.shape[0] == 1:
        x = x[0]
    return x


def put_into(part, y):
    return part.copy_(without_leading_ones(y, part.dim()).clone())


def assigned(x, _):
    """x, once a part of it was written."""
    return x


def histogram(x, bins, low, high):
    """libtensor takes x's own range where the bounds are equal, as torch.histc; NaN is in no bin, where PyTorch 1.13
    counts it in an arbitrary one."""
    return histogram_own(x, bins) if low == high else torch.histogram(x[~x.isnan()], bins, range=(low, high))


def histogram_own(x, bins):
    """Where PyTorch's last edge rounds to below the largest number, it leaves that number out."""
    counts, edges = torch.histogram(x, bins)
    if x.numel() > 0 and edges[-1] < x.max():
        counts[-1] += (x == x.max()).sum()
    return counts, edges


def topk(x, axis, k):
    """Of equal numbers PyTorch takes any; libtensor the first, as a stable sort does."""
    torch.topk(x.to(torch.int8) if x.dtype == torch.bool else x, k, axis)  # the errors; it knows no bool
    values, indices = torch.sort(x, stable=True, dim=axis, descending=True)
    return values.narrow(axis, 0, k) if x.dim() else values, indices.narrow(axis, 0, k) if x.dim() else indices


# ---------------------------------------------------------------- the menu
# name: a function of the type that was drawn (t) and the step's arguments. Views share memory and in-place ops write;
# both are used as they are. What other ops return is made dense and row-major first, as libtensor's results are.

VIEWS = {
    "view": lambda t, x, shape: x.view(shape),
    "reshape": lambda t, x, shape: x.reshape(shape),
    "transpose": lambda t, x, a, b: x.transpose(a, b),
    "t": lambda t, x: x.t(),
    "permute": lambda t, x, axes: x.permute(axes),
    "select": lambda t, x, a, i: x.select(a, i),
    "row": lambda t, x, i: x[i],
    "narrow": lambda t, x, a, i, n: x.narrow(a, i, n),
    "slice": lambda t, x, a, i, j, s: slice_of(x, a, i, j, s),
    "squeeze": lambda t, x: x.squeeze(),
    "squeeze_axis": lambda t, x, a: x.squeeze(a),
    "unsqueeze": lambda t, x, a: x.unsqueeze(a),
    "expand": lambda t, x, shape: x.expand(shape),
    "unbind": lambda t, x, a: x.unbind(a),
    "split": lambda t, x, n, a: x.split(n, a),
    "diagonal": lambda t, x: x.diagonal(),
    "contiguous": lambda t, x: x.contiguous(),
    "getitem": lambda t, x, a, i, j, k: x[i:j, None, ..., k],
    "flatten": lambda t, x, a, b: x.flatten(a, b),
}

# PyTorch refuses, or leaves open, an operand that overlaps what is written; libtensor reads it as it was before.
IN_PLACE = {
    "fill_": lambda t, x, s: x.fill_(s),
    "zero_": lambda t, x: x.zero_(),
    "copy_": lambda t, x, y: x.copy_(y.clone()),
    "iadd_": lambda t, x, y: x.add_(y.clone()),
    "isub_": lambda t, x, y: x.sub_(y.clone()),
    "imul_": lambda t, x, y: x.mul_(y.clone()),
    "idiv_": lambda t, x, y: x.div_(y.clone()),
    "iadd_scalar_": lambda t, x, s: x.add_(s),
    "isub_scalar_": lambda t, x, s: x.sub_(s),
    "imul_scalar_": lambda t, x, s: x.mul_(s),
    "idiv_scalar_": lambda t, x, s: x.div_(s),
    "add_": lambda t, x, y, s: x.add_(y.clone(), alpha=s),
    "index_put_": lambda t, x, ids, y: index_put(x, ids, y),
    "index_add_": lambda t, x, ids, y: x.index_put_(tuple(ids), y.clone(), accumulate=True),
    "assign_row_": lambda t, x, i, s: set_item(x, i, s),
    "assign_slice_": lambda t, x, a, i, j, s: assigned(x, slice_of(x, a, i, j, 1).fill_(s)),
    "assign_to_slice_": lambda t, x, a, i, y: assigned(x, put_into(slice_of(x, a, i, 2**63 - 1, 1), y)),
    "assign_rows_": lambda t, x, ids, s: set_item(x, ids, s),
    "assign_to_rows_": lambda t, x, ids, y: index_put(x, [ids], without_leading_ones(y, x[ids].dim())),
    "iadd_rows_": lambda t, x, ids, s: set_item(x, ids, x[ids] + s),
    "assign_masked_": lambda t, x, mask, s: set_item(x, mask, s),
    "imul_masked_": lambda t, x, mask, s: set_item(x, mask, x[mask] * s),
}

FRESH = {
    "full": lambda t, shape, s: torch.full(shape, s, dtype=t),
    "zeros": lambda t, shape: torch.zeros(shape, dtype=t),
    "ones": lambda t, shape: torch.ones(shape, dtype=t),
    "zeros_like": lambda t, x: torch.zeros_like(x),
    "ones_like": lambda t, x: torch.ones_like(x),
    "scalar": lambda t, s: torch.tensor(s, dtype=t),
    "tensor": lambda t, a, b, c, d: torch.tensor([[a, b], [c, d]], dtype=t),
    "from_vector": lambda t, a, b, shape: torch.tensor([a, b], dtype=t).view(torch.zeros(shape).shape),
    "arange": lambda t, a, b, s: torch.arange(a, b, s, dtype=t),
    "linspace": lambda t, a, b, n: torch.linspace(a, b, n, dtype=t),
    "eye": lambda t, n: torch.eye(n, dtype=t),
    "clone": lambda t, x: x.clone(),
    "cast_float32": lambda t, x: x.float(),
    "cast_float64": lambda t, x: x.double(),
    "cast_int64": lambda t, x: x.long(),
    "cast_bool": lambda t, x: x.bool(),
    "item": lambda t, x: torch.tensor(x.item(), dtype=t),
    "at": lambda t, x, a, i, j: at(x, i, j),
    "add": lambda t, x, y: x + y,
    "sub": lambda t, x, y: x - y,
    "mul": lambda t, x, y: x * y,
    "div": lambda t, x, y: x / y,
    "pow": lambda t, x, y: x ** y,
    "pow_scalar": lambda t, x, s: x ** s,
    "atan2": lambda t, y, x: torch.atan2(y, x),
    "maximum": lambda t, x, y: torch.maximum(x, y),
    "minimum": lambda t, x, y: torch.minimum(x, y),
    "floor_divide": lambda t, x, y: floor_divide(x, y),
    "remainder": lambda t, x, y: remainder(x, y),
    "add_scalar": lambda t, x, s: s + (x + s),
    "sub_scalar": lambda t, x, s: s - (x - s),
    "mul_scalar": lambda t, x, s: s * (x * s),
    "div_scalar": lambda t, x, s: torch.full((), s, dtype=t) / (x / s),  # s / x would be s * (1 / x)
    "equals": lambda t, x, y: x == y,
    "not_equals": lambda t, x, y: x != y,
    "less": lambda t, x, y: x < y,
    "less_equal": lambda t, x, y: x <= y,
    "greater": lambda t, x, y: x > y,
    "greater_equal": lambda t, x, y: x >= y,
    "equals_scalar": lambda t, x, s: (s == x) ^ (x != s),
    "less_scalar": lambda t, x, s: (x < s) ^ (s <= x),
    "greater_scalar": lambda t, x, s: (x >= s) ^ (s > x),
    "logical_and": lambda t, x, y: x & y,
    "logical_or": lambda t, x, y: x | y,
    "logical_xor": lambda t, x, y: x ^ y,
    "logical_not": lambda t, x: ~x,
    "where": lambda t, x, y, condition: torch.where(condition, x, y),
    "masked_fill": lambda t, x, mask, s: x.masked_fill(mask, s),
    "neg": lambda t, x: -x,
    "abs": lambda t, x: x.abs(),
    "sign": lambda t, x: x.sign(),
    "square": lambda t, x: x.square(),
    "relu": lambda t, x: x.relu(),
    "clamp": lambda t, x, low, high: x.clamp(low, high),
    "exp": lambda t, x: x.exp(),
    "log": lambda t, x: x.log(),
    "log1p": lambda t, x: x.log1p(),
    "sqrt": lambda t, x: x.sqrt(),
    "rsqrt": lambda t, x: x.rsqrt(),
    "reciprocal": lambda t, x: x.reciprocal(),
    "sin": lambda t, x: x.sin(),
    "cos": lambda t, x: x.cos(),
    "tanh": lambda t, x: x.tanh(),
    "erf": lambda t, x: x.erf(),
    "sigmoid": lambda t, x: x.sigmoid(),
    "floor": lambda t, x: x.floor(),
    "ceil": lambda t, x: x.ceil(),
    "round": lambda t, x: x.round(),
    "isnan": lambda t, x: x.isnan(),
    "isinf": lambda t, x: x.isinf(),
    "isfinite": lambda t, x: x.isfinite(),
    "sum": lambda t, x, axes, keep: x.sum(axes_of(x, axes), keep),
    "mean": lambda t, x, axes, keep: x.mean(axes_of(x, axes), keep),
    "var": lambda t, x, axes, unbiased, keep: x.var(axes_of(x, axes), unbiased, keep),
    "var_mean": lambda t, x, axes, unbiased, keep: torch.var_mean(x, axes_of(x, axes), unbiased, keep)[0],
    "stddev": lambda t, x, axes, unbiased, keep: x.std(axes_of(x, axes), unbiased, keep),
    "norm": lambda t, x, axes, keep: torch.linalg.vector_norm(x, dim=axes_of(x, axes), keepdim=keep),
    "logsumexp": lambda t, x, axes, keep: torch.logsumexp(x, axes_of(x, axes), keep),
    "amax": lambda t, x, axes, keep: x.amax(axes_of(x, axes), keep),
    "amin": lambda t, x, axes, keep: x.amin(axes_of(x, axes), keep),
    "max": lambda t, x, axis, keep: x.max(axis, keep),
    "min": lambda t, x, axis, keep: x.min(axis, keep),
    "argmax": lambda t, x, axis, keep: x.argmax(axis, keep),
    "argmin": lambda t, x, axis, keep: x.argmin(axis, keep),
    "argmax_all": lambda t, x: x.argmax(),
    "argmin_all": lambda t, x: x.argmin(),
    "all": lambda t, x, axes, keep: ~any_of(~x, axes, keep),
    "any": lambda t, x, axes, keep: any_of(x, axes, keep),
    "count_nonzero": lambda t, x: x.count_nonzero(),
    "cumsum": lambda t, x, axis: x.cumsum(axis),
    "sum_to": lambda t, x, shape: x.sum_to_size(shape),
    "equal": lambda t, x, y: torch.tensor(torch.equal(x, y) or not torch.equal(x, x)),
    "allclose": lambda t, x, y: torch.tensor(torch.allclose(x, y) or torch.allclose(x, y, 0.5, 1)),
    "matmul": lambda t, x, y: x @ y,
    "matmul_t": lambda t, x, y: y.transpose(-1, 0) @ x.transpose(0, -1),
    "matmul_tn": lambda t, x, y: torch.mm(x, y),
    "matmul_nt": lambda t, x, y: torch.mm(x, y),
    "addmm": lambda t, x, y: torch.addmm(y.select(0, 0), x, y),
    "softmax": lambda t, x, axis: x.softmax(axis),
    "log_softmax": lambda t, x, axis: x.log_softmax(axis),
    "cat": lambda t, x, axis, more: torch.cat([*more, x], axis),
    "stack": lambda t, x, axis, more: torch.stack([*more, x], axis),
    "flip": lambda t, x, axes: x.flip(axes),
    "tril": lambda t, x, diagonal: x.tril(diagonal),
    "triu": lambda t, x, diagonal: x.triu(diagonal),
    "rows": lambda t, x, ids: x[ids],
    "index": lambda t, x, ids: x[tuple(ids)],
    "gather": lambda t, x, axis, ids: x.gather(axis, ids),
    "scatter_add": lambda t, x, axis, ids, y: x.scatter_add(axis, ids, y),
    "masked_select": lambda t, x, mask: x.masked_select(mask),
    "masked_rows": lambda t, x, mask: x[mask],
    "nonzero": lambda t, x: x.nonzero(),
    "one_hot": lambda t, ids, classes: F.one_hot(ids, classes),
    "sort": lambda t, x, axis, descending: x.sort(stable=True, dim=axis, descending=descending),
    "argsort": lambda t, x, axis, descending: x.sort(stable=True, dim=axis, descending=descending)[1],
    "topk": lambda t, x, axis, k: topk(x, axis, k),
    "histogram": lambda t, x, bins, low, high: histogram(x, bins, low, high),
    "histogram_own": lambda t, x, bins: histogram_own(x, bins),
    "bincount": lambda t, ids, least: ids.bincount(minlength=least),
}
OPS = {**VIEWS, **IN_PLACE, **FRESH}


# ---------------------------------------------------------------- how far floats may be apart
# name: (units in the last place of the scale, the scale; left out, the result itself). All other ops are one correctly
# rounded operation, or none, and must agree exactly.

def of_magnitudes(name):
    """Rounding errors of a sum scale with the same sum of magnitudes."""
    return lambda *args: OPS[name](torch.float64, *[wide(a) for a in args])


def wide(a):
    if isinstance(a, list):
        return [wide(b) for b in a]
    return a.double().abs() if torch.is_tensor(a) and a.is_floating_point() else a


def largest(x):
    finite = x[x.isfinite()].abs().double()
    return finite.max() if finite.numel() else torch.tensor(0.0)


LIBRARY = (4, None)  # a function of the C library's or of libtensor's beside one of PyTorch's: each within 2
SUM = 16  # blocks of other sizes on either side; the longest sum has 2048 terms, log2 of which is 11

TOLERANCE = {
    **dict.fromkeys(["exp", "log", "log1p", "sin", "cos", "tanh", "sigmoid", "atan2", "pow", "pow_scalar", "rsqrt"],
                    LIBRARY),
    "erf": (8, lambda x: torch.ones(())),  # PyTorch's vector erf is good to 5e-7, not to the last place
    "add_": (1, lambda x, y, s: x.double().abs() + float(abs(s)) * y.double().abs()),  # fused on one side
    "linspace": (2, lambda a, b, n: torch.tensor(max(abs(a), abs(b)))),  # fused on one side
    "arange": (1, lambda a, b, s: torch.tensor(max(abs(a), abs(b)))),  # PyTorch rounds the start of each vector, too
    "sum": (SUM, of_magnitudes("sum")),
    "mean": (SUM, of_magnitudes("mean")),
    "sum_to": (SUM, of_magnitudes("sum_to")),
    "cumsum": (SUM, of_magnitudes("cumsum")),
    "matmul": (SUM, of_magnitudes("matmul")),
    "matmul_t": (SUM, of_magnitudes("matmul_t")),
    "matmul_tn": (SUM, of_magnitudes("matmul_tn")),
    "matmul_nt": (SUM, of_magnitudes("matmul_nt")),
    "addmm": (SUM, of_magnitudes("addmm")),
    "scatter_add": (SUM, of_magnitudes("scatter_add")),
    "index_add_": (SUM, lambda x, ids, y: OPS["index_add_"](None, wide(x).clone(), ids, wide(y))),
    "norm": (SUM, None),
    "var": (SUM, lambda x, axes, unbiased, keep: 2 * largest(x) ** 2),  # of squares, n / (n - 1) <= 2
    "var_mean": (SUM, lambda x, axes, unbiased, keep: 2 * largest(x) ** 2),
    "stddev": (SUM, lambda x, axes, unbiased, keep: 2 * largest(x)),
    "logsumexp": (SUM, lambda x, axes, keep: 1 + largest(x)),  # of max + log(sum(exp(x - max)))
    "log_softmax": (SUM, lambda x, axis: 1 + 2 * largest(x)),
    "softmax": (SUM, lambda x, axis: (1 + largest(x)) * x.double().softmax(axis)),  # exp passes |x| ulps on
    "histogram": (2, lambda x, bins, low, high: 1 + largest(x)),  # the edges: linspace
    "histogram_own": (2, lambda x, bins: 1 + largest(x)),
}
EPSILON = {np.dtype("float32"): 2.0**-23, np.dtype("float64"): 2.0**-52}

# ---------------------------------------------------------------- where libtensor means to differ
# (ops, what must hold of the arguments, libtensor's error and PyTorch's, and why). Narrow, and each is counted.

# Each condition is given: the step's arguments; libtensor's error, "" for none; PyTorch's error, None for none.

def refused_by_us(condition):
    return lambda args, ours, theirs: theirs is None and condition(args, ours)


DEVIATIONS = [
    (OPS, refused_by_us(lambda args, ours: re.search(r"shape: .*(more than|at most) 8", ours)),
     "a tensor has at most 8 axes"),
    (IN_PLACE, refused_by_us(lambda args, ours: args[0].numel() == 0 and "is expanded" in ours),
     "nothing is written to an expanded tensor, even an empty one; PyTorch refuses some of these"),
    (["index_put_", "index_add_", "assign_rows_", "assign_to_rows_", "iadd_rows_", "assign_masked_", "imul_masked_"],
     refused_by_us(lambda args, ours: "is expanded" in ours),
     "nothing is written to an expanded tensor; PyTorch's index_put_ only warns"),
    (["tril", "triu"], refused_by_us(lambda args, ours: args[0].dim() < 2 and args[0].numel() == 0),
     "tril and triu need two axes; PyTorch looks only where there are numbers"),
    (["gather", "scatter_add"], refused_by_us(lambda args, ours: args[2].numel() == 0),
     "gather's ids must fit; PyTorch looks only where there are ids"),
    (["rows", "index", "index_put_", "index_add_", "assign_rows_", "assign_to_rows_", "iadd_rows_"],
     refused_by_us(lambda args, ours: ours.startswith("IndexError") and args[0].numel() == 0),
     "ids must be in range; PyTorch looks only where a row has numbers"),
    (["narrow"], refused_by_us(lambda args, ours: args[0].shape[args[1]] == 0 and args[2:] == [-1, 0]),
     "narrow from -1 along an axis of 0; PyTorch takes it as 0"),
    (["split"], refused_by_us(lambda args, ours: args[1] == 0 and args[0].shape[args[2]] == 0),
     "split into parts of 0; PyTorch allows it along an axis of 0"),
    (["topk"], refused_by_us(lambda args, ours: args[0].dim() == 0 and args[2] == 0),
     "topk of a scalar; PyTorch returns one for k = 0"),
    (["one_hot"], refused_by_us(lambda args, ours: args[1] == -1),
     "one_hot for -1 classes; PyTorch infers their number"),
    (["one_hot"], lambda args, ours, theirs: not ours and args[0].numel() == 0 and args[1] == 0,
     "one_hot of no ids for 0 classes; PyTorch refuses it"),
    (["cat"], refused_by_us(lambda args, ours: any(list(x.shape) == [0] for x in [args[0], *args[2]])),
     "cat of shape (0) beside other ranks; PyTorch skips it for old programs' sake"),
]


# ---------------------------------------------------------------- running and comparing

class Difference(Exception):
    pass


def decoded(out):
    numbers = np.frombuffer(bytes.fromhex(out["data"]), dtype=out["dtype"])
    return numbers.reshape(out["shape"])


def resolved(argument, values):
    if isinstance(argument, str):
        return values[int(argument[1:])] if argument[0] == "%" else float(argument)
    if isinstance(argument, list) and argument and isinstance(argument[0], str):
        return [values[int(a[1:])] for a in argument]
    return argument


def restore(x, before):
    """Writes back what an in-place op of PyTorch's changed; an expanded axis holds its numbers once."""
    for axis in range(x.dim()):
        if x.stride(axis) == 0 and x.shape[axis] > 1:
            x, before = x.narrow(axis, 0, 1), before.narrow(axis, 0, 1)
    x.copy_(before)


def check_numbers(ours, theirs, allowed):
    """allowed: the largest distance of two finite numbers (an array or a number)."""
    if ours.dtype.kind != "f":
        if not np.array_equal(ours, theirs):
            raise Difference("numbers differ")
        return
    special = ~(np.isfinite(ours) & np.isfinite(theirs))
    if not np.array_equal(ours[special], theirs[special], equal_nan=True):
        raise Difference("NaN or infinities differ")
    distance = np.where(special, 0.0, np.abs(np.where(special, 0, ours).astype(np.float64) - np.where(special, 0, theirs)))
    allowed = np.broadcast_to(np.nan_to_num(allowed, nan=0.0, posinf=0.0), distance.shape)
    if (distance > allowed).any():
        worst = np.unravel_index(np.argmax(distance - allowed), distance.shape)
        raise Difference(f"at {tuple(map(int, worst))}: {ours[worst]!r} and {theirs[worst]!r} are {distance[worst]:.3g} "
                         f"apart, allowed is {allowed[worst]:.3g}")


def check_value(out, theirs, op, scale):
    if list(theirs.shape) != out["shape"]:
        raise Difference(f"shape {out['shape']}, PyTorch's is {list(theirs.shape)}")
    if theirs.dtype != TYPES[out["dtype"]]:
        raise Difference(f"type {out['dtype']}, PyTorch's is {theirs.dtype}")
    if "data" not in out:
        return
    ours = decoded(out)
    numbers = theirs.numpy()
    if ours.tobytes() == numbers.tobytes():
        return
    allowed = 0.0
    if op in TOLERANCE and ours.dtype.kind == "f":
        size = np.abs(numbers.astype(np.float64)) if scale is None else scale.double().numpy()
        # PyTorch's vector functions return 0 for what is smaller than the smallest normal number.
        allowed = TOLERANCE[op][0] * EPSILON[ours.dtype] * size + np.finfo(ours.dtype).tiny
    check_numbers(ours, numbers, allowed)
    theirs.copy_(torch.from_numpy(ours.copy()))  # go on with libtensor's numbers


class Comparison:
    def __init__(self):
        self.passed = collections.Counter()
        self.refused = collections.Counter()
        self.deviated = collections.Counter()

    def program(self, program):
        values = []
        for at_step, step in enumerate(program["steps"]):
            try:
                self.step(step, values)
            except Difference as difference:
                difference.args = (f"{difference}", at_step, values)
                raise
        for name, (data, value) in enumerate(zip(program.get("after", []), values)):
            if data is not None:
                ours = np.frombuffer(bytes.fromhex(data), dtype=value.numpy().dtype).reshape(value.shape)
                try:
                    check_numbers(ours, value.numpy(), 0.0)
                except Difference as difference:
                    difference.args = (f"in memory at the end, %{name}: {difference}", at_step, values)
                    raise

    def step(self, step, values):
        op = step["op"]
        if op == "leaf":
            values.append(torch.from_numpy(decoded(step["out"][0]).copy()))
            return
        args = [resolved(a, values) for a in step["args"]]
        before = args[0].clone() if op in IN_PLACE else None
        results, error, scale = self.run(step, args)
        if ("error" in step) != (error is not None):
            for ops, holds, why in DEVIATIONS:
                if op in ops and holds(args, step.get("error", ""), error):
                    self.deviated[why] += 1
                    if op in IN_PLACE and error is None:
                        restore(args[0], before)  # libtensor wrote nothing
                    values.extend(torch.from_numpy(decoded(out).copy()) for out in step.get("out", []))
                    return
            raise Difference(f"refused by libtensor alone: {step['error']}" if error is None else
                             f"refused by PyTorch alone: {error}")
        if error is not None:
            self.refused[op] += 1
            return
        if len(results) != len(step["out"]):
            raise Difference(f"{len(step['out'])} results, PyTorch gives {len(results)}")
        for out, result in zip(step["out"], results):
            check_value(out, result, op, scale)
            values.append(result)
        self.passed[op] += 1

    @staticmethod
    def run(step, args):
        op = step["op"]
        try:
            ruler = TOLERANCE.get(op, (0, None))[1]
            scale = ruler(*args) if ruler else None
            result = OPS[op](TYPES[step["dtype"]], *args)
        except (RuntimeError, IndexError, ValueError, ZeroDivisionError) as error:
            return None, error, None
        results = list(result) if isinstance(result, (tuple, list)) else [result]
        if op in FRESH:
            results = [r.clone(memory_format=torch.contiguous_format) for r in results]
        return results, None, scale


# ---------------------------------------------------------------- reports

def text_of(step, first_value):
    names = ", ".join(f"%{first_value + i}" for i in range(len(step.get("out", []))))
    shapes = " ".join(f"{o['dtype']}{tuple(o['shape'])}" for o in step.get("out", []))
    args = ", ".join(str(a) for a in step["args"])
    return f"  {names or '-'} = {step['op']}({args})  {shapes}{step.get('error', '')}"


def report(program, difference, command):
    text, at_step, values = difference.args
    print(f"program {program['program']} differs: {text}")
    count = 0
    for step in program["steps"][: at_step + 1]:
        print(text_of(step, count))
        count += len(step.get("out", []))
    step = program["steps"][at_step]
    for argument in step["args"]:
        for name in argument if isinstance(argument, list) else [argument]:
            if isinstance(name, str) and name[0] == "%" and values[int(name[1:])].numel() <= 100:
                print(f"  {name}: strides {values[int(name[1:])].stride()}\n{values[int(name[1:])]}")
    for out in step.get("out", []):
        if "data" in out and np.prod(out["shape"]) <= 100:
            print(f"  libtensor:\n{decoded(out)}")
    print(f"again: {' '.join(command)} --first {program['program']} --programs 1")


def programs_of(command):
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as child:
        for line in child.stdout:
            yield json.loads(line)
    if child.returncode != 0:
        sys.exit(f"{command[0]} failed with {child.returncode}")


def declared(folder):
    """The ops that tensor/ops.h and creation.h declare, and the methods of tensor/tensor.h that return tensors."""
    ops = (folder / "ops.h").read_text() + (folder / "creation.h").read_text()
    tensor = (folder / "tensor.h").read_text()
    result = r"(?:\w*Tensor(?:<T>)?|ValuesAndIndices<T>|Histogram<T>|bool|void|int64_t)"
    found = set(re.findall(rf"^{result} (\w+)\(", ops, re.M))
    return found | set(re.findall(r"^  (?:BasicTensor&?|TensorView<T>|std::vector<BasicTensor>) ([a-z]\w*)\(", tensor, re.M))


# Declared, but not on the menu: empty's numbers are not set, from_blob's memory is not ours; the others are private.
NOT_DRAWN = {"empty", "from_blob", "from_span", "view_as", "view_at", "slice_along"}


def check_coverage(menu, comparison, headers):
    problems = [f"{op}: on one side's menu only" for op in sorted(set(menu) ^ set(OPS))]
    if headers:
        problems += [f"{op}: declared, but not on the menu" for op in sorted(declared(headers) - set(OPS) - NOT_DRAWN)]
    problems += [f"{op}: never succeeded" for op in menu if comparison.passed[op] == 0]
    print("agreed (and refused by both), by op:")
    cells = [f"{op} {comparison.passed[op]} ({comparison.refused[op]})" for op in menu]
    for i in range(0, len(cells), 4):
        print("  " + "".join(f"{cell:<30}" for cell in cells[i : i + 4]).rstrip())
    return problems


# ---------------------------------------------------------------- the comparison compared

def spoil_number(out):
    numbers = decoded(out).copy()
    first = numbers.reshape(-1)[:1]
    if numbers.dtype.kind == "f":
        first[:] = np.nan_to_num(first, nan=0, posinf=0, neginf=0)
        first += np.abs(first) + 1
    else:
        first ^= numbers.dtype.type(1)
    out["data"] = numbers.tobytes().hex()


def spoil_shape(out):
    out["shape"] = [1, *out["shape"]]


def spoil_type(out):
    out["dtype"] = "int64" if out["dtype"] == "float64" else "float64"


def spoil_step(step):
    step["error"] = "pretended"


def self_test(programs):
    """Spoils one thing in each program. True where every spoilt program is reported."""
    missed = 0
    counts = collections.Counter()
    for count, program in enumerate(programs):
        steps = [s for s in program["steps"] if s["op"] != "leaf" and s.get("out") and s["out"][0].get("data")]
        if not steps:
            continue
        step = steps[count // 5 % len(steps)]
        kinds = ["number", "shape", "type", "error"] + (["memory"] if any(program.get("after", [])) else [])
        kind = kinds[count % len(kinds)]
        if kind == "memory":
            at = next(i for i, data in enumerate(program["after"]) if data)
            program["after"][at] = ("00" if program["after"][at][:2] != "00" else "01") + program["after"][at][2:]
        elif kind == "error":
            spoil_step(step)
        else:
            {"number": spoil_number, "shape": spoil_shape, "type": spoil_type}[kind](step["out"][0])
        counts[kind] += 1
        try:
            Comparison().program(program)
        except Difference:
            continue
        missed += 1
        print(f"not reported: {kind} spoilt in program {program['program']}, {step['op']}")
    print(f"spoilt and reported: {dict(counts)}, missed: {missed}")
    return missed == 0 and min(counts[kind] for kind in ("number", "shape", "type", "error", "memory")) > 0


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("program")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--programs", type=int, default=20000)
    parser.add_argument("--first", type=int, default=0)
    parser.add_argument("--headers", type=pathlib.Path)
    parser.add_argument("--brief", action="store_true", help="one line for each differing program")
    parser.add_argument("--self-test", action="store_true")
    options = parser.parse_args()
    command = [options.program, "--seed", str(options.seed)]
    stream = programs_of([*command, "--programs", str(options.programs), "--first", str(options.first)])
    menu = next(stream)["menu"]
    if options.self_test:
        return 0 if self_test(stream) else 1
    comparison = Comparison()
    differing = 0
    for program in stream:
        try:
            comparison.program(program)
        except Difference as difference:
            differing += 1
            if options.brief:
                text, at_step, _ = difference.args
                print(f"program {program['program']}: {program['steps'][at_step]['op']}: {text}".partition("\n")[0])
            elif differing <= 3:
                report(program, difference, command)
    problems = check_coverage(menu, comparison, options.headers) if options.programs >= 5000 else []
    for problem in problems:
        print(problem)
    for why, count in comparison.deviated.items():
        print(f"{count} times, as intended: {why}")
    print(f"PyTorch {torch.__version__}: {options.programs} programs, {sum(comparison.passed.values())} steps agree, "
          f"{sum(comparison.refused.values())} are refused by both; {differing} programs differ")
    return 1 if differing or problems else 0


sys.exit(main())
