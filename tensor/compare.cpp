#include <array>

#include <libtensor/tensor/kernels/elementwise.h>
#include <libtensor/tensor/ops.h>

// Comparisons, logic and choice: ops whose result, or condition, is a BoolTensor.

namespace lt::inline v0 {
namespace {

template <typename T, typename F>
BoolTensor compare(const char* op, const BasicTensor<T>& a, const BasicTensor<T>& b, F f) {
  const Shape shape = broadcast_shapes(a.shape(), b.shape(), op);
  BoolTensor out = empty<bool>(shape);
  kernels::map_binary(shape, out.mutable_data(), out.strides(), a.data(),
                      broadcast_strides(a.shape(), a.strides(), shape), b.data(),
                      broadcast_strides(b.shape(), b.strides(), shape), f);
  return out;
}

template <typename T, typename F>
BoolTensor classify(const BasicTensor<T>& x, F f) {
  BoolTensor out = empty<bool>(x.shape());
  kernels::map_unary(x.shape(), out.mutable_data(), out.strides(), x.data(), x.strides(), f);
  return out;
}

// y[i] = condition[i] ? a[i] : b[i] for n numbers. Both are read before one is chosen, so that there is no
// branch, which would be mispredicted where conditions change at random; and the condition as bytes, for GCC
// has no vectors of bool.
template <typename T>
void choose(const void*, int64_t n, T* y, kernels::RowOperand<bool> condition, kernels::RowOperand<T> a,
            kernels::RowOperand<T> b) {
  const auto* choices = reinterpret_cast<const uint8_t*>(condition.data);
  for (int64_t i = 0; i < n; ++i) {
    const T yes = a.data[i];
    const T no = b.data[i];
    y[i] = choices[i] != 0 ? yes : no;
  }
}

}  // namespace

template <Element T>
BoolTensor equals(const BasicTensor<T>& a, const BasicTensor<T>& b) {
  return compare("equals", a, b, [](const auto& x, const auto& y) { return x == y; });
}

template <Element T>
BoolTensor not_equals(const BasicTensor<T>& a, const BasicTensor<T>& b) {
  return compare("not_equals", a, b, [](const auto& x, const auto& y) { return x != y; });
}

template <Element T>
BoolTensor less(const BasicTensor<T>& a, const BasicTensor<T>& b) {
  return compare("less", a, b, [](const auto& x, const auto& y) { return x < y; });
}

template <Element T>
BoolTensor less_equal(const BasicTensor<T>& a, const BasicTensor<T>& b) {
  return compare("less_equal", a, b, [](const auto& x, const auto& y) { return x <= y; });
}

BoolTensor logical_and(const BoolTensor& a, const BoolTensor& b) {
  return compare("logical_and", a, b, [](const auto& x, const auto& y) { return x && y; });
}

BoolTensor logical_or(const BoolTensor& a, const BoolTensor& b) {
  return compare("logical_or", a, b, [](const auto& x, const auto& y) { return x || y; });
}

BoolTensor logical_xor(const BoolTensor& a, const BoolTensor& b) {
  return compare("logical_xor", a, b, [](const auto& x, const auto& y) { return x != y; });
}

BoolTensor logical_not(const BoolTensor& a) {
  return classify(a, [](const auto& x) { return !x; });
}

template <Element T>
BasicTensor<T> where(const BoolTensor& condition, const BasicTensor<T>& a, const BasicTensor<T>& b) {
  const Shape shape =
      broadcast_shapes(condition.shape(), broadcast_shapes(a.shape(), b.shape(), "where"), "where");
  BasicTensor<T> out = empty<T>(shape);
  const std::array<Strides, 4> strides = {
      out.strides(), broadcast_strides(condition.shape(), condition.strides(), shape),
      broadcast_strides(a.shape(), a.strides(), shape), broadcast_strides(b.shape(), b.strides(), shape)};
  kernels::apply<T, bool, T, T>(shape, strides, nullptr, choose<T>, false, out.mutable_data(),
                                condition.data(), a.data(), b.data());
  return out;
}

template <Element T>
BasicTensor<T> masked_fill(const BasicTensor<T>& x, const BoolTensor& mask, ScalarOf<T> value) {
  return where(mask, scalar<T>(value.fitting("masked_fill")), x);
}

template <Floating T>
BoolTensor isnan(const BasicTensor<T>& x) {
  return classify(x, [](const auto& v) { return v.isNaN(); });
}

template <Floating T>
BoolTensor isinf(const BasicTensor<T>& x) {
  return classify(x, [](const auto& v) { return v.isInf(); });
}

template <Floating T>
BoolTensor isfinite(const BasicTensor<T>& x) {
  return classify(x, [](const auto& v) { return v.isFinite(); });
}

#define LT_INSTANTIATE(T)                                                                         \
  template BoolTensor equals(const BasicTensor<T>&, const BasicTensor<T>&);                       \
  template BoolTensor not_equals(const BasicTensor<T>&, const BasicTensor<T>&);                   \
  template BoolTensor less(const BasicTensor<T>&, const BasicTensor<T>&);                         \
  template BoolTensor less_equal(const BasicTensor<T>&, const BasicTensor<T>&);                   \
  template BasicTensor<T> where(const BoolTensor&, const BasicTensor<T>&, const BasicTensor<T>&); \
  template BasicTensor<T> masked_fill(const BasicTensor<T>&, const BoolTensor&, Scalar<T>);
#define LT_INSTANTIATE_FLOATING(T)                  \
  template BoolTensor isnan(const BasicTensor<T>&); \
  template BoolTensor isinf(const BasicTensor<T>&); \
  template BoolTensor isfinite(const BasicTensor<T>&);
LT_INSTANTIATE(float)
LT_INSTANTIATE(double)
LT_INSTANTIATE(int64_t)
LT_INSTANTIATE(bool)
LT_INSTANTIATE_FLOATING(float)
LT_INSTANTIATE_FLOATING(double)
#undef LT_INSTANTIATE
#undef LT_INSTANTIATE_FLOATING

}  // namespace lt::inline v0
