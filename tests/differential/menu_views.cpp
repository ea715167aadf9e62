#include <libtensor/tests/differential/entry.h>

namespace lt::differential {

// clang-format off
// NOLINTBEGIN(performance-unnecessary-value-param): the menu reads as a table, whose lambdas take each argument as it was drawn.
std::vector<Op> views() {
  return {
      op("view", every, []<typename T>(BasicTensor<T> x, NewShape shape) { return x.view(shape); }),
      op("reshape", every, []<typename T>(BasicTensor<T> x, NewShape shape) { return x.reshape(shape); }),
      op("transpose", every, []<typename T>(BasicTensor<T> x, Axis a, Axis b) { return x.transpose(a, b); }),
      op("t", every, []<typename T>(BasicTensor<T> x) { return x.t(); }),
      op("permute", every, []<typename T>(BasicTensor<T> x, Order axes) { return x.permute(axes); }),
      op("select", every, []<typename T>(BasicTensor<T> x, Axis a, Position i) { return x.select(a, i); }),
      op("row", every, []<typename T>(BasicTensor<T> x, Position i) { return x[i.value]; }),
      op("narrow", every, []<typename T>(BasicTensor<T> x, Axis a, Position i, Length n) { return x.narrow(a, i, n); }),
      op("slice", every, []<typename T>(BasicTensor<T> x, Axis a, Position i, Position j, Stride s) { return x.slice(a, i, j, s); }),
      op("squeeze", every, []<typename T>(BasicTensor<T> x) { return x.squeeze(); }),
      op("squeeze_axis", every, []<typename T>(BasicTensor<T> x, Axis a) { return x.squeeze(a); }),
      op("unsqueeze", every, []<typename T>(BasicTensor<T> x, NewAxis a) { return x.unsqueeze(a); }),
      op("expand", every, []<typename T>(BasicTensor<T> x, Stretched shape) { return x.expand(shape); }),
      op("unbind", every, []<typename T>(BasicTensor<T> x, Axis a) { return x.unbind(a); }),
      op("split", every, []<typename T>(BasicTensor<T> x, Count size, Axis a) { return x.split(size, a); }),
      op("diagonal", every, []<typename T>(BasicTensor<T> x) { return x.diagonal(); }),
      op("contiguous", every, []<typename T>(BasicTensor<T> x) { return x.contiguous(); }),
      op("getitem", every, []<typename T>(BasicTensor<T> x, Axis, Position i, Position j, Position k) { return x(Slice(i.value, j.value), None, Ellipsis, k.value); }),
      op("flatten", every, []<typename T>(BasicTensor<T> x, Axis a, Axis b) { return x.flatten(a, b); }),
  };
}

std::vector<Op> in_place() {
  return {
      op("fill_", every, []<typename T>(BasicTensor<T> x, Scalar<T> s) { return x.fill_(s); }),
      op("zero_", every, []<typename T>(BasicTensor<T> x) { return x.zero_(); }),
      op("copy_", every, []<typename T>(BasicTensor<T> x, Mate<T> y) { return x.copy_(y); }),
      op("iadd_", number, []<typename T>(BasicTensor<T> x, Mate<T> y) { return x += y; }),
      op("isub_", number, []<typename T>(BasicTensor<T> x, Mate<T> y) { return x -= y; }),
      op("imul_", number, []<typename T>(BasicTensor<T> x, Mate<T> y) { return x *= y; }),
      op("idiv_", floating, []<typename T>(BasicTensor<T> x, Mate<T> y) { return x /= y; }),
      op("iadd_scalar_", number, []<typename T>(BasicTensor<T> x, Scalar<T> s) { return x += s.value; }),
      op("isub_scalar_", number, []<typename T>(BasicTensor<T> x, Scalar<T> s) { return x -= s.value; }),
      op("imul_scalar_", number, []<typename T>(BasicTensor<T> x, Scalar<T> s) { return x *= s.value; }),
      op("idiv_scalar_", floating, []<typename T>(BasicTensor<T> x, Scalar<T> s) { return x /= s.value; }),
      op("add_", number, []<typename T>(BasicTensor<T> x, Mate<T> y, Scalar<T> s) { return x.add_(y, s); }),
      op("index_put_", every, []<typename T>(BasicTensor<T> x, IdList ids, Mate<T> y) { index_put_(x, ids, y); return x; }),
      op("index_add_", number, []<typename T>(BasicTensor<T> x, IdList ids, Mate<T> y) { index_put_(x, ids, y, true); return x; }),
      op("assign_row_", every, []<typename T>(BasicTensor<T> x, Position i, Scalar<T> s) { x[i.value] = s.value; return x; }),
      op("assign_slice_", every, []<typename T>(BasicTensor<T> x, Axis a, Position i, Position j, Scalar<T> s) { x.slice(a, i, j) = s.value; return x; }),
      op("assign_to_slice_", every, []<typename T>(BasicTensor<T> x, Axis a, Position i, Mate<T> y) { x.slice(a, i, INT64_MAX) = y; return x; }),
      op("assign_rows_", every, []<typename T>(BasicTensor<T> x, RowIds ids, Scalar<T> s) { x[ids] = s.value; return x; }),
      op("assign_to_rows_", every, []<typename T>(BasicTensor<T> x, RowIds ids, Mate<T> y) { x[ids] = y; return x; }),
      op("iadd_rows_", number, []<typename T>(BasicTensor<T> x, RowIds ids, Scalar<T> s) { x[ids] += s.value; return x; }),
      op("assign_masked_", every, []<typename T>(BasicTensor<T> x, MaskOf mask, Scalar<T> s) { x[mask] = s.value; return x; }),
      op("imul_masked_", number, []<typename T>(BasicTensor<T> x, MaskOf mask, Scalar<T> s) { x[mask] *= s.value; return x; }),
  };
}
// NOLINTEND(performance-unnecessary-value-param)
// clang-format on

}  // namespace lt::differential
