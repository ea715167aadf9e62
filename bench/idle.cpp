#include <libtensor/bench/idle.h>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <vector>

#include <libtensor/bench/each_thread.h>

namespace lt::bench {
namespace {

using Clock = std::chrono::steady_clock;

double seconds_since(Clock::time_point start) {
  return std::chrono::duration<double>(Clock::now() - start).count();
}

// How many instructions that do nothing are done in a second.
double nothings_per_second() {
  constexpr int kSteps = 2000;
  const auto start = Clock::now();
  for (int i = 0; i < kSteps; ++i) {
    asm volatile(
        "nop\n nop\n nop\n nop\n nop\n nop\n nop\n nop\n nop\n nop\n"
        "nop\n nop\n nop\n nop\n nop\n nop\n nop\n nop\n nop\n nop\n"
        "nop\n nop\n nop\n nop\n nop\n nop\n nop\n nop\n nop\n nop\n"
        "nop\n nop\n nop\n nop\n nop\n nop\n nop\n nop\n nop\n nop");
  }
  return kSteps * 42 / seconds_since(start);  // with the loop's own two
}

// Cycles in a second, by whole products that wait for each other: three cycles each on
// x86, about that on ARM.
double cycles_per_second() {
  constexpr int kSteps = 10000;
  uint64_t product = 3;
  const auto start = Clock::now();
  for (int i = 0; i < kSteps; ++i) {
    product *= product;
    asm volatile("" : "+r"(product));
  }
  return kSteps * 3 / seconds_since(start);
}

}  // namespace

double instructions_per_cycle(int threads) {
  std::vector<double> each(static_cast<size_t>(threads));
  on_each_thread(threads, [&each](int thread) {
    each[static_cast<size_t>(thread)] = nothings_per_second() / cycles_per_second();
  });
  return *std::min_element(each.begin(), each.end());
}

bool cores_are_shared(int threads) {
  // Between the four of a narrow core and the three that are half of a wide one's.
  constexpr double kFewest = 3.6;
  return instructions_per_cycle(threads) < kFewest;
}

}  // namespace lt::bench
