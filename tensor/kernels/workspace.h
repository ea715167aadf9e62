#pragma once

// Memory of the kernels: from the system, and scratch buffers that a kernel needs again and again (packed
// operands, partial sums).

#include <cstddef>
#include <cstdint>

namespace lt::kernels {

inline constexpr size_t kHugePage = size_t{2} << 20;

// `bytes` that start at a cache line, or, from `huge_from` on, at a huge page: as many of them as fit lie on
// huge pages where the system has them, so that the processor's address tables hold a few entries for them,
// not hundreds. Freed by std::free.
//   throws: std::bad_alloc
void* allocate(size_t bytes, size_t huge_from);

// What a buffer is for; buffers of different uses are distinct, so kernels that nest do not meet in one.
enum class Workspace { kPackedA, kPackedB, kPartialSums, kAttention };

// This thread's buffer for `use`, at least `bytes` long and aligned to a cache line. What it held is lost
// when it grows; it is kept until the thread ends, so that in steady state nothing is asked of the system.
void* workspace_bytes(Workspace use, int64_t bytes);

template <typename T>
T* workspace(Workspace use, int64_t count) {
  return static_cast<T*>(workspace_bytes(use, count * static_cast<int64_t>(sizeof(T))));
}

}  // namespace lt::kernels
