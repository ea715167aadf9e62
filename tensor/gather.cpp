#include <fmt/format.h>

#include <libtensor/tensor/kernels/gather.h>
#include <libtensor/tensor/offsets.h>
#include <libtensor/tensor/ops.h>

// gather and scatter_add name single elements: the id along one axis, the place in `ids` along the others.
// Both become offsets of rows one element wide. scatter_add adds in row-major order of the ids.

namespace lt::inline v0 {
namespace {

using detail::RowOffsets;

void check_fits(const Shape& ids, const Shape& other, int free_axis, const char* op, const char* name) {
  bool fits = ids.size() == other.size();
  for (int axis = 0; fits && axis < ids.size(); ++axis) fits = axis == free_axis || ids[axis] <= other[axis];
  if (fits) return;
  throw ShapeError(fmt::format("{}: ids of shape {} do not fit {} of shape {}{}", op, to_string(ids), name,
                               to_string(other),
                               free_axis < 0 ? "" : fmt::format(" off axis {}", free_axis)));
}

// A scalar is read as one element along one axis, as in PyTorch.
template <typename T>
BasicTensor<T> with_axes(const BasicTensor<T>& x) {
  return x.dim() == 0 ? x.unsqueeze(0) : x;
}

template <typename T>
RowOffsets elements_at(const BasicTensor<T>& x, int axis, const IntTensor& ids, const char* op) {
  check_fits(ids.shape(), x.shape(), axis, op, "a tensor");
  detail::check_counts_up(ids, x.size(axis), axis, op);
  const IntTensor along = detail::id_offsets(ids, x.size(axis), x.stride(axis), axis, op);
  Strides others = x.strides();
  others[axis] = 0;
  return RowOffsets(along + detail::element_offsets(ids.shape(), others), x.shape(), x.strides(), x.dim());
}

}  // namespace

template <Element T>
BasicTensor<T> gather(const BasicTensor<T>& x, Whole axis, const IntTensor& ids) {
  const int along = normalize_axis(axis, x.dim(), "gather");
  const RowOffsets places = elements_at(with_axes(x), along, with_axes(ids), "gather");
  BasicTensor<T> out = empty<T>(ids.shape());
  kernels::copy_rows(x.data(), places.rows(), out.mutable_data());
  return out;
}

template <Number T>
BasicTensor<T> scatter_add(const BasicTensor<T>& x, Whole axis, const IntTensor& ids,
                           const BasicTensor<T>& source) {
  const int along = normalize_axis(axis, x.dim(), "scatter_add");
  BasicTensor<T> out = x.clone();
  const RowOffsets places = elements_at(with_axes(out), along, with_axes(ids), "scatter_add");
  BasicTensor<T> values = with_axes(source);
  check_fits(places.shape(), values.shape(), -1, "scatter_add", "a source");
  for (int i = 0; i < values.dim(); ++i) values = values.narrow(i, 0, places.shape()[i]);
  values = values.contiguous();
  kernels::add_rows(values.data(), places.rows(), out.mutable_data());
  return out;
}

IntTensor one_hot(const IntTensor& ids, Whole classes) {
  Shape shape = ids.shape();
  shape.push_back(classes);
  IntTensor out = zeros<int64_t>(shape);
  const IntTensor dense = ids.contiguous();
  int64_t* row = out.mutable_data();
  for (int64_t i = 0; i < dense.numel(); ++i, row += classes) {
    const int64_t id = dense.data()[i];
    if (id < 0 || id >= classes) {
      throw IndexError(fmt::format("one_hot: id {} at {} is out of range for {} classes", id,
                                   to_string(detail::unravel(i, dense.shape())), int64_t{classes}));
    }
    row[id] = 1;
  }
  return out;
}

#define LT_INSTANTIATE(T) template BasicTensor<T> gather(const BasicTensor<T>&, Whole, const IntTensor&);
LT_INSTANTIATE(float)
LT_INSTANTIATE(double)
LT_INSTANTIATE(int64_t)
LT_INSTANTIATE(bool)
#undef LT_INSTANTIATE

#define LT_INSTANTIATE(T) \
  template BasicTensor<T> scatter_add(const BasicTensor<T>&, Whole, const IntTensor&, const BasicTensor<T>&);
LT_INSTANTIATE(float)
LT_INSTANTIATE(double)
LT_INSTANTIATE(int64_t)
#undef LT_INSTANTIATE

}  // namespace lt::inline v0
