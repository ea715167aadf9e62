"""PyTorch's word on the scalar engine: values and gradients of random expressions agree to rounding.

    micrograd_torch_test.py PATH_OF_micrograd_expressions_dump

Exit code 77 (skipped) where no Python with torch is found.
"""
import json
import os
import subprocess
import sys

try:
    import torch
except ImportError:
    system = "/usr/bin/python3"
    if sys.executable != system and os.path.exists(system):
        os.execv(system, [system] + sys.argv)
    print("skipped: PyTorch is not installed; finite differences in apps_tests still check the engine")
    sys.exit(77)

SEED, COUNT = 20, 5000
# A rounding is 1e-16; up to 24 steps, each of which may magnify it by its slopes, stay well below this.
TOLERANCE = 1e-9

OPS = {
    "add": lambda x, y, k: x + y, "sub": lambda x, y, k: x - y,
    "mul": lambda x, y, k: x * y, "div": lambda x, y, k: x / y,
    "neg": lambda x, y, k: -x, "exp": lambda x, y, k: x.exp(),
    "log": lambda x, y, k: x.log(), "tanh": lambda x, y, k: x.tanh(),
    "relu": lambda x, y, k: x.relu(), "pow": lambda x, y, k: x ** k,
    "add_number": lambda x, y, k: x + k, "number_sub": lambda x, y, k: k - x,
    "mul_number": lambda x, y, k: k * x, "number_div": lambda x, y, k: k / x,
}


def torch_answer(expression):
    leaves = [torch.tensor(x, dtype=torch.float64, requires_grad=True) for x in expression["leaves"]]
    entries = list(leaves)
    for op, left, right, number in expression["steps"]:
        entries.append(OPS[op](entries[left], entries[right], number))
    entries[-1].backward()
    return [entries[-1].item()] + [0.0 if x.grad is None else x.grad.item() for x in leaves]


def main():
    dump = subprocess.run([sys.argv[1], str(SEED), str(COUNT)], check=True, capture_output=True, text=True)
    lines = dump.stdout.splitlines()
    used, worst, wrong = {}, 0.0, 0
    for number, line in enumerate(lines):
        expression = json.loads(line)
        for step in expression["steps"]:
            used[step[0]] = used.get(step[0], 0) + 1
        ours = [expression["value"]] + expression["gradients"]
        theirs = torch_answer(expression)
        error = max(abs(a - b) / max(1.0, abs(b)) for a, b in zip(ours, theirs))
        worst = max(worst, error)
        if not error <= TOLERANCE:
            wrong += 1
            print(f"expression {number}: ours {ours}, PyTorch {theirs}")
    print(f"{len(lines)} expressions, {wrong} wrong, largest relative difference {worst:.1e}")
    assert len(lines) == COUNT and wrong == 0
    assert set(used) == set(OPS), "an operation was never drawn"


main()
