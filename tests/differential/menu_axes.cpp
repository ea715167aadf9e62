#include <libtensor/tests/differential/entry.h>

namespace lt::differential {

// clang-format off
// NOLINTBEGIN(performance-unnecessary-value-param): the menu reads as a table, whose lambdas take each argument as it was drawn.
std::vector<Op> reductions() {
  return {
      op("sum", number, []<typename T>(BasicTensor<T> x, Axes axes, Flag keep) { return sum(x, axes, keep); }),
      op("mean", floating, []<typename T>(BasicTensor<T> x, Axes axes, Flag keep) { return mean(x, axes, keep); }),
      op("var", floating, []<typename T>(BasicTensor<T> x, Axes axes, Flag unbiased, Flag keep) { return var(x, axes, unbiased, keep); }),
      op("var_mean", floating, []<typename T>(BasicTensor<T> x, Axes axes, Flag unbiased, Flag keep) { return var_mean(x, axes, unbiased, keep).first; }),
      op("stddev", floating, []<typename T>(BasicTensor<T> x, Axes axes, Flag unbiased, Flag keep) { return stddev(x, axes, unbiased, keep); }),
      op("norm", floating, []<typename T>(BasicTensor<T> x, Axes axes, Flag keep) { return norm(x, axes, keep); }),
      op("logsumexp", floating, []<typename T>(BasicTensor<T> x, Axes axes, Flag keep) { return logsumexp(x, axes, keep); }),
      op("amax", number, []<typename T>(BasicTensor<T> x, Axes axes, Flag keep) { return amax(x, axes, keep); }),
      op("amin", number, []<typename T>(BasicTensor<T> x, Axes axes, Flag keep) { return amin(x, axes, keep); }),
      op("max", number, []<typename T>(BasicTensor<T> x, Axis axis, Flag keep) { return max(x, axis, keep); }),
      op("min", number, []<typename T>(BasicTensor<T> x, Axis axis, Flag keep) { return min(x, axis, keep); }),
      op("argmax", number, []<typename T>(BasicTensor<T> x, Axis axis, Flag keep) { return argmax(x, axis.value, keep); }),
      op("argmin", number, []<typename T>(BasicTensor<T> x, Axis axis, Flag keep) { return argmin(x, axis.value, keep); }),
      op("argmax_all", number, []<typename T>(BasicTensor<T> x) { return argmax(x); }),
      op("argmin_all", number, []<typename T>(BasicTensor<T> x) { return argmin(x); }),
      op("all", truth, []<typename T>(BasicTensor<T> x, Axes axes, Flag keep) { return all(x, axes, keep); }),
      op("any", truth, []<typename T>(BasicTensor<T> x, Axes axes, Flag keep) { return any(x, axes, keep); }),
      op("count_nonzero", truth, []<typename T>(BasicTensor<T> x) { return count_nonzero(x); }),
      op("cumsum", number, []<typename T>(BasicTensor<T> x, Axis axis) { return cumsum(x, axis); }),
      op("sum_to", number, []<typename T>(BasicTensor<T> x, Shrunk shape) { return sum_to(x, shape); }),
      op("equal", every, []<typename T>(BasicTensor<T> x, Mate<T> y) { return equal(x, y) || !equal(x, x); }),
      op("allclose", floating, []<typename T>(BasicTensor<T> x, Mate<T> y) { return allclose(x, y) || allclose(x, y, 0.5, 1); }),
  };
}

std::vector<Op> products() {
  return {
      op("matmul", number, []<typename T>(BasicTensor<T> x, Factor<T> y) { return matmul(x, y); }),
      op("matmul_t", number, []<typename T>(BasicTensor<T> x, Factor<T> y) { return matmul(y.transpose(-1, 0), x.transpose(0, -1)); }),
      op("matmul_tn", number, []<typename T>(BasicTensor<T> x, Factor<T> y) { return matmul_tn(x.t(), static_cast<const BasicTensor<T>&>(y)); }),
      op("matmul_nt", number, []<typename T>(BasicTensor<T> x, Factor<T> y) { return matmul_nt(x, y.t()); }),
      op("addmm", number, []<typename T>(BasicTensor<T> x, Factor<T> y) { return addmm(y.select(0, 0), x, static_cast<const BasicTensor<T>&>(y)); }),
      op("softmax", floating, []<typename T>(BasicTensor<T> x, Axis axis) { return softmax(x, axis); }),
      op("log_softmax", floating, []<typename T>(BasicTensor<T> x, Axis axis) { return log_softmax(x, axis); }),
  };
}

std::vector<Op> indexing() {
  return {
      op("cat", every, []<typename T>(BasicTensor<T> x, Axis axis, Parts<T> more) { more.push_back(x); return cat(more, axis); }),
      op("stack", every, []<typename T>(BasicTensor<T> x, NewAxis axis, Likes<T> more) { more.parts.push_back(x); return stack(more.parts, axis); }),
      op("flip", every, []<typename T>(BasicTensor<T> x, Axes axes) { return flip(x, axes); }),
      op("tril", every, []<typename T>(BasicTensor<T> x, Small diagonal) { return tril(x, diagonal); }),
      op("triu", every, []<typename T>(BasicTensor<T> x, Small diagonal) { return triu(x, diagonal); }),
      op("rows", every, []<typename T>(BasicTensor<T> x, RowIds ids) { return x[static_cast<const IntTensor&>(ids)]; }),
      op("index", every, []<typename T>(BasicTensor<T> x, IdList ids) { return index(x, ids); }),
      op("gather", every, []<typename T>(BasicTensor<T> x, Axis axis, PlaceIds ids) { return gather(x, axis, ids); }),
      op("scatter_add", number, []<typename T>(BasicTensor<T> x, Axis axis, PlaceIds ids, Source<T> y) { return scatter_add(x, axis, ids, y); }),
      op("masked_select", every, []<typename T>(BasicTensor<T> x, Mate<bool> mask) { return masked_select(x, mask); }),
      op("masked_rows", every, []<typename T>(BasicTensor<T> x, MaskOf mask) { return x[static_cast<const BoolTensor&>(mask)]; }),
      op("nonzero", truth, []<typename T>(BasicTensor<T> x) { return nonzero(x); }),
      op("one_hot", whole, []<typename T>(ClassIds ids, Count classes) { return one_hot(ids, classes); }),
      op("sort", every, []<typename T>(BasicTensor<T> x, Axis axis, Flag descending) { return sort(x, axis, descending); }),
      op("argsort", every, []<typename T>(BasicTensor<T> x, Axis axis, Flag descending) { return argsort(x, axis, descending); }),
      op("topk", every, []<typename T>(BasicTensor<T> x, Axis axis, Length k) { return topk(x, k, axis); }),
      op("histogram", floating, []<typename T>(BasicTensor<T> x, Count bins, Exact<T> low, Exact<T> high) { return histogram(x, bins, low, high); }),
      op("histogram_own", floating, []<typename T>(BasicTensor<T> x, Count bins) { return histogram(x, bins); }),
      op("bincount", whole, []<typename T>(ClassIds ids, Count least) { return bincount(ids, least); }),
  };
}
// NOLINTEND(performance-unnecessary-value-param)
// clang-format on

}  // namespace lt::differential
