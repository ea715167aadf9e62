#!/usr/bin/env python3
"""Differentiates the expressions of differential_gradients again in PyTorch, and compares results and gradients.

    compare.py PROGRAM [--seed S] [--programs N] [--self-test]

Numbers may differ by ROUNDING, in the scale of the tensor's largest. In float32 an expression may magnify rounding by
more: PyTorch's own float32 is compared with its float64, and ours may be off by FACTOR times as much. Rounding may
also decide which of two equal numbers is the largest: a program that differs, but whose gradients PyTorch itself changes
when a leaf moves by NUDGE, is called undecided. A wrong rule for ties would show in far more than MOST_UNDECIDED.

Exit code: 0 where all agree, 1 where something differs, 77 (skipped) where PyTorch is absent. With --self-test, one
number of every program is changed on purpose, and every change must be reported.
"""

import collections
import json
import pathlib
import subprocess
import sys

SKIPPED = 77
try:
    import torch
    import torch.nn.functional as F
except ImportError:
    # The first python3 on the path need not be the one that has PyTorch.
    if sys.executable != "/usr/bin/python3" and pathlib.Path("/usr/bin/python3").exists():
        sys.exit(subprocess.call(["/usr/bin/python3", *sys.argv]))
    print("skipped: no PyTorch here (Debian: python3-torch)")
    sys.exit(SKIPPED)

torch.set_num_threads(1)
TYPES = {"float32": torch.float32, "float64": torch.float64}
ROUNDING = {"float32": 2e-5, "float64": 1e-11}
FACTOR = 20
NUDGE = {"float32": 1e-6, "float64": 1e-14}
MOST_UNDECIDED = 1e-3
MOST_SHOWN = 10


def inside(x):
    return x.abs() + 0.5


def all_axes(x, axes):
    return axes if axes else list(range(x.dim()))


def norm(x, axes, keep):  # PyTorch's norm of a scalar takes no axes
    return torch.linalg.vector_norm(x, dim=all_axes(x, axes) or None, keepdim=keep)


def var(x, axes, unbiased, keep):
    return x.var(all_axes(x, axes), unbiased, keep)


def topk(x, axis, k):  # PyTorch leaves it open which of equal numbers is taken
    return torch.sort(x, dim=axis, descending=True, stable=True).values.narrow(axis, 0, k) if x.dim() else x.clone()


def slice_of(x, axis, start, stop, step):
    places = [slice(None)] * x.dim()
    places[axis] = slice(start, stop, step)
    return x[tuple(places)]


def index_add(x, ids, y):
    return x.index_put((ids,), y, accumulate=True)


REDUCTIONS = ["none", "mean", "sum"]


def gru_cell(x, h, wz, bz, wr, br, w, b):
    both = torch.cat([x, h], 1)
    z, r = torch.sigmoid(F.linear(both, wz, bz)), torch.sigmoid(F.linear(both, wr, br))
    return (1 - z) * h + z * torch.tanh(F.linear(torch.cat([x, r * h], 1), w, b))


def batch_norm(x, w, b):  # PyTorch 1.13 reads a strided weight as if it were dense
    w, b = w.contiguous(), b.contiguous()
    rows = F.batch_norm(x.reshape(-1, x.shape[-1]), None, None, w, b, training=True, eps=0.1)
    return rows.reshape(x.shape)


