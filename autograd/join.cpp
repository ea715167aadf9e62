#include <libtensor/autograd/ops.h>
#include <libtensor/autograd/record.h>

// Joining: the gradient is cut where the parts were joined.

namespace lt::inline v0 {
namespace {

template <Floating T>
std::vector<BasicTensor<T>> values(const std::vector<BasicVariable<T>>& parts) {
  std::vector<BasicTensor<T>> tensors;
  tensors.reserve(parts.size());
  for (const BasicVariable<T>& part : parts) tensors.push_back(part.data());
  return tensors;
}

}  // namespace

template <Floating T>
BasicVariable<T> cat(const std::vector<BasicVariable<T>>& parts, Whole axis) {
  std::vector<Shape> shapes;
  for (const BasicVariable<T>& part : parts) shapes.push_back(part.shape());
  return record("cat", cat(values(parts), axis), parts, [shapes, axis](const BasicTensor<T>& dy) {
    std::vector<BasicTensor<T>> gradients;
    int64_t start = 0;
    for (const Shape& shape : shapes) {
      // PyTorch lets an empty 1-d part join anything; it has no place in dy.
      const int64_t size = shape.size() == dy.dim() ? shape[normalize_axis(axis, dy.dim(), "cat")] : 0;
      gradients.push_back(dy.narrow(axis, start, size).reshape(shape));
      start += size;
    }
    return gradients;
  });
}

template <Floating T>
BasicVariable<T> stack(const std::vector<BasicVariable<T>>& parts, Whole axis) {
  return record("stack", stack(values(parts), axis), parts,
                [axis](const BasicTensor<T>& dy) { return dy.unbind(axis); });
}

template <Floating T>
BasicVariable<T> flip(const BasicVariable<T>& x, const Dims& axes) {
  return record("flip", flip(x.data(), axes), {x},
                [axes](const BasicTensor<T>& dy) { return flip(dy, axes); });
}

template <Floating T>
BasicVariable<T> tril(const BasicVariable<T>& x, Whole diagonal) {
  return record("tril", tril(x.data(), diagonal), {x},
                [diagonal](const BasicTensor<T>& dy) { return tril(dy, diagonal); });
}

template <Floating T>
BasicVariable<T> triu(const BasicVariable<T>& x, Whole diagonal) {
  return record("triu", triu(x.data(), diagonal), {x},
                [diagonal](const BasicTensor<T>& dy) { return triu(dy, diagonal); });
}

#define LT_INSTANTIATE(T)                                                       \
  template BasicVariable<T> cat(const std::vector<BasicVariable<T>>&, Whole);   \
  template BasicVariable<T> stack(const std::vector<BasicVariable<T>>&, Whole); \
  template BasicVariable<T> flip(const BasicVariable<T>&, const Dims&);         \
  template BasicVariable<T> tril(const BasicVariable<T>&, Whole);               \
  template BasicVariable<T> triu(const BasicVariable<T>&, Whole);
LT_INSTANTIATE(float)
LT_INSTANTIATE(double)
#undef LT_INSTANTIATE

}  // namespace lt::inline v0
