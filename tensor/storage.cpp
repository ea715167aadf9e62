#include <libtensor/tensor/storage.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <bit>
#include <cstdlib>
#include <cstring>
#include <new>
#include <utility>

#include <libtensor/tensor/kernels/workspace.h>
#include <libtensor/tensor/ref_count.h>

// A block is a 64-byte header followed by its bytes, so both are aligned to a cache line. Sizes are rounded
// up to one of four classes per power of two (waste below a quarter). A freed block goes on the free list of
// its class in the thread that freed it; a list is a chain through the headers.

namespace lt::inline v0 {
namespace {

using detail::Block;

constexpr int kClassesPerDoubling = 4;              // waste stays below a quarter
constexpr int kClasses = 40 * kClassesPerDoubling;  // up to 2^45 bytes
// Idle bytes that a thread may keep. The largest lecture step, of lecture 7's full model, holds less.
constexpr size_t kMaxIdleBytes = size_t{4} << 30;

AtomicCounter system_allocations{0};
ShardedCounter bytes_in_use;

// Class c holds blocks of (4 + c % 4) << (c / 4 + 4) bytes: 64, 80, 96, 112, 128, 160, ...
constexpr size_t class_capacity(int c) {
  return static_cast<size_t>(kClassesPerDoubling + c % kClassesPerDoubling) << (c / kClassesPerDoubling + 4);
}

int class_of(size_t bytes) {
  const size_t wanted = std::max<size_t>(bytes, 64);
  const int doubling = static_cast<int>(std::bit_width(wanted - 1)) - 7;  // 64 -> -1, 65..128 -> 0, ...
  const int first = std::max(doubling, 0) * kClassesPerDoubling;
  for (int c = first;; ++c) {
    if (class_capacity(c) >= wanted) return c;
  }
}

Block* new_block(int size_class) {
  // From here on the addresses of small pages are more than the processor keeps: 6 % of a product of 4 MB
  // matrices goes into looking them up.
  constexpr size_t kHugeFrom = 2 * kernels::kHugePage;
  const size_t capacity = class_capacity(size_class);
  void* memory = kernels::allocate(sizeof(Block) + capacity, kHugeFrom);
  system_allocations.add(1);
  return new (memory) Block{{}, {0}, size_class, capacity, nullptr, static_cast<Block*>(memory) + 1};
}

struct ForeignBlock : Block {
  std::shared_ptr<void> owner;
};

// The idle blocks of one thread. Lives until the thread ends; a Storage freed after that (a static one) goes
// straight to the system, which `alive` tells.
struct Pool {
  std::array<Block*, kClasses> idle{};
  size_t idle_bytes = 0;
  static thread_local bool alive;

  Pool() { alive = true; }
  ~Pool() {
    alive = false;
    release();
  }
  void release() {
    for (Block*& first : idle) {
      while (first != nullptr) std::free(std::exchange(first, first->next));
    }
    idle_bytes = 0;
  }
};
thread_local bool Pool::alive = false;

Pool* this_pool() {
  static thread_local Pool pool;
  return Pool::alive && pool_enabled() ? &pool : nullptr;
}

Block* take(size_t bytes) {
  if (bytes > class_capacity(kClasses - 1)) throw std::bad_alloc();
  const int size_class = class_of(bytes);
  Pool* const own = this_pool();
  Block* block = own != nullptr ? own->idle[static_cast<size_t>(size_class)] : nullptr;
  if (block != nullptr) {
    own->idle[static_cast<size_t>(size_class)] = block->next;
    own->idle_bytes -= block->capacity;
    block->references.reset();
    block->version.store(0, std::memory_order_relaxed);
  } else {
    block = new_block(size_class);
  }
  bytes_in_use.add(static_cast<int64_t>(block->capacity));
  return block;
}

}  // namespace

void detail::release(Block* block) noexcept {
  if (block->size_class == kForeign) {
    delete static_cast<ForeignBlock*>(block);
    return;
  }
  bytes_in_use.add(-static_cast<int64_t>(block->capacity));
  Pool* const own = this_pool();
  if (own == nullptr || own->idle_bytes + block->capacity > kMaxIdleBytes) {
    std::free(block);
    return;
  }
  block->next = std::exchange(own->idle[static_cast<size_t>(block->size_class)], block);
  own->idle_bytes += block->capacity;
}

Storage::Storage(size_t bytes) : block_(bytes == 0 ? nullptr : take(bytes)) {}

Storage::Storage(void* data, size_t bytes, std::shared_ptr<void> owner)
    : block_(new ForeignBlock{{{}, {0}, detail::kForeign, bytes, nullptr, data}, std::move(owner)}) {}

void* pool_allocate(size_t bytes) { return take(bytes) + 1; }
void pool_free(void* memory) noexcept { detail::release(static_cast<Block*>(memory) - 1); }

MemoryStats memory_stats() { return {system_allocations.get(), bytes_in_use.get()}; }

void release_idle_memory() {
  if (Pool* const own = this_pool()) own->release();
}

bool pool_enabled() {
#if defined(__SANITIZE_ADDRESS__)
  return false;
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
  return false;
#endif
#endif
  static const bool enabled = [] {
    const char* setting = std::getenv("LIBTENSOR_POOL");
    return setting == nullptr || std::strcmp(setting, "0") != 0;
  }();
  return enabled;
}

}  // namespace lt::inline v0
