#include <fmt/format.h>
#include <gtest/gtest.h>

#include "tests/autograd/layouts.h"
#include "tests/expect.h"

namespace lt {
namespace {

DoubleVariable product(const std::vector<DoubleVariable>& v) { return matmul(v[0], v[1]); }

TEST(Matmul, HasTheRightGradientForEveryPairOfRanks) {
  const std::vector<std::pair<Shape, Shape>> pairs = {
      {{3}, {3}},          {{2, 3}, {3}},       {{3}, {3, 4}},          {{2, 3}, {3, 4}},
      {{5, 2, 3}, {3, 4}}, {{2, 3}, {5, 3, 4}}, {{5, 2, 3}, {5, 3, 4}}, {{5, 1, 2, 3}, {2, 3, 4}},
      {{5, 2, 3}, {3}},    {{3}, {5, 3, 4}},    {{1, 1}, {1, 1}},       {{1, 2, 3}, {4, 3, 1}},
  };
  for (const auto& [a, b] : pairs) {
    SCOPED_TRACE(to_string(a) + " @ " + to_string(b));
    for (const DoubleTensor& right : test::layouts(test::normal(b, 2))) {
      test::expect_gradients_in_layouts(product, {test::normal(a, 1), right});
    }
  }
}

TEST(Matmul, TakesOperandsThatWereExpanded) {
  test::expect_gradients(
      [](const auto& v) {
        return matmul(expand(v[0], {2, 3}), expand(v[1], {4, 3, 2}));
      },
      {test::normal({2, 1}, 1), test::normal({3, 1}, 2)});
}

TEST(Matmul, AddsUpWhereAVariableIsBothOperands) {
  test::expect_gradients([](const auto& v) { return matmul(v[0], v[0]); }, {test::normal({3, 3})});
  test::expect_gradients([](const auto& v) { return matmul(v[0], transpose(v[0], 0, 1)); },
                         {test::normal({2, 3})});
}

TEST(Matmul, TakesAnInnerSizeOfZero) {
  const DoubleVariable a(zeros<double>({2, 0}), true);
  const DoubleVariable b(zeros<double>({0, 3}), true);
  sum(matmul(a, b)).backward();
  EXPECT_EQ(a.grad().shape(), Shape({2, 0}));
  EXPECT_EQ(b.grad().shape(), Shape({0, 3}));
}

TEST(Matmul, ComputesNoGradientThatNobodyWants) {
  const DoubleVariable x(test::normal({2, 3}));
  const DoubleVariable w(test::normal({3, 4}), true);
  sum(matmul(x, w)).backward();
  EXPECT_TRUE(w.grad().defined());
  EXPECT_FALSE(x.grad().defined());
}

TEST(Addmm, HasTheRightGradient) {
  for (const DoubleTensor& right : test::layouts(test::normal({3, 4}, 2))) {
    for (const Activation activation : {Activation::none, Activation::relu, Activation::tanh}) {
      test::expect_gradients_in_layouts(
          [activation](const auto& v) { return addmm(v[2], v[0], v[1], activation); },
          {test::normal({2, 3}, 1), right, test::normal({4}, 3)});
    }
  }
}

// What is only needed for a gradient that nobody wants may be changed in place, as in PyTorch.
TEST(Matmul, NoticesAnOverwrittenOperandOnlyWhereAGradientNeedsIt) {
  const auto after_overwriting = [](bool data_wanted, const auto& product) {
    const Variable x(ones({2, 3}), data_wanted);
    const Variable w(ones({3, 3}), true);
    const Variable loss = sum(product(x, w));
    Tensor numbers = w.data();
    numbers.fill_(7);
    loss.backward();
    return w.grad();
  };
  const auto check = [&](const char* name, const auto& product) {
    EXPECT_TRUE(equal(after_overwriting(false, product), full({3, 3}, 2)));
    EXPECT_EQ(error_text<GradError>([&] { after_overwriting(true, product); }),
              fmt::format("backward of {}: a value saved for backward was changed in place", name));
  };
  check("matmul", [](const Variable& x, const Variable& w) { return matmul(x, w); });
  check("addmm", [](const Variable& x, const Variable& w) { return addmm(Variable(zeros(3)), x, w); });
  check("linear", [](const Variable& x, const Variable& w) { return linear(x, w, Variable()); });
}

// Without an activation the rule has no use for the sum, which may be changed in place, as in PyTorch.
TEST(Addmm, NoticesAnOverwrittenResultOnlyWhereItsRuleReadsIt) {
  const auto after_overwriting = [](Activation activation) {
    const Variable b(ones({3, 4}), true);
    const Variable y = addmm(Variable(zeros(4)), Variable(ones({2, 3})), b, activation);
    const Variable loss = sum(y);
    Tensor numbers = y.data();
    numbers.fill_(7);
    loss.backward();
    return b.grad();
  };
  EXPECT_TRUE(equal(after_overwriting(Activation::none), full({3, 4}, 2)));
  for (const Activation activation : {Activation::relu, Activation::tanh}) {
    EXPECT_EQ(error_text<GradError>([&] { after_overwriting(activation); }),
              "backward of addmm: a value saved for backward was changed in place");
  }
}

TEST(Matmul, NamesBothShapesWhereInnerSizesDiffer) {
  const Variable a(ones({3, 4}), true);
  const Variable b(ones({5, 2}), true);
  EXPECT_EQ(error_text<ShapeError>([&] { matmul(a, b); }), "matmul: inner sizes differ: (3, 4) @ (5, 2)");
}

}  // namespace
}  // namespace lt
