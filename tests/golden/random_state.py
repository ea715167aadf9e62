"""Records what torch.Generator.get_state() holds after some draws: tests/golden/random_state.json.

Run with a Python that has PyTorch; recorded with 1.13.1. fnv1a64 is FNV-1a over the state's 5056 bytes.
"""
import json
import pathlib

import torch


def fnv1a64(data):
    digest = 0xCBF29CE484222325
    for byte in data:
        digest = (digest ^ byte) * 0x100000001B3 % 2**64
    return f"{digest:016x}"


DRAWS = {
    "none": lambda g: None,
    "rand 1": lambda g: torch.rand(1, generator=g),
    "rand 624": lambda g: torch.rand(624, generator=g),
    "rand 625": lambda g: torch.rand(625, generator=g),
    "randn 5": lambda g: torch.randn(5, generator=g),
    "randn 6": lambda g: torch.randn(6, generator=g),
    "randn 17": lambda g: torch.randn(17, generator=g),
}

cases = []
for seed in (42, 2147483647, -1, 2**32 + 7):
    for name, draw in DRAWS.items():
        generator = torch.Generator().manual_seed(seed)
        draw(generator)
        state = bytes(generator.get_state().tolist())
        cases.append({"seed": seed, "draws": name, "bytes": len(state), "fnv1a64": fnv1a64(state)})

path = pathlib.Path(__file__).with_suffix(".json")
path.write_text(json.dumps({"oracle": f"torch {torch.__version__}", "cases": cases}, indent=1) + "\n")
