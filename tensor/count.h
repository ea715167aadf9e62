#pragma once

// Counters that threads share.

#include <array>
#include <atomic>
#include <cstdint>

#if __has_include(<sys/single_threaded.h>)
#include <sys/single_threaded.h>
#endif

namespace lt {

// Counts references. A locked addition takes 20 cycles and waits for every store before it, which after a
// kernel are many: as long as the process has one thread, there is none.
class Count {
 public:
  explicit Count(int64_t start) : value_(start) {}
  int64_t get() const { return value_.load(std::memory_order_acquire); }
  void add(int64_t by) {
    if (one_thread()) {
      value_.store(value_.load(std::memory_order_relaxed) + by, std::memory_order_relaxed);
    } else {
      value_.fetch_add(by, std::memory_order_relaxed);
    }
  }
  // Takes one away; true if it was the last, and the counter then is done.
  bool drop() {
    if (get() == 1) return true;  // nobody else holds what this counts
    if (!one_thread()) return value_.fetch_sub(1, std::memory_order_acq_rel) == 1;
    add(-1);
    return false;
  }
  // Starts again, where no other thread knows of it.
  void start(int64_t from) { value_.store(from, std::memory_order_relaxed); }

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

// Counts what comes and goes all the time and is seldom asked for. Each thread writes a part of its own,
// which takes no locked addition; a part outlives its thread. Threads beyond the last part share the first.
class Tally {
 public:
  void add(int64_t by) {
    std::atomic<int64_t>& part = parts_[own_part()].value;
    if (own_part() == kShared) {
      part.fetch_add(by, std::memory_order_relaxed);
    } else {
      part.store(part.load(std::memory_order_relaxed) + by, std::memory_order_relaxed);
    }
  }
  // Exact where no other thread is adding.
  int64_t get() const {
    int64_t sum = 0;
    for (const Part& part : parts_) sum += part.value.load(std::memory_order_relaxed);
    return sum;
  }

 private:
  static constexpr size_t kParts = 64;
  static constexpr size_t kShared = 0;
  struct alignas(64) Part {  // a cache line
    std::atomic<int64_t> value{0};
  };

  // The calling thread's.
  static size_t own_part() {
    static constinit thread_local size_t part = kParts;  // none yet
    if (part == kParts) {
      static constinit std::atomic<size_t> next{kShared + 1};
      const size_t free = next.fetch_add(1, std::memory_order_relaxed);
      part = free < kParts ? free : kShared;
    }
    return part;
  }

  std::array<Part, kParts> parts_;
};

}  // namespace lt
