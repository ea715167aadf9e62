#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <ostream>
#include <string>
#include <vector>

#include <libtensor/tensor/ops.h>

// Numbers as PyTorch prints them: one style and one width for a whole tensor, chosen from its finite numbers
// that are not 0; "..." in the middle of long axes when there are more than 1000 elements; lines wrapped at
// 80 columns. What is elided has no say in style and width, so it is cut away first.

namespace lt {
namespace {

constexpr int64_t kMostElements = 1000;  // more are summarised
constexpr int64_t kEdge = 3;             // elements shown at each end of a summarised axis
constexpr int kLineWidth = 80;
const std::string kOpening = "tensor(";

enum class Style { kIntegers, kFixed, kScientific };

std::string written(double value, Style style) {
  if (std::isnan(value)) return "nan";
  if (std::isinf(value)) return value < 0 ? "-inf" : "inf";
  if (style == Style::kIntegers) return fmt::format("{:.0f}.", value);
  return style == Style::kFixed ? fmt::format("{:.4f}", value) : fmt::format("{:.4e}", value);
}
std::string written(float value, Style style) { return written(double{value}, style); }
std::string written(int64_t value, Style) { return fmt::format("{}", value); }
std::string written(bool value, Style) { return value ? "True" : "False"; }

template <typename T>
bool has_say(T value) {
  if constexpr (std::is_floating_point_v<T>) return std::isfinite(value) && value != 0;
  return true;
}

template <typename T>
Style style_of(const std::vector<T>& values) {
  if constexpr (!std::is_floating_point_v<T>) return Style::kIntegers;
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
  if (largest == 0) return Style::kIntegers;
  const bool is_wide = largest / smallest > 1000 || largest > 1e8;
  if (is_wide || (!all_integers && smallest < 1e-4)) return Style::kScientific;
  return all_integers ? Style::kIntegers : Style::kFixed;
}

// Turns numbers into text of one width.
template <typename T>
class Writer {
 public:
  explicit Writer(const std::vector<T>& values) : style_(style_of(values)) {
    for (const T value : values) {
      if (has_say(value)) width_ = std::max(width_, written(value, style_).size());
    }
  }
  size_t width() const { return width_; }
  std::string operator()(T value) const { return fmt::format("{:>{}}", written(value, style_), width_); }

 private:
  Style style_;
  size_t width_ = 1;
};

// The first and last few places along every long axis.
template <typename T>
BasicTensor<T> edges_of(BasicTensor<T> x) {
  for (int axis = 0; axis < x.dim(); ++axis) {
    if (x.size(axis) <= 2 * kEdge) continue;
    x = cat<T>({x.narrow(axis, 0, kEdge), x.narrow(axis, x.size(axis) - kEdge, kEdge)}, axis);
  }
  return x;
}

// The nested brackets. shown: dense; full: the shape before long axes were cut
template <typename T>
class Brackets {
 public:
  Brackets(const BasicTensor<T>& shown, const Shape& full)
      : values_(shown.to_vector()), shape_(shown.shape()), full_(full), write_(values_) {}

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
      if (i == kEdge && is_cut(axis)) parts.push_back(is_last ? " ..." : "...");
      parts.push_back(is_last ? write_(values_[next_++]) : axis_text(axis + 1));
    }
    const std::string new_line(static_cast<size_t>(std::max(1, shape_.size() - 1 - axis)), '\n');
    const std::string indent(kOpening.size() + static_cast<size_t>(axis) + 1, ' ');
    const size_t per_line =
        is_last ? std::max<size_t>(1, (kLineWidth - indent.size() + 1) / (write_.width() + 2)) : 1;
    std::string text = "[";
    for (size_t i = 0; i < parts.size(); ++i) {
      if (i > 0) text += i % per_line == 0 ? "," + new_line + indent : std::string(", ");
      text += parts[i];
    }
    return text + "]";
  }

  std::vector<T> values_;
  size_t next_ = 0;  // the value that comes next in the text
  Shape shape_;
  Shape full_;
  Writer<T> write_;
};

// What the numbers do not tell: the shape where there are none, and an element type that is no default.
template <typename T>
std::vector<std::string> remarks_on(const BasicTensor<T>& x) {
  std::vector<std::string> remarks;
  if (x.numel() == 0 && x.dim() != 1) remarks.push_back("size=" + to_string(x.shape()));
  const bool is_default = std::is_same_v<T, float> || (x.numel() > 0 && !std::is_same_v<T, double>);
  if (!is_default) remarks.push_back(std::string("dtype=torch.") + dtype_name<T>());
  return remarks;
}

}  // namespace

template <Element T>
std::string to_string(const BasicTensor<T>& x) {
  std::string text = kOpening;
  if (x.numel() == 0) {
    text += "[]";
  } else {
    text += Brackets<T>(x.numel() > kMostElements ? edges_of(x) : x, x.shape()).text();
  }
  const size_t line_start = text.rfind('\n') + 1;  // 0 where there is one line
  // Two more than the line has: so PyTorch counts, and so it wraps a little early.
  size_t column = text.size() - line_start + 2;
  for (const std::string& remark : remarks_on(x)) {
    const bool wraps = column + remark.size() + 2 > kLineWidth;
    text += (wraps ? ",\n" + std::string(kOpening.size(), ' ') : std::string(", ")) + remark;
    column = wraps ? kOpening.size() + remark.size() : column + remark.size() + 2;
  }
  return text + ")";
}

template <Element T>
std::ostream& operator<<(std::ostream& out, const BasicTensor<T>& x) {
  return out << to_string(x);
}

#define LT_INSTANTIATE(T)                                \
  template std::string to_string(const BasicTensor<T>&); \
  template std::ostream& operator<<(std::ostream&, const BasicTensor<T>&);
LT_INSTANTIATE(float)
LT_INSTANTIATE(double)
LT_INSTANTIATE(int64_t)
LT_INSTANTIATE(bool)
#undef LT_INSTANTIATE

}  // namespace lt
