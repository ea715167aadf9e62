#include "tests/differential/menu.h"

#include <tuple>

#include "tests/differential/arguments.h"

// One line per op: its name (which compare.py knows, too), the types that it is for, and a function whose
// parameters say what is drawn. An op whose name ends in _ writes in place.

namespace lt::differential {
namespace {

template <typename... Ts>
struct Types {};
// NOLINTBEGIN(readability-identifier-naming,performance-unnecessary-value-param): the menu reads as a table,
// whose lambdas take each argument as it was drawn.
constexpr Types<float, double> floating;
constexpr Types<float, double, int64_t> number;
constexpr Types<float, double, int64_t, bool> every;
constexpr Types<int64_t> whole;
constexpr Types<bool> truth;

template <typename T>
Values results(const BasicTensor<T>& x) {
  return {x};
}
template <typename T>
Values results(const std::vector<BasicTensor<T>>& parts) {
  return Values(parts.begin(), parts.end());
}
template <typename T>
Values results(const ValuesAndIndices<T>& x) {
  return {x.values, x.indices};
}
template <typename T>
Values results(const Histogram<T>& x) {
  return {x.counts, x.edges};
}
template <typename T>
requires std::is_arithmetic_v<T> Values results(T x) { return {scalar<T>(x)}; }

template <typename T, typename F, typename R, typename... Args>
bool draw_and_run(Program& p, const std::string& name, const F& f, R (F::*)(Args...) const) {
  const std::tuple<Args...> args{draw(p, Type<Args>{})...};  // in order: braces
  const auto call = [&](const Args&... values) { return results(f.template operator()<T>(values...)); };
  return p.record(name, dtype_name<T>(), [&] { return std::apply(call, args); });
}

template <typename... Ts, typename F>
Op op(const char* name, Types<Ts...>, F f) {
  Op out{name, {}};
  const auto offer = [&]<typename T>(Type<T>) {
    out.run[Value(BasicTensor<T>()).index()] = [name, f](Program& p) {
      return draw_and_run<T>(p, name, f, &F::template operator()<T>);
    };
  };
  (offer(Type<Ts>{}), ...);
  return out;
}

// clang-format off
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
  };
}

