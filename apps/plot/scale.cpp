#include <libtensor/apps/plot/scale.h>

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

// Ticks follow Heckbert, "Nice numbers for graph labels" (Graphics Gems, 1990): the step is the nicest of 1,
// 2, 5 times a power of ten that gives about as many ticks as were asked for.

namespace lt::plot {
namespace {

double nice_step(double range, int count) {
  const double rough = range / std::max(count, 1);
  const double power = std::pow(10, std::floor(std::log10(rough)));
  const double lead = rough / power;
  return power * (lead < 1.5 ? 1 : lead < 3.5 ? 2 : lead < 7.5 ? 5 : 10);
}

// 200000 -> "200k", 0.05 -> "0.05", 1e-7 -> "1e-07".
std::string label(double value, double step) {
  const double size = std::abs(value);
  if (size >= 1e4 && size < 1e9 && step >= 100) {
    return size >= 1e6 && step >= 1e5 ? fmt::format("{:.6g}M", value / 1e6)
                                      : fmt::format("{:.6g}k", value / 1e3);
  }
  return fmt::format("{:.6g}", std::abs(value) < step * 1e-9 ? 0.0 : value);
}

std::vector<Tick> linear_ticks(const Scale& scale, int count) {
  const double step = nice_step(scale.high - scale.low, count);
  std::vector<Tick> out;
  const double first = std::ceil(scale.low / step - 1e-9);
  const double last = std::floor(scale.high / step + 1e-9);
  for (double i = first; i <= last; ++i) out.push_back({i * step, label(i * step, step)});
  return out;
}

// Labels at powers of ten; where fewer than three are in sight at 1, 2 and 5 times these, then at all digits,
// then wherever a linear axis has them.
std::vector<Tick> log_ticks(const Scale& scale, int count) {
  const int first = static_cast<int>(std::floor(std::log10(scale.low)));
  const int last = static_cast<int>(std::ceil(std::log10(scale.high)));
  const int stride = std::max(1, (last - first) / std::max(count, 1));
  for (const int labels : {0, 1, 2}) {
    std::vector<Tick> out;
    int labelled = 0;
    for (int power = first; power <= last; ++power) {
      for (int lead = 1; lead < (stride > 1 ? 2 : 10); ++lead) {
        const double value = lead * std::pow(10, power);
        if (value < scale.low * (1 - 1e-9) || value > scale.high * (1 + 1e-9)) continue;
        const bool is_named = (lead == 1 && (power - first) % stride == 0) ||
                              (labels == 1 && (lead == 2 || lead == 5)) || labels == 2;
        out.push_back({value, is_named ? label(value, value) : ""});
        labelled += is_named;
      }
    }
    if (labelled >= 3) return out;
  }
  return linear_ticks(scale, std::max(count, 3));
}

}  // namespace

double Scale::operator()(double value) const {
  if (!std::isfinite(value) || (log && value <= 0)) return std::nan("");
  const double part = log ? std::log(value / low) / std::log(high / low) : (value - low) / (high - low);
  return from + part * (to - from);
}

Scale fit(const std::vector<double>& values, bool log, double margin) {
  double low = INFINITY;
  double high = -INFINITY;
  for (const double value : values) {
    if (!std::isfinite(value) || (log && value <= 0)) continue;
    low = std::min(low, value);
    high = std::max(high, value);
  }
  if (low > high) return {.low = log ? 0.1 : 0, .high = 1, .log = log};
  if (log) {
    const double grow = low == high ? 2 : std::pow(high / low, margin);
    return {.low = low / grow, .high = high * grow, .log = true};
  }
  // A constant has no range of its own: give it one that its size can be read against.
  const double room = high - low > 1e-12 * std::max(std::abs(high), 1e-300)
                          ? margin * (high - low)
                          : std::max(0.1 * std::abs(high), 1e-9);
  return {.low = low - room, .high = high + room};
}

std::vector<Tick> ticks(const Scale& scale, int count) {
  return scale.log ? log_ticks(scale, count) : linear_ticks(scale, count);
}

}  // namespace lt::plot
