#include <gtest/gtest.h>

#include <limits>

#include <libtensor/tensor/ops.h>
#include <libtensor/tests/expect.h>

namespace lt {
namespace {

using test::kInf;
using test::kNan;

TEST(Equal, AsksForTheSameShapeAndNumbers) {
  const Tensor x = arange(6).view({2, 3});
  EXPECT_TRUE(equal(x, x.t().contiguous().t()));
  EXPECT_FALSE(equal(x, x.view({3, 2})));
  EXPECT_FALSE(equal(x, add(x, eye(3).narrow(0, 0, 2))));
  EXPECT_FALSE(equal(tensor({kNan}), tensor({kNan})));
  EXPECT_TRUE(equal(empty<int64_t>({0, 2}), empty<int64_t>({0, 2})));
  EXPECT_TRUE(equal(tensor<bool>({true, false}), tensor<bool>({true, false})));
  EXPECT_FALSE(equal(tensor<bool>({true, false}), tensor<bool>({true, true})));
}

TEST(Allclose, MeasuresAgainstTheSecond) {
  EXPECT_TRUE(allclose(tensor({1.00001F}), tensor({1.0F}), 2e-5));
  EXPECT_FALSE(allclose(tensor({1.00005F}), tensor({1.0F}), 2e-5));
  EXPECT_TRUE(allclose(tensor({1e-9F}), tensor({0.0F})));
  EXPECT_FALSE(allclose(tensor({1e-7F}), tensor({0.0F})));
  EXPECT_TRUE(allclose(tensor({2.0F}), tensor({3.0F}), 0.4));
  EXPECT_FALSE(allclose(tensor({3.0F}), tensor({2.0F}), 0.4));
}

TEST(Allclose, TakesEqualInfinitiesAndNoNaN) {
  EXPECT_TRUE(allclose(tensor({kInf, -kInf}), tensor({kInf, -kInf})));
  EXPECT_FALSE(allclose(tensor({kInf}), tensor({-kInf})));
  EXPECT_FALSE(allclose(tensor({1.0F}), tensor({kInf})));
  EXPECT_FALSE(allclose(tensor({kNan}), tensor({kNan})));
}

TEST(Allclose, Broadcasts) {
  EXPECT_TRUE(allclose(ones<double>({2, 3}), scalar<double>(1)));
  EXPECT_EQ(error_text<ShapeError>([] { allclose(ones({2}), ones({3})); }),
            "allclose: shapes do not broadcast: (2) and (3) differ at axis 0");
}

}  // namespace
}  // namespace lt
