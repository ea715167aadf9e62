"""npy.py write: records npy/*.npy with NumPy (1.24). npy.py check DIR: reads what libtensor saved."""
import pathlib
import sys

import numpy as np

X = np.arange(6, dtype=np.float32).reshape(2, 3) / 4
EXPECTED = {
    "float32": X,
    "float64": (np.arange(6, dtype=np.float64).reshape(2, 3) / 4).T,
    "int64": np.array([-1, 0, 2**63 - 1]),
    "bool": np.array([[True], [False]]),
    "scalar": np.array(2.5, dtype=np.float32),
    "empty": np.zeros((0, 3), dtype=np.float32),
}


def write(folder):
    folder.mkdir(exist_ok=True)
    for name, value in EXPECTED.items():
        np.save(folder / f"{name}.npy", value if name != "float64" else value.T)
    np.save(folder / "fortran.npy", np.asfortranarray(X))
    np.save(folder / "record.npy", np.zeros(1, dtype=[("a", "<f4"), ("b", "<i8")]))
    for version in 2, 3:
        with open(folder / f"version{version}.npy", "wb") as file:
            np.lib.format.write_array(file, X, version=(version, 0))


def check(folder):
    for name, value in EXPECTED.items():
        found = np.load(folder / f"{name}.npy", allow_pickle=False)
        assert found.dtype == value.dtype and found.shape == value.shape, (name, found.dtype, found.shape)
        assert (found == value).all(), (name, found)


if sys.argv[1] == "write":
    write(pathlib.Path(__file__).parent / "npy")
else:
    check(pathlib.Path(sys.argv[2]))
