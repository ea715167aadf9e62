"""Records PyTorch's layers, initial draws and optimisers on small inputs: python3 make_nn.py

Writes nn.json and, in the safetensors layout, torch_mlp.safetensors: a network's state as PyTorch names it.
Numbers are written so that they read back exactly.
"""

import json
import math
import pathlib
import struct

import torch
from torch import nn

HERE = pathlib.Path(__file__).parent
torch.set_num_threads(1)


def numbers(x):
    x = x.detach()
    values = [float(f"{v:.9g}") if math.isfinite(v) else str(v) for v in x.flatten().tolist()]
    return {"shape": list(x.shape), "values": values}


def state(module):
    return {name: numbers(x) for name, x in module.state_dict().items()}


def seeded(make, seed=42):
    torch.manual_seed(seed)
    return make()


def draws():
    out = {}
    for name, make in {
        "Linear 3 2": lambda: nn.Linear(3, 2),
        "Linear 20 7": lambda: nn.Linear(20, 7),
        "Linear 5 4 without bias": lambda: nn.Linear(5, 4, bias=False),
        "Conv1d 3 4 2": lambda: nn.Conv1d(3, 4, 2),
        "Embedding 3 2": lambda: nn.Embedding(3, 2),
        "Embedding 27 10": lambda: nn.Embedding(27, 10),
    }.items():
        out[name] = state(seeded(make))
    for name, fill in {
        "kaiming_uniform_": lambda w: nn.init.kaiming_uniform_(w, nonlinearity="relu"),
        "kaiming_normal_": lambda w: nn.init.kaiming_normal_(w, nonlinearity="tanh"),
        "xavier_uniform_": lambda w: nn.init.xavier_uniform_(w, gain=1.5),
        "xavier_normal_": lambda w: nn.init.xavier_normal_(w),
    }.items():
        out[name] = numbers(seeded(lambda: fill(torch.empty(6, 5))))
        out[name + " 3-d"] = numbers(seeded(lambda: fill(torch.empty(4, 3, 2))))
    return out


def activations():
    x = torch.linspace(-5, 5, 41)
    return {"x": numbers(x), **{name: numbers(layer(x)) for name, layer in {
        "Tanh": nn.Tanh(), "ReLU": nn.ReLU(), "Sigmoid": nn.Sigmoid(),
        "GELU": nn.GELU(), "GELU tanh": nn.GELU(approximate="tanh")}.items()}}


def conv1d():
    """A causal one is padded on both sides, and the steps after the input's end are left out."""
    out = []
    for dilation, causal, bias in ((1, False, True), (2, False, False), (1, True, True), (3, True, True)):
        layer = seeded(lambda: nn.Conv1d(3, 4, 3, dilation=dilation, padding=2 * dilation * causal, bias=bias))
        x = torch.randn(2, 3, 9, requires_grad=True)
        y = layer(x)
        y = y[:, :, :9] if causal else y
        (y * torch.linspace(-1, 1, y.numel()).view(y.shape)).sum().backward()
        out.append({"dilation": dilation, "causal": causal, "x": numbers(x), "state": state(layer), "y": numbers(y),
                    "print": repr(layer), "dx": numbers(x.grad), "dweight": numbers(layer.weight.grad)})
    return out


def batch_norm(inputs, **options):
    """Three batches in training, then one in evaluation."""
    layer = nn.BatchNorm1d(inputs[0].shape[1], **options)
    with torch.no_grad():
        layer.weight.copy_(torch.linspace(0.5, 2, inputs[0].shape[1]))
        layer.bias.copy_(torch.linspace(-1, 1, inputs[0].shape[1]))
    outputs = [numbers(layer(x)) for x in inputs[:-1]]
    layer.eval()
    outputs.append(numbers(layer(inputs[-1])))
    return {"inputs": [numbers(x) for x in inputs], "outputs": outputs, "state": state(layer)}


def trajectory(make, steps=10):
    """A quadratic bowl of its own for each parameter; the second gets no gradient in the first three steps."""
    parameters = [torch.linspace(-1, 1, 6).view(2, 3).requires_grad_(), torch.linspace(2, 3, 4).requires_grad_()]
    optimiser = make(parameters)
    out = []
    for step in range(steps):
        optimiser.zero_grad(set_to_none=True)
        loss = ((parameters[0] - 0.3) ** 2 * torch.arange(1.0, 7).view(2, 3)).sum()
        if step >= 3:
            loss = loss + (parameters[1] ** 2).sum() * 0.5
        loss.backward()
        optimiser.step()
        out.append([numbers(p) for p in parameters])
    return out


