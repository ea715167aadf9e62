#pragma once

// Memory from the system.

#include <cstddef>

namespace lt::kernels {

inline constexpr size_t kHugePage = size_t{2} << 20;

// `bytes` that start at a cache line, or, from `huge_from` on, at a huge page: as many of them as fit lie on
// huge pages where the system has them, so that the processor's address tables hold a few entries for them,
// not hundreds. Freed by std::free.
//   throws: std::bad_alloc
void* allocate(size_t bytes, size_t huge_from);

}  // namespace lt::kernels
