#include <libtensor/autograd/ops.h>
#include <libtensor/autograd/record.h>
#include <libtensor/tensor/functional.h>

// Gathering: the gradient is added where the numbers came from, so a row that was taken twice receives both.

namespace lt::inline v0 {
namespace {

using SavedIds = std::vector<Saved<int64_t>>;

SavedIds save(const std::vector<IntTensor>& ids) { return {ids.begin(), ids.end()}; }

std::vector<IntTensor> values(const SavedIds& saved) {
  std::vector<IntTensor> ids;
  for (const Saved<int64_t>& id : saved) ids.push_back(*id);
  return ids;
}

// Zeros of a shape, and dy added at x[ids...].
template <Floating T>
BasicTensor<T> add_to_zeros(const Shape& shape, const std::vector<IntTensor>& ids, const BasicTensor<T>& dy) {
  BasicTensor<T> dx = zeros<T>(shape);
  index_put_(dx, ids, dy, true);
  return dx;
}

// A gather that goes by another name.
template <Floating T>
BasicVariable<T> gather_as(const char* op, const BasicVariable<T>& x, Whole axis, const IntTensor& ids) {
  return record(op, gather(x.data(), axis, ids), {x},
                [from = x.shape(), axis, ids = save(ids)](const BasicTensor<T>& dy) {
                  return scatter_add(zeros<T>(from), axis, *ids, dy);
                });
}

}  // namespace

template <Floating T>
BasicVariable<T> BasicVariable<T>::operator[](const IntTensor& ids) const {
  return index(*this, {ids});
}

template <Floating T>
BasicVariable<T> BasicVariable<T>::operator[](const BoolTensor& mask) const {
  return record("index", data()[mask], {*this},
                [from = data().shape(), mask = save(mask)](const BasicTensor<T>& dy) {
                  // A mask of no axes is one of the whole.
                  return (*mask).dim() == 0 ? sum(dy, 0) : add_to_zeros(from, nonzero(*mask).unbind(1), dy);
                });
}

template <Floating T>
BasicVariable<T> BasicVariable<T>::rows_at(std::span<const TensorIndex> indices) const {
  const detail::IndexSteps steps = detail::index_steps(data(), indices);
  const BasicTensor<T> rows = index(data().view_at(steps.views).permute(steps.ids_first), steps.ids);
  return record("index", rows.permute(detail::inverse_permutation(steps.order)), {*this},
                [from = data().shape(), steps, ids = save(steps.ids)](const BasicTensor<T>& dy) {
                  BasicTensor<T> dx = zeros<T>(from);
                  BasicTensor<T> source = dx.view_at(steps.views).permute(steps.ids_first);
                  index_put_(source, values(ids), dy.permute(steps.order), true);
                  return dx;
                });
}

template <Floating T>
BasicVariable<T> index(const BasicVariable<T>& x, const std::vector<IntTensor>& ids) {
  return record(
      "index", index(x.data(), ids), {x}, [from = x.shape(), ids = save(ids)](const BasicTensor<T>& dy) {
        const bool is_table = from.size() == 2 && ids.size() == 1;  // x[ids]: rows
        return is_table ? embedding_backward(dy, *ids[0], from) : add_to_zeros(from, values(ids), dy);
      });
}

template <Floating T>
BasicVariable<T> index_add(const BasicVariable<T>& x, const std::vector<IntTensor>& ids,
                           const OperandOf<T>& added) {
  BasicTensor<T> y = x.data().clone();
  index_put_(y, ids, added.data(), true);
  return record("index_add", y, {x, added}, [ids = save(ids)](const BasicTensor<T>& dy) {
    return Gradients{dy, index(dy, values(ids))};
  });
}

template <Floating T>
BasicVariable<T> gather(const BasicVariable<T>& x, Whole axis, const IntTensor& ids) {
  return gather_as("gather", x, axis, ids);
}

template <Floating T>
BasicVariable<T> scatter_add(const BasicVariable<T>& x, Whole axis, const IntTensor& ids,
                             const OperandOf<T>& source) {
  return record("scatter_add", scatter_add(x.data(), axis, ids, source.data()), {x, source},
                [from = source.shape(), axis, ids = save(ids)](const BasicTensor<T>& dy) {
                  BasicTensor<T> dsource = gather(dy, axis, *ids);
                  if (dsource.shape() == from) return Gradients{dy, dsource};
                  // source may be larger than ids: the rest of it was not read.
                  BasicTensor<T> padded = zeros<T>(from);
                  BasicTensor<T> corner = padded;
                  for (int i = 0; i < from.size(); ++i) corner = corner.narrow(i, 0, dsource.size(i));
                  corner.copy_(dsource);
                  return Gradients{dy, padded};
                });
}

template <Floating T>
BasicVariable<T> masked_select(const BasicVariable<T>& x, const BoolTensor& mask) {
  return record("masked_select", masked_select(x.data(), mask), {x},
                [wide = broadcast_shapes(x.shape(), mask.shape(), "masked_select"),
                 mask = save(mask)](const BasicTensor<T>& dy) {
                  // A scalar has no axis to index.
                  return wide.empty() ? sum(dy)
                                      : add_to_zeros(wide, nonzero((*mask).expand(wide)).unbind(1), dy);
                });
}

template <Floating T>
VariableAndIndices<T> sort(const BasicVariable<T>& x, Whole axis, Flag descending) {
  const IntTensor order = argsort(x.data(), axis, descending);
  return {gather_as("sort", x, axis, order), order};
}

template <Floating T>
VariableAndIndices<T> topk(const BasicVariable<T>& x, Whole k, Whole axis) {
  const IntTensor places = topk(x.data(), k, axis).indices;
  return {gather_as("topk", x, axis, places), places};
}

#define LT_INSTANTIATE(T)                                                                     \
  template BasicVariable<T> BasicVariable<T>::operator[](const IntTensor&) const;             \
  template BasicVariable<T> BasicVariable<T>::operator[](const BoolTensor&) const;            \
  template BasicVariable<T> BasicVariable<T>::rows_at(std::span<const TensorIndex>) const;    \
  template BasicVariable<T> index(const BasicVariable<T>&, const std::vector<IntTensor>&);    \
  template BasicVariable<T> index_add(const BasicVariable<T>&, const std::vector<IntTensor>&, \
                                      const BasicVariable<T>&);                               \
  template BasicVariable<T> gather(const BasicVariable<T>&, Whole, const IntTensor&);         \
  template BasicVariable<T> scatter_add(const BasicVariable<T>&, Whole, const IntTensor&,     \
                                        const BasicVariable<T>&);                             \
  template BasicVariable<T> masked_select(const BasicVariable<T>&, const BoolTensor&);        \
  template VariableAndIndices<T> sort(const BasicVariable<T>&, Whole, Flag);                  \
  template VariableAndIndices<T> topk(const BasicVariable<T>&, Whole, Whole);
LT_INSTANTIATE(float)
LT_INSTANTIATE(double)
#undef LT_INSTANTIATE

}  // namespace lt::inline v0
