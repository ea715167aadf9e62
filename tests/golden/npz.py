"""npz.py write: records npz/*.npz with NumPy (1.24). npz.py check FILE...: reads what libtensor saved."""
import pathlib
import sys
import zipfile

import numpy as np

EXPECTED = {
    "float32": np.arange(6, dtype=np.float32).reshape(2, 3) / 4,
    "float64": (np.arange(6, dtype=np.float64).reshape(2, 3) / 4).T,
    "int64": np.array([-1, 0, 2**63 - 1]),
    "layer/0.bool": np.array([[True], [False]]),
    "scalar": np.array(2.5, dtype=np.float32),
    "empty": np.zeros((0, 3), dtype=np.float32),
    "large": np.arange(100000) % 7,
}
TYPES = "?", "i1", "i2", "i4", "i8", "u1", "u2", "u4", "u8", "f2", "f4", "f8"


def write(folder):
    folder.mkdir(exist_ok=True)
    small = {name: value for name, value in EXPECTED.items() if name != "large"}
    np.savez(folder / "stored.npz", **small)
    np.savez_compressed(folder / "deflated.npz", **EXPECTED)
    every = {order + each: np.array([[0, 1], [1, 1]], dtype=order + each) for order in "<>" for each in TYPES}
    np.savez_compressed(folder / "types.npz", **every)
    zipfile.ZIP64_LIMIT = 10  # so that every size and place is written in 64 bits
    zipfile.ZIP_FILECOUNT_LIMIT = 1
    np.savez(folder / "zip64.npz", **small)


def check(path):
    with zipfile.ZipFile(path) as archive:
        assert archive.testzip() is None
    with np.load(path, allow_pickle=False) as found:
        assert sorted(found) == sorted(EXPECTED), sorted(found)
        for name, value in EXPECTED.items():
            assert found[name].dtype == value.dtype and found[name].shape == value.shape, name
            assert (found[name] == value).all(), name


if sys.argv[1] == "write":
    write(pathlib.Path(__file__).parent / "npz")
else:
    for path in sys.argv[2:]:
        check(path)
