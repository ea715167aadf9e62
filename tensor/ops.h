#pragma once

// The menu: every op on tensors, by family, under PyTorch's names.
//
// Conventions. T is float, double, int64_t or bool, where the op has a meaning for it ("floating": float and
// double only; "number": all but bool). Nothing is promoted: both operands have one type, and cast<U>() says
// otherwise. Operands broadcast as in PyTorch. An `axis` may be negative. Results are new, dense and
// row-major. All throw ShapeError for shapes that do not fit and IndexError for an axis or id out of range.

#include <optional>
#include <type_traits>
#include <utility>
#include <vector>

#include <libtensor/tensor/creation.h>  // IWYU pragma: export
#include <libtensor/tensor/tensor.h>

namespace lt::inline v0 {

// ---------------------------------------------------------------- elementwise, two operands

template <Number T>
BasicTensor<T> add(const BasicTensor<T>& a, const BasicTensor<T>& b);  // number
template <Number T>
BasicTensor<T> sub(const BasicTensor<T>& a, const BasicTensor<T>& b);  // number
template <Number T>
BasicTensor<T> mul(const BasicTensor<T>& a, const BasicTensor<T>& b);  // number
template <Floating T>
BasicTensor<T> div(const BasicTensor<T>& a, const BasicTensor<T>& b);  // floating
template <Floating T>
BasicTensor<T> pow(const BasicTensor<T>& a, const BasicTensor<T>& b);  // floating
template <Floating T>
BasicTensor<T> atan2(const BasicTensor<T>& y, const BasicTensor<T>& x);  // floating
// NaN where either is NaN, as PyTorch. number
template <Number T>
BasicTensor<T> maximum(const BasicTensor<T>& a, const BasicTensor<T>& b);
template <Number T>
BasicTensor<T> minimum(const BasicTensor<T>& a, const BasicTensor<T>& b);
// Rounded down, and the remainder with the divisor's sign (Python's // and %). number
//   throws: ValueError for an integer divided by zero
template <Number T>
BasicTensor<T> floor_divide(const BasicTensor<T>& a, const BasicTensor<T>& b);
template <Number T>
BasicTensor<T> remainder(const BasicTensor<T>& a, const BasicTensor<T>& b);

// Comparisons; every T. (PyTorch's eq, ne, lt, le, gt, ge are the operators below.)
template <Element T>
BoolTensor equals(const BasicTensor<T>& a, const BasicTensor<T>& b);
template <Element T>
BoolTensor not_equals(const BasicTensor<T>& a, const BasicTensor<T>& b);
template <Element T>
BoolTensor less(const BasicTensor<T>& a, const BasicTensor<T>& b);
template <Element T>
BoolTensor less_equal(const BasicTensor<T>& a, const BasicTensor<T>& b);

BoolTensor logical_and(const BoolTensor& a, const BoolTensor& b);
BoolTensor logical_or(const BoolTensor& a, const BoolTensor& b);
BoolTensor logical_xor(const BoolTensor& a, const BoolTensor& b);
BoolTensor logical_not(const BoolTensor& a);

// a where condition, else b; the three broadcast. One may be a number, as masked_fill's. Every T.
template <Element T>
BasicTensor<T> where(const BoolTensor& condition, const BasicTensor<T>& a, const BasicTensor<T>& b);
//   throws: ValueError for a finite value that is too large for T
template <Element T>
BasicTensor<T> masked_fill(const BasicTensor<T>& x, const BoolTensor& mask, ScalarOf<T> value);

// The operators: +, -, *, /, ==, !=, <, <=, >, >= between tensors and with a scalar on either side; &, |, ^,
// !. They are written in tensor/operators.h, which this header includes at its end.

// ---------------------------------------------------------------- elementwise, one operand

template <Number T>
BasicTensor<T> neg(const BasicTensor<T>& x);  // number
template <Number T>
BasicTensor<T> abs(const BasicTensor<T>& x);  // number
template <Number T>
BasicTensor<T> sign(const BasicTensor<T>& x);  // number; 0 for NaN, as PyTorch
template <Number T>
BasicTensor<T> square(const BasicTensor<T>& x);  // number
template <Number T>
BasicTensor<T> relu(const BasicTensor<T>& x);  // number; max(x, 0), NaN stays
// Between low and high; NaN stays. number
template <Number T>
BasicTensor<T> clamp(const BasicTensor<T>& x, ScalarOf<T> low, ScalarOf<T> high);
// x to a scalar power. number; throws: ValueError for a negative power of integers
template <Number T>
BasicTensor<T> pow(const BasicTensor<T>& x, ScalarOf<T> exponent);

// floating:
template <Floating T>
BasicTensor<T> exp(const BasicTensor<T>& x);
template <Floating T>
BasicTensor<T> log(const BasicTensor<T>& x);
template <Floating T>
BasicTensor<T> log1p(const BasicTensor<T>& x);
template <Floating T>
BasicTensor<T> sqrt(const BasicTensor<T>& x);
template <Floating T>
BasicTensor<T> rsqrt(const BasicTensor<T>& x);
template <Floating T>
BasicTensor<T> reciprocal(const BasicTensor<T>& x);
template <Floating T>
BasicTensor<T> sin(const BasicTensor<T>& x);
template <Floating T>
BasicTensor<T> cos(const BasicTensor<T>& x);
template <Floating T>
BasicTensor<T> tanh(const BasicTensor<T>& x);
template <Floating T>
BasicTensor<T> erf(const BasicTensor<T>& x);
template <Floating T>
BasicTensor<T> sigmoid(const BasicTensor<T>& x);
template <Floating T>
BasicTensor<T> floor(const BasicTensor<T>& x);
template <Floating T>
BasicTensor<T> ceil(const BasicTensor<T>& x);
template <Floating T>
BasicTensor<T> round(const BasicTensor<T>& x);  // halves to even, as PyTorch
template <Floating T>
BoolTensor isnan(const BasicTensor<T>& x);
template <Floating T>
BoolTensor isinf(const BasicTensor<T>& x);
template <Floating T>
BoolTensor isfinite(const BasicTensor<T>& x);

// ---------------------------------------------------------------- reductions
// Over `axes` (several: {0, 2}; all: {} or left out); a reduced axis is dropped, or kept with size 1 under
// keepdim. The order of summation follows from the shape alone: blocks, then pairwise (Higham, "The accuracy
// of floating point summation", 1993).

template <Number T>
BasicTensor<T> sum(const BasicTensor<T>& x, const Dims& axes = {}, Flag keepdim = false);  // number
int64_t count_nonzero(const BoolTensor& x);
template <Floating T>
BasicTensor<T> mean(const BasicTensor<T>& x, const Dims& axes = {}, Flag keepdim = false);  // floating
// Divides by n - 1, or by n where not unbiased. floating
template <Floating T>
BasicTensor<T> var(const BasicTensor<T>& x, const Dims& axes = {}, Flag unbiased = true,
                   Flag keepdim = false);
// The variance and the mean, at the cost of the variance alone. floating
template <Floating T>
std::pair<BasicTensor<T>, BasicTensor<T>> var_mean(const BasicTensor<T>& x, const Dims& axes = {},
                                                   Flag unbiased = true, Flag keepdim = false);
// PyTorch's std; the name `std` would hide the standard library's namespace.
template <Floating T>
BasicTensor<T> stddev(const BasicTensor<T>& x, const Dims& axes = {}, Flag unbiased = true,
                      Flag keepdim = false);
template <Floating T>
BasicTensor<T> norm(const BasicTensor<T>& x, const Dims& axes = {},
                    Flag keepdim = false);  // Euclidean; floating
template <Floating T>
BasicTensor<T> logsumexp(const BasicTensor<T>& x, const Dims& axes, Flag keepdim = false);  // floating

// The largest or smallest; NaN wins. Every T but bool. throws: ShapeError for a reduction of nothing
template <Number T>
BasicTensor<T> amax(const BasicTensor<T>& x, const Dims& axes = {}, Flag keepdim = false);
template <Number T>
BasicTensor<T> amin(const BasicTensor<T>& x, const Dims& axes = {}, Flag keepdim = false);
// Of all elements.
template <Number T>
BasicTensor<T> max(const BasicTensor<T>& x) {
  return amax(x);
}
template <Number T>
BasicTensor<T> min(const BasicTensor<T>& x) {
  return amin(x);
}
// With the place of the first such element along one axis.
template <typename T>
struct ValuesAndIndices {
  BasicTensor<T> values;
  IntTensor indices;
};
template <Number T>
ValuesAndIndices<T> max(const BasicTensor<T>& x, Whole axis, Flag keepdim = false);
template <Number T>
ValuesAndIndices<T> min(const BasicTensor<T>& x, Whole axis, Flag keepdim = false);
// Without an axis: of the flattened tensor.
template <Number T>
IntTensor argmax(const BasicTensor<T>& x, std::optional<Whole> axis = {}, Flag keepdim = false);
template <Number T>
IntTensor argmin(const BasicTensor<T>& x, std::optional<Whole> axis = {}, Flag keepdim = false);
BoolTensor all(const BoolTensor& x, const Dims& axes = {}, Flag keepdim = false);
BoolTensor any(const BoolTensor& x, const Dims& axes = {}, Flag keepdim = false);
// Running sum along an axis. number
template <Number T>
BasicTensor<T> cumsum(const BasicTensor<T>& x, Whole axis);
// Sums x to the shape that it was broadcast from: the reverse of expand. number
template <Number T>
BasicTensor<T> sum_to(const BasicTensor<T>& x, const Shape& shape);

// Same shape and same numbers; NaN differs from itself.
template <Element T>
bool equal(const BasicTensor<T>& a, const BasicTensor<T>& b);
// |a - b| <= atol + rtol * |b| everywhere, after broadcasting. floating
template <Floating T>
bool allclose(const BasicTensor<T>& a, const BasicTensor<T>& b, double rtol = 1e-5, double atol = 1e-8);

// ---------------------------------------------------------------- products and softmax

// Matrix product over the last two axes; leading axes broadcast.
// A 1-d operand is a row on the left, a column on the right.
//   shapes: (..., m, k) @ (..., k, n) -> (..., m, n); (k) @ (k) -> ()
//   number; throws: ShapeError if the inner sizes differ
template <Number T>
BasicTensor<T> matmul(const BasicTensor<T>& a, const BasicTensor<T>& b);
// a^T @ b and a @ b^T of matrices (TN and NT of BLAS): the gradients of a product, without a transposed view.
//   shapes: (k, m), (k, n) -> (m, n); (m, k), (n, k) -> (m, n)
//   number; throws: ShapeError for others
template <Number T>
BasicTensor<T> matmul_tn(const BasicTensor<T>& a, const BasicTensor<T>& b);
template <Number T>
BasicTensor<T> matmul_nt(const BasicTensor<T>& a, const BasicTensor<T>& b);
// a @ b with the bias added to every row, in one pass.
//   shapes: (n), (m, k), (k, n) -> (m, n)
//   number; throws: ShapeError for others (PyTorch would broadcast a bias of other shapes)
template <Number T>
BasicTensor<T> addmm(const BasicTensor<T>& bias, const BasicTensor<T>& a, const BasicTensor<T>& b);
// exp(x) / sum(exp(x)) along an axis, and its logarithm; stable for any finite x. floating
template <Floating T>
BasicTensor<T> softmax(const BasicTensor<T>& x, Whole axis);
template <Floating T>
BasicTensor<T> log_softmax(const BasicTensor<T>& x, Whole axis);

// ---------------------------------------------------------------- joining, indexing, order
// Every T unless said otherwise. Ids of x[ids], index and index_put_ may be negative: they count from the
// end.

// shapes: equal but for `axis`, along which the parts follow each other
template <Element T>
BasicTensor<T> cat(const std::vector<BasicTensor<T>>& parts, Whole axis = 0);
template <Element T>
BasicTensor<T> stack(const std::vector<BasicTensor<T>>& parts, Whole axis = 0);  // along a new axis
// The same for tensors in braces: cat({a, b}, 1).
template <Element T>
BasicTensor<T> cat(std::initializer_list<BasicTensor<T>> parts, Whole axis = 0) {
  return cat(std::vector<BasicTensor<T>>(parts), axis);
}
template <Element T>
BasicTensor<T> stack(std::initializer_list<BasicTensor<T>> parts, Whole axis = 0) {
  return stack(std::vector<BasicTensor<T>>(parts), axis);
}
template <Element T>
BasicTensor<T> flip(const BasicTensor<T>& x, const Dims& axes);
// The part on and below (tril), on and above (triu) the diagonal of the last two axes; else 0.
template <Element T>
BasicTensor<T> tril(const BasicTensor<T>& x, Whole diagonal = 0);
template <Element T>
BasicTensor<T> triu(const BasicTensor<T>& x, Whole diagonal = 0);

// x[i, j, ...]: the id tensors broadcast together and index the first axes.
//   shapes: (n0, n1, ..., rest) with ids of broadcast shape s -> (s..., rest)
template <Element T>
BasicTensor<T> index(const BasicTensor<T>& x, const std::vector<IntTensor>& ids);
// x[i, j, ...] = values, in place; values broadcast to (s..., rest). An id that occurs twice: with accumulate
// all are added, in order; without it the last one stays. (accumulate: number)
template <Element T>
void index_put_(BasicTensor<T>& x, const std::vector<IntTensor>& ids, const BasicTensor<T>& values,
                Flag accumulate = false);
// The same for ids in braces, which then need no memory of the heap.
template <Element T>
void index_put_(BasicTensor<T>& x, std::initializer_list<IntTensor> ids, const BasicTensor<T>& values,
                Flag accumulate = false);
// out[i][j] = x[ids[i][j]][j] for axis 0, and so on.
//   shapes: ids like x but for `axis`, and nowhere larger off it
//   throws: IndexError for an id outside 0..size-1: here none counts from the end, as in PyTorch
template <Element T>
BasicTensor<T> gather(const BasicTensor<T>& x, Whole axis, const IntTensor& ids);
// A copy of x with source added at gather's places. number
template <Number T>
BasicTensor<T> scatter_add(const BasicTensor<T>& x, Whole axis, const IntTensor& ids,
                           const BasicTensor<T>& source);
// The elements where mask is true, in row-major order; the two broadcast. (x[mask] selects rows.) -> (count)
template <Element T>
BasicTensor<T> masked_select(const BasicTensor<T>& x, const BoolTensor& mask);
IntTensor nonzero(const BoolTensor& x);  // shapes: (d1..dk) -> (count, k)
// shapes: (i...) -> (i..., classes). throws: IndexError for an id outside 0..classes-1
IntTensor one_hot(const IntTensor& ids, Whole classes);

// Stable, NaN last (first where descending), as PyTorch. Every T.
template <Element T>
ValuesAndIndices<T> sort(const BasicTensor<T>& x, Whole axis = -1, Flag descending = false);
template <Element T>
IntTensor argsort(const BasicTensor<T>& x, Whole axis = -1, Flag descending = false);
// The k largest along an axis, in falling order; of equals the first.
//   throws: ShapeError for k outside 0..size
template <Element T>
ValuesAndIndices<T> topk(const BasicTensor<T>& x, Whole k, Whole axis = -1);
// Counts in `bins` equal bins over low..high (both included); over x's own range where they are equal.
//   returns: counts (bins) and edges (bins + 1)
//   floating; throws: ValueError for bins < 1, low > high, or a range that is not finite
template <typename T>
struct Histogram {
  BasicTensor<T> counts;
  BasicTensor<T> edges;
};
template <Floating T>
Histogram<T> histogram(const BasicTensor<T>& x, Whole bins, ScalarOf<T> low = T{}, ScalarOf<T> high = T{});
// How often each id 0..size-1 occurs. throws: IndexError for a negative id, or the largest int64_t
IntTensor bincount(const IntTensor& ids, Whole min_length = 0);

}  // namespace lt::inline v0

#include <libtensor/tensor/method_calls.h>  // IWYU pragma: export
#include <libtensor/tensor/operators.h>     // IWYU pragma: export
