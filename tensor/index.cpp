#include <fmt/format.h>

#include <algorithm>
#include <span>

#include <libtensor/tensor/kernels/gather.h>
#include <libtensor/tensor/offsets.h>
#include <libtensor/tensor/ops.h>

// x[i, j, ...]: each id tensor becomes offsets along its axis, the offsets broadcast and add up to where the
// rows start, and a kernel copies the rows (read) or writes them in row-major order of the ids (put).

namespace lt::inline v0 {
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
  const IntTensor copy = ids.is_contiguous() ? IntTensor() : ids.clone();
  const IntTensor& dense = copy.defined() ? copy : ids;
  Shape shape = ids.shape();
  int64_t width = 1;
  for (const int64_t* size = x.shape().begin() + 1; size != x.shape().end(); ++size) {
    shape.push_back(*size);
    width *= *size;
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
  return values.storage().overlaps(x.storage()) ? wide.clone() : wide.contiguous();
}

template <typename T>
void put(BasicTensor<T>& x, std::span<const IntTensor> ids, const BasicTensor<T>& values, bool accumulate) {
  detail::check_distinct(x.shape(), x.strides(), "index_put_");
  const RowOffsets places = rows_at(x, ids, "index_put_");
  const BasicTensor<T> dense = values_for(x, places, values);
  if (!accumulate) return kernels::put_rows(dense.data(), places.rows(), x.mutable_data());
  if constexpr (std::is_same_v<T, bool>) {
    throw ValueError("index_put_: accumulate adds, which bool has no meaning for");
  } else {
    kernels::add_rows(dense.data(), places.rows(), x.mutable_data());
  }
}

// --- x(...) with ids or masks among the indices ---

// The axes of a view that ids name, once the other indices have made it.
struct IdAxes {
  std::vector<ViewIndex> views;  // the other indices, and ":" for each axis that ids name
  std::vector<IntTensor> ids;
  Dims axes;  // of the view, one for each of `ids`
};

IdAxes id_axes(const Shape& shape, std::span<const TensorIndex> indices) {
  using Kind = ViewIndex::Kind;
  IdAxes out;
  int used = 0;  // axes of `shape` that the indices name
  for (const TensorIndex& each : indices) {
    const bool is_axis = each.view.kind == Kind::select || each.view.kind == Kind::slice;
    used += each.mask.defined() ? each.mask.dim() : (is_axis ? 1 : 0);
  }
  int axis = 0;  // of the view
  const auto take = [&](const IntTensor& ids) {
    out.views.emplace_back(Slice());
    out.ids.push_back(ids);
    out.axes.push_back(axis++);
  };
  for (const TensorIndex& each : indices) {
    if (each.ids.defined()) {
      take(each.ids);
    } else if (each.mask.defined()) {
      if (each.mask.dim() == 0) throw IndexError("index: a mask without axes stands beside other indices");
      for (const IntTensor& ids : nonzero(each.mask).unbind(1)) take(ids);
    } else {
      out.views.push_back(each.view);
      axis +=
          each.view.kind == Kind::ellipsis ? shape.size() - used : (each.view.kind == Kind::select ? 0 : 1);
    }
  }
  return out;
}

// A mask's sizes are those of its axes. throws: IndexError
void check_masks(const Shape& view, const IdAxes& found, std::span<const TensorIndex> indices) {
  int next = 0;
  for (const TensorIndex& each : indices) {
    if (each.ids.defined()) ++next;
    if (!each.mask.defined()) continue;
    for (int i = 0; i < each.mask.dim(); ++i) {
      if (each.mask.size(i) == view[found.axes[next++]]) continue;
      throw ShapeError(fmt::format("index: a mask of shape {} does not match its axes of {}",
                                   to_string(each.mask.shape()), to_string(view)));
    }
  }
}

bool are_adjacent(const Dims& axes) {
  bool adjacent = true;
  for (int i = 1; i < axes.size(); ++i) adjacent &= axes[i] == axes[i - 1] + 1;
  return adjacent && !axes.empty();
}

// All axes of a rank, `first` before the others.
Dims leading(const Dims& first, int rank) {
  Dims order = first;
  for (int axis = 0; axis < rank; ++axis) {
    if (std::find(first.begin(), first.end(), axis) == first.end()) order.push_back(axis);
  }
  return order;
}

}  // namespace

