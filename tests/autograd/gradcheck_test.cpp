#include <libtensor/autograd/gradcheck.h>

#include <gtest/gtest.h>

#include <libtensor/autograd/ops.h>
#include <libtensor/autograd/record.h>
#include <libtensor/tests/autograd/layouts.h>
#include <libtensor/tests/expect.h>

namespace lt {
namespace {

using Variables = std::vector<DoubleVariable>;

// x^2, with any rule.
template <typename Rule>
GradcheckFunction square_with(Rule rule) {
  return [rule](const Variables& v) {
    return record("square", square(v[0].data()), {v[0]},
                  [rule, x = save(v[0])](const DoubleTensor& dy) { return rule(*x, dy); });
  };
}

TEST(Gradcheck, AcceptsARightRule) {
  const auto right = square_with([](const DoubleTensor& x, const DoubleTensor& dy) { return dy * x * 2.0; });
  EXPECT_TRUE(gradcheck(right, {test::normal({2, 3})}));
}

TEST(Gradcheck, NamesTheFirstElementThatAWrongRuleGetsWrong) {
  const auto wrong = square_with([](const DoubleTensor& x, const DoubleTensor& dy) { return dy * x; });
  const GradcheckResult result = gradcheck(wrong, {tensor<double>({0, 2})});
  EXPECT_FALSE(result);
  // The weights are 1 and 1.25: backward should give 1.25 * 2 * 2.
  EXPECT_TRUE(result.message.starts_with(
      "gradcheck: input 0 of (2), element 1: backward gives 2.5, differences give 5.00"))
      << result.message;
}

TEST(Gradcheck, SeesAGradientThatLandsOnAnotherElement) {
  const auto wrong =
      square_with([](const DoubleTensor& x, const DoubleTensor& dy) { return flip(dy * x * 2.0, 0); });
  EXPECT_FALSE(gradcheck(wrong, {tensor<double>({1, 1})}));
}

TEST(Gradcheck, SeesAMissingGradientAndNaN) {
  EXPECT_FALSE(gradcheck(square_with([](const DoubleTensor&, const DoubleTensor&) { return DoubleTensor(); }),
                         {tensor<double>({1})}));
  EXPECT_FALSE(
      gradcheck(square_with([](const DoubleTensor& x, const DoubleTensor& dy) { return dy * x * 0.0 / 0.0; }),
                {tensor<double>({1})}));
}

TEST(Gradcheck, LeavesTheInputsAsTheyWere) {
  const DoubleTensor x = test::normal({2, 3});
  const DoubleTensor before = x.clone();
  gradcheck([](const Variables& v) { return square(v[0]); }, {x});
  EXPECT_TRUE(equal(x, before));
}

TEST(Gradcheck, RefusesAnInputWhoseElementsShareMemory) {
  EXPECT_EQ(error_text<ValueError>([] {
              gradcheck([](const Variables& v) { return v[0]; }, {ones<double>(3).expand({2, 3})});
            }),
            "gradcheck: elements of input 0 of (2, 3) share memory; expand it in f");
}

}  // namespace
}  // namespace lt
