#include <gtest/gtest.h>

#include <limits>

#include <libtensor/tensor/ops.h>
#include <libtensor/tensor/parallel.h>
#include <libtensor/tests/expect.h>
#include <libtensor/tests/reduce_golden.h>

namespace lt {
namespace {

TEST(Cumsum, RunsAsPyTorch) {
  test::for_each_recorded("cumsum", [](const auto& recorded, const Tensor& x) {
    // Both add in double and round once: the same bits.
    test::expect_near(cumsum(x, recorded.at("axis").template get<int64_t>()),
                      test::tensor_of<float>(recorded.at("results")[0]), 0, 0);
  });
}

TEST(Cumsum, EndsAtTheSumOfManyTenths) {
  const int64_t n = 1'000'000;
  const Tensor x = cumsum(full(n, 0.1F), 0);
  // Added in double, rounded once.
  EXPECT_FLOAT_EQ(x.at({-1}), static_cast<float>(static_cast<double>(0.1F) * static_cast<double>(n)));
}

TEST(Cumsum, FollowsViews) {
  const IntTensor x = arange<int64_t>(200 * 3).view({3, 200});
  EXPECT_TRUE(equal(cumsum(x.t(), 0), cumsum(x, 1).t()));
  EXPECT_TRUE(equal(cumsum(x, 0).select(0, 2), sum(x, 0)));
  EXPECT_EQ(cumsum(tensor<int64_t>({5}).expand({4}), 0).to_vector(), (std::vector<int64_t>{5, 10, 15, 20}));
}

TEST(Cumsum, WrapsIntegers) {
  const int64_t top = std::numeric_limits<int64_t>::max();
  EXPECT_EQ(cumsum(tensor<int64_t>({top, 1, -1}), 0).to_vector(),
            (std::vector<int64_t>{top, std::numeric_limits<int64_t>::min(), top}));
}

TEST(Cumsum, TakesEmptyTensorsAndScalars) {
  EXPECT_EQ(cumsum(empty({2, 0}), 1).shape(), Shape({2, 0}));
  EXPECT_EQ(cumsum(empty({0, 2}), -1).shape(), Shape({0, 2}));
  EXPECT_EQ(cumsum(scalar(2.5F), -1).item(), 2.5F);
  EXPECT_EQ(error_text<IndexError>([] { cumsum(ones({2}), 1); }), "cumsum: axis 1 out of range for 1 axes");
}

TEST(Cumsum, IsTheSameOnAnyNumberOfThreads) {
  const Tensor x = reciprocal(arange(1, 600'001)).view({600, 10, 100});
  const int before = num_threads();
  set_num_threads(1);
  const Tensor alone = cumsum(x, 1);
  for (const int threads : {2, 5}) {
    set_num_threads(threads);
    EXPECT_TRUE(equal(alone, cumsum(x, 1)));
  }
  set_num_threads(before);
}

}  // namespace
}  // namespace lt
