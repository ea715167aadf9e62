"""Lecture 4: the five stages of the network of lecture 3, and the six-layer network."""
import math

import torch
import torch.nn.functional as F

from reference.deep import DeepNet, inside, train_deep
from reference.mlp import FIRST_STEPS, SPLITS, chaotic, first_losses, splits
from reference.networks import STAGES, Net, descend, loss_of, minibatch, train_stage
from reference.stream import LETTERS, SEED, generator, randn
from reference.table import logged_steps, setup_of

RECORDED = {"tanh": {"train": "2.035597", "val": "2.102679"}, "kaiming": {"train": "2.037664", "val": "2.106990"},
            "batchnorm": {"train": "2.067415", "val": "2.105684"}}
RECORDED_INSIDE = {
    "gradient": ("2.6407e-03", "2.2456e-03", "2.0457e-03", "1.9831e-03", "1.9524e-03"),
    "weight gradient": ("8.0205e-03", "9.2411e-03", "7.1329e-03", "6.2343e-03", "5.7422e-03", "5.6722e-03", "1.2094e-02"),
}


def toy_losses(table):
    for logits in ([0, 0, 0, 0], [0, 0, 5, 0], [-3, 5, 0, 2]):
        loss = F.cross_entropy(torch.tensor([logits], dtype=torch.float32), torch.tensor([2])).item()
        table.add("", f"loss of {' '.join(map(str, logits))}", loss, "F")
    table.add("", "a uniform guess, ln 27", math.log(27), "D")


def kaiming_cell(table):
    g = generator()
    x, w = randn((1000, 10), g), randn((10, 200), g)
    table.add("", "std of x", x.std().item(), "F")
    table.add("", "std of x @ w", (x @ w).std().item(), "F")
    table.add("", "with w / sqrt(10)", (x @ (w / 10**0.5)).std().item(), "F")
    table.add("", "with w * 0.2", (x @ (w * 0.2)).std().item(), "F")
    table.add("", "with w * 5", (x @ (w * 5)).std().item(), "F")
    table.add("", "scale of W1", (5 / 3) / 30**0.5, "F")


@torch.no_grad()
def starts(table, data):
    """The first minibatch through each stage's untrained network."""
    for stage in STAGES:
        g = generator()
        net = Net(g, stage)
        x, y = minibatch(data.windows("train"), 32, g)
        pre = net.preactivations(x)
        if net.normalizes:
            mean, std = pre.mean(0), pre.std(0)
            pre = (pre - mean) / std
        h = torch.tanh(pre)
        logits = h @ net.W2 + net.b2
        saturated = h.abs() > 0.99
        table.add("", f"{stage}: first loss", F.cross_entropy(logits, y).item(), "F")
        if stage == "original":
            for i in range(5):
                table.add("", f"first example, logit {i}", logits[0, i].item(), "F")
        if stage == "softmax":  # the same tanh layer
            continue
        table.add("", f"{stage}: lowest hpreact", pre.min().item(), "F")
        table.add("", f"{stage}: highest hpreact", pre.max().item(), "F")
        table.add("", f"{stage}: std of hpreact", pre.std().item(), "F")
        table.add("", f"{stage}: saturated of {saturated.numel()}", saturated.sum().item(), 2)
        table.add("", f"{stage}: dead units", saturated.all(0).sum().item(), "E")
        if stage == "batchnorm":
            table.add("", "unit 0: bnmeani", mean[0].item(), "T")
            table.add("", "unit 0: bnstdi", std[0].item(), "F")
            table.add("", "unit 0, first example: before", net.preactivations(x)[0, 0].item(), "T")
            table.add("", "unit 0, first example: after", pre[0, 0].item(), "T")


def stages(table, data):
    for stage in STAGES:
        result = train_stage(data, stage)
        setup = setup_of(stage=stage) if stage != "batchnorm" else ""
        if stage == "original":
            first_losses(table, setup, data, FIRST_STEPS, chaotic)
            splits(table, setup, result, 0.02)
            continue
        trained(table, setup, stage, result, result, RECORDED.get(stage, ()))
        if stage == "batchnorm":
            trained(table, setup_of(calibrate=True), stage, result, result["calibrated"])


