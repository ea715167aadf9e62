#include <fmt/format.h>
#include <gtest/gtest.h>

#include <libtensor/tests/autograd/layouts.h>
#include <libtensor/tests/expect.h>

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
        return matmul(v[0].expand({2, 3}), v[1].expand({4, 3, 2}));
      },
      {test::normal({2, 1}, 1), test::normal({3, 1}, 2)});
}

TEST(Matmul, AddsUpWhereAVariableIsBothOperands) {
  test::expect_gradients([](const auto& v) { return matmul(v[0], v[0]); }, {test::normal({3, 3})});
  test::expect_gradients([](const auto& v) { return matmul(v[0], v[0].transpose(0, 1)); },
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
    test::expect_gradients_in_layouts([](const auto& v) { return addmm(v[2], v[0], v[1]); },
                                      {test::normal({2, 3}, 1), right, test::normal({4}, 3)});
  }
}

// What is only needed for a gradient that nobody wants may be changed in place, as in PyTorch.
TEST(Matmul, NoticesAnOverwrittenOperandOnlyWhereAGradientNeedsIt) {
  // The gradient of the first or the second operand where that one is changed, and the
  // other wanted too or not.
  const auto after_overwriting = [](size_t which, bool both, const auto& product) {
    const Variable operands[] = {Variable(ones({3, 3}), which == 0 || both),
                                 Variable(ones({3, 3}), which == 1 || both)};
    const Variable loss = sum(product(operands[0], operands[1]));
    Tensor numbers = operands[which].data();
    numbers.fill_(7);
    loss.backward();
    return operands[which].grad();
  };
  const auto check = [&](const char* name, float gradient, const auto& product) {
    for (const size_t which : {size_t{0}, size_t{1}}) {
      EXPECT_TRUE(equal(after_overwriting(which, false, product), full({3, 3}, gradient))) << name << which;
      EXPECT_EQ(error_text<GradError>([&] { after_overwriting(which, true, product); }),
                fmt::format("backward of {}: a value saved for backward was changed in place", name));
    }
  };
  check("mul", 1, [](const Variable& a, const Variable& b) { return a * b; });
  check("matmul", 3, [](const Variable& a, const Variable& b) { return matmul(a, b); });
  check("addmm", 3, [](const Variable& a, const Variable& b) { return addmm(Variable(zeros(3)), a, b); });
  check("linear_no_bias", 3, [](const Variable& a, const Variable& b) { return linear(a, b, Variable()); });
}

// The rule has no use for the sum, which may be changed in place, as in PyTorch.
TEST(Addmm, DoesNotMindAnOverwrittenResult) {
  const Variable b(ones({3, 4}), true);
  const Variable y = addmm(Variable(zeros(4)), Variable(ones({2, 3})), b);
  const Variable loss = sum(y);
  Tensor numbers = y.data();
  numbers.fill_(7);
  loss.backward();
  EXPECT_TRUE(equal(b.grad(), full({3, 4}, 2)));
}

TEST(Matmul, NamesBothShapesWhereInnerSizesDiffer) {
  const Variable a(ones({3, 4}), true);
  const Variable b(ones({5, 2}), true);
  EXPECT_EQ(error_text<ShapeError>([&] { matmul(a, b); }), "matmul: inner sizes differ: (3, 4) @ (5, 2)");
}

}  // namespace
}  // namespace lt
