#pragma once

// What the benches share: timing of several contenders in turns, the processor's limits measured in the same
// turns, and what closes a run.

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include <libtensor/bench/options.h>
#include <libtensor/bench/rows.h>
#include <libtensor/tensor/storage.h>

namespace lt::bench {

struct Contender {
  std::string name;
  std::function<void()> run;
};

// Runs the contenders in turns and returns the median microseconds of each: every turn times each of them,
// after a call that does not count, over enough calls to fill a few hundred microseconds, so that a slow
// moment of the machine falls on all alike. With options.idle only undisturbed times count (idle.h), and
// turns go on until each has nine, for a minute at most (quick: ten seconds); report() says where that was
// too short. The last is the limit.
std::vector<double> interleave(const std::vector<Contender>& contenders, const Options& options);

// A loop of fused multiply-adds that never leaves the registers, on `threads` threads, and the float
// operations that one call does.
Contender fma_probe(int threads);
double fma_probe_flops(int threads);

// Copies what the work reads to where it writes, on `threads` threads where that is faster than on one: what
// a kernel that reads and writes once hardly beats.
Contender copy_probe(const void* from, void* to, int64_t bytes, int threads);

// Ours and every peer run on so many threads from now on.
void use_threads(int threads);

// Where a tensor's numbers lie: every contender reads and writes them there.
template <typename T>
using Numbers = std::vector<T, PoolAllocator<T>>;
using Floats = Numbers<float>;

// `count` reproducible numbers in [-1, 1).
Floats numbers(int64_t count, uint32_t seed);

// Adds to the rows where they were measured and, unless a row says so itself, which versions the peers have.
// Prints the table and writes options.json.
void report(std::vector<Row> rows, const Options& options);

}  // namespace lt::bench
