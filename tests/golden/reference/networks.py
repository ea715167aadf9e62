"""The one-hidden-layer network of lectures 3 and 4, and its training."""
import functools

import torch
import torch.nn.functional as F

from reference.stream import generator, randn, sample_names

SAMPLE_SEED = 2147483657
STAGES = ("original", "softmax", "tanh", "kaiming", "batchnorm")


class Net:
    """C, W1, b1, W2, b2 drawn in this order, each times the stage's scale; `batchnorm` has gain and bias for b1."""

    def __init__(self, g, stage="original", block=3, embed=10, hidden=200, direct=False):
        gain = (5 / 3) / (block * embed) ** 0.5
        scales = {"original": (1, 1, 1, 1), "softmax": (1, 1, 0.01, 0), "tanh": (0.2, 0.01, 0.01, 0)}
        w1, b1, w2, b2 = scales.get(stage, (gain, 0.01, 0.01, 0))
        self.normalizes = stage == "batchnorm"
        self.C = randn((27, embed), g)
        self.W1 = randn((block * embed, hidden), g) * w1
        self.b1 = None if self.normalizes else randn((hidden,), g) * b1
        self.W2 = randn((hidden, 27), g) * w2
        self.b2 = randn((27,), g) * b2
        self.W0 = randn((block * embed, 27), g) if direct else None
        self.gain, self.bias = (torch.ones(1, hidden), torch.zeros(1, hidden)) if self.normalizes else (None, None)
        self.mean, self.std = torch.zeros(1, hidden), torch.ones(1, hidden)
        self.parameters = [p for p in (self.C, self.W1, self.b1, self.W2, self.b2, self.W0, self.gain, self.bias)
                           if p is not None]
        for p in self.parameters:
            p.requires_grad = True

    def count(self):
        return sum(p.nelement() for p in self.parameters)

    def preactivations(self, x):
        """Before the batch normalisation, if there is one."""
        h = self.C[x].view(x.shape[0], -1) @ self.W1
        return h if self.normalizes else h + self.b1

    def hidden(self, x, training=False):
        h = self.preactivations(x)
        if not self.normalizes:
            return torch.tanh(h)
        mean, std = (h.mean(0, keepdim=True), h.std(0, keepdim=True)) if training else (self.mean, self.std)
        if training:
            with torch.no_grad():
                self.mean = 0.999 * self.mean + 0.001 * mean
                self.std = 0.999 * self.std + 0.001 * std
        return torch.tanh(self.gain * (h - mean) / std + self.bias)

    def logits(self, x, training=False):
        logits = self.hidden(x, training) @ self.W2 + self.b2
        return logits if self.W0 is None else logits + self.C[x].view(x.shape[0], -1) @ self.W0

    @torch.no_grad()
    def calibrate(self, x):
        h = self.preactivations(x)
        self.mean, self.std = h.mean(0, keepdim=True), h.std(0, keepdim=True)


@torch.no_grad()
def loss_of(logits, examples):
    """The mean over all of them; its sum in double."""
    x, y = examples
    return F.cross_entropy(logits(x), y, reduction="none").double().mean().item()


def minibatch(examples, size, g):
    ix = torch.randint(0, len(examples[1]), (size,), generator=g)
    return examples[0][ix], examples[1][ix]


def descend(parameters, loss_of_step, steps, rate):
    """Plain gradient descent; the losses before each update."""
    losses = []
    for step in range(steps):
        loss = loss_of_step()
        for p in parameters:
            p.grad = None
        loss.backward()
        for p in parameters:
            p.data += -rate(step) * p.grad
        losses.append(loss.item())
    return losses


def decayed(lr, decay_at):
    return lambda step: lr if step < decay_at else lr / 10


def outcome(net, data, block=3):
    """Split losses and twenty names of a trained network."""
    with torch.no_grad():
        names = sample_names(lambda x: torch.softmax(net.logits(x), 1), block, 20, generator(SAMPLE_SEED))
    return {**{part: loss_of(net.logits, data.windows(part)) for part in ("train", "val", "test")}, "names": names}


@functools.lru_cache(maxsize=None)
def train_stage(data, stage, steps=200000, decay_at=100000, **sizes):
    """Minibatches of 32 of the train split, rate 0.1 and from decay_at on a tenth."""
    g = generator()
    net = Net(g, stage, **sizes)
    examples = data.windows("train")

    def loss():
        x, y = minibatch(examples, 32, g)
        return F.cross_entropy(net.logits(x, training=True), y)

    losses = descend(net.parameters, loss, steps, decayed(0.1, decay_at))
    result = {"losses": losses, **outcome(net, data)}
    if net.normalizes:
        result["running"] = (net.mean, net.std)
        net.calibrate(examples[0])
        result["calibrated"] = outcome(net, data)
    return result
