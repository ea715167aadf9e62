#pragma once

// What the benches share: timing of several contenders in turns, the processor's limits measured in the same
// turns, and the table and JSON that close a run.

#include <Eigen/Core>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

namespace lt::bench {

struct Contender {
  std::string name;
  std::function<void()> run;
};

// One line of the closing table.
struct Row {
  std::string bench;
  std::string work;
  int threads = 1;
  double ours_us = 0;
  std::vector<std::pair<std::string, double>> peers;  // name, microseconds
  double limit_us = 0;                                // what the limit measured in the same turns would take
};

struct Options {
  bool quick = false;
  bool least = false;  // report the least time of each instead of the median: for a machine that is not idle
  std::string json;    // file to write, or empty
  std::string filter;  // only works whose name contains it
  std::vector<int> threads{1, 2};  // measure on each of these numbers of threads
};

// Reads --quick, --least, --threads N, --json FILE and --filter TEXT. Prints the usage and exits with 2 on
// anything else.
Options parse(int argc, char** argv);

// Runs the contenders in turns and returns the median (or least) microseconds of each: every turn times each
// of them over enough calls to fill a few hundred microseconds, so that a slow moment of the machine falls on
// all alike.
std::vector<double> interleave(const std::vector<Contender>& contenders, const Options& options);

// A loop of fused multiply-adds that never leaves the registers, on `threads` threads, and the float
// operations that one call does.
Contender fma_probe(int threads);
double fma_probe_flops(int threads);

// Copies `bytes` from one buffer to another, on `threads` threads: what a kernel that reads and writes once
// cannot beat.
Contender copy_probe(int64_t bytes, int threads);

// Ours and every peer run on so many threads from now on.
void use_threads(int threads);

// Memory that starts at a cache line, as a tensor's does.
using Floats = std::vector<float, Eigen::aligned_allocator<float>>;

// `count` reproducible numbers in [-1, 1).
Floats numbers(int64_t count, uint32_t seed);

// Prints the table (work, ours, each peer, ratio to the best peer, fraction of the limit) and writes
// options.json.
void report(const std::vector<Row>& rows, const Options& options);

}  // namespace lt::bench
