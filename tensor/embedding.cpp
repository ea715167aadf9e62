#include <fmt/format.h>

#include <algorithm>

#include <libtensor/tensor/functional.h>
#include <libtensor/tensor/offsets.h>

// Rows of a table by index, and their gradients added back: a row that was taken twice receives both.

namespace lt::inline v0 {
namespace {

// A running sum of 30,000 floats is off by 1e-4: of so many ids each block is added up by itself, if the
// table is smaller than the block.
constexpr int64_t kBlock = 4096;

void check_table(const Shape& weight, const char* op) {
  if (weight.size() == 2) return;
  throw ShapeError(fmt::format("{}: the table {} is not (rows, width)", op, to_string(weight)));
}

}  // namespace

template <Floating T>
BasicTensor<T> embedding(const BasicTensor<T>& weight, const IntTensor& ids) {
  check_table(weight.shape(), "embedding");
  detail::check_counts_up(ids, weight.size(0), 0, "embedding");
  return weight[ids];
}

template <Floating T>
BasicTensor<T> embedding_backward(const BasicTensor<T>& dy, const IntTensor& ids, const Shape& weight) {
  check_table(weight, "embedding_backward");
  BasicTensor<T> d_weight = zeros<T>(weight);
  const int64_t count = ids.numel();
  if (count <= kBlock || weight[0] > kBlock) {
    index_put_(d_weight, {ids}, dy, true);
    return d_weight;
  }
  const IntTensor flat = ids.reshape({count});
  const BasicTensor<T> rows = dy.reshape({count, weight[1]});
  for (int64_t first = 0; first < count; first += kBlock) {
    const int64_t size = std::min(kBlock, count - first);
    BasicTensor<T> block = zeros<T>(weight);
    index_put_(block, {flat.narrow(0, first, size)}, rows.narrow(0, first, size), true);
    d_weight += block;
  }
  return d_weight;
}

template Tensor embedding(const Tensor&, const IntTensor&);
template DoubleTensor embedding(const DoubleTensor&, const IntTensor&);
template Tensor embedding_backward(const Tensor&, const IntTensor&, const Shape&);
template DoubleTensor embedding_backward(const DoubleTensor&, const IntTensor&, const Shape&);

}  // namespace lt::inline v0
