#include <libtensor/autograd/variable.h>

#include <gtest/gtest.h>

#include <concepts>
#include <utility>

#include <libtensor/autograd/ops.h>
#include <libtensor/tests/expect.h>

namespace lt {
namespace {

using Floats = std::vector<float>;

Floats gradient_of(const Variable& x) { return x.grad().to_vector(); }

TEST(Variable, AddsTheGradientsOfAllPaths) {
  const Variable a(scalar(1), true);
  const Variable b = a * 3.0F;
  const Variable c = b * 2.0F;
  const Variable loss = b + c;
  loss.backward();
  EXPECT_EQ(a.grad().item(), 9);
  EXPECT_EQ(b.grad().item(), 3);
}

TEST(Variable, AddsUpOverBackwardsUntilItIsCleared) {
  const Variable w(tensor({1, 2}), true);
  sum(w * w).backward();
  sum(w * 3.0F).backward();
  EXPECT_EQ(gradient_of(w), (Floats{5, 7}));
  w.zero_grad();
  EXPECT_FALSE(w.grad().defined());
  sum(w).backward();
  EXPECT_EQ(gradient_of(w), (Floats{1, 1}));
}

TEST(Variable, GradientsOfLeavesAreTheirOwnMemory) {
  const Variable x(zeros(2), true);
  const Variable y(zeros(2), true);
  const Tensor seed = tensor({1, 2});
  (x + y).backward(seed);
  Tensor dx = x.grad();
  dx.fill_(7);
  EXPECT_EQ(gradient_of(y), (Floats{1, 2}));
  EXPECT_EQ(seed.to_vector(), (Floats{1, 2}));
  sum(x.expand({3, 2})).backward();
  EXPECT_TRUE(x.grad().is_contiguous());
  EXPECT_EQ(gradient_of(x), (Floats{10, 10}));
}

TEST(Variable, GradientsOfLeavesAreDenseWhateverTheRule) {
  const Variable x(zeros({2, 3}), true);
  x.transpose(0, 1).backward(arange(6).view({3, 2}));
  EXPECT_TRUE(x.grad().is_contiguous());
  EXPECT_EQ(gradient_of(x), (Floats{0, 2, 4, 1, 3, 5}));
}

TEST(Variable, AGradientThatIsGivenIsMadeDense) {
  const Variable x(zeros({2, 3}), true);
  x.set_grad(arange(6).view({3, 2}).t());
  EXPECT_TRUE(x.grad().is_contiguous());
  EXPECT_EQ(gradient_of(x), (Floats{0, 2, 4, 1, 3, 5}));
  EXPECT_EQ(error_text<ShapeError>([&] {
              x.set_grad(zeros({3, 2}));
            }),
            "set_grad: (3, 2) for a variable of (2, 3)");
}

TEST(Variable, AnIntermediateThatSomebodyHoldsKeepsItsGradient) {
  const Variable x(tensor({1, 2}), true);
  const Variable hidden = x * 2.0F;
  const Variable loss = sum(hidden * hidden);
  loss.backward({.keep_graph = true});
  EXPECT_EQ(gradient_of(hidden), (Floats{4, 8}));
  loss.backward();  // replaces that of the intermediate, adds to the leaf's
  EXPECT_EQ(gradient_of(hidden), (Floats{4, 8}));
  EXPECT_EQ(gradient_of(x), (Floats{16, 32}));
}

TEST(Variable, OnlyLeavesThatWantAGradientGetOne) {
  const Variable x(ones(2));
  const Variable w(ones(2), true);
  const Variable y = x * w;
  EXPECT_TRUE(y.requires_grad());
  EXPECT_FALSE((x + x).requires_grad());
  EXPECT_FALSE((w.detach() * x).requires_grad());
  sum(y).backward();
  EXPECT_FALSE(x.grad().defined());
}

TEST(Variable, ALeafCanBeTheLoss) {
  const Variable x(scalar(5), true);
  x.backward();
  x.backward();
  EXPECT_EQ(x.grad().item(), 2);
  EXPECT_STREQ(x.op(), "leaf");
  EXPECT_STREQ((x * x).op(), "mul");
}

// What would be lost, or dangle, does not compile.
template <typename X, typename Y>
concept AssignsTo = requires(X&& x, Y y) {
  std::forward<X>(x) = y;
};
static_assert(AssignsTo<Variable&, Variable> && AssignsTo<Variable&, Tensor>);
static_assert(!AssignsTo<Variable, Variable> && !AssignsTo<Variable, Tensor> && !AssignsTo<Variable, float>);
static_assert(!AssignsTo<const Variable&, Variable> && !AssignsTo<Variable&, DoubleVariable>);
static_assert(std::same_as<decltype(std::declval<Variable>().data()), Tensor>);
static_assert(std::same_as<decltype(std::declval<Variable>().grad()), Tensor>);
static_assert(std::same_as<decltype(std::declval<Variable>().shape()), Shape>);
static_assert(std::same_as<decltype(std::declval<const Variable&>().data()), const Tensor&>);

template <typename T>
concept HasVariables = requires {
  typename BasicVariable<T>;
};
static_assert(HasVariables<double> && !HasVariables<int64_t> && !HasVariables<bool>);

TEST(Variable, NumbersAndGradientsOfATemporaryStay) {
  const Variable x(tensor({1, 2}), true);
  const Tensor& numbers = (x * 2).data();
  const Shape& shape = (x * 2).shape();
  EXPECT_TRUE(equal(numbers, tensor({2, 4})));
  EXPECT_EQ(shape, Shape(2));
  sum(x).backward();
  const Tensor& gradient = Variable(x).grad();
  EXPECT_TRUE(equal(gradient, ones(2)));
}

TEST(Variable, NumbersAndGradientsMayBeWritten) {
  Variable w(tensor({1, 2}), true);
  sum(w * w).backward();
  w.grad()[0] = 8;
  w.grad() *= 0.5;
  w.data() -= 0.5 * w.grad();
  EXPECT_TRUE(equal(w.data(), tensor({-1, 1})));
  w.data() = zeros(2);
  EXPECT_TRUE(equal(w.data(), zeros(2)));
  EXPECT_TRUE(w.requires_grad());
  EXPECT_THROW(w.data() = zeros(3), ShapeError);
  EXPECT_TRUE(equal(w.grad(), tensor({4, 2})));
}

TEST(Variable, AGradientThatIsNotYetThereSaysSo) {
  const Variable w(ones(2), true);
  EXPECT_EQ(error_text<ValueError>([&] { sum(w.grad()); }),
            "tensor: used before it was given a value (a gradient has none before backward)");
}

TEST(Variable, OfATensorAloneIsAConstant) {
  const Tensor x = tensor({1, 2});
  const Variable v = x;
  EXPECT_TRUE(v.is_leaf() && !v.requires_grad() && v.data().storage() == x.storage());
}

TEST(NoGrad, RecordsNothingWhileItLives) {
  const Variable w(ones(2), true);
  {
    const NoGrad outer;
    { const NoGrad inner; }
    EXPECT_FALSE(grad_enabled());
    EXPECT_FALSE((w * w).requires_grad());
  }
  EXPECT_TRUE(grad_enabled());
  EXPECT_TRUE((w * w).requires_grad());
}

// What no gradient rule saved and nobody can ask for any more: a step needs no memory for it.
TEST(Variable, FreesALargeValueThatNobodyHolds) {
  const auto is_freed = [](int64_t n) {
    const Variable x(ones(n), true);
    Variable y = x * 2;
    const Tensor value = y.data();
    y = y + 1;  // which needs no value of its operand
    const Variable loss = sum(y);
    loss.backward();
    EXPECT_TRUE(equal(x.grad(), full({n}, 2.0F)));
    EXPECT_EQ(y.data().at({0}), 3.0F);
    return value.storage().unique();
  };
  EXPECT_TRUE(is_freed(5000));
}

TEST(Variable, KeepsAValueForWhomeverHoldsIt) {
  const Variable x(ones(5000), true);
  Variable y = x * 2;
  const Variable same = y;
  y = y + 1;
  EXPECT_EQ(same.data().at({0}), 2.0F);
}

// As a drawn graph shows it.
TEST(Variable, KeepsTheValuesOfSmallOnes) {
  const Variable x(ones(3), true);
  Variable y = x * 2;
  const Tensor value = y.data();
  y = y + 1;
  EXPECT_FALSE(value.storage().unique());
}

}  // namespace
}  // namespace lt
