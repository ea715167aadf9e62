#include "tensor/kernels/memory.h"

#include <cstdlib>
#include <new>

#if defined(__linux__)
#include <sys/mman.h>
#endif

namespace lt::kernels {

void* allocate(size_t bytes, size_t huge_from) {
  constexpr size_t kCacheLine = 64;
  const bool huge = bytes >= huge_from;
  void* memory = nullptr;
  if (posix_memalign(&memory, huge ? kHugePage : kCacheLine, bytes) != 0) throw std::bad_alloc();
#if defined(__linux__)
  const size_t whole = bytes / kHugePage * kHugePage;
  if (huge && whole > 0) madvise(memory, whole, MADV_HUGEPAGE);  // advice: failing is harmless
#endif
  return memory;
}

}  // namespace lt::kernels
