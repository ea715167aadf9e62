// The colours of all figures.

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

#include <libtensor/apps/plot/svg.h>

namespace lt::plot {
namespace {

constexpr std::string_view kStyle =
    R"(.lt-fig{font-family:system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue",Arial,sans-serif;font-size:12px}
.lt-fig text{pointer-events:none}
.lt-paper{fill:#fff}.lt-text,.lt-title{fill:#24292f}.lt-dim{fill:#5f6770}.lt-title{font-size:14px;font-weight:600}
.lt-axis{stroke:#8c959f;fill:none}.lt-grid{stroke:#e4e7eb;fill:none}.lt-mark{stroke:#24292f;fill:none}
.lt-note{fill:#24292f;stroke:#fff;stroke-width:4px;stroke-linejoin:round;paint-order:stroke}
.lt-box{fill:#f6f8fa;stroke:#57606a}.lt-oval{fill:#ddebfb;stroke:#2f7ed8}.lt-edge{stroke:#8c959f;fill:none}.lt-tip{fill:#8c959f}
.lt-low{fill:#6f757c}.lt-middle{fill:#33393f}.lt-high{fill:#eef2f6}
)";
constexpr std::string_view kDarkStyle =
    R"(.lt-paper{fill:#161b22}.lt-text,.lt-title{fill:#e6edf3}.lt-dim{fill:#9da7b3}
.lt-axis{stroke:#6e7681}.lt-grid{stroke:#2a313a}.lt-mark{stroke:#e6edf3}.lt-note{fill:#e6edf3;stroke:#161b22}
.lt-box{fill:#1f2630;stroke:#8b949e}.lt-oval{fill:#12304f;stroke:#6cb0ff}.lt-edge{stroke:#8b949e}.lt-tip{fill:#8b949e}
.lt-low{fill:#8b949e}.lt-middle{fill:#e6edf3}.lt-high{fill:#0b1622}
)";

using Rgb = std::array<double, 3>;
using Ramp = std::array<Rgb, 9>;

// Nine steps of ColorBrewer's "Blues" (Brewer and Harrower); and from the dark paper to a bright blue.
constexpr Ramp kBlues = {{{247, 251, 255},
                          {222, 235, 247},
                          {198, 219, 239},
                          {158, 202, 225},
                          {107, 174, 214},
                          {66, 146, 198},
                          {33, 113, 181},
                          {8, 81, 156},
                          {8, 48, 107}}};
constexpr Ramp kDarkBlues = {{{28, 34, 43},
                              {18, 44, 78},
                              {14, 66, 122},
                              {20, 94, 160},
                              {45, 125, 190},
                              {88, 160, 210},
                              {135, 190, 225},
                              {185, 216, 240},
                              {230, 242, 252}}};
constexpr int kLevels = 32;

std::string level_style(const Ramp& ramp) {
  std::string out;
  for (int level = 0; level <= kLevels; ++level) {
    const auto step = static_cast<size_t>(std::min(level / 4, 7));
    const double within = level / 4.0 - static_cast<double>(step);
    out += fmt::format(".lt-b{}{{fill:#", level);
    for (size_t c = 0; c < 3; ++c) {
      const double part = ramp[step][c] + within * (ramp[step + 1][c] - ramp[step][c]);
      out += fmt::format("{:02x}", static_cast<int>(std::lround(part)));
    }
    out += level % 4 == 0 ? "}\n" : "}";
  }
  return out;
}

}  // namespace

const std::string& style_sheet() {
  static const std::string sheet = fmt::format("{}{}@media (prefers-color-scheme:dark){{{}{}}}\n", kStyle,
                                               level_style(kBlues), kDarkStyle, level_style(kDarkBlues));
  return sheet;
}

std::string heat_class(double value) {
  return fmt::format("lt-b{}", std::lround(kLevels * std::clamp(value, 0.0, 1.0)));
}

std::string series_colour(size_t i) {
  static constexpr std::array<const char*, 8> kColours = {"#2f7ed8", "#e0652f", "#2a9d6e", "#b0519b",
                                                          "#c79a10", "#4fb3d9", "#d0393e", "#7d7f8a"};
  return kColours[i % kColours.size()];
}

}  // namespace lt::plot