MENU = {
    "add": torch.add, "sub": torch.sub, "mul": torch.mul,
    "div": lambda x, y: x / inside(y),
    "pow": lambda x, y: inside(x) ** y,
    "atan2": lambda x, y: torch.atan2(x, inside(y)),
    "maximum": torch.maximum, "minimum": torch.minimum,
    "remainder": lambda x, y: x % inside(y),
    "remainder_scalar": lambda x, v: x % (abs(v) + 0.5),
    "where": lambda x, y, mask: torch.where(mask.bool(), x, y),
    "masked_fill": lambda x, mask, v: x.masked_fill(mask.bool(), v),
    "add_scalar": lambda x, v: x + v,
    "mul_scalar": lambda x, v: x * v,
    "rsub_scalar": lambda x, v: v - x,
    "sub_scalar": lambda x, v: x - v,
    "maximum_scalar": lambda x, v: torch.maximum(x, torch.tensor(v, dtype=x.dtype)),
    "where_scalar": lambda x, mask, v: torch.where(mask.bool(), torch.tensor(v, dtype=x.dtype), x),
    "sign": torch.sign,
    "rdiv_scalar": lambda x, v: v / inside(x),
    "neg": torch.neg, "abs": torch.abs, "square": torch.square, "relu": torch.relu,
    "clamp": lambda x: x.clamp(-1, 1),
    "pow_scalar": lambda x, v: inside(x) ** v,
    "exp": torch.exp,
    "log": lambda x: inside(x).log(),
    "log1p": lambda x: inside(x).log1p(),
    "sqrt": lambda x: inside(x).sqrt(),
    "rsqrt": lambda x: inside(x).rsqrt(),
    "reciprocal": lambda x: inside(x).reciprocal(),
    "sin": torch.sin, "cos": torch.cos, "tanh": torch.tanh, "erf": torch.erf, "sigmoid": torch.sigmoid,
    "gelu": lambda x, tanh: F.gelu(x, approximate="tanh" if tanh else "none"),
    "sum": lambda x, axes, keep: x.sum(all_axes(x, axes), keep),
    "mean": lambda x, axes, keep: x.mean(all_axes(x, axes), keep),
    "var": var,
    "stddev": lambda x, axes, unbiased, keep: x.std(all_axes(x, axes), unbiased, keep),
    "norm": norm,
    "logsumexp": lambda x, axes, keep: x.logsumexp(all_axes(x, axes) or [0], keep),
    "amax": lambda x, axes, keep: x.amax(all_axes(x, axes), keep),
    "amin": lambda x, axes, keep: x.amin(all_axes(x, axes), keep),
    "max": lambda x, axis, keep: x.max(axis, keep).values,
    "min": lambda x, axis, keep: x.min(axis, keep).values,
    "max_of_all": torch.max, "min_of_all": torch.min,
    "var_mean": lambda x, axes, keep: torch.sub(*torch.var_mean(x, all_axes(x, axes), True, keep)),
    "sum_to": lambda x, shape: x.sum_to_size(shape),
    "cumsum": torch.cumsum, "softmax": torch.softmax, "log_softmax": torch.log_softmax,
    "view": torch.reshape, "permute": torch.permute,
    "reshape": torch.reshape, "flatten": torch.flatten, "transpose": torch.transpose, "select": torch.select,
    "t": torch.t,
    "at": lambda x, i, k: x[..., i::k, None],
    "columns": lambda x, ids: x[:, ids],
    "rows": lambda x, ids: x[ids],
    "masked_rows": lambda x, mask: x[mask.bool()],
    "squeeze_all": torch.squeeze,
    "narrow": torch.narrow, "slice": slice_of, "squeeze": torch.squeeze, "unsqueeze": torch.unsqueeze,
    "expand": lambda x, shape: x.expand(shape),
    "diagonal": lambda x: x.diagonal(),
    "clone": torch.clone,
    "unbind": lambda x, axis, i: x.unbind(axis)[i],
    "split": lambda x, n, axis: x.split(n, axis)[-1],
    "flip": torch.flip, "tril": torch.tril, "triu": torch.triu,
    "cat": lambda x, y, axis: torch.cat([x, y, x], axis),
    "stack": lambda x, y, axis: torch.stack([x, y], axis),
    "matmul": torch.matmul, "matmul_left": lambda x, y: y @ x,
    "addmm": torch.addmm, "linear": F.linear, "linear_plain": F.linear,
    "rnn_cell": lambda x, h, w, b: torch.tanh(F.linear(torch.cat([x, h], 1), w, b)),
    "gru_cell": gru_cell,
    "embedding": lambda x, ids: x[ids],
    "index": lambda x, ids: x[ids],
    "index_add": index_add,
    "gather": torch.gather, "scatter_add": torch.scatter_add,
    "masked_select": lambda x, y, mask: y.masked_select(mask.bool()),
    "sort": lambda x, axis, descending: torch.sort(x, dim=axis, descending=descending, stable=True).values,
    "topk": topk,
    "cross_entropy": lambda x, ids: F.cross_entropy(x, ids, ignore_index=2),
    "cross_entropy_options": lambda x, ids, w, r, s: F.cross_entropy(
        x, ids, (w.abs() + 0.5).detach(), ignore_index=2, reduction=REDUCTIONS[r], label_smoothing=s / 4),
    "mse_loss": F.mse_loss,
    "mse_loss_options": lambda x, y, r: F.mse_loss(x, y, reduction=REDUCTIONS[r]),
    "margin_loss": lambda x, ids: (1 - x * (2 * ids - 1)).relu().mean(),
    "batch_norm": batch_norm,
    "layer_norm": lambda x, w, b: F.layer_norm(x, x.shape[-1:], w, b, eps=0.1),
}


