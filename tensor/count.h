#pragma once

// A counter that threads share.

#include <atomic>
#include <cstdint>

#if __has_include(<sys/single_threaded.h>)
#include <sys/single_threaded.h>
#endif

namespace lt {

// Counts references, or what there is of something. A locked addition takes 20 cycles and waits for every
// store before it, which after a kernel are many: as long as the process has one thread, there is none.
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

}  // namespace lt
