#include "tensor/shape.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <ostream>

#include "tensor/error.h"

namespace lt {

Dims::Dims(std::span<const int64_t> values) {
  if (values.size() > kMaxRank) {
    throw ShapeError(fmt::format("shape: {} axes, but a tensor has at most {}", values.size(), kMaxRank));
  }
  std::copy(values.begin(), values.end(), values_.begin());
  size_ = static_cast<int>(values.size());
}

void Dims::insert(int at, int64_t value) {
  if (size_ == kMaxRank) throw ShapeError(fmt::format("shape: more than {} axes", kMaxRank));
  const auto place = values_.begin() + at;
  std::copy_backward(place, values_.begin() + size_, values_.begin() + size_ + 1);
  *place = value;
  ++size_;
}

void Dims::erase(int at) {
  const auto place = values_.begin() + at;
  std::copy(place + 1, values_.begin() + size_, place);
  --size_;
}

std::string to_string(const Dims& dims) { return fmt::format("({})", fmt::join(dims, ", ")); }

std::ostream& operator<<(std::ostream& out, const Dims& dims) { return out << to_string(dims); }

int64_t numel(const Shape& shape) {
  int64_t count = 1;
  bool overflow = false;
  for (const int64_t size : shape) {
    if (size < 0) throw ShapeError(fmt::format("shape: negative size in {}", to_string(shape)));
    overflow |= __builtin_mul_overflow(count, size, &count);
  }
  if (!overflow) return count;
  if (std::find(shape.begin(), shape.end(), 0) != shape.end()) return 0;
  throw ShapeError(fmt::format("shape: too many elements in {}", to_string(shape)));
}

Strides contiguous_strides(const Shape& shape) {
  Strides strides = shape;
  int64_t step = 1;
  for (int i = shape.size() - 1; i >= 0; --i) {
    strides[i] = step;
    step *= std::max<int64_t>(shape[i], 1);
  }
  return strides;
}

Shape broadcast_shapes(const Shape& a, const Shape& b, const char* op) {
  const Shape& longer = a.size() >= b.size() ? a : b;
  const Shape& shorter = a.size() >= b.size() ? b : a;
  const int lead = longer.size() - shorter.size();
  Shape out = longer;
  for (int i = 0; i < shorter.size(); ++i) {
    const int64_t x = longer[lead + i];
    const int64_t y = shorter[i];
    if (x != y && x != 1 && y != 1) {
      throw ShapeError(fmt::format("{}: shapes do not broadcast: {} and {} differ at axis {}", op,
                                   to_string(a), to_string(b), lead + i));
    }
    out[lead + i] = x == 1 ? y : x;
  }
  return out;
}

Strides stretched_strides(const Shape& own, const Strides& strides, const Shape& to) {
  if (own == to) return strides;
  const int lead = to.size() - own.size();
  Strides stretched = to;
  for (int i = 0; i < to.size(); ++i) {
    stretched[i] = i >= lead && own[i - lead] == to[i] ? strides[i - lead] : 0;
  }
  return stretched;
}

int normalize_axis(int64_t axis, int rank, const char* op) {
  const int64_t bound = std::max(rank, 1);
  if (axis < -bound || axis >= bound) {
    throw IndexError(fmt::format("{}: axis {} out of range for {} axes", op, axis, rank));
  }
  return static_cast<int>(axis < 0 ? axis + bound : axis);
}

}  // namespace lt
