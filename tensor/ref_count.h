#pragma once

// Counters that threads share.

#include <atomic>
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

}  // namespace lt::inline v0
