"""The one-hidden-layer network of lectures 3 and 4, and its training."""
import functools

import torch
import torch.nn.functional as F

from reference.stream import generator, randn, sample_names
from reference.table import logged_steps

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


class ByHand:
    """One step of gradient descent without autograd, by lecture 5's formulas: a third of the time."""

    def __init__(self, net, batch):
        self.net, self.batch = net, batch
        self.one_hot = torch.eye(27)
        net.parameters = [p.requires_grad_(False) for p in net.parameters]

    def forward(self, x):
        net = self.net
        self.emb = net.C[x].view(self.batch, -1)
        if not net.normalizes:
            self.h = torch.addmm(net.b1, self.emb, net.W1).tanh_()
        else:
            pre = self.emb @ net.W1
            mean = pre.mean(0, keepdim=True)
            centred = pre - mean
            self.std = (centred.square().sum(0, keepdim=True) / (self.batch - 1)).sqrt()
            self.normal = centred / self.std
            self.h = (net.gain * self.normal + net.bias).tanh_()
            net.mean = 0.999 * net.mean + 0.001 * mean
            net.std = 0.999 * net.std + 0.001 * self.std
        return torch.addmm(net.b2, self.h, net.W2)

    def backward(self, dlogits, x, alpha):
        """Adds alpha times each gradient to its parameter."""
        net, n = self.net, self.batch
        dh = dlogits @ net.W2.t()
        net.W2.addmm_(self.h.t(), dlogits, alpha=alpha)
        net.b2.add_(dlogits.sum(0), alpha=alpha)
        d = torch.ops.aten.tanh_backward(dh, self.h)
        if net.normalizes:
            dgain, dbias = (d * self.normal).sum(0, keepdim=True), d.sum(0, keepdim=True)
            d = net.gain / self.std * (d - dbias / n - self.normal * (dgain / (n - 1)))
            net.gain.add_(dgain, alpha=alpha)
            net.bias.add_(dbias, alpha=alpha)
        else:
            net.b1.add_(d.sum(0), alpha=alpha)
        demb = d @ net.W1.t()
        net.W1.addmm_(self.emb.t(), d, alpha=alpha)
        net.C.index_add_(0, x.reshape(-1), demb.view(-1, net.C.shape[1]), alpha=alpha)

    @torch.no_grad()
    def step(self, x, y, rate, wants_loss=True):
        """The loss before the update, where it is wanted."""
        log_probs = torch.log_softmax(self.forward(x), 1)
        loss = F.nll_loss(log_probs, y).item() if wants_loss else None
        self.backward(log_probs.exp_().sub_(self.one_hot[y]), x, -rate / self.batch)
        return loss


def check_by_hand(data, stage, **sizes):
    """By hand is what autograd gives: the same parameters after three steps, but for rounding."""
    nets = [Net(generator(), stage, **sizes) for _ in range(2)]
    x, y = data.windows("train")
    batches = iter([(x[i : i + 32], y[i : i + 32]) for i in (0, 32, 64)] * 2)

    def loss():
        x, y = next(batches)
        return F.cross_entropy(nets[0].logits(x, training=True), y)

    descend(nets[0].parameters, loss, 3, lambda step: 0.1)
    hand = ByHand(nets[1], 32)
    for _ in range(3):
        hand.step(*next(batches), 0.1)
    for p, q in zip(nets[0].parameters, nets[1].parameters):
        assert torch.allclose(p, q, rtol=0, atol=1e-5), (stage, (p - q).abs().max())


@functools.lru_cache(maxsize=None)
def train_stage(data, stage, steps=200000, decay_at=100000, **sizes):
    """Minibatches of 32 of the train split, rate 0.1, a tenth from decay_at on. Losses of the steps that are shown."""
    check_by_hand(data, stage, **sizes)
    g = generator()
    net = Net(g, stage, **sizes)
    hand = ByHand(net, 32)
    xs, ys = data.windows("train")
    rate, shown, losses = decayed(0.1, decay_at), set(logged_steps(steps)), {}
    for step in range(steps):
        if step % 1000 == 0:  # as many words of the stream as 1,000 minibatches
            ix = torch.randint(0, len(ys), (min(1000, steps - step), 32), generator=g)
            batches = zip(xs[ix], ys[ix])
        loss = hand.step(*next(batches), rate(step), step in shown)
        if step in shown:
            losses[step] = loss
    result = {"losses": losses, **outcome(net, data)}
    if net.normalizes:
        net.calibrate(xs)
        result["calibrated"] = outcome(net, data)
    return result
