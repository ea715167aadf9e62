"""Lecture 1, in double.

Bumped slopes are Python's floats, gradients PyTorch's autograd, random numbers Python's and NumPy's own.
"""
import math
import random

import numpy as np
import torch

from reference.table import logged_steps, setup_of

FOUR_X = torch.tensor([[2, 3, -1], [3, -1, 0.5], [0.5, 1, 1], [1, 1, -1]], dtype=torch.float64)
FOUR_Y = torch.tensor([1, -1, -1, 1], dtype=torch.float64)

NOTEBOOK_FLOAT32 = {"x1": "-1.5000003851533106", "w1": "1.0000002567688737", "x2": "0.5000001283844369", "w2": "0.0"}


def short(value):
    """Twelve significant digits, or as many as the screen's column holds."""
    return next(text for text in (f"{value:.{digits}g}" for digits in range(12, 0, -1)) if len(text) <= 14)


class Names:
    """Adds a task's figures to its own setup."""

    def __init__(self, table, task, **flags):
        self.table = table
        self.setup = setup_of(task=task, **flags)

    def add(self, name, value, tolerance="D", notebook=""):
        self.table.add(self.setup, name, short(float(value)) if tolerance == "D" else value, tolerance, notebook)


def leaves(**values):
    return {k: torch.tensor(float(v), dtype=torch.float64, requires_grad=True) for k, v in values.items()}


def gradients(out, name, y, at):
    """dy/d of each, where `name` says what y is called."""
    y.backward()
    for k, v in at.items():
        out.add(f"d{name}/d{k}", v.grad)


def bumped(out, name, f, at, h, tolerance):
    for k in at:
        out.add(f"slope of {name}, bumping {k}", (f(**{**at, k: at[k] + h}) - f(**at)) / h, tolerance)


def slopes(out):
    f = lambda x: 3 * x**2 - 4 * x + 5
    out.add("f(3)", f(3.0), "D", "20.0")
    out.add("slope at 3, h = 0.001", (f(3.001) - f(3.0)) / 0.001)
    out.add("slope at -3, h = 0.001", (f(-3 + 0.001) - f(-3.0)) / 0.001)
    out.add("slope at 2/3, h = 0.000001", (f(2 / 3 + 1e-6) - f(2 / 3)) / 1e-6, 2e-9)
    bumped(out, "d", lambda a, b, c: a * b + c, {"a": 2.0, "b": -3.0, "c": 10.0}, 0.0001, "D")


def first_expression(out):
    at = {"a": 2.0, "b": -3.0, "c": 10.0, "f": -2.0}
    v = leaves(**at)
    e = v["a"] * v["b"]
    d = e + v["c"]
    L = d * v["f"]
    nodes = {"L": L, "d": d, "f": v["f"], "e": e, "c": v["c"], "a": v["a"], "b": v["b"]}
    for node in (L, d, e):
        node.retain_grad()
    L.backward()
    out.add("L", L.item(), "D", "-8.0")
    ways = {"d": " = f * dL/dL", "f": " = d * dL/dL", "e": " = 1 * dL/dd", "c": " = 1 * dL/dd", "a": " = b * dL/de", "b": " = a * dL/de"}
    for name, node in nodes.items():
        out.add(f"dL/d{name}{ways.get(name, '')}", node.grad)
    bumped(out, "L", lambda a, b, c, f: (a * b + c) * f, at, 1e-6, 1e-8)
    a, b, c, f = (v[k].item() + 0.01 * v[k].grad.item() for k in "abcf")
    out.add("L after a step uphill", (a * b + c) * f, "D", "-7.286496")


def shared_inputs(out):
    v = leaves(a=3)
    b = v["a"] + v["a"]
    out.add("b = a + a", b.item())
    gradients(out, "b", b, v)
    out.add("db/da if gradients overwrite", 1)
    v = leaves(a=-2, b=3)
    f = (v["a"] * v["b"]) * (v["a"] + v["b"])
    out.add("f = (a*b) * (a+b)", f.item())
    gradients(out, "f", f, v)