def clipping():
    out = {}
    for max_norm in (0.5, 5.0, 1000.0):
        parameters = [torch.zeros(3, requires_grad=True), torch.zeros(2, 2, requires_grad=True)]
        parameters[0].grad = torch.tensor([3.0, -4.0, 12.0])
        parameters[1].grad = torch.tensor([[1.0, 2.0], [-2.0, 0.5]])
        norm = nn.utils.clip_grad_norm_(parameters, max_norm)
        out[str(max_norm)] = {"norm": norm.item(), "grads": [numbers(p.grad) for p in parameters]}
    return out


def network():
    return nn.Sequential(nn.Embedding(9, 4), nn.Flatten(), nn.Linear(12, 8), nn.BatchNorm1d(8), nn.Tanh(),
                         nn.LayerNorm(8), nn.Linear(8, 5))


def save_safetensors(path, tensors):
    kinds = {torch.float32: "F32", torch.int64: "I64"}
    header, data = {}, b""
    for name, x in tensors.items():
        raw = x.contiguous().numpy().tobytes()
        header[name] = {"dtype": kinds[x.dtype], "shape": list(x.shape), "data_offsets": [len(data), len(data) + len(raw)]}
        data += raw
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    path.write_bytes(struct.pack("<Q", len(text)) + text + data)


def trained_network():
    net = seeded(network)
    ids = torch.randint(0, 9, (16, 3))
    for _ in range(3):
        loss = nn.functional.cross_entropy(net(ids), ids.sum(1) % 5)
        net.zero_grad()
        loss.backward()
        with torch.no_grad():
            for p in net.parameters():
                p -= 0.1 * p.grad
    net.eval()
    save_safetensors(HERE / "torch_mlp.safetensors", net.state_dict())
    return {"ids": ids.tolist(), "logits": numbers(net(ids)), "names": list(net.state_dict()),
            "print": repr(net)}


def printed():
    return [repr(m) for m in (
        nn.Linear(3, 2), nn.Linear(3, 2, bias=False), nn.Embedding(27, 10), nn.Tanh(), nn.ReLU(), nn.Sigmoid(), nn.GELU(),
        nn.GELU(approximate="tanh"), nn.BatchNorm1d(5), nn.BatchNorm1d(5, eps=1e-3, momentum=0.01), nn.LayerNorm(8),
        nn.Dropout(0.2), nn.Dropout(1.0), nn.Flatten(), nn.Sequential(),
        nn.Sequential(nn.Linear(3, 2), nn.Sequential(nn.Tanh(), nn.Linear(2, 1))))]


def main():
    torch.manual_seed(7)
    matrices = [torch.randn(4, 3) * 2 + 1 for _ in range(4)]
    cubes = [torch.randn(2, 3, 5) - 2 for _ in range(4)]
    x = torch.randn(2, 4, 6)
    layer_norm = nn.LayerNorm(6)
    with torch.no_grad():
        layer_norm.weight.copy_(torch.linspace(0.5, 2, 6))
        layer_norm.bias.copy_(torch.linspace(-1, 1, 6))
    linear = nn.Linear(6, 3)
    dropout = nn.Dropout(0.3)
    golden = {
        "torch": torch.__version__,
        "draws": draws(),
        "activations": activations(),
        "batch_norm": {"2-d": batch_norm(matrices), "3-d": batch_norm(cubes),
                       "slow": batch_norm(matrices, eps=1e-2, momentum=0.3)},
        "layer_norm": {"x": numbers(x), "y": numbers(layer_norm(x))},
        "linear": {"x": numbers(x), "state": state(linear), "y": numbers(linear(x))},
        "conv1d": conv1d(),
        "dropout": {"y": numbers(seeded(lambda: dropout(torch.ones(5, 7))))},
        "optim": {
            "SGD": trajectory(lambda p: torch.optim.SGD(p, 0.05)),
            "SGD momentum": trajectory(lambda p: torch.optim.SGD(p, 0.05, momentum=0.9)),
            "SGD nesterov": trajectory(lambda p: torch.optim.SGD(p, 0.05, momentum=0.9, nesterov=True)),
            "SGD decay": trajectory(lambda p: torch.optim.SGD(p, 0.05, weight_decay=0.1)),
            "SGD all": trajectory(lambda p: torch.optim.SGD(p, 0.05, momentum=0.8, weight_decay=0.1, nesterov=True)),
            "Adam": trajectory(lambda p: torch.optim.Adam(p, 0.05)),
            "Adam decay": trajectory(lambda p: torch.optim.Adam(p, 0.05, betas=(0.8, 0.95), eps=1e-6, weight_decay=0.1)),
            "AdamW": trajectory(lambda p: torch.optim.AdamW(p, 0.05)),
            "AdamW decay": trajectory(lambda p: torch.optim.AdamW(p, 0.05, weight_decay=0.3)),
        },
        "clip": clipping(),
        "network": trained_network(),
        "print": printed(),
    }
    (HERE / "nn.json").write_text(json.dumps(golden, separators=(",", ":")) + "\n")


main()
