// Scratch memory: one growing buffer a thread and use.

#include <libtensor/tensor/kernels/workspace.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <memory>
#include <new>

#if defined(__linux__)
#include <sys/mman.h>
#endif

namespace lt::kernels {

void* allocate(size_t bytes, size_t huge_from) {
  constexpr size_t kAlignment = 64;
  const bool huge = bytes >= huge_from;
  void* memory = nullptr;
  if (posix_memalign(&memory, huge ? kHugePage : kAlignment, bytes) != 0) throw std::bad_alloc();
#if defined(__linux__)
  const size_t whole = bytes / kHugePage * kHugePage;
  if (huge && whole > 0) madvise(memory, whole, MADV_HUGEPAGE);  // advice: failing is harmless
#endif
  return memory;
}

namespace {

struct Buffer {
  std::unique_ptr<void, void (*)(void*)> memory{nullptr, std::free};
  size_t bytes = 0;
};

void grow(Buffer& buffer, size_t bytes) {
  // From an eighth of a huge page on a buffer takes whole ones: what it holds is read again and again.
  const bool huge = bytes >= kHugePage / 8;
  const size_t room = huge ? (bytes + kHugePage - 1) / kHugePage * kHugePage : std::max<size_t>(bytes, 1);
  buffer = {};  // frees the old one first; its content is not wanted
  buffer.memory.reset(allocate(room, kHugePage));
  buffer.bytes = room;
}

}  // namespace

void* workspace_bytes(Workspace use, int64_t bytes) {
  thread_local std::array<Buffer, 4> buffers;
  Buffer& buffer = buffers[static_cast<size_t>(use)];
  if (buffer.bytes < static_cast<size_t>(bytes)) grow(buffer, static_cast<size_t>(bytes));
  return buffer.memory.get();
}

}  // namespace lt::kernels
