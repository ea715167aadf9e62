#include <fmt/format.h>

#include <vector>

#include <libtensor/autograd/ops.h>
#include <libtensor/autograd/record.h>

// Forward, views share numbers; backward, a view of the gradient, or the gradient placed among zeros.

namespace lt::inline v0 {
namespace {

// Zeros of a shape with `dy` at the place that `part` selects.
template <Floating T, typename Part>
BasicTensor<T> embed(const Shape& shape, const BasicTensor<T>& dy, const Part& part) {
  BasicTensor<T> dx = zeros<T>(shape);
  part(dx).copy_(dy);
  return dx;
}

// unbind and split record their parts under their own names.
template <Floating T>
BasicVariable<T> select_as(const char* op, const BasicVariable<T>& x, Whole axis, Whole index) {
  return record(op, x.data().select(axis, index), {x},
                [from = x.shape(), axis, index](const BasicTensor<T>& dy) {
                  return embed(from, dy, [&](const BasicTensor<T>& dx) { return dx.select(axis, index); });
                });
}

template <Floating T>
BasicVariable<T> narrow_as(const char* op, const BasicVariable<T>& x, Whole axis, Whole start, Whole length) {
  return record(op, x.data().narrow(axis, start, length), {x},
                [from = x.shape(), axis, start, length](const BasicTensor<T>& dy) {
                  return embed(from, dy,
                               [&](const BasicTensor<T>& dx) { return dx.narrow(axis, start, length); });
                });
}

template <Floating T>
BasicVariable<T> record_reshape(const BasicVariable<T>& x, const BasicTensor<T>& y) {
  return record(y.storage() == x.data().storage() ? "reshape" : "reshape_copy", y, {x},
                [from = x.shape()](const BasicTensor<T>& dy) { return dy.reshape(from); });
}

// PyTorch records each index as a node of its own; ours is one, with the name of the last.
const char* name_of(std::span<const ViewIndex> indices) {
  using Kind = ViewIndex::Kind;
  const char* name = "alias";
  for (const ViewIndex& each : indices) {
    if (each.kind == Kind::select) name = "select";
    if (each.kind == Kind::slice) name = "slice";
    if (each.kind == Kind::new_axis) name = "unsqueeze";
  }
  return name;
}

}  // namespace

template <Floating T>
BasicVariable<T> BasicVariable<T>::view(const Shape& shape) const {
  return record("view", data().view(shape), {*this},
                [from = data().shape()](const BasicTensor<T>& dy) { return dy.reshape(from); });
}

template <Floating T>
BasicVariable<T> BasicVariable<T>::reshape(const Shape& shape) const {
  return record_reshape(*this, data().reshape(shape));
}

template <Floating T>
BasicVariable<T> BasicVariable<T>::flatten(Whole first_axis, Whole last_axis) const {
  return record_reshape(*this, data().flatten(first_axis, last_axis));
}

template <Floating T>
BasicVariable<T> BasicVariable<T>::transpose(Whole axis0, Whole axis1) const {
  return record("transpose", data().transpose(axis0, axis1), {*this},
                [axis0, axis1](const BasicTensor<T>& dy) { return dy.transpose(axis0, axis1); });
}

template <Floating T>
BasicVariable<T> BasicVariable<T>::t() const {
  return record("t", data().t(), {*this}, [](const BasicTensor<T>& dy) { return dy.t(); });
}

template <Floating T>
BasicVariable<T> BasicVariable<T>::permute(const Dims& axes) const {
  const BasicTensor<T> y = data().permute(axes);
  Dims back = axes;
  for (int i = 0; i < axes.size(); ++i) back[normalize_axis(axes[i], axes.size(), "permute")] = i;
  return record("permute", y, {*this}, [back](const BasicTensor<T>& dy) { return dy.permute(back); });
}

template <Floating T>
BasicVariable<T> BasicVariable<T>::select(Whole axis, Whole index) const {
  return select_as("select", *this, axis, index);
}

template <Floating T>
BasicVariable<T> BasicVariable<T>::narrow(Whole axis, Whole start, Whole length) const {
  return narrow_as("narrow", *this, axis, start, length);
}

template <Floating T>
BasicVariable<T> BasicVariable<T>::slice(Whole axis, Whole start, Whole stop, Whole step) const {
  return record("slice", data().slice(axis, start, stop, step), {*this},
                [from = data().shape(), axis, start, stop, step](const BasicTensor<T>& dy) {
                  return embed(from, dy,
                               [&](const BasicTensor<T>& dx) { return dx.slice(axis, start, stop, step); });
                });
}

template <Floating T>
BasicVariable<T> BasicVariable<T>::squeeze() const {
  return record("squeeze_all", data().squeeze(), {*this},
                [from = data().shape()](const BasicTensor<T>& dy) { return dy.reshape(from); });
}

template <Floating T>
BasicVariable<T> BasicVariable<T>::squeeze(Whole axis) const {
  return record("squeeze", data().squeeze(axis), {*this},
                [from = data().shape()](const BasicTensor<T>& dy) { return dy.reshape(from); });
}

template <Floating T>
BasicVariable<T> BasicVariable<T>::unsqueeze(Whole axis) const {
  return record("unsqueeze", data().unsqueeze(axis), {*this},
                [from = data().shape()](const BasicTensor<T>& dy) { return dy.reshape(from); });
}

template <Floating T>
BasicVariable<T> BasicVariable<T>::expand(const Shape& shape) const {
  return record("expand", data().expand(shape), {*this}, [](const BasicTensor<T>& dy) { return dy; });
}

template <Floating T>
const std::vector<BasicVariable<T>> BasicVariable<T>::unbind(Whole axis) const {
  const size_t count = data().unbind(axis).size();
  std::vector<BasicVariable<T>> parts;
  for (size_t i = 0; i < count; ++i) parts.push_back(select_as("unbind", *this, axis, i));
  return parts;
}

template <Floating T>
const std::vector<BasicVariable<T>> BasicVariable<T>::split(Whole size, Whole axis) const {
  std::vector<BasicVariable<T>> parts;
  int64_t start = 0;
  for (const BasicTensor<T>& part : data().split(size, axis)) {
    parts.push_back(narrow_as("split", *this, axis, start, part.size(axis)));
    start += size;
  }
  return parts;
}

template <Floating T>
BasicVariable<T> BasicVariable<T>::diagonal() const {
  return record("diagonal", data().diagonal(), {*this}, [from = data().shape()](const BasicTensor<T>& dy) {
    return embed(from, dy, [](const BasicTensor<T>& dx) { return dx.diagonal(); });
  });
}

template <Floating T>
BasicVariable<T> BasicVariable<T>::clone() const {
  return record("clone", data().clone(), {*this}, [](const BasicTensor<T>& dy) { return dy; });
}

template <Floating T>
BasicVariable<T> BasicVariable<T>::contiguous() const {
  return data().is_contiguous() ? *this : clone();
}

template <Floating T>
BasicVariable<T> BasicVariable<T>::view_at(std::span<const ViewIndex> indices) const {
  return record(
      name_of(indices), data().view_at(indices), {*this},
      [from = data().shape(), at = std::vector(indices.begin(), indices.end())](const BasicTensor<T>& dy) {
        return embed(from, dy, [&](const BasicTensor<T>& dx) { return dx.view_at(at); });
      });
}

template <Floating T>
BasicVariable<T> BasicVariable<T>::number_at(std::span<const ViewIndex> place) const {
  if (static_cast<int>(place.size()) != dim()) detail::throw_no_number(place.size(), data().shape());
  return view_at(place);
}

#define LT_INSTANTIATE(T)                                                                   \
  template BasicVariable<T> BasicVariable<T>::view(const Shape&) const;                     \
  template BasicVariable<T> BasicVariable<T>::reshape(const Shape&) const;                  \
  template BasicVariable<T> BasicVariable<T>::flatten(Whole, Whole) const;                  \
  template BasicVariable<T> BasicVariable<T>::transpose(Whole, Whole) const;                \
  template BasicVariable<T> BasicVariable<T>::t() const;                                    \
  template BasicVariable<T> BasicVariable<T>::permute(const Dims&) const;                   \
  template BasicVariable<T> BasicVariable<T>::select(Whole, Whole) const;                   \
  template BasicVariable<T> BasicVariable<T>::narrow(Whole, Whole, Whole) const;            \
  template BasicVariable<T> BasicVariable<T>::slice(Whole, Whole, Whole, Whole) const;      \
  template BasicVariable<T> BasicVariable<T>::squeeze() const;                              \
  template BasicVariable<T> BasicVariable<T>::squeeze(Whole) const;                         \
  template BasicVariable<T> BasicVariable<T>::unsqueeze(Whole) const;                       \
  template BasicVariable<T> BasicVariable<T>::expand(const Shape&) const;                   \
  template const std::vector<BasicVariable<T>> BasicVariable<T>::unbind(Whole) const;       \
  template const std::vector<BasicVariable<T>> BasicVariable<T>::split(Whole, Whole) const; \
  template BasicVariable<T> BasicVariable<T>::diagonal() const;                             \
  template BasicVariable<T> BasicVariable<T>::clone() const;                                \
  template BasicVariable<T> BasicVariable<T>::contiguous() const;                           \
  template BasicVariable<T> BasicVariable<T>::view_at(std::span<const ViewIndex>) const;    \
  template BasicVariable<T> BasicVariable<T>::number_at(std::span<const ViewIndex>) const;
LT_INSTANTIATE(float)
LT_INSTANTIATE(double)
#undef LT_INSTANTIATE

}  // namespace lt::inline v0
