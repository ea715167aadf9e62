#include "tensor/storage.h"

#include <algorithm>
#include <array>
#include <atomic>
#include <bit>
#include <cstdlib>
#include <cstring>
#include <mutex>
#include <new>
#include <utility>

#include "tensor/kernels/memory.h"

#if __has_include(<sys/single_threaded.h>)
#include <sys/single_threaded.h>
#endif

// A block is a 64-byte header followed by its bytes, so both are aligned to a cache line. Sizes are rounded
// up to one of four classes per power of two (waste below a quarter). A freed block goes on the free list of
// its class in the thread that freed it; a list is a chain through the headers.
//
// A locked addition waits for every store before it, which after a kernel are many: what one thread alone
// counts is therefore stored, not added, and so is everything while the process has one thread.

namespace lt {
namespace detail {

struct alignas(64) Block {
  std::atomic<int64_t> references;
  std::atomic<uint32_t> version;
  int size_class;
  size_t capacity;  // bytes behind the header
  Block* next;      // in a free list
};
static_assert(sizeof(Block) == 64);

}  // namespace detail

namespace {

using detail::Block;

constexpr int kClassesPerDoubling = 4;              // waste stays below a quarter
constexpr int kClasses = 40 * kClassesPerDoubling;  // up to 2^45 bytes
// Idle bytes that a thread may keep: the largest lecture step (a full batch of 228,146 rows) holds under 1
// GiB.
constexpr size_t kMaxIdleBytes = size_t{1} << 30;

std::atomic<int64_t> system_allocations{0};

bool one_thread() {
#if __has_include(<sys/single_threaded.h>)
  return __libc_single_threaded;
#else
  return false;
#endif
}

// For a counter that no other thread changes.
template <typename N>
void add_alone(std::atomic<N>& counter, N by) {
  counter.store(counter.load(std::memory_order_relaxed) + by, std::memory_order_relaxed);
}

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
  system_allocations.fetch_add(1, std::memory_order_relaxed);
  return new (memory) Block{{0}, {0}, size_class, capacity, nullptr};
}

// The idle blocks of one thread, and the bytes that it took less those that it gave back. Lives until the
// thread ends; a Storage freed after that (a static one) goes straight to the system, which `alive` tells.
struct Pool {
  std::array<Block*, kClasses> idle{};
  size_t idle_bytes = 0;
  std::atomic<int64_t> bytes_in_use{0};  // other threads read it
  Pool* next = nullptr;                  // in the list of all
  static thread_local bool alive;

  Pool();
  ~Pool();
  void release() {
    for (Block*& first : idle) {
      while (first != nullptr) std::free(std::exchange(first, first->next));
    }
    idle_bytes = 0;
  }
};
thread_local bool Pool::alive = false;

std::mutex pools_mutex;
Pool* pools = nullptr;                       // of all threads that live; guarded by pools_mutex
std::atomic<int64_t> other_bytes_in_use{0};  // of threads that have ended, and without a pool

Pool::Pool() {
  const std::lock_guard lock(pools_mutex);
  next = std::exchange(pools, this);
  alive = true;
}

Pool::~Pool() {
  alive = false;
  release();
  const std::lock_guard lock(pools_mutex);
  Pool** link = &pools;
  while (*link != this) link = &(*link)->next;
  *link = next;
  other_bytes_in_use += bytes_in_use;
}

Pool* this_pool() {
  static thread_local Pool pool;
  return Pool::alive && pool_enabled() ? &pool : nullptr;
}

void count_bytes(Pool* own, size_t bytes, int sign) {
  const auto change = sign * static_cast<int64_t>(bytes);
  own != nullptr ? add_alone(own->bytes_in_use, change) : void(other_bytes_in_use += change);
}

Block* take(size_t bytes) {
  if (bytes > class_capacity(kClasses - 1)) throw std::bad_alloc();
  const int size_class = class_of(bytes);
  Pool* const own = this_pool();
  Block* block = own != nullptr ? own->idle[static_cast<size_t>(size_class)] : nullptr;
  if (block != nullptr) {
    own->idle[static_cast<size_t>(size_class)] = block->next;
    own->idle_bytes -= block->capacity;
  } else {
    block = new_block(size_class);
  }
  block->references.store(1, std::memory_order_relaxed);
  block->version.store(0, std::memory_order_relaxed);
  count_bytes(own, block->capacity, 1);
  return block;
}

void give_back(Block* block) {
  Pool* const own = this_pool();
  count_bytes(own, block->capacity, -1);
  if (own == nullptr || own->idle_bytes + block->capacity > kMaxIdleBytes) {
    std::free(block);
    return;
  }
  block->next = std::exchange(own->idle[static_cast<size_t>(block->size_class)], block);
  own->idle_bytes += block->capacity;
}

}  // namespace

Storage::Storage(size_t bytes) : block_(bytes == 0 ? nullptr : take(bytes)) {}

Storage::Storage(const Storage& other) noexcept : block_(other.block_) {
  if (block_ == nullptr) return;
  if (one_thread()) {
    add_alone(block_->references, int64_t{1});
  } else {
    block_->references.fetch_add(1, std::memory_order_relaxed);
  }
}

Storage& Storage::operator=(Storage other) noexcept {
  std::swap(block_, other.block_);
  return *this;
}

Storage::~Storage() {
  if (block_ == nullptr) return;
  // The only handle has nobody to count with.
  if (unique()) {
    give_back(block_);
  } else if (one_thread()) {
    add_alone(block_->references, int64_t{-1});
  } else if (block_->references.fetch_sub(1, std::memory_order_acq_rel) == 1) {
    give_back(block_);
  }
}

void* Storage::data_of(Block* block) { return block == nullptr ? nullptr : block + 1; }
size_t Storage::bytes() const { return block_ == nullptr ? 0 : block_->capacity; }
uint32_t Storage::version() const {
  return block_ == nullptr ? 0 : block_->version.load(std::memory_order_relaxed);
}
void Storage::bump_version() const {
  // Two threads that open one block at the same time may count once: it still is another version.
  if (block_ != nullptr) add_alone(block_->version, uint32_t{1});
}

bool Storage::unique() const {
  return block_ != nullptr && block_->references.load(std::memory_order_acquire) == 1;
}

void* pool_allocate(size_t bytes) { return take(bytes) + 1; }
void pool_free(void* memory) noexcept { give_back(static_cast<Block*>(memory) - 1); }

MemoryStats memory_stats() {
  const std::lock_guard lock(pools_mutex);
  MemoryStats stats{system_allocations, other_bytes_in_use};
  for (const Pool* pool = pools; pool != nullptr; pool = pool->next) stats.bytes_in_use += pool->bytes_in_use;
  return stats;
}

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

}  // namespace lt
