#!/usr/bin/env python3
"""A state that libtensor saved loads in PyTorch, prints alike there and gives the same outputs.

    torch_state_test.py NN_STATE_DUMP

Reads the file by the safetensors layout alone. Exit code: 77 (skipped) where PyTorch is absent.
"""

import json
import pathlib
import struct
import subprocess
import sys
import tempfile

SKIPPED = 77
try:
    import torch
    from torch import nn
except ImportError:
    # The first python3 on the path need not be the one that has PyTorch.
    if sys.executable != "/usr/bin/python3" and pathlib.Path("/usr/bin/python3").exists():
        sys.exit(subprocess.call(["/usr/bin/python3", *sys.argv]))
    print("skipped: no PyTorch here (Debian: python3-torch)")
    sys.exit(SKIPPED)

TYPES = {"F32": torch.float32, "I64": torch.int64}


def read(path):
    data = path.read_bytes()
    (length,) = struct.unpack("<Q", data[:8])
    header = json.loads(data[8:8 + length])
    metadata = header.pop("__metadata__", {})
    tensors = {}
    for name, entry in header.items():
        first, last = entry["data_offsets"]
        raw = bytearray(data[8 + length + first:8 + length + last])
        tensors[name] = torch.frombuffer(raw, dtype=TYPES[entry["dtype"]]).reshape(entry["shape"])
    return tensors, metadata


with tempfile.TemporaryDirectory() as folder:
    path = pathlib.Path(folder) / "net.safetensors"
    subprocess.run([sys.argv[1], path], check=True)
    tensors, metadata = read(path)

net = nn.Sequential(nn.Embedding(9, 4), nn.Flatten(), nn.Linear(12, 8), nn.BatchNorm1d(8), nn.Tanh(), nn.LayerNorm(8),
                    nn.Linear(8, 5, bias=False))
net.load_state_dict({name[len("model."):]: x for name, x in tensors.items() if name.startswith("model.")})
net.eval()
logits = net(tensors["ids"])
# Seven layers of float roundings on logits around 1.
torch.testing.assert_close(logits, tensors["logits"], rtol=1e-5, atol=1e-5)
assert repr(net) == metadata["network"], metadata["network"]
assert net[3].num_batches_tracked == 5
print("the same outputs, to", (logits - tensors["logits"]).abs().max().item())