def trained(table, setup, stage, result, evaluated, notebook=()):
    table.add(setup, "parameters", Net(generator(), stage).count(), "E")
    table.losses(setup, result["losses"], "T", steps=logged_steps(200000))
    splits(table, setup, evaluated, "T", notebook)
    table.add(setup, "samples", " ".join(evaluated["names"]), "E")


KINDS = [{"gain": gain, "batchnorm": False, "tanh": tanh} for tanh in (True, False) for gain in (1.67, 1.0, 0.5, 3.0)]
KINDS = KINDS[:-1] + [{}, {"gain": 3.0}, {"gain": 1.67}, {"gain": 0.2}]


def setup_of_kind(gain=1.0, batchnorm=True, tanh=True):
    changed = {} if gain == 1 else {"gain": f"{gain:g}"}
    return setup_of(deep=True, no_batchnorm=not batchnorm, linear=not tanh, **changed)


def first_passes(table, data):
    """The first minibatch through untrained deep networks. Where the loss explodes, --check could not end."""
    for kind in KINDS:
        if kind == {"gain": 1.67, "batchnorm": False, "tanh": False}:
            continue
        g = generator()
        net = DeepNet(g, **kind)
        net.step(*minibatch(data.windows("train"), 32, g), keep=True)
        layers(table, setup_of_kind(**kind), net, inside(net), "at step 0, ", "F", "F")


def layers(table, setup, net, seen, when, std, gradient, notebook=()):
    for i, layer in enumerate(net.hidden):
        name = f"layer {net.layers.index(layer)} ({type(layer).__name__})"
        table.add(setup, f"{when}std of {name}", seen["std"][i], std)
        # one number of 3,200 is 0.03125 %
        table.add(setup, f"{when}saturated %, {name}", seen["saturated"][i], 0.032)
        table.add(setup, f"{when}gradient of {name}", seen["gradient"][i], gradient, dict(enumerate(notebook)).get(i, ""))


def mean_ratios(table, setup, result):
    for name, ratios in zip(result["weights"], result["ratios"]):
        table.add(setup, f"{name}, mean ratio", sum(ratios) / len(ratios), 0.001)


def deep_end(table, setup, result, notebook=()):
    splits(table, setup, result, "T", notebook)
    table.add(setup, "samples", " ".join(result["names"]), "E")


def deep(table, data):
    setup = setup_of(deep=True)
    short, long = train_deep(data), train_deep(data, steps=200000)
    table.add(setup, "parameters", short["count"], "E")
    table.losses(setup, short["losses"], "T")
    deep_end(table, setup, short["after 1001"], {"train": "2.400298", "val": "2.398247"})
    deep_end(table, setup_of(deep=True, steps=200000), long["after"])
    seen = short["inside at step 1000"]
    layers(table, setup, DeepNet(generator()), seen, "", "T", 1e-7, RECORDED_INSIDE["gradient"])
    for i, name in enumerate(short["weights"]):
        table.add(setup, f"gradient of {name}", seen["weight gradient"][i], 1e-6, RECORDED_INSIDE["weight gradient"][i])
        table.add(setup, f"gradient to data, {name}", seen["gradient to data"][i], "T")
    mean_ratios(table, setup, short)


def other_deep(table, data):
    for gain, batchnorm in ((1.67, True), (0.2, True), (1.67, False)):
        setup = setup_of(deep=True, gain=gain, no_batchnorm=not batchnorm)
        result = train_deep(data, batchnorm=batchnorm, gain=gain)
        table.add(setup, "parameters", result["count"], "E")
        table.losses(setup, result["losses"], "T")
        deep_end(table, setup, result["after 1001"])
        mean_ratios(table, setup, result)


