#include <libtensor/tensor/rows.h>

namespace lt::inline v0 {
namespace {

// The axes but one, then that one.
Dims axis_last(int rank, int axis) {
  Dims order;
  for (int i = 0; i < rank; ++i) {
    if (i != axis) order.push_back(i);
  }
  order.push_back(axis);
  return order;
}

}  // namespace

template <typename T>
BasicTensor<T> rows_along(const BasicTensor<T>& x, int axis) {
  if (x.dim() == 0) return x.reshape({1, 1});
  const int64_t n = x.shape()[axis];
  const int64_t results = numel(drop_axis(x.shape(), axis, false));
  return x.permute(axis_last(x.dim(), axis)).contiguous().view({results, n});
}

template <typename T>
BasicTensor<T> from_rows(const BasicTensor<T>& rows, const Shape& shape, int axis) {
  if (shape.empty()) return rows.reshape({});
  Shape moved = drop_axis(shape, axis, false);
  moved.push_back(rows.shape()[1]);
  Dims order;
  for (int i = 0; i < shape.size(); ++i) order.push_back(i < axis ? i : i - 1);
  order[axis] = shape.size() - 1;
  return rows.view(moved).permute(order).contiguous();
}

Shape drop_axis(const Shape& shape, int axis, Flag keepdim) {
  Shape out = shape;
  if (shape.empty()) return out;
  if (keepdim) {
    out[axis] = 1;
  } else {
    out.erase(axis);
  }
  return out;
}

#define LT_INSTANTIATE(T)                                         \
  template BasicTensor<T> rows_along(const BasicTensor<T>&, int); \
  template BasicTensor<T> from_rows(const BasicTensor<T>&, const Shape&, int);
LT_INSTANTIATE(float)
LT_INSTANTIATE(double)
LT_INSTANTIATE(int64_t)
LT_INSTANTIATE(bool)
#undef LT_INSTANTIATE

}  // namespace lt::inline v0