template <Element T>
Selection<T, IntTensor> BasicTensor<T>::operator[](const IntTensor& ids) const {
  return {read(*this, std::span(&ids, 1)), *this, ids};
}

template <Element T>
void index_put_(BasicTensor<T>& x, const IntTensor& ids, const BasicTensor<T>& values) {
  put(x, std::span(&ids, 1), values, false);
}

template <Element T>
BasicTensor<T> index(const BasicTensor<T>& x, const std::vector<IntTensor>& ids) {
  return read(x, std::span(ids));
}

template <Element T>
void index_put_(BasicTensor<T>& x, const std::vector<IntTensor>& ids, const BasicTensor<T>& values,
                Flag accumulate) {
  put(x, ids, values, accumulate);
}

template <Element T>
void index_put_(BasicTensor<T>& x, std::initializer_list<IntTensor> ids, const BasicTensor<T>& values,
                Flag accumulate) {
  put(x, std::span(ids.begin(), ids.size()), values, accumulate);
}

Dims detail::inverse_permutation(const Dims& order) {
  Dims out = order;
  for (int i = 0; i < order.size(); ++i) out[order[i]] = i;
  return out;
}

template <Element T>
detail::IndexSteps detail::index_steps(const BasicTensor<T>& x, std::span<const TensorIndex> indices) {
  const IdAxes found = id_axes(x.shape(), indices);
  const Shape view = x.view_at(found.views).shape();
  check_masks(view, found, indices);
  Shape ids;
  for (const IntTensor& each : found.ids) ids = broadcast_shapes(ids, each.shape(), "index");
  const int place = are_adjacent(found.axes) ? static_cast<int>(found.axes[0]) : 0;
  Dims ids_axes;
  for (int i = 0; i < ids.size(); ++i) ids_axes.push_back(place + i);
  const int rank = view.size() - found.axes.size() + ids.size();
  return {found.views, leading(found.axes, view.size()), found.ids, leading(ids_axes, rank)};
}

template <Element T>
Selection<T, Indices> detail::select_at(const BasicTensor<T>& x, std::span<const TensorIndex> indices) {
  const IndexSteps steps = index_steps(x, indices);
  const BasicTensor<T> source = x.view_at(steps.views).permute(steps.ids_first);
  const BasicTensor<T> rows = read(source, std::span(steps.ids));
  return {rows.permute(inverse_permutation(steps.order)), source, Indices{steps.ids, steps.order}};
}

template <Element T>
void detail::put(BasicTensor<T>& x, const Indices& indices, const BasicTensor<T>& rows) {
  lt::put(x, std::span(indices.ids), BasicTensor<T>(rows.permute(indices.order)), false);
}

#define LT_INSTANTIATE(T)                                                                                \
  template Selection<T, IntTensor> BasicTensor<T>::operator[](const IntTensor&) const;                   \
  template void index_put_(BasicTensor<T>&, const IntTensor&, const BasicTensor<T>&);                    \
  template Selection<T, Indices> detail::select_at(const BasicTensor<T>&, std::span<const TensorIndex>); \
  template detail::IndexSteps detail::index_steps(const BasicTensor<T>&, std::span<const TensorIndex>);  \
  template void detail::put(BasicTensor<T>&, const Indices&, const BasicTensor<T>&);                     \
  template BasicTensor<T> index(const BasicTensor<T>&, const std::vector<IntTensor>&);                   \
  template void index_put_(BasicTensor<T>&, const std::vector<IntTensor>&, const BasicTensor<T>&, Flag); \
  template void index_put_(BasicTensor<T>&, std::initializer_list<IntTensor>, const BasicTensor<T>&, Flag);
LT_INSTANTIATE(float)
LT_INSTANTIATE(double)
LT_INSTANTIATE(int64_t)
LT_INSTANTIATE(bool)
#undef LT_INSTANTIATE

}  // namespace lt::inline v0
