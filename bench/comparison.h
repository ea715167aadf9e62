#pragma once

// Two commits' rows, measured in turns, set against each other.

#include <string>
#include <vector>

#include <libtensor/bench/rows.h>

namespace lt::bench {

// What both sides measured of one work: a time for each turn, in microseconds, the turns in the same order.
// Empty on the side that does not have it.
struct Comparison {
  std::string bench;
  std::string work;
  int threads = 1;
  std::vector<double> ours_us;
  std::vector<double> theirs_us;

  bool in_both() const { return !ours_us.empty() && !theirs_us.empty(); }
};

// The works in the order of our first turn, bench by bench; after them those that only theirs has.
std::vector<Comparison> compare(const std::vector<Row>& ours, const std::vector<Row>& theirs);

// A line for each work below the name of its bench: the medians, theirs / ours (above 1: ours is faster), the
// same of the least times, and the spread: half the width that the middle half of the turns' ratios has. The
// lines below kSlower are marked; below each bench is its geometric mean, below all what only one side has.
// Fits 80 columns.
constexpr double kSlower = 0.97;
std::string comparison_table(const std::vector<Comparison>& works);

// What both have as a bench's rows: our medians, and theirs as those of a peer of the name `theirs`.
// `measured`: our rows, which say where and how fast the limit was.
std::vector<Row> comparison_rows(const std::vector<Comparison>& works, const std::vector<Row>& measured,
                                 const std::string& theirs);

}  // namespace lt::bench
