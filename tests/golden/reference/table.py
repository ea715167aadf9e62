"""figures.csv: one line a figure, RFC 4180, with the columns below.

A value is text (E: counts, shapes, names) or a number: 12 significant digits where all is in double (D), else six
after the point, or 7 significant digits of a small one.
"""
import csv
import math
import os

COLUMNS = ("setup", "name", "notebook", "lecture", "embedded", "tolerance")


def setup_of(**flags):
    """The flags in alphabetical order, as typed: setup_of(embed=2, find_lr=True) is "--embed 2 --find-lr"."""
    words = [f"--{k.replace('_', '-')}" + ("" if v is True else f" {v}") for k, v in flags.items() if v is not False]
    return " ".join(sorted(words))


def logged_steps(steps):
    """What a run of so many steps shows."""
    if steps <= 20:
        return list(range(steps))
    small = [0] + [d * 10**e for e in range(4) for d in (1, 2, 5) if d * 10**e < 10000]
    large = range(10000, steps, 10000)
    return sorted({s for s in [*small, *large, steps - 1] if s < steps})


def written(value, tolerance):
    if not isinstance(value, float) or not math.isfinite(value):
        return str(value)
    if tolerance == "D":
        return f"{value:.12g}"
    if abs(value) >= 0.1 or value == 0:
        return f"{value:.6f}"
    return f"{value:.6e}" if abs(value) < 0.001 else f"{value:.{6 - math.floor(math.log10(abs(value)))}f}"


class Table:
    def __init__(self):
        self.rows = {}

    def add(self, setup, name, value, tolerance, notebook=""):
        """tolerance: "E", "D", "F", "T", or a number: within so much."""
        if (setup, name) in self.rows:
            raise ValueError(f"{setup!r}, {name!r} is there already")
        self.rows[setup, name] = (written(value, tolerance), str(tolerance), notebook)

    def losses(self, setup, losses, tolerance, notebook=(), steps=None):
        """A list or {step: loss}. notebook: {step: text}; steps: which of them, by default those that a run shows."""
        steps = steps or (losses if isinstance(losses, dict) else logged_steps(len(losses)))
        for step in steps:
            self.add(setup, f"loss at step {step}", losses[step], tolerance(step) if callable(tolerance) else tolerance,
                     dict(notebook).get(step, ""))

    def write(self, path, column):
        """Fills `column` of the file: lines that are there keep their other one."""
        other = {"lecture": "embedded", "embedded": "lecture"}[column]
        kept = {}
        if os.path.exists(path):
            with open(path, newline="") as file:
                kept = {(row["setup"], row["name"]): row[other] for row in csv.DictReader(file)}
        with open(path, "w", newline="") as file:
            lines = csv.writer(file, lineterminator="\n")
            lines.writerow(COLUMNS)
            for (setup, name), (value, tolerance, notebook) in self.rows.items():
                values = {column: value, other: kept.get((setup, name), "")}
                lines.writerow([setup, name, notebook, values["lecture"], values["embedded"], tolerance])
