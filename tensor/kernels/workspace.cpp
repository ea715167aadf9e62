// One growing buffer a thread and use. Large ones start at a huge page and ask for huge pages where the
// system has them: a packed panel is then a page or two for the processor's address tables, not hundreds.

#include "tensor/kernels/workspace.h"

#include <algorithm>
#include <array>
#include <cstdlib>
#include <memory>
#include <new>

#if defined(__linux__)
#include <sys/mman.h>
#endif

namespace lt::kernels {
namespace {

constexpr size_t kCacheLine = 64;
constexpr size_t kHugePage = size_t{2} << 20;

struct Free {
  void operator()(void* p) const { std::free(p); }
};

struct Buffer {
  std::unique_ptr<void, Free> memory;
  size_t bytes = 0;
};

void grow(Buffer& buffer, size_t bytes) {
  const size_t unit = bytes < kHugePage / 8 ? kCacheLine : kHugePage;
  const size_t rounded = (std::max<size_t>(bytes, 1) + unit - 1) / unit * unit;
  buffer = {};  // frees the old one first; its content is not wanted
  buffer.memory.reset(std::aligned_alloc(unit, rounded));
  if (!buffer.memory) throw std::bad_alloc();
  buffer.bytes = rounded;
#if defined(__linux__)
  if (unit == kHugePage) madvise(buffer.memory.get(), rounded, MADV_HUGEPAGE);  // advice: failing is harmless
#endif
}

}  // namespace

void* workspace_bytes(Workspace use, int64_t bytes) {
  thread_local std::array<Buffer, 3> buffers;
  Buffer& buffer = buffers[static_cast<size_t>(use)];
  if (buffer.bytes < static_cast<size_t>(bytes)) grow(buffer, static_cast<size_t>(bytes));
  return buffer.memory.get();
}

}  // namespace lt::kernels
