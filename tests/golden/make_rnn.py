"""Records recurrent cells on a short sequence, in PyTorch: python3 make_rnn.py writes rnn.json.

A cell reads [x, h] through one Linear a gate. The loss weighs every state, so that gradients flow through all steps.
"""
import json
import pathlib

import torch
from torch import nn

STEPS, ROWS, INPUT, HIDDEN = 5, 3, 4, 6


class RNNCell(nn.Module):
    def __init__(self):
        super().__init__()
        self.xh_to_h = nn.Linear(INPUT + HIDDEN, HIDDEN)

    def forward(self, x, h):
        return self.xh_to_h(torch.cat([x, h], 1)).tanh()


class GRUCell(nn.Module):
    def __init__(self):
        super().__init__()
        self.xh_to_z = nn.Linear(INPUT + HIDDEN, HIDDEN)
        self.xh_to_r = nn.Linear(INPUT + HIDDEN, HIDDEN)
        self.xh_to_hbar = nn.Linear(INPUT + HIDDEN, HIDDEN)

    def forward(self, x, h):
        both = torch.cat([x, h], 1)
        z, r = self.xh_to_z(both).sigmoid(), self.xh_to_r(both).sigmoid()
        return (1 - z) * h + z * self.xh_to_hbar(torch.cat([x, r * h], 1)).tanh()


def numbers(x):
    return {"shape": list(x.shape), "values": [float(f"{v:.9g}") for v in x.detach().flatten().tolist()]}


def run(make):
    torch.manual_seed(42)
    cell = make()
    xs = torch.randn(STEPS, ROWS, INPUT, requires_grad=True)
    h = start = torch.randn(ROWS, HIDDEN, requires_grad=True)
    weights = torch.randn(STEPS, ROWS, HIDDEN)
    loss, states = 0, []
    for x, w in zip(xs, weights):
        h = cell(x, h)
        loss = loss + (w * h).sum()
        states.append(h)
    loss.backward()
    return {"state": {k: numbers(v) for k, v in cell.state_dict().items()}, "xs": numbers(xs), "start": numbers(start),
            "weights": numbers(weights), "states": numbers(torch.stack(states)), "loss": loss.item(),
            "gradients": {k: numbers(p.grad) for k, p in [*cell.named_parameters(), ("xs", xs), ("start", start)]}}


def main():
    torch.set_num_threads(1)
    out = {"torch": torch.__version__, "RNNCell": run(RNNCell), "GRUCell": run(GRUCell)}
    pathlib.Path(__file__).with_name("rnn.json").write_text(json.dumps(out, separators=(",", ":")) + "\n")


main()