def larger_expressions(out):
    v = leaves(x=-4)
    x = v["x"]
    z = 2 * x + 2 + x
    y = (h := (z * z).relu()) + (q := z.relu() + z * x) + q * x
    out.add("y at x = -4", y.item())
    gradients(out, "y", y, v)
    v = leaves(a=-4, b=2)
    a, b = v["a"], v["b"]
    c, d = a + b, a * b + b**3
    c = c + c + 1
    c = c + 1 + c + (-a)
    d = d + d * 2 + (b + a).relu()
    d = d + 3 * d + (b - a).relu()
    f = (c - d) ** 2
    g = f / 2.0 + 10.0 / f
    out.add("g at a = -4, b = 2", g.item())
    gradients(out, "g", g, v)


def neuron(out):
    at = {"x1": 2.0, "w1": -3.0, "x2": 0.0, "w2": 1.0, "b": 6.8813735870195432}
    for prefix in ("", "float32: "):
        rounded = {k: torch.tensor(x).item() for k, x in at.items()}  # float32 on its way in
        v = leaves(**(rounded if prefix else at))
        x1w1, x2w2 = v["x1"] * v["w1"], v["x2"] * v["w2"]
        n = x1w1 + x2w2 + v["b"]
        o = torch.tanh(n)
        n.retain_grad()
        o.backward()
        out.add(f"{prefix}o", o.item(), "D", "0.7071066904050358" if prefix else "")
        if not prefix:
            out.add("do/dn = 1 - o*o", n.grad)
        for k, node in v.items():
            out.add(f"{prefix}do/d{k}", node.grad, "D", NOTEBOOK_FLOAT32.get(k, "") if prefix else "")
    out.add("do/dx1 in the wrong order", 0.0)  # each passes on what has not come yet
    out.add("topological order of o", "x1, w1, x1*w1, x2, w2, x2*w2, x1*w1 + x2*w2, b, n, o", "E")


def network(sizes, draws_biases):
    """[(W (inputs, outputs), b)]: Python's uniform(-1, 1), neuron by neuron, its weights and then its bias."""
    layers = []
    for inputs, outputs in zip(sizes, sizes[1:]):
        rows = []
        for _ in range(outputs):
            rows.append([random.uniform(-1, 1) for _ in range(inputs)])
            rows[-1].append(random.uniform(-1, 1) if draws_biases else 0.0)
        neurons = torch.tensor(rows, dtype=torch.float64)
        layers.append((neurons[:, :-1].t().contiguous().requires_grad_(), neurons[:, -1].clone().requires_grad_()))
    return layers, [p for layer in layers for p in layer]


def four_examples(table, seed=1337, steps=20, no_zero_grad=False):
    flags = {**({"seed": seed} if seed != 1337 else {}), **({"no_zero_grad": True} if no_zero_grad else {})}
    out = Names(table, "four", **flags, **({"steps": steps} if steps != 20 else {}))
    tolerance = 1e-6 if no_zero_grad else "D"  # steps that grow make more of a rounding
    random.seed(seed)
    layers, parameters = network([3, 4, 4, 1], draws_biases=True)

    def outputs():
        h = FOUR_X
        for W, b in layers:
            h = torch.tanh(h @ W + b)
        return h[:, 0]

    weight = layers[0][0]
    if steps == 20:
        for i, (W, b) in enumerate(zip(parameters[::2], parameters[1::2])):
            out.add(f"layer {i + 1}: {W.shape[1]} * ({W.shape[0]} + 1)", W.numel() + b.numel(), "E")
        out.add("parameters", sum(p.numel() for p in parameters), "E")
        out.add("untrained, [2, 3, -1]", outputs()[0].item())
        out.add("layers[0].neurons[0].w[0]", weight[0, 0].item())
    for step in range(steps):
        loss = ((outputs() - FOUR_Y) ** 2).sum()
        if step in logged_steps(steps) and not (steps > 20 and step in range(20)):
            out.add(f"loss at step {step}", loss.item(), tolerance)
        if not no_zero_grad:
            for p in parameters:
                p.grad = None
        loss.backward()
        if step < 2 and steps == 20:
            out.add("loss before the step" if step == 0 else "loss after the step", loss.item())
        if step == 0 and steps == 20:
            out.add("its gradient", weight.grad[0, 0])
            out.add("the weight after the step", weight[0, 0].item() - 0.1 * weight.grad[0, 0].item())
        for p in parameters:
            p.data -= 0.1 * p.grad
    for x, y, now in zip(FOUR_X.tolist(), FOUR_Y.tolist(), outputs().tolist()):
        out.add(f"[{', '.join(f'{v:g}' for v in x)}] should say {y:g}", now, tolerance)


