#include <fmt/format.h>

#include <span>

#include <libtensor/tensor/kernels/gather.h>
#include <libtensor/tensor/offsets.h>
#include <libtensor/tensor/ops.h>

// x[i, j, ...]: each id tensor becomes offsets along its axis, the offsets broadcast and add up to where the
// rows start, and a kernel copies the rows (read) or writes them in row-major order of the ids (put).

namespace lt {
namespace {

using detail::RowOffsets;

template <typename T>
RowOffsets rows_at(const BasicTensor<T>& x, std::span<const IntTensor> ids, const char* op) {
  const int axes = static_cast<int>(ids.size());
  if (axes > x.dim()) {
    throw ShapeError(
        fmt::format("{}: {} id tensors for a tensor of shape {}", op, axes, to_string(x.shape())));
  }
  Shape shape;
  for (const IntTensor& each : ids) shape = broadcast_shapes(shape, each.shape(), op);
  IntTensor starts = axes == 0 ? scalar<int64_t>(0) : IntTensor();
  for (int axis = 0; axis < axes; ++axis) {
    const IntTensor& each = ids[static_cast<size_t>(axis)];
    const IntTensor offsets = detail::id_offsets(each, x.size(axis), x.stride(axis), axis, op);
    starts = axis == 0 ? offsets : starts + offsets;
  }
  return RowOffsets(starts, x.shape(), x.strides(), axes);
}

// Whether there are elements and those of each x[i] follow each other.
template <typename T>
bool has_dense_rows(const BasicTensor<T>& x) {
  int64_t width = 1;
  for (int axis = x.dim() - 1; axis > 0; --axis) {
    if (x.size(axis) != 1 && x.stride(axis) != width) return false;
    width *= x.size(axis);
  }
  return x.dim() > 0 && x.numel() > 0;
}

// One id tensor over such rows: an embedding.
template <typename T>
BasicTensor<T> read_rows(const BasicTensor<T>& x, const IntTensor& ids) {
  const IntTensor dense = ids.contiguous();
  Shape shape = ids.shape();
  int64_t width = 1;
  for (int axis = 1; axis < x.dim(); ++axis) {
    shape.push_back(x.size(axis));
    width *= x.size(axis);
  }
  BasicTensor<T> out = empty<T>(shape);
  const int64_t bad = kernels::copy_rows_by_id(x.data(), x.size(0), x.stride(0), width, dense.data(),
                                               dense.numel(), out.mutable_data());
  detail::check_ids(dense, bad, x.size(0), 0, "index");
  return out;
}

template <typename T>
BasicTensor<T> read(const BasicTensor<T>& x, std::span<const IntTensor> ids) {
  if (ids.size() == 1 && has_dense_rows(x)) return read_rows(x, ids[0]);
  const RowOffsets places = rows_at(x, ids, "index");
  BasicTensor<T> out = empty<T>(places.shape());
  kernels::copy_rows(x.data(), places.rows(), out.mutable_data());
  return out;
}

// The values in the shape of the places, dense, and in memory that the write does not touch.
template <typename T>
BasicTensor<T> values_for(const BasicTensor<T>& x, const RowOffsets& places, const BasicTensor<T>& values) {
  if (broadcast_shapes(values.shape(), places.shape(), "index_put_") != places.shape()) {
    throw ShapeError(fmt::format("index_put_: values of shape {} do not broadcast to {}",
                                 to_string(values.shape()), to_string(places.shape())));
  }
  const BasicTensor<T> wide = values.expand(places.shape());
  return values.storage() == x.storage() ? wide.clone() : wide.contiguous();
}

template <typename T>
void put(BasicTensor<T>& x, std::span<const IntTensor> ids, const BasicTensor<T>& values, bool accumulate) {
  const RowOffsets places = rows_at(x, ids, "index_put_");
  const BasicTensor<T> dense = values_for(x, places, values);
  if (!accumulate) return kernels::put_rows(dense.data(), places.rows(), x.mutable_data());
  if constexpr (std::is_same_v<T, bool>) {
    throw ValueError("index_put_: accumulate adds, which bool has no meaning for");
  } else {
    kernels::add_rows(dense.data(), places.rows(), x.mutable_data());
  }
}

}  // namespace

template <typename T>
BasicTensor<T> BasicTensor<T>::operator[](const IntTensor& ids) const {
  return read(*this, std::span(&ids, 1));
}

template <typename T>
BasicTensor<T> index(const BasicTensor<T>& x, const std::vector<IntTensor>& ids) {
  return read(x, std::span(ids));
}

template <typename T>
void index_put_(BasicTensor<T>& x, const std::vector<IntTensor>& ids, const BasicTensor<T>& values,
                bool accumulate) {
  put(x, ids, values, accumulate);
}

template <typename T>
void index_put_(BasicTensor<T>& x, std::initializer_list<IntTensor> ids, const BasicTensor<T>& values,
                bool accumulate) {
  put(x, std::span(ids.begin(), ids.size()), values, accumulate);
}

#define LT_INSTANTIATE(T)                                                                                \
  template BasicTensor<T> BasicTensor<T>::operator[](const IntTensor&) const;                            \
  template BasicTensor<T> index(const BasicTensor<T>&, const std::vector<IntTensor>&);                   \
  template void index_put_(BasicTensor<T>&, const std::vector<IntTensor>&, const BasicTensor<T>&, bool); \
  template void index_put_(BasicTensor<T>&, std::initializer_list<IntTensor>, const BasicTensor<T>&, bool);
LT_INSTANTIATE(float)
LT_INSTANTIATE(double)
LT_INSTANTIATE(int64_t)
LT_INSTANTIATE(bool)
#undef LT_INSTANTIATE

}  // namespace lt
