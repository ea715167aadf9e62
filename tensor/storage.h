#pragma once

// Memory for the numbers of a tensor: counted, 64-byte aligned, and taken from a pool of size classes that
// each thread keeps, so that a training step in steady state asks the system for nothing. Or the user's own
// memory, at any address.

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <utility>

#include <libtensor/tensor/ref_count.h>

namespace lt::inline v0 {

namespace detail {

// Of bytes that size_class cannot tell: the user's.
inline constexpr int kForeign = -1;

// The header in front of the bytes; of foreign ones, which lie elsewhere, it is a part of what owns them.
struct alignas(64) Block {
  RefCount references;
  std::atomic<uint32_t> version;
  int size_class;
  size_t capacity;  // bytes
  Block* next;      // in a free list
  void* data;
};
static_assert(sizeof(Block) == 64);

void release(Block* block) noexcept;  // to the pool of this thread, or to its owner

}  // namespace detail

// A counted reference to a block of bytes. Copying shares the block; the last one releases it to the pool.
// Counting is atomic: tensors may be handed between threads. The bytes are not initialised.
class Storage {
 public:
  Storage() = default;
  //   bytes: 0 is allowed and holds no block
  //   throws: std::bad_alloc
  explicit Storage(size_t bytes);
  // Bytes that are there already. `owner` is let go with the last handle.
  Storage(void* data, size_t bytes, std::shared_ptr<void> owner);
  Storage(const Storage& other) noexcept : block_(other.block_) {
    if (block_ != nullptr) block_->references.ref();
  }
  Storage(Storage&& other) noexcept : block_(other.block_) { other.block_ = nullptr; }
  Storage& operator=(Storage other) noexcept {
    std::swap(block_, other.block_);
    return *this;
  }
  ~Storage() {
    if (block_ != nullptr && block_->references.deref()) detail::release(block_);
  }

  void* data() const { return block_ == nullptr ? nullptr : block_->data; }
  size_t bytes() const { return block_ == nullptr ? 0 : block_->capacity; }

  // How often the bytes were opened for writing, by which autograd sees that a saved value was overwritten.
  uint32_t version() const { return block_ == nullptr ? 0 : block_->version.load(std::memory_order_relaxed); }
  // Two threads that open one block at the same time may count once: it still is another version.
  void bump_version() const {
    if (block_ != nullptr) block_->version.store(version() + 1, std::memory_order_relaxed);
  }

  // True where this is the block's only handle, and nobody else can know of its bytes.
  bool unique() const {
    return block_ != nullptr && block_->references.get() == 1 && block_->size_class != detail::kForeign;
  }
  // True where some of the bytes are the other's too.
  bool overlaps(const Storage& other) const {
    const auto* own = static_cast<const char*>(data());
    const auto* others = static_cast<const char*>(other.data());
    return own < others + other.bytes() && others < own + bytes();
  }
  // True where a and b are handles of the same block.
  friend bool operator==(const Storage& a, const Storage& b) { return a.block_ == b.block_; }

 private:
  detail::Block* block_ = nullptr;
};

// Memory for small objects that come and go with tensors, from the same pool; 64-byte aligned. Not for
// numbers: it carries no count. throws: std::bad_alloc
void* pool_allocate(size_t bytes);
void pool_free(void* memory) noexcept;

// For standard containers that a training step makes and drops.
template <typename T>
struct PoolAllocator {
  using value_type = T;
  PoolAllocator() = default;
  template <typename U>
  PoolAllocator(const PoolAllocator<U>&) {}  // NOLINT: implicit, as allocators convert
  T* allocate(size_t count) { return static_cast<T*>(pool_allocate(count * sizeof(T))); }
  void deallocate(T* memory, size_t) noexcept { pool_free(memory); }
  friend bool operator==(const PoolAllocator&, const PoolAllocator&) { return true; }
};

// What the pool has done so far, summed over threads.
struct MemoryStats {
  int64_t system_allocations = 0;  // times that the system was asked for memory
  int64_t bytes_in_use = 0;        // in blocks that a Storage holds
};
MemoryStats memory_stats();

// Gives this thread's idle blocks back to the system.
void release_idle_memory();

// False where every block comes straight from the system: under the address sanitizer, and where the
// environment sets LIBTENSOR_POOL=0. (To find misuse of memory; results are the same.)
bool pool_enabled();

}  // namespace lt::inline v0
