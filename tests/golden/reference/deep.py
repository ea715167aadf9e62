"""Lecture 4's six-layer network, by classes as the lecture writes them, and what it looks at inside."""
import functools

import torch
import torch.nn.functional as F

from reference.networks import decayed, minibatch, outcome
from reference.stream import generator, randn

BLOCK, EMBED, HIDDEN = 3, 10, 100


class Linear:
    def __init__(self, fan_in, fan_out, g, bias):
        self.weight = randn((fan_in, fan_out), g) / fan_in**0.5
        self.bias = torch.zeros(fan_out) if bias else None

    def __call__(self, x, training):
        self.out = x @ self.weight
        if self.bias is not None:
            self.out = self.out + self.bias
        return self.out

    def parameters(self):
        return [self.weight] if self.bias is None else [self.weight, self.bias]


class BatchNorm1d:
    def __init__(self, dim):
        self.gamma, self.beta = torch.ones(dim), torch.zeros(dim)
        self.running_mean, self.running_var = torch.zeros(dim), torch.ones(dim)

    def __call__(self, x, training):
        mean, var = (x.mean(0), x.var(0)) if training else (self.running_mean, self.running_var)
        if training:
            with torch.no_grad():
                self.running_mean = 0.9 * self.running_mean + 0.1 * mean
                self.running_var = 0.9 * self.running_var + 0.1 * var
        self.out = self.gamma * ((x - mean) / torch.sqrt(var + 1e-5)) + self.beta
        return self.out

    def parameters(self):
        return [self.gamma, self.beta]


class Tanh:
    def __call__(self, x, training):
        self.out = torch.tanh(x)
        return self.out

    def parameters(self):
        return []


class DeepNet:
    """gain: of every Linear weight but that of a final Linear, which is made small."""

    def __init__(self, g, batchnorm=True, tanh=True, gain=1.0):
        self.C = randn((27, EMBED), g)
        sizes = [BLOCK * EMBED] + [HIDDEN] * 5 + [27]
        self.layers, self.hidden = [], []
        for i in range(6):
            self.layers.append(Linear(sizes[i], sizes[i + 1], g, bias=not batchnorm))
            self.layers += [BatchNorm1d(sizes[i + 1])] if batchnorm else []
            self.layers += [Tanh()] if tanh and i < 5 else []
            if i < 5:
                self.hidden.append(self.layers[-1])
        for layer in self.layers:
            if isinstance(layer, Linear) and layer is not self.layers[-1]:
                layer.weight *= gain
        if batchnorm:
            self.layers[-1].gamma *= 0.1
        else:
            self.layers[-1].weight *= 0.1
        self.parameters = [self.C] + [p for layer in self.layers for p in layer.parameters()]
        for p in self.parameters:
            p.requires_grad = True

    def names_of_weights(self):
        return ["C"] + [f"layers.{i}.weight" for i, layer in enumerate(self.layers) if isinstance(layer, Linear)]

    def weights(self):
        return [p for p in self.parameters if p.ndim == 2]

    def count(self):
        return sum(p.nelement() for p in self.parameters)

    def logits(self, x, training=False):
        y = self.C[x].view(x.shape[0], -1)
        for layer in self.layers:
            y = layer(y, training)
        return y

    def step(self, x, y, keep=False):
        """The loss, and gradients; `keep` those of the layers' outputs too."""
        loss = F.cross_entropy(self.logits(x, training=True), y)
        if keep:
            for layer in self.layers:
                layer.out.retain_grad()
        for p in self.parameters:
            p.grad = None
        loss.backward()
        return loss.item()

    def fold(self):
        """Logits by a function without batch normalisations: each is one affine map with the Linear before it."""
        affine = []
        for linear, norm in zip(self.layers, self.layers[1:]):
            if isinstance(linear, Linear):
                scale = norm.gamma / torch.sqrt(norm.running_var + 1e-5)
                affine.append((linear.weight * scale, norm.beta - norm.running_mean * scale))

        def logits(x):
            y = self.C[x].view(x.shape[0], -1)
            for i, (W, b) in enumerate(affine):
                y = y @ W + b
                y = torch.tanh(y) if i < len(affine) - 1 else y
            return y

        return logits


def inside(net):
    """Of the minibatch seen last: what the lecture's four diagrams show."""
    outs = [layer.out for layer in net.hidden]
    return {
        "mean": [t.mean().item() for t in outs],
        "std": [t.std().item() for t in outs],
        "saturated": [(t.abs() > 0.97).float().mean().item() * 100 for t in outs],
        "gradient": [t.grad.std().item() for t in outs],
        "weight gradient": [w.grad.std().item() for w in net.weights()],
        "gradient to data": [(w.grad.std() / w.std()).item() for w in net.weights()],
    }


@torch.no_grad()
def folding(net, data):
    x, y = data.windows("val")
    whole, simple = net.logits(x), net.fold()(x)
    loss = lambda logits: F.cross_entropy(logits, y, reduction="none").double().mean().item()
    return {"apart": (whole - simple).abs().max().item(), "before": loss(whole), "after": loss(simple)}


@functools.lru_cache(maxsize=None)
def train_deep(data, steps=1001, batchnorm=True, tanh=True, gain=1.0):
    g = generator()
    net = DeepNet(g, batchnorm, tanh, gain)
    rate = decayed(0.1, 150000)
    result = {"losses": [], "count": net.count(), "weights": net.names_of_weights()}
    result["ratios"] = [[] for _ in net.weights()]
    for step in range(steps):
        x, y = minibatch(data.windows("train"), 32, g)
        result["losses"].append(net.step(x, y, keep=step in (0, 1000)))
        lr = rate(step)
        for p in net.parameters:
            p.data += -lr * p.grad
        if 500 < step <= 1000:
            for ratios, w in zip(result["ratios"], net.weights()):
                ratios.append(((lr * w.grad).std() / w.data.std()).log10().item())
        if step in (0, 1000):
            result[f"inside at step {step}"] = inside(net)
        if step == 1000:
            result["after 1001"] = {**outcome(net, data), **(folding(net, data) if batchnorm else {})}
    if steps > 1001:
        result["after"] = outcome(net, data)
    return result
