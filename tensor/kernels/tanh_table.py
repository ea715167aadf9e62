"""The table of tensor/kernels/tanh_table.h.

usage: tanh_table.py                 prints it
       tanh_table.py --check FILE    fails if FILE does not hold it

A row is a piece's center and the coefficients c0 to c5 of tanh x = c0 + t (c1 + t (c2 + ...)), t = x - center.
"""

import math
import struct
import sys
from decimal import Decimal, getcontext

getcontext().prec = 40
DEGREE = 5
NAMES = ["kCenter", "kC0", "kC1", "kC2", "kC3", "kC4", "kC5"]


def tanh(x):
    e = (2 * x).exp()
    return (e - 1) / (e + 1)


def bits(x):
    return struct.unpack("<I", struct.pack("<f", x))[0]


def as_float(x):
    """The nearest float."""
    return struct.unpack("<f", struct.pack("<f", float(x)))[0]


def center(low, high):
    """Of the floats around the middle the one whose tanh is nearest to a float: c0 then costs no accuracy."""
    middle = bits((low + high) / 2)
    floats = [struct.unpack("<f", struct.pack("<I", middle + i))[0] for i in range(-500, 501)]
    return min(floats, key=lambda x: abs(tanh(Decimal(x)) - Decimal(as_float(tanh(Decimal(x))))))


def interpolate(xs, ys):
    """Coefficients, lowest power first, of the polynomial through these points (Newton's divided differences)."""
    ys = list(ys)
    for order in range(1, len(xs)):
        for i in range(len(xs) - 1, order - 1, -1):
            ys[i] = (ys[i] - ys[i - 1]) / (xs[i] - xs[i - order])
    result = [Decimal(0)] * len(xs)
    for x, y in zip(reversed(xs), reversed(ys)):
        result = [y - x * result[0]] + [result[i - 1] - x * result[i] for i in range(1, len(xs))]
    return result


def piece(low, high):
    if low == 0:  # the series: 0 and subnormal numbers come out exact
        return [0.0, 0.0, 1.0, 0.0, as_float(Decimal(-1) / 3), 0.0, as_float(Decimal(2) / 15)]
    c = center(low, high)
    at_center = tanh(Decimal(c))
    # (tanh x - tanh center) / t at the Chebyshev points of the piece.
    xs = [(low + high) / 2 + (high - low) / 2 * math.cos(math.pi * (i + 0.5) / DEGREE) for i in range(DEGREE)]
    ts = [Decimal(x) - Decimal(c) for x in xs]
    slopes = [(tanh(Decimal(x)) - at_center) / t for x, t in zip(xs, ts)]
    return [c, as_float(at_center)] + [as_float(coefficient) for coefficient in interpolate(ts, slopes)]


def row_of(x):
    """The low three bits of the exponent and the first two of the fraction."""
    return bits(x) >> 21 & 31


def table():
    rows = [[0.0] * (DEGREE + 2)] * 32
    for exponent in range(-4, 3):
        for quarter in range(4):
            low = 2.0**exponent * (1 + quarter / 4)
            rows[row_of(low)] = piece(low, low + 2.0**exponent / 4)
    rows[row_of(8.0)] = piece(8.0, 9.02)
    rows[row_of(15 / 256)] = piece(0.0, 1 / 16)
    return rows


def literal(x):
    """x to the nine digits that tell any float from the next."""
    digits = f"{x:.9g}"
    return digits + ("F" if "." in digits else ".0F")


def text():
    lines = []
    for name, column in zip(NAMES, zip(*table())):
        lines.append(f"alignas(64) inline constexpr float {name}[32] = {{")
        for i in range(0, 32, 4):
            lines.append("    " + ", ".join(literal(x) for x in column[i : i + 4]) + ",")
        lines.append("};")
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    if sys.argv[1:2] == ["--check"]:
        with open(sys.argv[2]) as file:
            if text() not in file.read():
                sys.exit(f"{sys.argv[2]} does not hold the table that this script makes")
    else:
        print(text(), end="")
