#pragma once

// Scratch memory that a kernel needs again and again: packed operands, partial sums.

#include <cstdint>

namespace lt::kernels {

// What a buffer is for; buffers of different uses are distinct, so kernels that nest do not meet in one.
enum class Workspace { kPackedA, kPackedB, kPartialSums };

// This thread's buffer for `use`, at least `bytes` long and aligned to a cache line. What it held is lost
// when it grows; it is kept until the thread ends, so that in steady state nothing is asked of the system.
void* workspace_bytes(Workspace use, int64_t bytes);

template <typename T>
T* workspace(Workspace use, int64_t count) {
  return static_cast<T*>(workspace_bytes(use, count * static_cast<int64_t>(sizeof(T))));
}

}  // namespace lt::kernels
