"""Lecture 2, the network: one linear layer, whose rows are log-counts, by full batches."""
import torch
import torch.nn.functional as F

from reference.bigram import sample
from reference.mlp import shape
from reference.networks import descend
from reference.stream import LETTERS, generator, randn, windows
from reference.table import logged_steps, setup_of


def ids(x):
    """A context's number: 27 * first + second for two characters."""
    number = x[:, 0]
    for i in range(1, x.shape[1]):
        number = number * 27 + x[:, i]
    return number


def mean_nll(W, N):
    """Equal pairs have equal losses, so F.cross_entropy(W[x], y) is a sum over W's rows: a hundredth of the time."""
    return -(N * torch.log_softmax(W, 1)).sum() / N.sum()


def train(x, y, lr, reg, steps, rows=27):
    W = randn((rows, 27), generator()).requires_grad_()
    N = torch.zeros(rows, 27).index_put_((x, y), torch.ones(len(y)), accumulate=True)
    assert abs(mean_nll(W, N).item() - F.cross_entropy(W[x], y).item()) < 1e-5
    losses = descend([W], lambda: mean_nll(W, N) + reg * (W**2).mean(), steps, lambda step: lr)
    return W.detach(), losses


def loss(W, x, y):
    return F.cross_entropy(W[x], y, reduction="none").double().mean().item()


def first_name(table, setup, name):
    """The lecture's five examples, one by one, with the untrained W."""
    x, y = windows([name], 1)
    W = randn((27, 27), generator())
    xenc = F.one_hot(x[:, 0], 27).float()
    logits = xenc @ W
    counts = logits.exp()
    probs = counts / counts.sum(1, keepdim=True)
    table.add(setup, "xs", " ".join(map(str, x[:, 0].tolist())), "E")
    table.add(setup, "ys", " ".join(map(str, y.tolist())), "E")
    neuron = randn((27, 1), generator())
    for what, tensor in (("xenc", xenc), ("one neuron's W", neuron), ("xenc @ one neuron's W", xenc @ neuron),
                         ("xenc @ W", logits)):
        table.add(setup, f"shape of {what}", shape(tensor), "E")
    for j in range(3):
        table.add(setup, f"logits[0, {j}]", logits[0, j].item(), "F")
        table.add(setup, f"counts[0, {j}]", counts[0, j].item(), "F")
        table.add(setup, f"probs[0, {j}]", probs[0, j].item(), "F")
    table.add(setup, "(xenc @ W)[3, 13]: row 3 times column 13", logits[3, 13].item(), "F")
    table.add(setup, "probs[0] sums to", probs[0].sum().item(), "F")
    for i in range(min(5, len(y))):
        pair = f"{LETTERS[x[i, 0]]} -> {LETTERS[y[i]]}"
        table.add(setup, f"{pair}: probability", probs[i, y[i]].item(), "F", f"{probs[i, y[i]]:.4f}")
    table.add(setup, "mean nll by hand", -probs[range(len(y)), y].log().mean().item(), "F")
    table.add(setup, "cross_entropy", F.cross_entropy(logits, y).item(), "F")


def emma(table, data):
    setup = setup_of(lr=0.1, reg=0, words="0:1")
    x, y = windows(data.names[:1], 1)
    losses = train(x[:, 0], y, 0.1, 0, 100)[1]
    steps = sorted({*range(20), *logged_steps(100)})
    table.losses(setup, losses, "T", {0: "3.7693", 4: "3.6892"}, steps)


def bigrams(table, data):
    x, y = data.windows("all", 1)
    x = x[:, 0]
    table.add("", "examples", len(y), "E")
    table.add("", "parameters", 27 * 27, "E")
    steps = sorted({*logged_steps(100), *logged_steps(200), *logged_steps(400)})
    for reg in (0.01, 0):
        setup = setup_of() if reg else setup_of(reg=0)
        losses = train(x, y, 50, reg, 400)[1]
        table.losses(setup, losses, "T", steps=steps)
    for lr in (1, 10, 100):
        table.losses(setup_of(lr=lr), train(x, y, lr, 0.01, 100)[1], "T")
    for reg in (0.001, 0.1, 1):
        table.losses(setup_of(reg=reg), train(x, y, 50, reg, 100)[1], "T")
    for setup, steps in (("", 100), (setup_of(steps=400), 400)):
        W = train(x, y, 50, 0.01, steps)[0]
        table.add(setup, "loss without reg", loss(W, x, y), "T")
        table.add(setup, "samples", sample(torch.softmax(W, 1), 5, generator()), "E")


def trigrams(table, data):
    train_x, train_y = data.windows("train", 2)
    dev_x, dev_y = data.windows("val", 2)
    train_x, dev_x = ids(train_x), ids(dev_x)
    setup = setup_of(order=3)
    table.add(setup, "parameters", 729 * 27, "E")
    table.add(setup, "train examples", len(train_y), "E")
    table.add(setup, "dev examples", len(dev_y), "E")
    for steps in (100, 200):
        W, losses = train(train_x, train_y, 50, 0.01, steps, 729)
        end = setup_of(order=3) if steps == 100 else setup_of(order=3, steps=steps)
        table.add(end, "train loss", loss(W, train_x, train_y) + 0.01 * (W**2).mean().item(), "T")
        table.add(end, "train loss, without reg", loss(W, train_x, train_y), "T")
        table.add(end, "dev loss", loss(W, dev_x, dev_y), "T")
        table.add(end, "samples", sample(torch.softmax(W, 1).view(27, 27, 27), 5, generator()), "E")
    table.losses(setup, losses, "T", steps=sorted({*logged_steps(100), *logged_steps(200)}))
    # At a rate of 250 the frequent rows overshoot: in float and in double PyTorch is 0.15 apart at the end.
    W = train(train_x, train_y, 250, 0, 400, 729)[0]
    end = setup_of(lr=250, order=3, reg=0, steps=400)
    table.add(end, "train loss, without reg", loss(W, train_x, train_y), 0.25)
    table.add(end, "dev loss", loss(W, dev_x, dev_y), 0.25)


def figures(table, data):
    first_name(table, "", data.names[0])
    first_name(table, setup_of(lr=0.1, reg=0, words="0:1"), data.names[0])
    emma(table, data)
    bigrams(table, data)
    trigrams(table, data)
