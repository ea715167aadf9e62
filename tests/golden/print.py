"""Writes print.json: tensors and the text that PyTorch prints for them.

    python3 print.py [cases] [seed] > print.json                   recorded with PyTorch 1.13.1
    python3 print.py 150 2 options > print_options.json

Each case: dtype, shape, values (row-major; numbers, or "nan", "inf", "-inf"; repeated in turn where the shape
has more), text, and with `options` what of torch.set_printoptions is not as it is at first.
"""
import json
import math
import random
import sys

import torch

DTYPES = {"float32": torch.float32, "float64": torch.float64, "int64": torch.int64, "bool": torch.bool}


def draw_shape(rng):
    kind = rng.random()
    if kind < 0.1:
        return []
    if kind < 0.2:
        shape = [rng.randint(1, 4) for _ in range(rng.randint(1, 4))]
        shape[rng.randrange(len(shape))] = 0
        return shape
    if kind < 0.35:  # summarised
        return rng.choice([[1001], [1500], [7, 200], [200, 7], [6, 6, 30], [11, 10, 10], [2, 3, 7, 30], [1000], [1, 1001]])
    if kind < 0.5:
        return [rng.randint(1, 60)]
    return [rng.choice([1, 1, 2, 3, 5, 8, 13]) for _ in range(rng.randint(1, 5 if rng.random() < 0.2 else 3))]


def draw_float(rng, style, scale):
    if style == "integers":
        return float(rng.randint(-20, 20)) * scale
    if style == "wide":
        return rng.choice([-1, 1]) * 10.0 ** rng.uniform(-9, 9)
    if style == "halves":
        return rng.randint(-40000, 40000) / 20000.0 * scale
    if style == "edges":
        return rng.choice([0.0, -0.0, 1e-4, 9.99999e-5, 1e8, 1.00000001e8, 1.0, 1000.0, 1001.0, 0.5, 1e-3, -1e-3, 0.99995, 9.99995])
    return rng.gauss(0, 1) * scale


def draw_values(rng, dtype, count):
    count = min(count, rng.choice([3, 40, 2000]))
    if dtype == "bool":
        return [rng.random() < 0.5 for _ in range(count)]
    if dtype == "int64":
        most = 10 ** rng.choice([0, 1, 2, 5, 18])
        return [rng.randint(-most if rng.random() < 0.5 else 0, most) for _ in range(count)]
    style = rng.choice(["normal", "normal", "integers", "wide", "halves", "edges"])
    scale = rng.choice([1, 1, 1, 10, 1000, 1e5, 1e-3, 1e-5, 1e8, 1e30, 1e-30] + ([1e200] if dtype == "float64" else []))
    special = rng.choice([0, 0, 0, 0.1, 0.9])
    values = []
    for _ in range(count):
        if rng.random() < special:
            values.append(rng.choice([math.nan, math.inf, -math.inf, 0.0]))
        else:
            values.append(draw_float(rng, style, scale))
    if dtype == "float32":
        values = torch.tensor(values, dtype=torch.float32).tolist()
    return values


def draw_options(rng):
    drawn = {
        "precision": rng.choice([0, 1, 2, 6, 8, 12]),
        "threshold": rng.choice([0, 5, 20, 100, 10000]),
        "edgeitems": rng.choice([1, 2, 4, 5, 10]),
        "linewidth": rng.choice([1, 10, 40, 60, 100, 120, 200]),
        "sci_mode": rng.choice([True, False]),
    }
    return {name: value for name, value in drawn.items() if rng.random() < 0.4}


def case(rng, options):
    dtype = rng.choice(["float32", "float32", "float64", "int64", "bool"])
    shape = draw_shape(rng)
    count = math.prod(shape)
    torch.set_printoptions(profile="default", **options)
    values = draw_values(rng, dtype, max(count, 1))
    repeated = (values * (count // len(values) + 1))[:count]
    text = str(torch.tensor(repeated, dtype=DTYPES[dtype]).reshape(shape))
    written = [v if not isinstance(v, float) or math.isfinite(v) else str(v) for v in values] if count else []
    recorded = {"dtype": dtype, "shape": shape, "values": written, "text": text}
    return {**recorded, "options": options} if options else recorded


def small(each):
    return len(json.dumps(each)) < 3000


def main():
    cases = int(sys.argv[1]) if len(sys.argv) > 1 else 150
    rng = random.Random(int(sys.argv[2]) if len(sys.argv) > 2 else 1)
    with_options = sys.argv[3:] == ["options"]
    drawn = []
    while len(drawn) < cases:
        each = case(rng, draw_options(rng) if with_options else {})
        if small(each) or cases > 1000:
            drawn.append(each)
    print("[\n" + ",\n".join(json.dumps(each) for each in drawn) + "\n]")


main()
