"""The names, their splits and windows, and the random stream that the lectures' apps follow by default.

PyTorch's generator gives the words; only `randn` is done here. A PyTorch for AVX2 computes the normals by
polynomials, the notebooks' one by correctly rounded float functions: the app's profile `scalar`. Both use the
same words, so that minibatches and samples come from PyTorch itself.
"""
import functools
import math
import random

import numpy as np
import torch

SEED = 2147483647
LETTERS = ".abcdefghijklmnopqrstuvwxyz"


def generator(seed=SEED):
    return torch.Generator().manual_seed(seed)


def _normal_blocks(units):
    u1 = (np.float32(1) - units[:, :8]).astype(np.float64)
    u2 = units[:, 8:].astype(np.float64)
    radius = np.sqrt(np.float32(-2) * np.log(u1).astype(np.float32))
    theta = (2 * math.pi * u2).astype(np.float32).astype(np.float64)
    cosine, sine = np.cos(theta).astype(np.float32), np.sin(theta).astype(np.float32)
    return np.concatenate([radius * cosine, radius * sine], axis=1)


def randn(shape, g):
    """torch.randn(shape, generator=g) of a PyTorch without AVX2."""
    count = math.prod(shape)
    if count < 16:
        return torch.randn(shape, generator=g)
    units = torch.rand(count, generator=g).numpy()
    whole = count - count % 16
    out = np.empty(count, np.float32)
    out[:whole] = _normal_blocks(units[:whole].reshape(-1, 16)).reshape(-1)
    if count % 16:  # the last sixteen are drawn afresh, over what stands there
        out[-16:] = _normal_blocks(torch.rand(16, generator=g).numpy().reshape(1, 16)).reshape(-1)
    return torch.from_numpy(out).view(shape)


def windows(names, block):
    """The lecture's X (n, block) and Y (n): each character after the `block` before it."""
    contexts, targets = [], []
    for name in names:
        context = [0] * block
        for c in name + ".":
            contexts.append(context)
            targets.append(LETTERS.index(c))
            context = context[1:] + [targets[-1]]
    return torch.tensor(contexts), torch.tensor(targets)


class Data:
    """A file of names; split as in lecture 3, once shuffled with seed 42."""

    def __init__(self, file):
        with open(file) as text:
            self.names = text.read().split()
        self.is_lecture = len(self.names) == 32033
        shuffled = list(self.names)
        random.Random(42).shuffle(shuffled)
        a, b = int(0.8 * len(shuffled)), int(0.9 * len(shuffled))
        self.split = {"train": shuffled[:a], "val": shuffled[a:b], "test": shuffled[b:]}

    @functools.lru_cache(maxsize=None)
    def windows(self, part, block=3):
        return windows(self.names if part == "all" else self.split[part], block)


def sample_names(probabilities, block, count, g):
    """`count` names from probabilities(context (1, block)) -> (1, 27), each character the winner of a race."""
    names = []
    for _ in range(count):
        context, name = [0] * block, ""
        while not name.endswith("."):
            ix = torch.multinomial(probabilities(torch.tensor([context])), 1, generator=g).item()
            context = context[1:] + [ix]
            name += LETTERS[ix]
        names.append(name)
    return names
