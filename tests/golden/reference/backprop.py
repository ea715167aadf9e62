"""Lecture 5: the gradients of the network by autograd, and its training without autograd."""
import functools

import torch
import torch.nn.functional as F

from reference.networks import SAMPLE_SEED, decayed, loss_of
from reference.stream import generator, randn, sample_names
from reference.table import logged_steps, setup_of

SPLITS = ("train", "val", "test")
NAMES = ("C", "W1", "b1", "W2", "b2", "bngain", "bnbias")


def draw(g, hidden=64):
    """None of them is zero, so that no wrong gradient hides behind one."""
    gain = (5 / 3) / 30**0.5
    return {"C": randn((27, 10), g), "W1": randn((30, hidden), g) * gain, "b1": randn((hidden,), g) * 0.1,
            "W2": randn((hidden, 27), g) * 0.1, "b2": randn((27,), g) * 0.1,
            "bngain": randn((1, hidden), g) * 0.1 + 1, "bnbias": randn((1, hidden), g) * 0.1}


class ByHand:
    """The network of exercise 4, with the gradients of the exercises 2 and 3."""

    def __init__(self, g, hidden=200):
        self.p = draw(g, hidden)
        self.mean, self.var = None, None  # of the training split, in the end
        self.eye = torch.eye(27)

    def logits(self, x):
        """By the statistics of the training split."""
        p = self.p
        pre = p["C"][x].view(len(x), -1) @ p["W1"] + p["b1"]
        hpreact = p["bngain"] * (pre - self.mean) * (self.var + 1e-5) ** -0.5 + p["bnbias"]
        return torch.tanh(hpreact) @ p["W2"] + p["b2"]

    def gradients(self, x, y, wants_loss=True):
        p, n = self.p, len(y)
        emb = p["C"][x].view(n, -1)
        pre = torch.addmm(p["b1"], emb, p["W1"])
        centred = pre - pre.mean(0, keepdim=True)
        inv = (centred.square().sum(0, keepdim=True) / (n - 1) + 1e-5) ** -0.5
        raw = centred * inv
        h = torch.addcmul(p["bnbias"], p["bngain"], raw).tanh_()
        log_probs = torch.log_softmax(torch.addmm(p["b2"], h, p["W2"]), 1)
        loss = F.nll_loss(log_probs, y).item() if wants_loss else None
        dlogits = log_probs.exp_().sub_(self.eye[y]).div_(n)
        dhpreact = torch.ops.aten.tanh_backward(dlogits @ p["W2"].t(), h)
        dgain, dbias = (dhpreact * raw).sum(0, keepdim=True), dhpreact.sum(0, keepdim=True)
        dpre = p["bngain"] * inv * (dhpreact - dbias / n - raw * (dgain / (n - 1)))
        dC = torch.zeros_like(p["C"]).index_add_(0, x.reshape(-1), (dpre @ p["W1"].t()).view(-1, 10))
        return loss, {"C": dC, "W1": emb.t() @ dpre, "b1": dpre.sum(0), "W2": h.t() @ dlogits, "b2": dlogits.sum(0),
                      "bngain": dgain, "bnbias": dbias}

    def calibrate(self, x):
        pre = self.p["C"][x].view(len(x), -1) @ self.p["W1"] + self.p["b1"]
        self.mean, self.var = pre.mean(0, keepdim=True), pre.var(0, keepdim=True)


def forward(p, x, y):
    """Loss and every named step between, each of which keeps its gradient."""
    n = len(y)
    s = {}
    s["emb"] = p["C"][x]
    s["embcat"] = s["emb"].view(n, -1)
    s["hprebn"] = s["embcat"] @ p["W1"] + p["b1"]
    s["bnmeani"] = s["hprebn"].sum(0, keepdim=True) / n
    s["bndiff"] = s["hprebn"] - s["bnmeani"]
    s["bndiff2"] = s["bndiff"] ** 2
    s["bnvar"] = s["bndiff2"].sum(0, keepdim=True) / (n - 1)
    s["bnvar_inv"] = (s["bnvar"] + 1e-5) ** -0.5
    s["bnraw"] = s["bndiff"] * s["bnvar_inv"]
    s["hpreact"] = p["bngain"] * s["bnraw"] + p["bnbias"]
    s["h"] = torch.tanh(s["hpreact"])
    s["logits"] = s["h"] @ p["W2"] + p["b2"]
    s["logit_maxes"] = s["logits"].max(1, keepdim=True).values
    s["norm_logits"] = s["logits"] - s["logit_maxes"]
    s["counts"] = s["norm_logits"].exp()
    s["counts_sum"] = s["counts"].sum(1, keepdim=True)
    s["counts_sum_inv"] = s["counts_sum"] ** -1
    s["probs"] = s["counts"] * s["counts_sum_inv"]
    s["logprobs"] = s["probs"].log()
    loss = -s["logprobs"][torch.arange(n), y].mean()
    for step in s.values():
        step.retain_grad()
    loss.backward()
    return loss.item(), {**s, **p}


def check_by_hand(data):
    """By hand is what autograd gives."""
    p = draw(generator(), 200)
    for each in p.values():
        each.requires_grad_()
    x, y = (t[:32] for t in data.windows("train"))
    forward(p, x, y)
    for name, gradient in ByHand(generator()).gradients(x, y)[1].items():
        assert torch.allclose(gradient, p[name].grad, rtol=0, atol=1e-6), name


