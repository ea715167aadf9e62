#include <libtensor/autograd/operators.h>

#include <gtest/gtest.h>

#include <functional>
#include <utility>

#include <libtensor/tests/autograd/layouts.h>
#include <libtensor/tests/expect.h>

namespace lt {
namespace {

// Whether `x OP y` and its like compile: the rules are those of tests/tensor/scalar_test.cpp.
#define LT_COMPILES(NAME, EXPRESSION) \
  template <typename X, typename Y>   \
  concept NAME = requires(X x, Y y) { \
    EXPRESSION;                       \
  };
LT_COMPILES(VariableAdds, x + y)
LT_COMPILES(VariableIsAddedTo, y + x)
LT_COMPILES(VariableMultiplies, x* y)
LT_COMPILES(VariableDivides, x / y)
LT_COMPILES(VariableIsLess, x < y)
LT_COMPILES(VariableEquals, x == y)
LT_COMPILES(VariableMaximum, maximum(x, y))
LT_COMPILES(VariableRaisedTo, pow(x, y))
LT_COMPILES(VariableWhere, where(x > 0, x, y))
LT_COMPILES(VariableMatmul, matmul(x, y))
LT_COMPILES(VariableSumOver, sum(x, y))
LT_COMPILES(VariableVarianceOf, var(x, y))
LT_COMPILES(VariableSoftmaxAlong, softmax(x, y))
LT_COMPILES(VariableSelects, x[y])
LT_COMPILES(VariableIndexes, x(y, Slice()))
#undef LT_COMPILES
template <typename X, typename Y>
concept VariableAddsInPlace = requires {
  std::declval<X>() += std::declval<Y>();
};

template <typename X, typename Y>
constexpr bool kAllOpsCompile = VariableAdds<X, Y>&& VariableIsAddedTo<X, Y>&& VariableMultiplies<X, Y>&&
    VariableDivides<X, Y>&& VariableAddsInPlace<X&, Y>&& VariableIsLess<X, Y>&& VariableEquals<X, Y>&&
        VariableMaximum<X, Y>&& VariableRaisedTo<X, Y>&& VariableWhere<X, Y>;
template <typename X, typename Y>
constexpr bool kSomeOpCompiles =
    VariableAdds<X, Y> || VariableIsAddedTo<X, Y> || VariableMultiplies<X, Y> || VariableDivides<X, Y> ||
    VariableAddsInPlace<X&, Y> || VariableIsLess<X, Y> || VariableEquals<X, Y> || VariableMaximum<X, Y> ||
    VariableRaisedTo<X, Y> || VariableWhere<X, Y> || VariableMatmul<X, Y>;

static_assert(kAllOpsCompile<Variable, Variable> && kAllOpsCompile<Variable, Tensor> &&
              kAllOpsCompile<Variable, TensorView<float>> &&
              kAllOpsCompile<Variable, Selection<float, IntTensor>>);
static_assert(kAllOpsCompile<Variable, int> && kAllOpsCompile<Variable, double> &&
              kAllOpsCompile<DoubleVariable, float> && kAllOpsCompile<Variable, size_t>);
static_assert(!kSomeOpCompiles<Variable, DoubleVariable> && !kSomeOpCompiles<Variable, DoubleTensor> &&
              !kSomeOpCompiles<Variable, IntTensor> && !kSomeOpCompiles<Variable, BoolTensor> &&
              !kSomeOpCompiles<Variable, const char*>);
static_assert(VariableMatmul<Variable, Tensor> && VariableMatmul<Tensor, Variable>);

// Axes and places are whole numbers that are no truth values.
static_assert(VariableSumOver<Variable, int> && VariableSoftmaxAlong<Variable, int64_t> &&
              VariableSelects<Variable, int> && VariableIndexes<Variable, int>);
static_assert(!VariableSumOver<Variable, bool> && !VariableSumOver<Variable, double> &&
              !VariableVarianceOf<Variable, bool> && !VariableSoftmaxAlong<Variable, double> &&
              !VariableSelects<Variable, bool> && !VariableSelects<Variable, double> &&
              !VariableIndexes<Variable, bool>);
// v += x changes a handle that is not const and has a name.
static_assert(!VariableAddsInPlace<const Variable&, Tensor> && !VariableAddsInPlace<Variable&&, Tensor>);
static_assert(!VariableAddsInPlace<Tensor&, Variable>);
static_assert(std::same_as<decltype(std::declval<Variable>() > 0), BoolTensor>);

using Variables = std::vector<DoubleVariable>;
// An op written once, of tensors and variables in any mixture.
struct MixedCase {
  template <typename F>
  MixedCase(const char* of_name, F f) : name(of_name), of_variables(f), left(f), right(f), of_tensors(f) {}

