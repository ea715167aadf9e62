#include <fmt/format.h>

#include <algorithm>

#include <libtensor/tensor/kernels/gather.h>
#include <libtensor/tensor/offsets.h>
#include <libtensor/tensor/ops.h>

// A mask names the rows where it is true, in row-major order; those rows are then copied as by index(). A
// mask of all axes names single elements.

namespace lt::inline v0 {
namespace {

void check_mask(const Shape& mask, const Shape& x) {
  const bool is_prefix = mask.size() <= x.size() && std::equal(mask.begin(), mask.end(), x.begin());
  if (is_prefix) return;
  throw ShapeError(fmt::format("index: a mask of shape {} does not match the first axes of {}",
                               to_string(mask), to_string(x)));
}

}  // namespace

IntTensor nonzero(const BoolTensor& x) {
  const BoolTensor dense = x.contiguous();
  const bool* values = dense.data();
  const int64_t count = std::count(values, values + dense.numel(), true);
  IntTensor out = empty<int64_t>({count, x.dim()});
  int64_t* place = out.mutable_data();
  for (int64_t i = 0; i < dense.numel(); ++i) {
    if (!values[i]) continue;
    const Dims at = detail::unravel(i, x.shape());
    place = std::copy(at.begin(), at.end(), place);
  }
  return out;
}

template <Element T>
Selection<T, BoolTensor> BasicTensor<T>::operator[](const BoolTensor& mask) const {
  check_mask(mask.shape(), shape());
  const IntTensor places = nonzero(mask);
  IntTensor starts = zeros<int64_t>(places.size(0));
  for (int axis = 0; axis < mask.dim(); ++axis) starts = starts + places.select(1, axis) * stride(axis);
  const detail::RowOffsets rows(starts, shape_, strides_, mask.dim());
  BasicTensor<T> out = empty<T>(rows.shape());
  kernels::copy_rows(data(), rows.rows(), out.mutable_data());
  return {out, *this, mask};
}

template <Element T>
void index_put_(BasicTensor<T>& x, const BoolTensor& mask, const BasicTensor<T>& values) {
  check_mask(mask.shape(), x.shape());
  if (mask.dim() == 0) {  // x as a whole, as one row or none
    BasicTensor<T> row = x.unsqueeze(0);
    return index_put_(row, BoolTensor(mask.unsqueeze(0)), values);
  }
  index_put_(x, nonzero(mask).unbind(1), values);
}

template <Element T>
BasicTensor<T> masked_select(const BasicTensor<T>& x, const BoolTensor& mask) {
  const Shape shape = broadcast_shapes(x.shape(), mask.shape(), "masked_select");
  return x.expand(shape)[mask.expand(shape)];
}

#define LT_INSTANTIATE(T)                                                                \
  template Selection<T, BoolTensor> BasicTensor<T>::operator[](const BoolTensor&) const; \
  template void index_put_(BasicTensor<T>&, const BoolTensor&, const BasicTensor<T>&);   \
  template BasicTensor<T> masked_select(const BasicTensor<T>&, const BoolTensor&);
LT_INSTANTIATE(float)
LT_INSTANTIATE(double)
LT_INSTANTIATE(int64_t)
LT_INSTANTIATE(bool)
#undef LT_INSTANTIATE

}  // namespace lt::inline v0
