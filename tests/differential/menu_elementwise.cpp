#include <libtensor/tests/differential/entry.h>

namespace lt::differential {

// clang-format off
// NOLINTBEGIN(performance-unnecessary-value-param): the menu reads as a table, whose lambdas take each argument as it was drawn.
std::vector<Op> creation() {
  return {
      op("full", every, []<typename T>(FreshShape shape, Scalar<T> s) { return full<T>(shape, s); }),
      op("zeros", every, []<typename T>(FreshShape shape) { return zeros<T>(shape); }),
      op("ones", every, []<typename T>(FreshShape shape) { return ones<T>(shape); }),
      op("zeros_like", every, []<typename T>(BasicTensor<T> x) { return zeros_like(x); }),
      op("ones_like", every, []<typename T>(BasicTensor<T> x) { return ones_like(x); }),
      op("scalar", every, []<typename T>(Scalar<T> s) { return scalar<T>(s); }),
      op("tensor", every, []<typename T>(Scalar<T> a, Scalar<T> b, Scalar<T> c, Scalar<T> d) { return tensor<T>({{a, b}, {c, d}}); }),
      op("from_vector", every, []<typename T>(Scalar<T> a, Scalar<T> b, FreshShape shape) { return from_vector<T>({a, b}, shape); }),
      op("arange", number, []<typename T>(Decimal<T> a, Decimal<T> b, Decimal<T> s) { return arange<T>(a, b, s); }),
      op("linspace", floating, []<typename T>(Exact<T> a, Exact<T> b, Count n) { return linspace<T>(a, b, n); }),
      op("eye", every, []<typename T>(Count n) { return eye<T>(n); }),
      op("clone", every, []<typename T>(BasicTensor<T> x) { return x.clone(); }),
      op("cast_float32", every, []<typename T>(BasicTensor<T> x) { return x.template cast<float>(); }),
      op("cast_float64", every, []<typename T>(BasicTensor<T> x) { return x.template cast<double>(); }),
      op("cast_int64", every, []<typename T>(BasicTensor<T> x) { return x.template cast<int64_t>(); }),
      op("cast_bool", every, []<typename T>(BasicTensor<T> x) { return x.template cast<bool>(); }),
      op("item", every, []<typename T>(BasicTensor<T> x) { return x.item(); }),
      op("at", every, []<typename T>(BasicTensor<T> x, Axis, Position i, Position j) { return x.at({i, j}); }),
  };
}

std::vector<Op> binary() {
  return {
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
  };
}

std::vector<Op> unary() {
  return {
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
  };
}
// NOLINTEND(performance-unnecessary-value-param)
// clang-format on

}  // namespace lt::differential
