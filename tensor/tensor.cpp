#include <libtensor/tensor/tensor.h>

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <type_traits>

#include <libtensor/tensor/kernels/elementwise.h>
#include <libtensor/tensor/offsets.h>
#include <libtensor/tensor/ops.h>

// Reading, copying and changing numbers in place.

namespace lt::inline v0 {
namespace {

// Calls f(data, strides) with the numbers of `other` as they are read in out's shape while `out` is written
// in place: copied first where the two overlap.
//   throws: ShapeError where it does not broadcast to out, or where out's elements share numbers
template <typename T, typename F>
void with_operand(const BasicTensor<T>& out, const BasicTensor<T>& other, const char* op, F f) {
  if (other.shape() != out.shape() && broadcast_shapes(out.shape(), other.shape(), op) != out.shape()) {
    throw ShapeError(fmt::format("{}: {} does not broadcast to {}, which is changed in place", op,
                                 to_string(other.shape()), to_string(out.shape())));
  }
  detail::check_distinct(out.shape(), out.strides(), op);
  const bool same_place =
      out.data() == other.data() && out.shape() == other.shape() && out.strides() == other.strides();
  const bool may_overlap = out.storage().overlaps(other.storage()) && !same_place;
  const BasicTensor<T> copy = may_overlap ? other.clone() : BasicTensor<T>();
  const BasicTensor<T>& source = may_overlap ? copy : other;
  f(source.data(), broadcast_strides(source.shape(), source.strides(), out.shape()));
}

// out = f(out, other), in place
template <typename T, typename F>
void update(BasicTensor<T>& out, const BasicTensor<T>& other, const char* op, F f,
            bool takes_scalars = true) {
  with_operand(out, other, op, [&](const T* from, const Strides& strides) {
    auto* const place = kernels::as_unsigned(out.mutable_data());
    kernels::map_binary(out.shape(), place, out.strides(), place, out.strides(), kernels::as_unsigned(from),
                        strides, f, takes_scalars);
  });
}

template <typename T>
void check_contiguous(const BasicTensor<T>& x, const char* op) {
  if (x.is_contiguous()) return;
  throw ShapeError(
      fmt::format("{}: {} with strides {} is not contiguous; contiguous() copies it so that it is", op,
                  to_string(x.shape()), to_string(x.strides())));
}

// Truncated; NaN and what int64_t cannot hold become its smallest number, as in PyTorch on x86.
template <typename T>
int64_t whole(T x) {
  constexpr T kLimit = 0x1p63;
  return x >= -kLimit && x < kLimit ? static_cast<int64_t>(x) : std::numeric_limits<int64_t>::min();
}

}  // namespace

template <Element T>
T* BasicTensor<T>::mutable_data() & {
  check_defined();
  storage_.bump_version();
  return static_cast<T*>(storage_.data()) + offset_;
}

template <Element T>
T BasicTensor<T>::item() const {
  if (numel() != 1)
    throw ShapeError(fmt::format("item: {} holds {} numbers, not one", to_string(shape_), numel()));
  return *data();
}

template <Element T>
void BasicTensor<T>::throw_undefined() {
  throw ValueError("tensor: used before it was given a value (a gradient has none before backward)");
}

void detail::throw_no_number(size_t indices, const Shape& shape) {
  const bool names_part = static_cast<int>(indices) < shape.size();
  throw IndexError(fmt::format("at: {} {} for {}{}", indices, indices == 1 ? "index" : "indices",
                               to_string(shape),
                               names_part ? ": a number has one for each axis (x[0] is a row)" : ""));
}

template <Element T>
const T* BasicTensor<T>::find(std::span<const Whole> index) const {
  if (static_cast<int>(index.size()) != dim()) detail::throw_no_number(index.size(), shape_);
  const T* place = data();
  int axis = 0;
  for (const int64_t i : index) {
    if (i < -shape_[axis] || i >= shape_[axis]) {
      throw IndexError(
          fmt::format("at: index {} is out of range for axis {} of {}", i, axis, to_string(shape_)));
    }
    place += (i < 0 ? i + shape_[axis] : i) * strides_[axis];
    ++axis;
  }
  return place;
}

template <Element T>
std::vector<T> BasicTensor<T>::to_vector() const {
  const BasicTensor dense = contiguous();
  return std::vector<T>(dense.data(), dense.data() + dense.numel());
}

template <Element T>
std::span<const T> BasicTensor<T>::span() const& {
  check_contiguous(*this, "span");
  return {data(), static_cast<size_t>(numel())};
}

template <Element T>
std::span<T> BasicTensor<T>::mutable_span() & {
  check_contiguous(*this, "mutable_span");
  return {mutable_data(), static_cast<size_t>(numel())};
}

template <Element T>
BasicTensor<T> BasicTensor<T>::contiguous() const {
  return is_contiguous() ? *this : clone();
}

template <Element T>
BasicTensor<T> BasicTensor<T>::clone() const {
  return cast<T>();
}

template <Element T>
template <Element U>
BasicTensor<U> BasicTensor<T>::cast() const {
  BasicTensor<U> out = empty<U>(shape_);
  kernels::map_unary(shape_, out.mutable_data(), out.strides(), data(), strides_, [](const auto& x) {
    if constexpr (std::is_floating_point_v<T> && std::is_same_v<U, int64_t>) {
      return x.unaryExpr(&whole<T>);
    } else {
      return x.template cast<U>();
    }
  });
  return out;
}

template <Element T>
BasicTensor<T>& BasicTensor<T>::fill_(Scalar<T> value) & {
  const T number = value.fitting("fill_");
  // Numbers that expand() repeats need to be written once only.
  BasicTensor distinct = *this;
  for (int i = 0; i < dim(); ++i) {
    if (strides_[i] == 0 && shape_[i] > 1) distinct = distinct.narrow(i, 0, 1);
  }
  distinct.copy_(scalar<T>(number));
  return *this;
}

template <Element T>
BasicTensor<T>& BasicTensor<T>::copy_(const BasicTensor& source) & {
  with_operand(*this, source, "copy_", [&](const T* from, const Strides& strides) {
    // What was there is not read: it may never have been set.
    kernels::map_unary(shape_, mutable_data(), strides_, from, strides, [](const auto& x) { return x; });
  });
  return *this;
}

template <Element T>
    BasicTensor<T>& BasicTensor<T>::operator+=(const BasicTensor& other) & requires Number<T> {
  update(*this, other, "+=", [](const auto& a, const auto& b) { return a + b; });
  return *this;
}

template <Element T>
    BasicTensor<T>& BasicTensor<T>::operator-=(const BasicTensor& other) & requires Number<T> {
  update(*this, other, "-=", [](const auto& a, const auto& b) { return a - b; });
  return *this;
}

template <Element T>
    BasicTensor<T>& BasicTensor<T>::operator*=(const BasicTensor& other) & requires Number<T> {
  update(*this, other, "*=", [](const auto& a, const auto& b) { return a * b; });
  return *this;
}

template <Element T>
    BasicTensor<T>& BasicTensor<T>::operator/=(const BasicTensor& other) & requires Floating<T> {
  update(*this, other, "/=", [](const auto& a, const auto& b) { return a / b; });
  return *this;
}

template <Element T>
    BasicTensor<T>& BasicTensor<T>::operator+=(Scalar<T> value) & requires Number<T> {
  return *this += scalar<T>(value);
}

template <Element T>
    BasicTensor<T>& BasicTensor<T>::operator-=(Scalar<T> value) & requires Number<T> {
  return *this -= scalar<T>(value);
}

template <Element T>
    BasicTensor<T>& BasicTensor<T>::operator*=(Scalar<T> value) & requires Number<T> {
  return *this *= scalar<T>(value);
}

template <Element T>
    BasicTensor<T>& BasicTensor<T>::operator/=(Scalar<T> value) & requires Floating<T> {
  return *this /= scalar<T>(value);
}

template <Element T>
    BasicTensor<T>& BasicTensor<T>::add_(const BasicTensor& other, Scalar<T> alpha) & requires Number<T> {
  const auto factor = static_cast<kernels::ModularOf<T>>(static_cast<T>(alpha));
  const auto f = [factor](const auto& a, const auto& b) { return a + factor * b; };
  // The product with a scalar would be computed, and rounded, once before the loop: other bits than an FMA's.
  update(*this, other, "add_", f, /*takes_scalars=*/false);
  return *this;
}

template <Element T>
void detail::assign(BasicTensor<T>& to, const BasicTensor<T>& from) {
  BasicTensor<T> values = from;
  while (values.dim() > to.dim() && values.size(0) == 1) values = values[0];
  to.copy_(values);
}

#define LT_INSTANTIATE(T)                                               \
  template void detail::assign(BasicTensor<T>&, const BasicTensor<T>&); \
  template T* BasicTensor<T>::mutable_data()&;                          \
  template T BasicTensor<T>::item() const;                              \
  template void BasicTensor<T>::throw_undefined();                      \
  template const T* BasicTensor<T>::find(std::span<const Whole>) const; \
  template std::vector<T> BasicTensor<T>::to_vector() const;            \
  template std::span<const T> BasicTensor<T>::span() const&;            \
  template std::span<T> BasicTensor<T>::mutable_span()&;                \
  template BasicTensor<T> BasicTensor<T>::contiguous() const;           \
  template BasicTensor<T> BasicTensor<T>::clone() const;                \
  template BasicTensor<float> BasicTensor<T>::cast() const;             \
  template BasicTensor<double> BasicTensor<T>::cast() const;            \
  template BasicTensor<int64_t> BasicTensor<T>::cast() const;           \
  template BasicTensor<bool> BasicTensor<T>::cast() const;              \
  template BasicTensor<T>& BasicTensor<T>::fill_(Scalar<T>)&;           \
  template BasicTensor<T>& BasicTensor<T>::copy_(const BasicTensor<T>&)&;
#define LT_INSTANTIATE_NUMBER(T)                                               \
  template BasicTensor<T>& BasicTensor<T>::operator+=(const BasicTensor<T>&)&; \
  template BasicTensor<T>& BasicTensor<T>::operator-=(const BasicTensor<T>&)&; \
  template BasicTensor<T>& BasicTensor<T>::operator*=(const BasicTensor<T>&)&; \
  template BasicTensor<T>& BasicTensor<T>::operator+=(Scalar<T>)&;             \
  template BasicTensor<T>& BasicTensor<T>::operator-=(Scalar<T>)&;             \
  template BasicTensor<T>& BasicTensor<T>::operator*=(Scalar<T>)&;             \
  template BasicTensor<T>& BasicTensor<T>::add_(const BasicTensor<T>&, Scalar<T>)&;
#define LT_INSTANTIATE_FLOATING(T)                                             \
  template BasicTensor<T>& BasicTensor<T>::operator/=(const BasicTensor<T>&)&; \
  template BasicTensor<T>& BasicTensor<T>::operator/=(Scalar<T>)&;
LT_INSTANTIATE(float)
LT_INSTANTIATE(double)
LT_INSTANTIATE(int64_t)
LT_INSTANTIATE(bool)
LT_INSTANTIATE_NUMBER(float)
LT_INSTANTIATE_NUMBER(double)
LT_INSTANTIATE_NUMBER(int64_t)
LT_INSTANTIATE_FLOATING(float)
LT_INSTANTIATE_FLOATING(double)
#undef LT_INSTANTIATE
#undef LT_INSTANTIATE_NUMBER
#undef LT_INSTANTIATE_FLOATING

}  // namespace lt::inline v0
