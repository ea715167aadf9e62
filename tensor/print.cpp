#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <mutex>
#include <ostream>
#include <string>
#include <vector>

#include <libtensor/tensor/ops.h>

// Numbers as PyTorch prints them: one style and one width for a whole tensor, chosen from its finite numbers
// that are not 0; "..." in the middle of long axes when there are more elements than the threshold; lines
// wrapped at the line's width. What is elided has no say in style and width, so it is cut away first.

namespace lt::inline v0 {
namespace {

const std::string kOpening = "tensor(";

enum class Style { kIntegers, kFixed, kScientific };

void check(const PrintOptions& options) {
  if (options.precision < 0 || options.threshold < 0 || options.edgeitems < 1 || options.linewidth < 1) {
    throw ValueError(
        fmt::format("print options: precision {}, threshold {}, edgeitems {}, linewidth {}: "
                    "expected no negative number, and at least one edge item and column",
                    options.precision, options.threshold, options.edgeitems, options.linewidth));
  }
}

// What everybody prints with, one thread at a time.
class CommonOptions {
 public:
  PrintOptions get() {
    const std::lock_guard lock(mutex_);
    return options_;
  }
  void set(const PrintOptions& options) {
    const std::lock_guard lock(mutex_);
    options_ = options;
  }

 private:
  std::mutex mutex_;
  PrintOptions options_;
};

CommonOptions& common_options() {
  static CommonOptions options;
  return options;
}

std::string written(double value, Style style, int precision) {
  if (std::isnan(value)) return "nan";
  if (std::isinf(value)) return value < 0 ? "-inf" : "inf";
  if (style == Style::kIntegers) return fmt::format("{:.0f}.", value);
  return style == Style::kFixed ? fmt::format("{:.{}f}", value, precision)
                                : fmt::format("{:.{}e}", value, precision);
}
std::string written(float value, Style style, int precision) {
  return written(double{value}, style, precision);
}
std::string written(int64_t value, Style, int) { return fmt::format("{}", value); }
std::string written(bool value, Style, int) { return value ? "True" : "False"; }

template <typename T>
bool has_say(T value) {
  if constexpr (std::is_floating_point_v<T>) return std::isfinite(value) && value != 0;
  return true;
}

// The style that the numbers ask for, whose width they take, and the one that they are written in.
struct Styles {
  Style asked = Style::kIntegers;
  Style taken = Style::kIntegers;
};

template <typename T>
Styles styles_of(const std::vector<T>& values, std::optional<bool> scientific) {
  if constexpr (!std::is_floating_point_v<T>) return {};
  double smallest = HUGE_VAL;
  double largest = 0;
  bool all_integers = true;
  for (const T value : values) {
    if (!has_say(value)) continue;
    const double magnitude = std::abs(static_cast<double>(value));
    smallest = std::min(smallest, magnitude);
    largest = std::max(largest, magnitude);
    all_integers &= std::trunc(magnitude) == magnitude;
  }
  if (largest == 0) return {};
  const bool is_wide = largest / smallest > 1000 || largest > 1e8 || (!all_integers && smallest < 1e-4);
  const auto style = [&](bool is_scientific) {
    if (is_scientific) return Style::kScientific;
    return all_integers ? Style::kIntegers : Style::kFixed;
  };
  return {style(is_wide), style(scientific.value_or(is_wide))};
}

// Turns numbers into text of one width.
template <typename T>
class Writer {
 public:
  Writer(const std::vector<T>& values, const PrintOptions& options) : precision_(options.precision) {
    const Styles styles = styles_of(values, options.sci_mode);
    for (const T value : values) {
      if (has_say(value)) width_ = std::max(width_, written(value, styles.asked, precision_).size());
    }
    style_ = styles.taken;
  }
  size_t width() const { return width_; }
  std::string operator()(T value) const {
    return fmt::format("{:>{}}", written(value, style_, precision_), width_);
  }

 private:
  int precision_;
  Style style_ = Style::kIntegers;
  size_t width_ = 1;
};

// The first and last few places along every long axis.
template <typename T>
BasicTensor<T> edges_of(BasicTensor<T> x, int64_t edge) {
  for (int axis = 0; axis < x.dim(); ++axis) {
    if (x.size(axis) / 2 < edge || x.size(axis) == 2 * edge) continue;
    x = cat<T>({x.narrow(axis, 0, edge), x.narrow(axis, x.size(axis) - edge, edge)}, axis);
  }
  return x;
}

// The nested brackets. shown: dense; full: the shape before long axes were cut
template <typename T>
class Brackets {
 public:
  Brackets(const BasicTensor<T>& shown, const Shape& full, const PrintOptions& options)
      : options_(options),
        values_(shown.to_vector()),
        shape_(shown.shape()),
        full_(full),
        write_(values_, options) {}

