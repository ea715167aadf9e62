#include <libtensor/apps/common/check.h>

#include <gtest/gtest.h>

#include <cmath>

namespace lt::apps {
namespace {

TEST(Check, AcceptsWhatIsWithinItsClass) {
  EXPECT_TRUE(agrees(627, 627, kExact));
  EXPECT_FALSE(agrees(628, 627, kExact));
  EXPECT_TRUE(agrees(1 + 0.9e-9, 1, kDouble));
  EXPECT_FALSE(agrees(1 + 1.1e-9, 1, kDouble));
  EXPECT_TRUE(agrees(3.323963, 3.323863, within(1.01e-4)));
  EXPECT_FALSE(agrees(2.4, 2.3, within(0.05)));
}

TEST(Check, TakesInfinitiesOfOneSignAsEqualAndNanAsEqualToNothing) {
  EXPECT_TRUE(agrees(INFINITY, INFINITY, kExact));
  EXPECT_FALSE(agrees(INFINITY, 2.4, within(1)));
  EXPECT_FALSE(agrees(NAN, NAN, within(1)));
}

TEST(Check, NamesEachMiss) {
  Check check;
  EXPECT_TRUE(check.add("bigrams", 228146, 228146, kExact));
  EXPECT_FALSE(check.add("mean nll", 2.5, 2.454577, kDigits6));
  EXPECT_FALSE(check.add("names", "mor. axx.", "cexze."));
  EXPECT_EQ(check.count(), 3);
  EXPECT_EQ(check.misses(), (std::vector<std::string>{
                                "mean nll: 2.5, but the lecture has 2.454577 (allowed difference 5e-07)",
                                "names: 'mor. axx.', but the lecture has 'cexze.'"}));
}

}  // namespace
}  // namespace lt::apps