std::vector<Op> fresh() {
  return {
      // creation
      op("full", every, []<typename T>(FreshShape shape, Scalar<T> s) { return full<T>(shape, s); }),
      op("zeros", every, []<typename T>(FreshShape shape) { return zeros<T>(shape); }),
      op("ones", every, []<typename T>(FreshShape shape) { return ones<T>(shape); }),
      op("zeros_like", every, []<typename T>(BasicTensor<T> x) { return zeros_like(x); }),
      op("ones_like", every, []<typename T>(BasicTensor<T> x) { return ones_like(x); }),
      op("scalar", every, []<typename T>(Scalar<T> s) { return scalar<T>(s); }),
      op("tensor", every, []<typename T>(Scalar<T> a, Scalar<T> b, Scalar<T> c, Scalar<T> d) { return tensor<T>({{a, b}, {c, d}}); }),
      op("from_vector", every, []<typename T>(Scalar<T> a, Scalar<T> b, FreshShape shape) { return from_vector<T>({a, b}, shape); }),
      op("arange", number, []<typename T>(Exact<T> a, Exact<T> b, Exact<T> s) { return arange<T>(a, b, s); }),
      op("linspace", floating, []<typename T>(Exact<T> a, Exact<T> b, Count n) { return linspace<T>(a, b, n); }),
      op("eye", every, []<typename T>(Count n) { return eye<T>(n); }),
      op("clone", every, []<typename T>(BasicTensor<T> x) { return x.clone(); }),
      op("cast_float32", every, []<typename T>(BasicTensor<T> x) { return x.template cast<float>(); }),
      op("cast_float64", every, []<typename T>(BasicTensor<T> x) { return x.template cast<double>(); }),
      op("cast_int64", every, []<typename T>(BasicTensor<T> x) { return x.template cast<int64_t>(); }),
      op("cast_bool", every, []<typename T>(BasicTensor<T> x) { return x.template cast<bool>(); }),
      op("item", every, []<typename T>(BasicTensor<T> x) { return x.item(); }),
      op("at", every, []<typename T>(BasicTensor<T> x, Axis, Position i, Position j) { return x.at({i, j}); }),
      // two operands
      op("add", number, []<typename T>(BasicTensor<T> x, Mate<T> y) { return add(x, y); }),
      op("sub", number, []<typename T>(BasicTensor<T> x, Mate<T> y) { return sub(x, y); }),
      op("mul", number, []<typename T>(BasicTensor<T> x, Mate<T> y) { return mul(x, y); }),
      op("div", floating, []<typename T>(BasicTensor<T> x, Mate<T> y) { return div(x, y); }),
      op("pow", floating, []<typename T>(BasicTensor<T> x, Mate<T> y) { return pow(x, y); }),
      op("pow_scalar", number, []<typename T>(BasicTensor<T> x, Scalar<T> s) { return pow(x, s); }),
      op("atan2", floating, []<typename T>(BasicTensor<T> y, Mate<T> x) { return atan2(y, x); }),
      op("maximum", number, []<typename T>(BasicTensor<T> x, Mate<T> y) { return maximum(x, y); }),
      op("minimum", number, []<typename T>(BasicTensor<T> x, Mate<T> y) { return minimum(x, y); }),
      op("floor_divide", number, []<typename T>(BasicTensor<T> x, Mate<T> y) { return floor_divide(x, y); }),
      op("remainder", number, []<typename T>(BasicTensor<T> x, Mate<T> y) { return remainder(x, y); }),
      op("add_scalar", number, []<typename T>(BasicTensor<T> x, Scalar<T> s) { return s.value + (x + s.value); }),
      op("sub_scalar", number, []<typename T>(BasicTensor<T> x, Scalar<T> s) { return s.value - (x - s.value); }),
      op("mul_scalar", number, []<typename T>(BasicTensor<T> x, Scalar<T> s) { return s.value * (x * s.value); }),
      op("div_scalar", floating, []<typename T>(BasicTensor<T> x, Scalar<T> s) { return s.value / (x / s.value); }),
      op("equals", every, []<typename T>(BasicTensor<T> x, Mate<T> y) { return equals(x, y); }),
      op("not_equals", every, []<typename T>(BasicTensor<T> x, Mate<T> y) { return not_equals(x, y); }),
      op("less", every, []<typename T>(BasicTensor<T> x, Mate<T> y) { return less(x, y); }),
      op("less_equal", every, []<typename T>(BasicTensor<T> x, Mate<T> y) { return less_equal(x, y); }),
      op("greater", every, []<typename T>(BasicTensor<T> x, Mate<T> y) { return x > y; }),
      op("greater_equal", every, []<typename T>(BasicTensor<T> x, Mate<T> y) { return x >= y; }),
      op("equals_scalar", every, []<typename T>(BasicTensor<T> x, Scalar<T> s) { return (s.value == x) ^ (x != s.value); }),
      op("less_scalar", every, []<typename T>(BasicTensor<T> x, Scalar<T> s) { return (x < s.value) ^ (s.value <= x); }),
      op("greater_scalar", every, []<typename T>(BasicTensor<T> x, Scalar<T> s) { return (x >= s.value) ^ (s.value > x); }),
      op("logical_and", truth, []<typename T>(BasicTensor<T> x, Mate<T> y) { return x & y; }),
      op("logical_or", truth, []<typename T>(BasicTensor<T> x, Mate<T> y) { return x | y; }),
      op("logical_xor", truth, []<typename T>(BasicTensor<T> x, Mate<T> y) { return x ^ y; }),
      op("logical_not", truth, []<typename T>(BasicTensor<T> x) { return !x; }),
      op("where", every, []<typename T>(BasicTensor<T> x, Mate<T> y, Mate<bool> condition) { return where(condition, x, y); }),
      op("masked_fill", every, []<typename T>(BasicTensor<T> x, Mate<bool> mask, Scalar<T> s) { return masked_fill(x, mask, s); }),
      // one operand
      op("neg", number, []<typename T>(BasicTensor<T> x) { return neg(x); }),
      op("abs", number, []<typename T>(BasicTensor<T> x) { return abs(x); }),
      op("sign", number, []<typename T>(BasicTensor<T> x) { return sign(x); }),
      op("square", number, []<typename T>(BasicTensor<T> x) { return square(x); }),
      op("relu", number, []<typename T>(BasicTensor<T> x) { return relu(x); }),
      op("clamp", number, []<typename T>(BasicTensor<T> x, Scalar<T> low, Scalar<T> high) { return clamp(x, low, high); }),
      op("exp", floating, []<typename T>(BasicTensor<T> x) { return exp(x); }),
      op("log", floating, []<typename T>(BasicTensor<T> x) { return log(x); }),
      op("log1p", floating, []<typename T>(BasicTensor<T> x) { return log1p(x); }),
      op("sqrt", floating, []<typename T>(BasicTensor<T> x) { return sqrt(x); }),
      op("rsqrt", floating, []<typename T>(BasicTensor<T> x) { return rsqrt(x); }),
      op("reciprocal", floating, []<typename T>(BasicTensor<T> x) { return reciprocal(x); }),
      op("sin", floating, []<typename T>(BasicTensor<T> x) { return sin(x); }),
      op("cos", floating, []<typename T>(BasicTensor<T> x) { return cos(x); }),
      op("tanh", floating, []<typename T>(BasicTensor<T> x) { return tanh(x); }),
      op("erf", floating, []<typename T>(BasicTensor<T> x) { return erf(x); }),
      op("sigmoid", floating, []<typename T>(BasicTensor<T> x) { return sigmoid(x); }),
      op("floor", floating, []<typename T>(BasicTensor<T> x) { return floor(x); }),
      op("ceil", floating, []<typename T>(BasicTensor<T> x) { return ceil(x); }),
      op("round", floating, []<typename T>(BasicTensor<T> x) { return round(x); }),
      op("isnan", floating, []<typename T>(BasicTensor<T> x) { return isnan(x); }),
      op("isinf", floating, []<typename T>(BasicTensor<T> x) { return isinf(x); }),
      op("isfinite", floating, []<typename T>(BasicTensor<T> x) { return isfinite(x); }),
      // reductions
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
      // products and softmax
      op("matmul", number, []<typename T>(BasicTensor<T> x, Factor<T> y) { return matmul(x, y); }),
      op("matmul_t", number, []<typename T>(BasicTensor<T> x, Factor<T> y) { return matmul(y.transpose(-1, 0), x.transpose(0, -1)); }),
      op("addmm", number, []<typename T>(BasicTensor<T> x, Factor<T> y) { return addmm(y.select(0, 0), x, static_cast<const BasicTensor<T>&>(y)); }),
      op("softmax", floating, []<typename T>(BasicTensor<T> x, Axis axis) { return softmax(x, axis); }),
      op("log_softmax", floating, []<typename T>(BasicTensor<T> x, Axis axis) { return log_softmax(x, axis); }),
      // joining, indexing, order
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
// clang-format on
// NOLINTEND(readability-identifier-naming,performance-unnecessary-value-param)

}  // namespace

const Menu& menu() {
  static const Menu all{views(), in_place(), fresh()};
  return all;
}

}  // namespace lt::differential
