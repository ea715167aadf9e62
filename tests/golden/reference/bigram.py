"""Lecture 2, counting, and its exercise with contexts of two. Likelihoods in double, sampling from float32 rows."""
import collections

import torch

from reference.stream import LETTERS, generator, windows
from reference.table import setup_of

SMOOTHINGS = (0, 0.01, 0.1, 1, 2, 5, 10, 100, 1000, 1000000)
TUNED = (0.001, 0.01, 0.05, 0.1, 0.2, 0.3, 0.5, 1, 2, 5, 10, 100)
SCORED = ("andrejq", "emma")


def count(names, order=2):
    x, y = windows(names, order - 1)
    N = torch.zeros((27,) * order, dtype=torch.int64)
    return N.index_put_((*x.unbind(1), y), torch.ones(len(y), dtype=torch.int64), accumulate=True)


def probabilities(N, K, dtype=torch.float64):
    P = N.to(dtype) + K
    return P / P.sum(-1, keepdim=True)


def total_nll(P, seen):
    """Of the n-grams counted in `seen`: infinite where one has no probability."""
    there = seen > 0
    return -(seen[there].double() * torch.nan_to_num(P[there]).log()).sum().item()


def mean_nll(P, seen):
    return total_nll(P, seen) / seen.sum().item()


def sample(P, how_many, g, replacement=True):
    names = []
    for _ in range(how_many):
        context, name = [0] * (P.dim() - 1), ""
        while not name.endswith("."):
            ix = torch.multinomial(P[tuple(context)], 1, replacement=replacement, generator=g).item()
            context = context[1:] + [ix]
            name += LETTERS[ix]
        names.append(name)
    return " ".join(names)


def look(table, data):
    lengths = [len(name) for name in data.names]
    table.add("", "names", len(data.names), "E")
    table.add("", "distinct names", len(set(data.names)), "E")
    table.add("", "letters", sum(lengths), "E")
    table.add("", "shortest", min(lengths), "E")
    table.add("", "longest", max(lengths), "E")
    table.add("", "first names", " ".join(data.names[:8]), "E")
    table.add("", "last name", data.names[-1], "E")
    first = "." + data.names[0] + "."
    table.add("", "pairs of the first name", " ".join(a + b for a, b in zip(first, first[1:])), "E")


def counts(table, data, N):
    pairs = collections.Counter()  # the lecture's dictionary
    for name in data.names:
        chars = "." + name + "."
        pairs.update(zip(chars, chars[1:]))
    assert all(N[LETTERS.index(a), LETTERS.index(b)] == n for (a, b), n in pairs.items())
    top = sorted(pairs.items(), key=lambda pair: -pair[1])[:10]
    table.add("", "bigrams", sum(pairs.values()), "E")
    table.add("", "different bigrams", len(pairs), "E")
    table.add("", "cells of the table in use", (N > 0).sum().item(), "E")
    table.add("", "empty cells", (N == 0).sum().item(), "E")
    table.add("", "n. in it: names that end in n", pairs["n", "."], "E")
    table.add("", "shape of N", "(27, 27)", "E")
    table.add("", "most frequent 10", ", ".join(f"{a}{b} {n}" for (a, b), n in top), "E")
    table.add("", "row 0: how names begin", " ".join(map(str, N[0].tolist())), "E")
    table.add("", "row sums of ., a, q, x", " ".join(str(N[LETTERS.index(c)].sum().item()) for c in ".aqx"), "E")


def draws(table, N):
    p = N[0].float() / N[0].sum()
    table.add("", "one draw from row 0", LETTERS[torch.multinomial(p, 1, True, generator=generator()).item()], "E")
    g = generator()
    three = torch.rand(3, generator=g)
    three = three / three.sum()
    for i in range(3):
        table.add("", f"rand(3) / its sum, [{i}]", f"{three[i].item():.7f}", 5e-8)
    drawn = torch.multinomial(three, 100, True, generator=g)
    table.add("", "100 draws from it begin", " ".join(map(str, drawn[:10].tolist())), "E")
    table.add("", "how many of each", " ".join(map(str, drawn.bincount(minlength=3).tolist())), "E")