  std::string text() {
    next_ = 0;
    return shape_.empty() ? write_(values_[0]) : axis_text(0);
  }

 private:
  bool is_cut(int axis) const { return shape_[axis] != full_[axis]; }

  std::string axis_text(int axis) {
    const bool is_last = axis == shape_.size() - 1;
    std::vector<std::string> parts;
    for (int64_t i = 0; i < shape_[axis]; ++i) {
      if (i == options_.edgeitems && is_cut(axis)) parts.emplace_back(is_last ? " ..." : "...");
      parts.push_back(is_last ? write_(values_[next_++]) : axis_text(axis + 1));
    }
    const std::string new_line(static_cast<size_t>(std::max(1, shape_.size() - 1 - axis)), '\n');
    const std::string indent(kOpening.size() + static_cast<size_t>(axis) + 1, ' ');
    const auto room = std::max<int64_t>(0, options_.linewidth - static_cast<int64_t>(indent.size()) + 1);
    const size_t per_line =
        is_last ? std::max<size_t>(1, static_cast<size_t>(room) / (write_.width() + 2)) : 1;
    std::string text = "[";
    for (size_t i = 0; i < parts.size(); ++i) {
      if (i > 0 && i % per_line == 0) text.append(",").append(new_line).append(indent);
      if (i % per_line != 0) text += ", ";
      text += parts[i];
    }
    return text + "]";
  }

  PrintOptions options_;
  std::vector<T> values_;
  size_t next_ = 0;  // the value that comes next in the text
  Shape shape_;
  Shape full_;
  Writer<T> write_;
};

// What the numbers do not tell: the shape where there are none, and an element type that is no default.
template <typename T>
std::vector<std::string> remarks_on(const BasicTensor<T>& x, const std::string& more) {
  std::vector<std::string> remarks;
  if (x.numel() == 0 && x.dim() != 1) remarks.push_back("size=" + to_string(x.shape()));
  const bool is_default = std::is_same_v<T, float> || (x.numel() > 0 && !std::is_same_v<T, double>);
  if (!is_default) remarks.push_back(std::string("dtype=torch.") + dtype_name<T>());
  if (!more.empty()) remarks.push_back(more);
  return remarks;
}

}  // namespace

PrintOptions get_printoptions() { return common_options().get(); }

void set_printoptions(const PrintOptions& options) {
  check(options);
  common_options().set(options);
}

template <Element T>
std::string to_string(const BasicTensor<T>& x, const PrintOptions& options) {
  return detail::to_string_with(x, options, "");
}

template <Element T>
std::string detail::to_string_with(const BasicTensor<T>& x, const PrintOptions& options,
                                   const std::string& remark) {
  check(options);
  if (!x.defined()) return "tensor(undefined)";
  std::string text = kOpening;
  if (x.numel() == 0) {
    text += "[]";
  } else {
    const bool is_long = x.numel() > options.threshold;
    text += Brackets<T>(is_long ? edges_of(x, options.edgeitems) : x, x.shape(), options).text();
  }
  const size_t line_start = text.rfind('\n') + 1;  // 0 where there is one line
  // Two more than the line has: so PyTorch counts, and so it wraps a little early.
  auto column = static_cast<int64_t>(text.size() - line_start) + 2;
  for (const std::string& each : remarks_on(x, remark)) {
    const auto length = static_cast<int64_t>(each.size());
    const bool wraps = column + length + 2 > options.linewidth;
    text += (wraps ? ",\n" + std::string(kOpening.size(), ' ') : std::string(", ")) + each;
    column = wraps ? static_cast<int64_t>(kOpening.size()) + length : column + length + 2;
  }
  return text + ")";
}

template <Element T>
std::ostream& operator<<(std::ostream& out, const BasicTensor<T>& x) {
  return out << to_string(x);
}

#define LT_INSTANTIATE(T)                                                                 \
  template std::string to_string(const BasicTensor<T>&, const PrintOptions&);             \
  template std::string detail::to_string_with(const BasicTensor<T>&, const PrintOptions&, \
                                              const std::string&);                        \
  template std::ostream& operator<<(std::ostream&, const BasicTensor<T>&);
LT_INSTANTIATE(float)
LT_INSTANTIATE(double)
LT_INSTANTIATE(int64_t)
LT_INSTANTIATE(bool)
#undef LT_INSTANTIATE

}  // namespace lt::inline v0
