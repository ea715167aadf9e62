"""An independent reader and writer of the safetensors layout, from its public description, without the library.

    safetensors.py write        records safetensors/*.safetensors
    safetensors.py check DIR    reads what libtensor saved as DIR/ours.safetensors
"""
import json
import pathlib
import struct
import sys

import numpy as np

TYPES = {"F32": "<f4", "F64": "<f8", "I64": "<i8", "BOOL": "|b1", "I32": "<i4"}
EXPECTED = {
    "weight": np.arange(6, dtype=np.float32).reshape(2, 3) / 4,
    "wide": np.array([0.1, -1e300]),
    "ids": np.array([[-1], [2**63 - 1]]),
    "mask": np.array([True, False, True]),
    "scalar": np.array(2.5, dtype=np.float32),
    "nothing": np.zeros((0, 3), dtype=np.float32),
    "name with \"quotes\" and é": np.array([1.0], dtype=np.float32),
}
METADATA = {"format": "pt", "step": "12"}


def read(path):
    data = path.read_bytes()
    (length,) = struct.unpack("<Q", data[:8])
    text, numbers = data[8 : 8 + length], data[8 + length :]
    assert text[:1] == b"{" and length % 8 == 0, "the header starts with '{' and is padded to 8 bytes"
    header = json.loads(text, object_pairs_hook=without_twins)
    metadata = header.pop("__metadata__", {})
    tensors = {}
    covered = 0
    for name, entry in sorted(header.items(), key=lambda item: item[1]["data_offsets"]):
        begin, end = entry["data_offsets"]
        assert begin == covered, f"{name}: a hole or an overlap at {begin}"
        kind = np.dtype(TYPES[entry["dtype"]])
        assert begin % kind.itemsize == 0, f"{name}: not aligned"
        tensors[name] = np.frombuffer(numbers[begin:end], dtype=kind).reshape(entry["shape"])
        covered = end
    assert covered == len(numbers), "bytes after the last tensor"
    return tensors, metadata


def without_twins(pairs):
    assert len(dict(pairs)) == len(pairs), "a key occurs twice"
    return dict(pairs)


def write(path, tensors, metadata):
    names = {np.dtype(code): name for name, code in TYPES.items()}
    header = {"__metadata__": metadata} if metadata else {}
    numbers = b""
    for name, value in tensors.items():
        begin, numbers = len(numbers), numbers + value.tobytes()
        header[name] = {"dtype": names[value.dtype], "shape": value.shape, "data_offsets": [begin, len(numbers)]}
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    path.write_bytes(struct.pack("<Q", len(text)) + text + numbers)


def check(path):
    tensors, metadata = read(path)
    assert metadata == METADATA, metadata
    assert sorted(tensors) == sorted(EXPECTED), sorted(tensors)
    for name, value in EXPECTED.items():
        found = tensors[name]
        assert found.dtype == value.dtype and found.shape == value.shape, (name, found.dtype, found.shape)
        assert (found == value).all(), (name, found)


if sys.argv[1] == "write":
    folder = pathlib.Path(__file__).parent / "safetensors"
    folder.mkdir(exist_ok=True)
    write(folder / "mixed.safetensors", EXPECTED, METADATA)
    write(folder / "int32.safetensors", {"short": np.zeros(2, dtype=np.int32)}, {})
else:
    check(pathlib.Path(sys.argv[2]) / "ours.safetensors")
