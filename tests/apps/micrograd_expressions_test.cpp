#include <libtensor/tests/apps/micrograd_expressions.h>

#include <gtest/gtest.h>

namespace lt::apps::micrograd {
namespace {

TEST(RandomExpressions, HaveTheValueOfPlainArithmeticAndTheSlopesOfFiniteDifferences) {
  ExpressionSource source(1);
  int slopes = 0, compared = 0;
  for (int n = 0; n < 3000; ++n) {
    const Scope scope;
    const RandomExpression e = source.next();
    const std::vector<Value> leaves(e.leaves.begin(), e.leaves.end());
    const Value result = evaluate(e, leaves);
    // a / b is a * b^-1 and -a is a * -1, as in the lecture: one more rounding a step
    EXPECT_NEAR(result.data(), evaluate(e, e.leaves), 1e-9) << "expression " << n;
    result.backward();
    for (std::size_t i = 0; i < leaves.size(); ++i) {
      const auto at = [&](double bump) {
        std::vector<double> moved = e.leaves;
        moved[i] += bump;
        return evaluate(e, moved);
      };
      const double h = 1e-6, wide = (at(h) - at(-h)) / (2 * h), narrow = (at(h / 4) - at(-h / 4)) / (h / 2);
      ++slopes;
      if (!(std::abs(wide - narrow) < 1e-6 * (1 + std::abs(narrow)))) continue;  // too curved for differences
      ++compared;
      EXPECT_NEAR(leaves[i].grad(), narrow, 1e-5 * (1 + std::abs(narrow)))
          << "expression " << n << ", leaf " << i;
    }
  }
  EXPECT_GT(compared, slopes * 95 / 100);
}

}  // namespace
}  // namespace lt::apps::micrograd
