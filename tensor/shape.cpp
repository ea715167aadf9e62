#include <libtensor/tensor/shape.h>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <ostream>

#include <libtensor/tensor/error.h>

namespace lt::inline v0 {

void Dims::throw_too_many(size_t axes) {
  throw ShapeError(fmt::format("shape: {} axes, but a tensor has at most {}", axes, kMaxRank));
}

void Dims::throw_no_entry(int64_t i) const {
  throw IndexError(fmt::format("shape: no size {} in {}", i, to_string(*this)));
}

void Dims::insert(int at, int64_t value) {
  if (at < 0 || at > size_) throw_no_entry(at);
  push_back(value);
  std::rotate(values_.begin() + at, values_.begin() + size_ - 1, values_.begin() + size_);
}

void Dims::erase(int at) {
  const auto from = values_.begin() + static_cast<std::ptrdiff_t>(place(at));
  std::copy(from + 1, values_.begin() + size_, from);
  --size_;
}

std::string to_string(const Dims& dims) { return fmt::format("({})", fmt::join(dims, ", ")); }

std::ostream& operator<<(std::ostream& out, const Dims& dims) { return out << to_string(dims); }

int64_t detail::odd_numel(const Shape& shape) {
  for (const int64_t size : shape) {
    if (size < 0) throw ShapeError(fmt::format("shape: negative size in {}", to_string(shape)));
  }
  if (std::find(shape.begin(), shape.end(), 0) != shape.end()) return 0;
  throw ShapeError(fmt::format("shape: too many elements in {}", to_string(shape)));
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

void check_same_shape(const Shape& a, const Shape& b, const char* op) {
  if (a != b) throw ShapeError(fmt::format("{}: shapes differ: {} and {}", op, to_string(a), to_string(b)));
}

Strides broadcast_strides(const Shape& own, const Strides& strides, const Shape& to) {
  if (own == to) return strides;
  const int lead = to.size() - own.size();
  Strides stretched = to;
  for (int i = 0; i < to.size(); ++i) {
    stretched[i] = i >= lead && own[i - lead] == to[i] ? strides[i - lead] : 0;
  }
  return stretched;
}

void detail::throw_axis(int64_t axis, int rank, const char* op) {
  throw IndexError(fmt::format("{}: axis {} out of range for {} axes", op, axis, rank));
}

}  // namespace lt::inline v0
