#pragma once

// Our figures beside the lecture's: the classes of tolerance, and what --check collects.

#include <string>
#include <vector>

#include <libtensor/apps/common/figures.h>

namespace lt::apps {

inline constexpr Tolerance kExact{};                            // E: counts, shapes
inline constexpr Tolerance kDouble{.relative = 1e-9};           // D: all in double
inline constexpr Tolerance kSingle{.relative = 1e-5};           // F: one float32 pass
inline constexpr Tolerance kTrained{.absolute = 1e-4};          // T: after training in float32
inline constexpr Tolerance kDigits6{.absolute = 0.5000001e-6};  // a figure known to six decimals only
constexpr Tolerance within(double distance) {
  return {.absolute = distance};
}  // S: chaotic, or another stream

// Collects figures and remembers those that miss.
class Check {
 public:
  // Both return whether the figure is within its tolerance.
  bool add(const std::string& name, double ours, double lecture, Tolerance tolerance);
  bool add(const std::string& name, const std::string& ours, const std::string& lecture);

  int count() const { return count_; }
  // A line for each figure outside its tolerance: its name, ours, the lecture's, what was allowed.
  const std::vector<std::string>& misses() const { return misses_; }

 private:
  bool count_in(bool ok, std::string miss);

  int count_ = 0;
  std::vector<std::string> misses_;
};

}  // namespace lt::apps