@functools.lru_cache(maxsize=None)
def train_by_hand(data, steps=200000, decay_at=100000):
    check_by_hand(data)
    g = generator()
    net = ByHand(g)
    xs, ys = data.windows("train")
    rate, shown, losses, norms = decayed(0.1, decay_at), set(logged_steps(steps)), {}, {}
    for step in range(steps):
        if step % 1000 == 0:  # as many words of the stream as 1,000 minibatches
            ix = torch.randint(0, len(ys), (min(1000, steps - step), 32), generator=g)
            batches = zip(xs[ix], ys[ix])
        loss, gradients = net.gradients(*next(batches), step in shown)
        if step in shown:
            losses[step] = loss
        if step == 0:
            norms = {name: gradients[name].norm().item() for name in NAMES}
        torch._foreach_add_(list(net.p.values()), [gradients[name] for name in net.p], alpha=-rate(step))
    net.calibrate(xs)
    names = sample_names(lambda x: torch.softmax(net.logits(x), 1), 3, 20, generator(SAMPLE_SEED))
    return {"losses": losses, "norms": norms, "names": names, "count": sum(t.nelement() for t in net.p.values()),
            **{part: loss_of(net.logits, data.windows(part)) for part in SPLITS}}


def every_step(table, data):
    """Exercises 1 to 3: 64 hidden units, the first minibatch."""
    g = generator()
    p = draw(g)
    for each in p.values():
        each.requires_grad_()
    xs, ys = data.windows("train")
    ix = torch.randint(0, len(ys), (32,), generator=g)
    x, y = xs[ix], ys[ix]
    loss, named = forward(p, x, y)
    setup = setup_of(exercise=1)
    table.add(setup, "parameters", sum(t.nelement() for t in p.values()), "E")
    table.add(setup, "first rows of the batch", " ".join(str(i) for i in ix[:5].tolist()), "E")
    table.add(setup, "loss", loss, "F")
    for name, variable in named.items():
        rounding = name in ("logit_maxes", "b1")  # 0 but for it
        table.add(setup, f"norm of d{name}", 0.0 if rounding else variable.grad.norm().item(), 1e-7 if rounding else "F")
    d = named["logits"].grad
    for name, t in (("b2", p["b2"]), ("b2, stretched over axis 0", d), ("a gradient for each use", d),
                    ("summed over axis 0", d.sum(0))):
        table.add(setup, name, f"({', '.join(map(str, t.shape))})", "E")
    table.add(setup, "uses of b2[1]", len(d), "E")
    table.add(setup, "gradient of the first", d[0, 1].item(), "F")
    table.add(setup, "of all: db2[1]", d.sum(0)[1].item(), "F")
    table.add(setup, "largest difference of all", 0.0, 1e-6)
    loss_at_once(table, setup_of(exercise=2), named["logits"].detach(), y)
    setup = setup_of(exercise=3)
    table.add(setup, "largest difference of all", 0.0, 1e-6)
    table.add(setup, "largest |sum over the batch|", 0.0, 1e-6)


def loss_at_once(table, setup, logits, y):
    p = torch.softmax(logits, 1)
    d = p - torch.eye(27)[y]
    table.add(setup, "norm of dlogits", (d / len(y)).norm().item(), "F")
    table.add(setup, "largest difference of all", 0.0, 1e-6)
    table.add(setup, "probability of the target", p[0, y[0]].item(), "F")
    table.add(setup, "row 0 times n, at its target", d[0, y[0]].item(), "F")
    table.add(setup, "the others, together", -d[0, y[0]].item(), "F")
    table.add(setup, "largest |sum of a row|", 0.0, 1e-7)
    g = generator()
    noise = randn((len(y), 27), g)
    guesses = torch.where(torch.rand(len(y), generator=g) < 0.7, y, (y + 1) % 27)
    for name, z in (("random", noise), ("70 % right", noise + 10 * torch.eye(27)[guesses]),
                    ("perfect", noise + 10 * torch.eye(27)[y])):
        table.add(setup, f"{name}: loss", F.cross_entropy(z, y).item(), "F")
        table.add(setup, f"{name}: right", (z.argmax(1) == y).sum().item(), "E")
        table.add(setup, f"{name}: mean pull", (1 - torch.softmax(z, 1)[torch.arange(len(y)), y]).mean().item(), "F")


def outcome(table, setup, result):
    for part in SPLITS:
        table.add(setup, f"{part} loss", result[part], "T")
    table.add(setup, "samples", " ".join(result["names"]), "E")


def training(table, data):
    """Exercise 4, and the same of 1,000 steps."""
    short = train_by_hand(data, steps=1000)
    outcome(table, setup_of(steps=1000), short)
    table.add("", "parameters", short["count"], "E")
    for name, norm in short["norms"].items():
        table.add("", f"norm of d{name} at step 0", 0.0 if name == "b1" else norm, 1e-7 if name == "b1" else "F")
    result = train_by_hand(data)
    table.losses("", result["losses"], "T")
    outcome(table, "", result)


def figures(table, data):
    for part, name in zip(SPLITS, ("examples to train on", "to tune on (dev)", "to test on")):
        table.add("", name, len(data.windows(part)[1]), "E")
    every_step(table, data)
    training(table, data)