def likelihood(table, data, N):
    P = probabilities(N, 0)
    three = count(data.names[:3])
    table.add("", "pairs of the first 3 names", three.sum().item(), "E")
    table.add("", f"log-likelihood of these {three.sum().item()}", -total_nll(P, three), "D")
    table.add("", f"mean of these {three.sum().item()}, negative: the loss", mean_nll(P, three), "D")
    for K in SMOOTHINGS:
        table.add("", f"mean nll, K = {K}", mean_nll(probabilities(N, K), N), "D")
    table.add("", "uniform guess, ln 27", mean_nll(torch.full((27, 27), 1 / 27, dtype=torch.float64), N), "D")


def scores(table, N):
    for word in SCORED:
        seen = count([word])
        for K in (0, 1):
            P = probabilities(N, K)
            setup = setup_of(score=word, smoothing=0) if K == 0 else setup_of(score=word)
            table.add(setup, "negative log-likelihood", total_nll(P, seen), "D")
            table.add(setup, "mean of its characters and its end", mean_nll(P, seen), "D")


def broadcast_bug(table, N):
    """Without keepdim the sums are divided along the wrong axis."""
    wrong = N.float() + 1
    wrong = wrong / wrong.sum(1)
    exact = N.double() + 1
    for setup in ("", setup_of(show_broadcast_bug=True)):
        for i in range(4):
            table.add(setup, f"by mistake: row {i} sums to", wrong[i].sum().item(), "F")
        table.add(setup, "names by mistake", sample(wrong, 3, generator()), "E")
        table.add(setup, "the loss by mistake", mean_nll(exact / exact.sum(1), N), "D")


def samples(table, data, N):
    P = probabilities(N, 1, torch.float32)
    table.add("", "untrained", sample(torch.ones(27, 27) / 27, 3, generator()), "E")
    table.add("", "P[0] sums to", P[0].sum().item(), "F")
    table.add("", "samples", sample(P, 10, generator()), "E")
    table.add(setup_of(smoothing=0), "samples", sample(probabilities(N, 0, torch.float32), 5, generator()), "E")
    table.add(setup_of(sampling="race"), "samples", sample(P, 5, generator(), replacement=False), "E")
    mkl = "junide. janasah. p. cony. a." if data.is_lecture else ""  # from a PyTorch 2 with MKL
    table.add(setup_of(sampling="mkl"), "samples", mkl, "E")


def tune(table, setup, names, order, prefix=""):
    N, dev, test = (count(names[part], order) for part in ("train", "val", "test"))
    losses = {K: mean_nll(probabilities(N, K), dev) for K in TUNED}
    best = min(losses, key=losses.get)
    for K in TUNED:
        if not prefix:
            table.add(setup, f"train loss at K = {K}", mean_nll(probabilities(N, K), N), "D")
        table.add(setup, f"{prefix}dev loss at K = {K}", losses[K], "D")
    table.add(setup, f"{prefix}best smoothing", str(best), "E")
    table.add(setup, f"{prefix}test loss there", mean_nll(probabilities(N, best), test), "D")
    return best


def trigram(table, data):
    N = count(data.split["train"], 3)
    plain, tuned = setup_of(order=3), setup_of(order=3, tune=True)
    tune(table, setup_of(tune=True), data.split, 2)
    best = tune(table, tuned, data.split, 3)
    tune(table, tuned, data.split, 2, "bigram ")
    for setup, K in ((plain, 0.2), (tuned, best)):
        table.add(setup, "cells of the table", N.numel(), "E")
        table.add(setup, "trigrams in the train names", N.sum().item(), "E")
        table.add(setup, "cells in use", (N > 0).sum().item(), "E")
        table.add(setup, f"mean nll of the train names, K = {K}", mean_nll(probabilities(N, K), N), "D")
        table.add(setup, "samples", sample(probabilities(N, K, torch.float32), 5, generator()), "E")


def figures(table, data):
    N = count(data.names)
    look(table, data)
    counts(table, data, N)
    draws(table, N)
    likelihood(table, data, N)
    scores(table, N)
    broadcast_bug(table, N)
    samples(table, data, N)
    trigram(table, data)