  const char* name;
  std::function<DoubleVariable(const DoubleVariable&, const DoubleVariable&)> of_variables;
  std::function<DoubleVariable(const DoubleVariable&, const DoubleTensor&)> left;
  std::function<DoubleVariable(const DoubleTensor&, const DoubleVariable&)> right;
  std::function<DoubleTensor(const DoubleTensor&, const DoubleTensor&)> of_tensors;
};

BoolTensor mixed_mask() { return tensor<bool>({{true, false, true}, {false, false, true}}); }

const std::vector<MixedCase>& mixed_cases() {
  static const std::vector<MixedCase> kMixed = {
      {"+", [](const auto& a, const auto& b) { return a + b; }},
      {"-", [](const auto& a, const auto& b) { return a - b; }},
      {"*", [](const auto& a, const auto& b) { return a * b; }},
      {"/", [](const auto& a, const auto& b) { return a / b; }},
      {"add", [](const auto& a, const auto& b) { return add(a, b); }},
      {"sub", [](const auto& a, const auto& b) { return sub(a, b); }},
      {"mul", [](const auto& a, const auto& b) { return mul(a, b); }},
      {"div", [](const auto& a, const auto& b) { return div(a, b); }},
      {"pow", [](const auto& a, const auto& b) { return pow(a, b); }},
      {"atan2", [](const auto& a, const auto& b) { return atan2(a, b); }},
      {"maximum", [](const auto& a, const auto& b) { return maximum(a, b); }},
      {"minimum", [](const auto& a, const auto& b) { return minimum(a, b); }},
      {"where", [](const auto& a, const auto& b) { return where(mixed_mask(), a, b); }},
      {"where of a comparison", [](const auto& a, const auto& b) { return where(a > b, a, b); }},
      {"matmul", [](const auto& a, const auto& b) { return matmul(a, b.t()); }},
      {"views", [](const auto& a, const auto& b) { return a[0] * b(Slice(), None, -1); }},
      {"rows",
       [](const auto& a, const auto& b) {
         return a[tensor<int64_t>({1, 1})] + b;
       }},
  };
  return kMixed;
}

TEST(Operands, MayBeVariablesAndTensors) {
  const DoubleTensor a = test::positive({2, 3}, 1), b = test::positive({2, 3}, 2);
  for (const MixedCase& op : mixed_cases()) {
    SCOPED_TRACE(op.name);
    const DoubleTensor expected = op.of_tensors(a, b);
    EXPECT_TRUE(equal(op.of_variables(DoubleVariable(a, true), DoubleVariable(b)).data(), expected));
    EXPECT_TRUE(equal(op.left(DoubleVariable(a, true), b).data(), expected));
    EXPECT_TRUE(equal(op.right(a, DoubleVariable(b, true)).data(), expected));
    test::expect_gradients([&](const Variables& v) { return op.left(v[0], b); }, {a});
    test::expect_gradients([&](const Variables& v) { return op.right(a, v[0]); }, {b});
  }
}

// The inputs, which gradcheck moves, are copies: the constants stay.
TEST(Operands, OfLargerOpsMayBeTensors) {
  const DoubleTensor x = test::normal({3, 2}, 1), y = test::normal({2, 2}, 2), b = test::normal(2, 3);
  const IntTensor ids = tensor<int64_t>({{0, 1}, {1, 1}, {0, 0}});
  test::expect_gradients([&](const Variables& v) { return addmm(v[0], x, y); }, {b.clone()});
  test::expect_gradients([&](const Variables& v) { return addmm(b, v[0], y); }, {x.clone()});
  test::expect_gradients([&](const Variables& v) { return addmm(b, x, v[0]); }, {y.clone()});
  test::expect_gradients([&](const Variables& v) { return linear(x, v[0], b) + linear(x, v[0]); },
                         {y.clone()});
  test::expect_gradients([&](const Variables& v) { return linear(v[0], y, b); }, {x.clone()});
  test::expect_gradients([&](const Variables& v) { return mse_loss(v[0], x) + mse_loss(x, v[0] * 2); },
                         {x.clone()});
  test::expect_gradients([&](const Variables& v) { return layer_norm(x, v[0], b); }, {b.clone()});
  test::expect_gradients(
      [&](const Variables& v) { return batch_norm(x, b, b) * layer_norm(v[0], b, b, {.eps = 0.1}); },
      {x.clone()});
  test::expect_gradients([&](const Variables& v) { return batch_norm(x, v[0], b); }, {b.clone()});
  test::expect_gradients(
      [&](const Variables& v) {
        return index_add(x, {tensor<int64_t>({0, 0})}, v[0]);
      },
      {y.clone()});
  test::expect_gradients(
      [&](const Variables& v) {
        return index_add(v[0], {tensor<int64_t>({0, 0})}, y);
      },
      {x.clone()});
  test::expect_gradients([&](const Variables& v) { return scatter_add(x, 0, ids, v[0]); }, {x.clone()});
  test::expect_gradients([&](const Variables& v) { return scatter_add(v[0], 0, ids, x); }, {x.clone()});
}

// A number beside a tensor or a variable.
struct NumberCase {
  template <typename F>
  NumberCase(const char* of_name, F f) : name(of_name), of_variable(f), of_tensor(f) {}

