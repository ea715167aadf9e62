#include "tensor/kernels/memory.h"

#include <cstdlib>
#include <new>

#if defined(__linux__)
#include <sys/mman.h>
#endif

namespace lt::kernels {

void* allocate(size_t bytes, size_t huge_from) {
  constexpr size_t kCacheLine = 64;
  const size_t rounded = (bytes + kCacheLine - 1) / kCacheLine * kCacheLine;
  const bool huge = bytes >= huge_from;
  void* const memory = std::aligned_alloc(huge ? kHugePage : kCacheLine, rounded);
  if (memory == nullptr) throw std::bad_alloc();
#if defined(__linux__)
  const size_t whole = rounded / kHugePage * kHugePage;
  if (huge && whole > 0) madvise(memory, whole, MADV_HUGEPAGE);  // advice: failing is harmless
#endif
  return memory;
}

}  // namespace lt::kernels
