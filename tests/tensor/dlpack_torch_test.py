"""Tensors shared through DLPack with PyTorch and NumPy: what one side writes, the other reads.

    dlpack_torch_test.py PATH_OF_libdlpack_bridge

Exit code 77 (skipped) where no Python with torch is found.
"""
import ctypes
import gc
import os
import sys
import weakref

try:
    import torch
except ImportError:
    system = "/usr/bin/python3"
    if sys.executable != system and os.path.exists(system):
        os.execv(system, [system] + sys.argv)
    print("skipped: PyTorch is not installed; tensor_tests still checks both directions")
    sys.exit(77)
import numpy
import torch.utils.dlpack

bridge = ctypes.CDLL(sys.argv[1])
bridge.bridge_share.restype = ctypes.c_void_p
bridge.bridge_take.argtypes = [ctypes.c_void_p]
bridge.bridge_read.restype = ctypes.c_float
bridge.bridge_read.argtypes = [ctypes.c_int64, ctypes.c_int64]
bridge.bridge_write.argtypes = [ctypes.c_int64, ctypes.c_int64, ctypes.c_float]

python = ctypes.pythonapi
python.PyCapsule_New.restype = ctypes.py_object
python.PyCapsule_New.argtypes = [ctypes.c_void_p, ctypes.c_char_p, ctypes.c_void_p]
python.PyCapsule_GetPointer.restype = ctypes.c_void_p
python.PyCapsule_GetPointer.argtypes = [ctypes.py_object, ctypes.c_char_p]
python.PyCapsule_SetName.argtypes = [ctypes.py_object, ctypes.c_char_p]
UNUSED, USED = b"dltensor", b"used_dltensor"  # static: a capsule keeps the pointer


class Shared:
    """Ours, as NumPy wants to see it."""

    def __dlpack__(self, stream=None):
        return python.PyCapsule_New(bridge.bridge_share(), UNUSED, None)

    def __dlpack_device__(self):
        return 1, 0


def take(capsule):
    """True where it is taken."""
    taken = bridge.bridge_take(python.PyCapsule_GetPointer(capsule, UNUSED)) == 0
    if taken:
        python.PyCapsule_SetName(capsule, USED)
    return taken


# Ours, in PyTorch.
theirs = torch.utils.dlpack.from_dlpack(Shared().__dlpack__())
assert theirs.dtype == torch.float32 and theirs.shape == (3, 2) and theirs.stride() == (1, 3), theirs
assert theirs.tolist() == [[0, 3], [1, 4], [2, 5]], theirs
theirs[2, 1] = 50
assert bridge.bridge_read(2, 1) == 50
bridge.bridge_write(0, 1, 30)
assert theirs[0, 1] == 30
bridge.bridge_drop()
assert theirs.sum() == 0 + 30 + 1 + 4 + 2 + 50  # they keep it
del theirs

# Ours, in NumPy.
array = numpy.from_dlpack(Shared())
bridge.bridge_write(1, 0, -1)
assert array.tolist() == [[0, 3], [-1, 4], [2, 5]], array
del array

# PyTorch's, here: a view, with an offset.
whole = torch.arange(20, dtype=torch.float32).reshape(4, 5)
view = whole[1:3, ::2]
assert take(torch.utils.dlpack.to_dlpack(view))
assert [[bridge.bridge_read(i, j) for j in range(3)] for i in range(2)] == [[5, 7, 9], [10, 12, 14]]
bridge.bridge_write(1, 2, 140)
assert whole[2, 4] == 140
whole[1, 0] = 55
assert bridge.bridge_read(0, 0) == 55

# NumPy's, here; it lives until we drop it.
array = numpy.array([[1.5, 2.5]], dtype=numpy.float32)
watch = weakref.ref(array)
assert take(array.__dlpack__())
del array
gc.collect()
assert watch() is not None and bridge.bridge_read(0, 1) == 2.5
bridge.bridge_drop()
gc.collect()
assert watch() is None

# What is no float is refused, and still theirs.
whole = torch.arange(3)
assert not take(torch.utils.dlpack.to_dlpack(whole))
assert whole.tolist() == [0, 1, 2]