  const char* name;
  std::function<DoubleVariable(const DoubleVariable&)> of_variable;
  std::function<DoubleTensor(const DoubleTensor&)> of_tensor;
};

TEST(Operands, MayBeNumbers) {
  const std::vector<NumberCase> cases = {
      {"x + 2", [](const auto& x) { return x + 2; }},
      {"2 + x", [](const auto& x) { return 2 + x; }},
      {"x - 0.1", [](const auto& x) { return x - 0.1; }},
      {"0.1 - x", [](const auto& x) { return 0.1 - x; }},
      {"x * 3", [](const auto& x) { return x * 3; }},
      {"3 * x", [](const auto& x) { return 3 * x; }},
      {"x / 3", [](const auto& x) { return x / 3; }},
      {"3 / x", [](const auto& x) { return 3 / x; }},
      {"-x", [](const auto& x) { return -x; }},
      {"pow(x, 3)", [](const auto& x) { return pow(x, 3); }},
      {"pow(3, x)", [](const auto& x) { return pow(3, x); }},
      {"maximum", [](const auto& x) { return maximum(x, 1); }},
      {"minimum", [](const auto& x) { return minimum(x, 0.9); }},
      {"where, last", [](const auto& x) { return where(x > 1, x, 0); }},
      {"where, first", [](const auto& x) { return where(1 > x, 0.5, x); }},
      {"masked_fill", [](const auto& x) { return masked_fill(x, x <= 1, -1); }},
  };
  for (const NumberCase& op : cases) {
    SCOPED_TRACE(op.name);
    const DoubleTensor x = test::positive({2, 3});
    EXPECT_TRUE(equal(op.of_variable(DoubleVariable(x, true)).data(), op.of_tensor(x)));
    test::expect_gradients([&](const Variables& v) { return op.of_variable(v[0]); }, {x});
  }
}

TEST(Comparison, IsThatOfTheNumbers) {
  const Tensor numbers = tensor({-1, 0, 2});
  const Variable v(numbers, true);
  const Variable w(tensor({0, 0, 1}), true);
  EXPECT_TRUE(equal(v > 0, numbers > 0));
  EXPECT_TRUE(equal(0 >= v, tensor<bool>({true, true, false})));
  EXPECT_TRUE(equal(v == w, tensor<bool>({false, true, false})));
  EXPECT_TRUE(equal(v != w.data(), tensor<bool>({true, false, true})));
  EXPECT_TRUE(equal(numbers < w, tensor<bool>({true, false, false})));
  EXPECT_TRUE(equal(w <= numbers[1], tensor<bool>({true, true, false})));
  EXPECT_TRUE(equal(argmax(v), argmax(numbers)));
  EXPECT_TRUE(equal(argsort(v, 0, true), argsort(numbers, 0, true)));
  EXPECT_TRUE(equal(argmin(v, 0, true), argmin(numbers, 0, true)));
  EXPECT_TRUE(all(isfinite(v)).item() && !any(isnan(v)).item() && !any(isinf(v)).item());
}

TEST(UpdateInPlace, IsANewVariable) {
  const Variable w(tensor({1, 2}), true);
  Variable v = w * 1;
  const Variable before = v;
  v += w;
  v *= 3;
  v -= tensor({1, 1});
  v /= 2;
  EXPECT_TRUE(equal(v.data(), tensor({2.5F, 5.5F})));
  EXPECT_TRUE(equal(before.data(), tensor({1, 2})));
  sum(v).backward();
  EXPECT_TRUE(equal(w.grad(), tensor({3, 3})));
  Variable total = scalar(0);
  for (int i = 0; i < 3; ++i) total += sum(w);
  EXPECT_EQ(total.item(), 9);
  EXPECT_TRUE(total.requires_grad());
}

TEST(UpdateInPlace, UnderNoGradChangesTheNumbers) {
  Variable w(tensor({1, 2}), true);
  const Variable other = w;
  sum(w * w).backward();
  {
    const NoGrad no_grad;
    w -= 0.5 * w.grad();
  }
  EXPECT_TRUE(equal(other.data(), zeros(2)));
  EXPECT_TRUE(w.requires_grad() && w.node() == other.node());
}

TEST(UpdateInPlace, RefusesWhatWouldBeLost) {
  Variable w(tensor({1, 2}), true);
  EXPECT_EQ(error_text<GradError>([&] { w += 1; }),
            "+=: a leaf that needs a gradient is not changed in place while ops are recorded; change its "
            "numbers under NoGrad, or by data() +=");
  Variable row = (w * 2)[0];
  EXPECT_EQ(error_text<GradError>([&] { row *= 2; }),
            "*=: the select is a view, which v *= x would not write through; write v = v * x for a new "
            "variable");
  Variable v = w * 2;
  EXPECT_EQ(error_text<ShapeError>([&] { v += ones({3, 2}); }), "+=: (3, 2) for a variable of (2)");
}

TEST(Rounding, HasNoGradient) {
  const Variable x(tensor({-1.5F, 0.4F}), true);
  sum(floor(x) + ceil(x) + round(x) + sign(x)).backward();
  EXPECT_TRUE(equal(x.grad(), zeros(2)));
  EXPECT_TRUE(equal((floor(x) + ceil(x) + round(x) + sign(x)).data(), tensor({-6, 2})));
}

TEST(Operands, AreComparedByTheirNumbers) {
  const Variable v(tensor({1, 2}), true);
  EXPECT_TRUE(equal(v, v.clone()));
  EXPECT_TRUE(equal(v, tensor({1, 2})));
  EXPECT_FALSE(equal(v, tensor({1, 3})));
  EXPECT_TRUE(equal(tensor({1, 2}), v) && v.equal(tensor({1, 2})) && tensor({1, 2}).equal(v));
  EXPECT_FALSE(equal(tensor({1, 3}), v));
  EXPECT_TRUE(allclose(tensor({1, 2.000001F}), v) && v.allclose(v) && !allclose(tensor({1, 2.1F}), v));
  EXPECT_TRUE(allclose(tensor({1, 2.1F}), v, 0.1));
  EXPECT_TRUE(allclose(v, tensor({1, 2.000001F})));
  EXPECT_FALSE(allclose(v, tensor({1, 2.1F})));
  EXPECT_TRUE(equal(zeros_like(v), zeros(2)));
  EXPECT_TRUE(equal(ones_like(v), ones(2)));
}

TEST(Operands, MayBeANumberOnEitherSide) {
  const DoubleTensor x = tensor<double>({-1, 0.5, 2});
  const DoubleVariable v(x);
  EXPECT_TRUE(equal(maximum(0, x), tensor<double>({0, 0.5, 2})));
  EXPECT_TRUE(equal(minimum(1, x), tensor<double>({-1, 0.5, 1})));
  EXPECT_TRUE(equal(maximum(0, v).data(), maximum(x, 0)));
  EXPECT_TRUE(equal(minimum(1, v).data(), minimum(x, 1)));
  EXPECT_TRUE(equal(atan2(x, 1), atan2(x, scalar<double>(1))));
  EXPECT_TRUE(equal(atan2(v, 1).data(), atan2(x, 1)));
  EXPECT_TRUE(equal(atan2(1, v).data(), atan2(1, x)));
}

}  // namespace
}  // namespace lt