def make_moons(count, noise):
    """scikit-learn's, on NumPy's global stream."""
    outer = np.linspace(0, np.pi, count // 2)
    inner = np.linspace(0, np.pi, count - count // 2)
    X = np.vstack([np.append(np.cos(outer), 1 - np.cos(inner)), np.append(np.sin(outer), 1 - np.sin(inner) - 0.5)]).T
    y = np.hstack([np.zeros(len(outer), int), np.ones(len(inner), int)])
    order = np.arange(count)
    np.random.shuffle(order)
    X, y = X[order], y[order]
    return torch.from_numpy(X + np.random.normal(scale=noise, size=X.shape)), torch.from_numpy(2 * y - 1)


def moons(table):
    out = Names(table, "moons")
    np.random.seed(1337)
    random.seed(1337)
    X, y = make_moons(100, 0.1)
    layers, parameters = network([2, 16, 16, 1], draws_biases=False)

    def scores(points):
        h = points
        for W, b in layers[:-1]:
            h = (h @ W + b).relu()
        return (h @ layers[-1][0] + layers[-1][1])[:, 0]

    def outcome():
        s = scores(X)
        loss = (1 - y * s).relu().sum() / len(y) + 1e-4 * sum((p * p).sum() for p in parameters)
        return loss, ((s > 0) == (y > 0)).double().mean().item()

    out.add("points", len(y), "E")
    for i in range(2):
        out.add(f"first point, [{i}]", X[0, i].item())
    out.add("parameters", sum(p.numel() for p in parameters), "E")
    shown = logged_steps(100)
    for step in range(101):
        loss, accuracy = outcome()
        if step in shown or step == 100:
            when = "after" if step == 100 else f"at step {step}"
            out.add(f"loss {when}", loss.item(), "D", "0.8958441028683222" if step == 0 else "")
            out.add(f"accuracy {when}", f"{accuracy:g}", "E")
        for p in parameters:
            p.grad = None
        loss.backward()
        if step < 100:
            for p in parameters:
                p.data -= (1.0 - 0.9 * step / 100) * p.grad
    low, high = X.min(0).values - 1, X.max(0).values + 1
    xs, ys = (np.arange(low[i].item(), high[i].item(), 0.25) for i in range(2))
    grid = torch.tensor([[a, b] for b in ys for a in xs])
    out.add("grid columns", len(xs), "E")
    out.add("grid rows", len(ys), "E")
    out.add("first x of the grid", xs[0])
    out.add("first y of the grid", ys[0])
    out.add("cells that are positive", (scores(grid) > 0).sum().item(), "E")


def exercise(table):
    out = Names(table, "exercise")
    f = lambda a, b, c, m=math: -(a**3) + m.sin(3 * b) - 1.0 / c + b**2.5 - a**0.5
    v = leaves(a=2, b=3, c=4)
    y = f(**v, m=torch)
    out.add("f(2, 3, 4)", y.item())
    gradients(out, "f", y, v)
    at, h, errors = {"a": 2.0, "b": 3.0, "c": 4.0}, 1e-6, {"one side": [], "both sides": []}
    for k in at:
        up, down = {**at, k: at[k] + h}, {**at, k: at[k] - h}
        one, both = (f(**up) - f(**at)) / h, (f(**up) - f(**down)) / (2 * h)
        out.add(f"one side, {k}", one, 1e-8)
        out.add(f"both sides, {k}", both, 1e-8)
        errors["one side"].append(abs(one - v[k].grad.item()))
        errors["both sides"].append(abs(both - v[k].grad.item()))
    out.add("largest error to one side", max(errors["one side"]), 1e-8)
    out.add("largest error to both sides", max(errors["both sides"]), 3e-9)  # rounding, at its worst
    logits = torch.tensor([0.0, 3.0, -2.0, 1.0], dtype=torch.float64, requires_grad=True)
    probabilities = torch.softmax(logits, 0)
    loss = -probabilities[3].log()
    loss.backward()
    out.add("loss", loss.item())
    for i in range(4):
        out.add(f"probability {i}", probabilities[i].item())
        out.add(f"dloss/dlogits[{i}]", logits.grad[i])


def figures(table, data):
    out = Names(table, "expression")
    for task in (slopes, first_expression, shared_inputs, larger_expressions, neuron):
        task(out)
    for seed in (1337, 42):
        four_examples(table, seed)
        four_examples(table, seed, steps=100)
    four_examples(table, no_zero_grad=True)
    moons(table)
    exercise(table)
