#include <libtensor/autograd/ops.h>
#include <libtensor/autograd/record.h>

// Forward, views share numbers; backward, a view of the gradient, or the gradient placed among zeros.

namespace lt {
namespace {

// Zeros of a shape with `dy` at the place that `part` selects.
template <typename T, typename Part>
BasicTensor<T> embed(const Shape& shape, const BasicTensor<T>& dy, const Part& part) {
  BasicTensor<T> dx = zeros<T>(shape);
  part(dx).copy_(dy);
  return dx;
}

}  // namespace

template <typename T>
BasicVariable<T> view(const BasicVariable<T>& x, const Shape& shape) {
  return record("view", x.data().view(shape), {x},
                [from = x.shape()](const BasicTensor<T>& dy) { return dy.reshape(from); });
}

template <typename T>
BasicVariable<T> reshape(const BasicVariable<T>& x, const Shape& shape) {
  return record("reshape", x.data().reshape(shape), {x},
                [from = x.shape()](const BasicTensor<T>& dy) { return dy.reshape(from); });
}

template <typename T>
BasicVariable<T> flatten(const BasicVariable<T>& x, Whole first_axis, Whole last_axis) {
  return record("flatten", x.data().flatten(first_axis, last_axis), {x},
                [from = x.shape()](const BasicTensor<T>& dy) { return dy.reshape(from); });
}

template <typename T>
BasicVariable<T> transpose(const BasicVariable<T>& x, Whole axis0, Whole axis1) {
  return record("transpose", x.data().transpose(axis0, axis1), {x},
                [axis0, axis1](const BasicTensor<T>& dy) { return dy.transpose(axis0, axis1); });
}

template <typename T>
BasicVariable<T> permute(const BasicVariable<T>& x, const Dims& axes) {
  const BasicTensor<T> y = x.data().permute(axes);
  Dims back = axes;
  for (int i = 0; i < axes.size(); ++i) back[normalize_axis(axes[i], axes.size(), "permute")] = i;
  return record("permute", y, {x}, [back](const BasicTensor<T>& dy) { return dy.permute(back); });
}

template <typename T>
BasicVariable<T> select(const BasicVariable<T>& x, Whole axis, Whole index) {
  return record("select", x.data().select(axis, index), {x},
                [from = x.shape(), axis, index](const BasicTensor<T>& dy) {
                  return embed(from, dy, [&](const BasicTensor<T>& dx) { return dx.select(axis, index); });
                });
}

template <typename T>
BasicVariable<T> narrow(const BasicVariable<T>& x, Whole axis, Whole start, Whole length) {
  return record("narrow", x.data().narrow(axis, start, length), {x},
                [from = x.shape(), axis, start, length](const BasicTensor<T>& dy) {
                  return embed(from, dy,
                               [&](const BasicTensor<T>& dx) { return dx.narrow(axis, start, length); });
                });
}

template <typename T>
BasicVariable<T> slice(const BasicVariable<T>& x, Whole axis, Whole start, Whole stop, Whole step) {
  return record("slice", x.data().slice(axis, start, stop, step), {x},
                [from = x.shape(), axis, start, stop, step](const BasicTensor<T>& dy) {
                  return embed(from, dy,
                               [&](const BasicTensor<T>& dx) { return dx.slice(axis, start, stop, step); });
                });
}

template <typename T>
BasicVariable<T> squeeze(const BasicVariable<T>& x, Whole axis) {
  return record("squeeze", x.data().squeeze(axis), {x},
                [from = x.shape()](const BasicTensor<T>& dy) { return dy.reshape(from); });
}

template <typename T>
BasicVariable<T> unsqueeze(const BasicVariable<T>& x, Whole axis) {
  return record("unsqueeze", x.data().unsqueeze(axis), {x},
                [from = x.shape()](const BasicTensor<T>& dy) { return dy.reshape(from); });
}

template <typename T>
BasicVariable<T> expand(const BasicVariable<T>& x, const Shape& shape) {
  return record("expand", x.data().expand(shape), {x}, [](const BasicTensor<T>& dy) { return dy; });
}

template <typename T>
std::vector<BasicVariable<T>> unbind(const BasicVariable<T>& x, Whole axis) {
  const int64_t count = x.size(axis);
  std::vector<BasicVariable<T>> parts;
  for (int64_t i = 0; i < count; ++i) parts.push_back(select(x, axis, i));
  return parts;
}

template <typename T>
std::vector<BasicVariable<T>> split(const BasicVariable<T>& x, Whole size, Whole axis) {
  std::vector<BasicVariable<T>> parts;
  int64_t start = 0;
  for (const BasicTensor<T>& part : x.data().split(size, axis)) {
    parts.push_back(narrow(x, axis, start, part.size(axis)));
    start += size;
  }
  return parts;
}

template <typename T>
BasicVariable<T> diagonal(const BasicVariable<T>& x) {
  return record("diagonal", x.data().diagonal(), {x}, [from = x.shape()](const BasicTensor<T>& dy) {
    return embed(from, dy, [](const BasicTensor<T>& dx) { return dx.diagonal(); });
  });
}

template <typename T>
BasicVariable<T> clone(const BasicVariable<T>& x) {
  return record("clone", x.data().clone(), {x}, [](const BasicTensor<T>& dy) { return dy; });
}

#define LT_INSTANTIATE(T)                                                               \
  template BasicVariable<T> view(const BasicVariable<T>&, const Shape&);                \
  template BasicVariable<T> reshape(const BasicVariable<T>&, const Shape&);             \
  template BasicVariable<T> flatten(const BasicVariable<T>&, Whole, Whole);             \
  template BasicVariable<T> transpose(const BasicVariable<T>&, Whole, Whole);           \
  template BasicVariable<T> permute(const BasicVariable<T>&, const Dims&);              \
  template BasicVariable<T> select(const BasicVariable<T>&, Whole, Whole);              \
  template BasicVariable<T> narrow(const BasicVariable<T>&, Whole, Whole, Whole);       \
  template BasicVariable<T> slice(const BasicVariable<T>&, Whole, Whole, Whole, Whole); \
  template BasicVariable<T> squeeze(const BasicVariable<T>&, Whole);                    \
  template BasicVariable<T> unsqueeze(const BasicVariable<T>&, Whole);                  \
  template BasicVariable<T> expand(const BasicVariable<T>&, const Shape&);              \
  template std::vector<BasicVariable<T>> unbind(const BasicVariable<T>&, Whole);        \
  template std::vector<BasicVariable<T>> split(const BasicVariable<T>&, Whole, Whole);  \
  template BasicVariable<T> diagonal(const BasicVariable<T>&);                          \
  template BasicVariable<T> clone(const BasicVariable<T>&);
LT_INSTANTIATE(float)
LT_INSTANTIATE(double)
#undef LT_INSTANTIATE

}  // namespace lt