def large_products(table):
    setup = setup_of(deep=True)
    g = generator()
    a, b = randn((1000, 1), g).requires_grad_(), randn((1000, 1000), g).requires_grad_()
    c = b @ a
    c.retain_grad()
    (randn((1000,), g) @ c).backward()
    for name, tensor in (("a", a), ("b", b), ("c", c)):
        table.add(setup, f"std of {name}", tensor.std().item(), "F")
    for name, tensor in (("c", c), ("a", a), ("b", b)):
        table.add(setup, f"gradient of {name}", tensor.grad.std().item(), "F")
    g = generator()
    inp, w = randn((1000,), g).requires_grad_(), randn((1000, 1000), g).requires_grad_()
    x = w @ inp
    out = (x - x.mean()) / (x.var() + 1e-5).sqrt()
    x.retain_grad()
    out.retain_grad()
    (out @ randn((1000,), g)).backward()
    table.add(setup, "std of out", out.std().item(), "F")
    for name, tensor in (("out", out), ("x", x), ("w", w), ("inp", inp)):
        table.add(setup, f"gradient of {name}", tensor.grad.std().item(), "F")


def zero_net(g=None):
    """All parameters zero, or all but C, which g draws."""
    net = Net(generator())
    for p in net.parameters:
        p.data.zero_()
    if g is not None:
        net.C.data = randn((27, 10), g)
    return net, dict(zip(("C", "W1", "b1", "W2", "b2"), net.parameters))


def zeros(table, data):
    setup = setup_of(exercise=1)
    for which in ("all zero", "C random"):
        g = generator()
        net, named = zero_net(g if which == "C random" else None)
        x, y = minibatch(data.windows("train"), 32, g)
        F.cross_entropy(net.logits(x), y).backward()
        for name, p in named.items():
            largest = p.grad.abs().max().item()
            table.add(setup, f"{which}: largest gradient of {name}", largest if name == "b2" else f"{largest:g}",
                      "F" if name == "b2" else "E")
        if which == "all zero":
            probs = torch.softmax(net.logits(x), 1)
            table.add(setup, "smallest probability", probs.min().item(), "F")
            table.add(setup, "largest probability", probs.max().item(), "F")
        table.add(setup, f"{which}: |h| > 0.01", (net.hidden(x).abs() > 0.01).sum().item(), "E")
    g = generator()
    net, named = zero_net(g)
    C = net.C.detach().clone()

    def loss():
        x, y = minibatch(data.windows("train"), 32, g)
        return F.cross_entropy(net.logits(x), y)

    losses = descend(net.parameters, loss, 10000, lambda step: 0.1)
    table.add(setup, "parameters", net.count(), "E")
    table.losses(setup, losses, "T")
    for name, p in named.items():
        if name != "b2":
            table.add(setup, f"{name}: moved by at most", f"{(p - C if name == 'C' else p).abs().max().item():g}", "E")
    for part in SPLITS:
        table.add(setup, f"{part} loss", loss_of(net.logits, data.windows(part)), "T")
    p = data.windows("train")[1].bincount(minlength=len(LETTERS)).double()
    p = p / p.sum()
    table.add(setup, "entropy of the letters", -(p * p.log()).sum().item(), "D")


def folded(table, data):
    setup, result = setup_of(exercise=2), train_deep(data)
    table.add(setup, "parameters", result["count"], "E")
    table.losses(setup, result["losses"], "T")
    table.add(setup, "largest difference of a dev logit", "0", 1e-5)
    table.add(setup, "val loss with the BatchNorms", result["after 1001"]["before"], "T")
    table.add(setup, "val loss", result["after 1001"]["after"], "T")


def widget(table):
    for x0 in (0, 10):
        setup = setup_of(widget=x0)
        x = randn((5,), generator(SEED + 1)) * 5
        x[0] = x0
        y = (x - x.mean()) / x.std()
        table.add(setup, "mean", x.mean().item(), "F")
        table.add(setup, "std", x.std().item(), "F")
        for i in range(5):
            table.add(setup, f"x[{i}]", x[i].item(), "F")
            table.add(setup, f"normalised x[{i}]", y[i].item(), "F")


def figures(table, data):
    for part, name in zip(SPLITS, ("examples to train on", "to tune on (dev)", "to test on")):
        table.add("", name, len(data.windows(part)[1]), "E")
    toy_losses(table)
    kaiming_cell(table)
    starts(table, data)
    large_products(table)
    stages(table, data)
    first_passes(table, data)
    deep(table, data)
    other_deep(table, data)
    zeros(table, data)
    folded(table, data)
    widget(table)