def tensor(recorded, dtype):
    return torch.tensor(recorded["values"], dtype=dtype).reshape(recorded["shape"])


def replay(program, dtype, nudge=0.0):
    """y and the gradients of the leaves, None where there is none."""
    torch.manual_seed(1)
    values = {}
    for leaf in program["leaves"]:
        x = tensor(leaf["data"], dtype)
        values[leaf["at"]] = (x + nudge * torch.randn_like(x)).requires_grad_()

    def argument(recorded):
        if isinstance(recorded, dict):
            if "value" in recorded:
                return values[recorded["value"]]
            return torch.tensor(recorded["ids"], dtype=torch.int64).reshape(recorded["shape"])
        return recorded

    for step in program["steps"]:
        values[step["to"]] = MENU[step["op"]](*map(argument, step["args"]))
    y = values[max(values)]
    y.backward(tensor(program["seed"], dtype))
    return [y.detach()] + [values[leaf["at"]].grad for leaf in program["leaves"]]


def check(program):
    """What differs, as text; None where all agrees."""
    dtype = program["dtype"]
    theirs = replay(program, TYPES[dtype])
    exact = replay(program, torch.float64)
    recorded = [program["y"]] + [leaf["grad"] for leaf in program["leaves"]]
    names = ["y"] + [f"the gradient of value {leaf['at']}" for leaf in program["leaves"]]
    for name, ours, their, best in zip(names, recorded, theirs, exact):
        if ours is None or their is None:
            if ours is not None or their is not None:
                return f"{name}: {'none' if ours is None else 'some'} here, the other there"
            continue
        ours = tensor(ours, torch.float64)
        if list(ours.shape) != list(their.shape):
            return f"{name}: shape {list(ours.shape)} for {list(their.shape)}"
        if ours.numel() == 0:
            continue
        scale = max(1.0, best.abs().max().item())
        allowed = ROUNDING[dtype] * scale + FACTOR * (their.double() - best).abs().max().item()
        # Not `off > allowed`: NaN differs, too.
        if not (ours - their.double()).abs().max().item() <= allowed:
            return f"{name}: {ours.tolist()} for {their.tolist()}, allowed {allowed:.2g}"
    return None


def undecided(program):
    """Whether PyTorch's own gradients jump when the leaves move by less than rounding may move them."""
    dtype = program["dtype"]
    for their, nudged in zip(replay(program, torch.float64), replay(program, torch.float64, NUDGE[dtype])):
        if their is not None and nudged is not None and their.numel():
            if (their - nudged).abs().max() > 1e-3 * max(1.0, their.abs().max().item()):
                return True
    return False


def spoil(program):
    """Moves one number by a hundredth of its tensor's scale; False where there is none."""
    for recorded in [leaf["grad"] for leaf in program["leaves"]] + [program["y"]]:
        if recorded and recorded["values"]:
            recorded["values"][-1] += 0.01 * max(1.0, *map(abs, recorded["values"]))
            return True
    return False


def self_test(programs):
    spoilt = [program for program in programs if spoil(program)]
    missed = sum(check(program) is None for program in spoilt)
    print(f"{len(spoilt)} programs spoilt, {missed} of them not reported")
    return 1 if missed or not spoilt else 0


def main():
    arguments = [a for a in sys.argv[1:] if a != "--self-test"]
    output = subprocess.run(arguments, check=True, stdout=subprocess.PIPE, text=True).stdout
    programs = [json.loads(line) for line in output.splitlines()]
    if "--self-test" in sys.argv:
        return self_test(programs)
    seen, failures, count, open_ends = collections.Counter(), 0, 0, 0
    for program in programs:
        count += 1
        seen.update(step["op"] for step in program["steps"])
        try:
            difference = check(program)
        except (RuntimeError, IndexError, KeyError, TypeError, ValueError) as error:
            difference = f"PyTorch refuses: {error}"
        if difference and not difference.startswith("PyTorch") and undecided(program):
            open_ends += 1
        elif difference:
            failures += 1
            if failures <= MOST_SHOWN:
                steps = ", ".join(f"{s['to']} = {s['op']}{json.dumps(s['args'])}" for s in program["steps"])
                print(f"program {count - 1} ({program['dtype']}): {steps}\n  {difference}")
    missing = sorted(set(MENU) - set(seen))
    print(f"{count} programs, {sum(seen.values())} steps of {len(seen)} ops, {failures} differ, {open_ends} undecided")
    if missing:
        print("never drawn:", *missing)
    return 1 if failures or missing or open_ends > MOST_UNDECIDED * count else 0


sys.exit(main())
