#include <libtensor/apps/common/check.h>

#include <fmt/format.h>

#include <cmath>

// One comparison, and the sentence that --check prints where it fails.

namespace lt::apps {

bool Check::add(const std::string& name, double ours, double lecture, Tolerance tolerance) {
  const double allowed = tolerance.absolute + tolerance.relative * std::abs(lecture);
  return count_in(agrees(ours, lecture, tolerance),
                  fmt::format("{}: {:.10g}, but the lecture has {:.10g} (allowed difference {:.2g})", name,
                              ours, lecture, allowed));
}

bool Check::add(const std::string& name, const std::string& ours, const std::string& lecture) {
  return count_in(ours == lecture, fmt::format("{}: '{}', but the lecture has '{}'", name, ours, lecture));
}

bool Check::count_in(bool ok, std::string miss) {
  ++count_;
  if (!ok) misses_.push_back(std::move(miss));
  return ok;
}

}  // namespace lt::apps
