#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include <libtensor/tests/autograd/layouts.h>
#include <libtensor/tests/expect.h>

namespace lt {
namespace {

using test::Numbers;
using Variables = std::vector<DoubleVariable>;

struct BinaryCase {
  const char* name;
  GradcheckFunction f;
};

const std::vector<BinaryCase>& binary_operations() {
  static const std::vector<BinaryCase> kOperations = {
      {"add", [](const Variables& v) { return v[0] + v[1]; }},
      {"sub", [](const Variables& v) { return v[0] - v[1]; }},
      {"mul", [](const Variables& v) { return v[0] * v[1]; }},
      {"div", [](const Variables& v) { return v[0] / v[1]; }},
      {"pow", [](const Variables& v) { return pow(v[0], v[1]); }},
      {"atan2", [](const Variables& v) { return atan2(v[0], v[1]); }},
      {"maximum", [](const Variables& v) { return maximum(v[0], v[1]); }},
      {"minimum", [](const Variables& v) { return minimum(v[0], v[1]); }},
      {"remainder", [](const Variables& v) { return remainder(v[0], v[1]); }},
      {"floor_divide", [](const Variables& v) { return floor_divide(v[0], v[1]); }},
  };
  return kOperations;
}

bool has_slope_at_equals(const std::string& name) {
  return name == "add" || name == "sub" || name == "mul" || name == "div" || name == "pow" || name == "atan2";
}

// Every way in which two shapes can broadcast, scalars, size-1 axes, other ranks and
// empty tensors among them.
const std::vector<std::pair<Shape, Shape>>& shape_pairs() {
  static const std::vector<std::pair<Shape, Shape>> kPairs = {
      {{}, {}},         {{3}, {3}},       {{3}, {}},           {{}, {2, 3}},     {{2, 3}, {3}},
      {{2, 3}, {2, 1}}, {{2, 1}, {1, 3}}, {{4, 1, 3}, {2, 1}}, {{1}, {2, 2, 1}}, {{0, 3}, {3}},
  };
  return kPairs;
}

TEST(Elementwise, HasTheRightGradientUnderEveryBroadcast) {
  for (const BinaryCase& op : binary_operations()) {
    for (const auto& [a, b] : shape_pairs()) {
      SCOPED_TRACE(std::string(op.name) + " of " + to_string(a) + " and " + to_string(b));
      test::expect_gradients_in_layouts(op.f, {test::positive(a, 1), test::positive(b, 2)});
    }
  }
}

TEST(Elementwise, HasTheRightGradientForNegativeNumbers) {
  for (const BinaryCase& op : binary_operations()) {
    if (std::string(op.name) == "pow") continue;  // undefined there
    SCOPED_TRACE(op.name);
    test::expect_gradients(op.f, {-test::positive({2, 3}, 1), test::normal({3}, 2)});
  }
}

TEST(Elementwise, TakesOperandsThatWereExpanded) {
  for (const BinaryCase& op : binary_operations()) {
    SCOPED_TRACE(op.name);
    test::expect_gradients(
        [&](const Variables& v) {
          return op.f({v[0].expand({2, 3}), v[1].expand({3, 2}).transpose(0, 1)});
        },
        {test::positive(3, 1), test::positive({3, 1}, 2)});
  }
}

TEST(Elementwise, AddsUpWhereAVariableIsBothOperands) {
  for (const BinaryCase& op : binary_operations()) {
    if (!has_slope_at_equals(op.name)) continue;
    SCOPED_TRACE(op.name);
    test::expect_gradients([&](const Variables& v) { return op.f({v[0], v[0]}); }, {test::positive({2, 3})});
  }
}

TEST(Elementwise, TakesScalarsAndTensorsOnEitherSide) {
  const DoubleTensor c = test::positive(3, 7);
  const std::vector<GradcheckFunction> forms = {
      [](const Variables& v) { return v[0] + 2.0; }, [](const Variables& v) { return 2.0 + v[0]; },
      [](const Variables& v) { return v[0] - 2.0; }, [](const Variables& v) { return 2.0 - v[0]; },
      [](const Variables& v) { return v[0] * 3.0; }, [](const Variables& v) { return 3.0 * v[0]; },
      [](const Variables& v) { return v[0] / 3.0; }, [](const Variables& v) { return 3.0 / v[0]; },
      [&](const Variables& v) { return v[0] + c; },  [&](const Variables& v) { return c + v[0]; },
      [&](const Variables& v) { return v[0] - c; },  [&](const Variables& v) { return c - v[0]; },
      [&](const Variables& v) { return v[0] * c; },  [&](const Variables& v) { return c * v[0]; },
      [&](const Variables& v) { return v[0] / c; },  [&](const Variables& v) { return c / v[0]; },
      [](const Variables& v) { return -v[0]; },
  };
  for (size_t i = 0; i < forms.size(); ++i) {
    SCOPED_TRACE(i);
    test::expect_gradients(forms[i], {test::positive({2, 3})});
  }
}

TEST(Elementwise, ScalarOperatorsComputeWhatTheySay) {
  const DoubleVariable x(tensor<double>({2, 4}), true);
  EXPECT_EQ((10.0 - x).data().to_vector(), (Numbers{8, 6}));
  EXPECT_EQ((x - 10.0).data().to_vector(), (Numbers{-8, -6}));
  EXPECT_EQ((8.0 / x).data().to_vector(), (Numbers{4, 2}));
  EXPECT_EQ((x / 2.0).data().to_vector(), (Numbers{1, 2}));
}

TEST(Maximum, SharesTheGradientOfEqualsAsPyTorch) {
  const DoubleVariable a(tensor<double>({1, 2, 3}), true);
  const DoubleVariable b(tensor<double>({2, 2, 2}), true);
  sum(maximum(a, b)).backward();
  EXPECT_EQ(a.grad().to_vector(), (Numbers{0, 0.5, 1}));
  EXPECT_EQ(b.grad().to_vector(), (Numbers{1, 0.5, 0}));
  a.zero_grad();
  sum(minimum(a, b)).backward();
  EXPECT_EQ(a.grad().to_vector(), (Numbers{1, 0.5, 0}));
}

// What PyTorch 1.13 gives (where it has a gradient of floor_divide: as div of rounding_mode "floor").
TEST(Remainder, PassesTheGradientOnAsPyTorch) {
  const DoubleVariable a(tensor<double>({5, -5, 5, -5, 7.5, 0, 5}), true);
  const DoubleVariable b(tensor<double>({3, 3, -3, -3, 2, 2, 0}), true);
  remainder(a, b).backward(arange<double>(1, 8));
  EXPECT_EQ(a.grad().to_vector(), (Numbers{1, 2, 3, 4, 5, 6, 7}));
  EXPECT_EQ(b.grad().to_vector(), (Numbers{-1, 4, 6, -4, -15, 0, -test::kInf}));
  a.zero_grad();
  sum(remainder(a, 3) + floor_divide(a, 3)).backward();
  EXPECT_EQ(a.grad().to_vector(), Numbers(7, 1));
}

TEST(Pow, StopsTheGradientAtABaseOfZeroAsPyTorch) {
  const DoubleVariable base(tensor<double>({0, 0, 0, 2}), true);
  const DoubleVariable exponent(tensor<double>({0, 1, 2, 0}), true);
  sum(pow(base, exponent)).backward();
  EXPECT_EQ(base.grad().to_vector(), (Numbers{0, 1, 0, 0}));
  EXPECT_EQ(exponent.grad().to_vector(), (Numbers{0, 0, 0, std::log(2.0)}));
}

TEST(Where, SendsTheGradientToTheChosenOperand) {
  const BoolTensor condition = tensor<bool>({true, false, true});
  const auto choose = [&](const Variables& v) { return where(condition, v[0], v[1]); };
  for (const auto& [a, b] : std::vector<std::pair<Shape, Shape>>{{{3}, {3}}, {{}, {2, 3}}, {{2, 1}, {3}}}) {
    test::expect_gradients_in_layouts(choose, {test::normal(a, 1), test::normal(b, 2)});
  }
}

TEST(Where, NoticesAConditionThatWasOverwritten) {
  BoolTensor condition = tensor<bool>({true, false});
  const DoubleVariable x(tensor<double>({1, 2}), true);
  const DoubleVariable y = sum(where(condition, x, -x));
  condition.fill_(true);
  EXPECT_EQ(error_text<GradError>([&] { y.backward(); }),
            "backward of where: a value saved for backward was changed in place");
}

TEST(Where, KeepsNaNOfTheOtherSideOutOfTheGradient) {
  const DoubleVariable x(tensor<double>({0, 4}), true);
  sum(where(x.data() > 0.0, x / 2.0, x * 5.0)).backward();
  EXPECT_EQ(x.grad().to_vector(), (Numbers{5, 0.5}));
}

TEST(MaskedFill, PassesNoGradientWhereItFilled) {
  const BoolTensor mask = tensor<bool>({{true, false}, {false, true}});
  const auto fill = [&](const Variables& v) { return masked_fill(v[0], mask, -7); };
  test::expect_gradients_in_layouts(fill, {test::normal({2, 2})});
  const double infinity = std::numeric_limits<double>::infinity();
  const DoubleVariable x(ones<double>({2, 2}), true);
  sum(softmax(masked_fill(x, tensor<bool>({false, true}), -infinity), 1) * tensor<double>({{3, 4}, {5, 6}}))
      .backward();
  EXPECT_EQ(x.grad().to_vector(), Numbers(4, 0));
}

TEST(Elementwise, NamesOpAndShapesThatDoNotBroadcast) {
  const Variable a(ones({2, 3}), true);
  const Variable b(ones({2}), true);
  EXPECT_EQ(error_text<ShapeError>([&] { a* b; }),
            "mul: shapes do not broadcast: (2, 3) and (2) differ at axis 1");
}

}  // namespace
}  // namespace lt
