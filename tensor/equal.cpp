#include <algorithm>
#include <cmath>

#include <libtensor/tensor/ops.h>

// Whether two tensors are the same, or nearly.

namespace lt::inline v0 {

template <Element T>
bool equal(const BasicTensor<T>& a, const BasicTensor<T>& b) {
  if (a.shape() != b.shape()) return false;
  return all(equals(a, b)).item();
}

template <Floating T>
bool allclose(const BasicTensor<T>& a, const BasicTensor<T>& b, double rtol, double atol) {
  const Shape shape = broadcast_shapes(a.shape(), b.shape(), "allclose");
  const BasicTensor<T> x = a.expand(shape).contiguous();
  const BasicTensor<T> y = b.expand(shape).contiguous();
  return std::equal(x.data(), x.data() + x.numel(), y.data(), [&](double p, double q) {
    // Equal infinities are close, an infinity is close to nothing else, NaN to nothing at all.
    return p == q || (std::isfinite(p) && std::isfinite(q) && std::abs(p - q) <= atol + rtol * std::abs(q));
  });
}

template bool equal(const Tensor&, const Tensor&);
template bool equal(const DoubleTensor&, const DoubleTensor&);
template bool equal(const IntTensor&, const IntTensor&);
template bool equal(const BoolTensor&, const BoolTensor&);
template bool allclose(const Tensor&, const Tensor&, double, double);
template bool allclose(const DoubleTensor&, const DoubleTensor&, double, double);

}  // namespace lt::inline v0
