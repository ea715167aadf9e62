#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include <libtensor/tensor/functional.h>
#include <libtensor/tensor/parallel.h>
#include <libtensor/tests/expect.h>
#include <libtensor/tests/reduce_golden.h>

namespace lt {
namespace {

using test::kInf;

// A few roundings of exp, the sum and the division.
constexpr double kSoftmaxTolerance = 2e-6;

TEST(Softmax, IsPyTorchsAlongAnyAxis) {
  test::for_each_recorded("softmax", [](const auto& recorded, const Tensor& x) {
    test::expect_near(softmax(x, recorded.at("axis").template get<int64_t>()),
                      test::tensor_of<float>(recorded.at("results")[0]), kSoftmaxTolerance, 1e-12);
  });
}

TEST(LogSoftmax, IsPyTorchsAlongAnyAxis) {
  test::for_each_recorded("log_softmax", [](const auto& recorded, const Tensor& x) {
    test::expect_near(log_softmax(x, recorded.at("axis").template get<int64_t>()),
                      test::tensor_of<float>(recorded.at("results")[0]), kSoftmaxTolerance, 1e-6);
  });
}

TEST(Softmax, RowsSumToOneAndLogsAgree) {
  const Tensor x = mul(sin(arange(7 * 50)), scalar(8.0F)).view({7, 50});
  const Tensor p = softmax(x, 1);
  test::expect_near(sum(p, 1), ones({7}), 0, 1e-6);           // 50 roundings of terms below 1
  test::expect_near(log(p), log_softmax(x, -1), 2e-6, 1e-6);  // one rounding of p each
  test::expect_near(p, softmax(x.t(), 0).t().contiguous(), 0, 0);
}

TEST(Softmax, IsStableForLargeLogits) {
  EXPECT_EQ(softmax(tensor({1e4F, -1e4F}), 0).to_vector(), (std::vector<float>{1, 0}));
  EXPECT_EQ(log_softmax(tensor({1e4F, -1e4F}), 0).to_vector(), (std::vector<float>{0, -2e4F}));
  EXPECT_EQ(softmax(tensor({-1e4F, -1e4F}), 0).to_vector(), (std::vector<float>{0.5F, 0.5F}));
}

TEST(Softmax, GivesMaskedLogitsNothing) {
  EXPECT_EQ(softmax(tensor({-kInf, 1.0F, 1.0F}), 0).to_vector(), (std::vector<float>{0, 0.5F, 0.5F}));
  EXPECT_TRUE(std::isnan(softmax(tensor({-kInf, -kInf}), 0).at({0})));
  EXPECT_TRUE(std::isnan(softmax(tensor({kInf, 0.0F}), 0).at({0})));
}

TEST(Softmax, TakesEmptyTensorsAndScalars) {
  EXPECT_EQ(softmax(scalar(3.0F), 0).item(), 1.0F);
  EXPECT_EQ(log_softmax(scalar(3.0F), -1).shape(), Shape());
  EXPECT_EQ(softmax(empty({3, 0}), 1).shape(), Shape({3, 0}));
  EXPECT_EQ(softmax(empty({0, 3}), 1).shape(), Shape({0, 3}));
  EXPECT_EQ(error_text<IndexError>([] { softmax(ones({2}), 1); }), "softmax: axis 1 out of range for 1 axes");
  EXPECT_EQ(error_text<IndexError>([] { log_softmax(ones({2}), -2); }),
            "log_softmax: axis -2 out of range for 1 axes");
}

TEST(Softmax, IsTheSameOnAnyNumberOfThreads) {
  const Tensor x = sin(arange(4000 * 27)).view({4000, 27});
  const int before = num_threads();
  set_num_threads(1);
  const Tensor alone = softmax(x, 1);
  const Tensor alone_log = log_softmax(x, 1);
  for (const int threads : {2, 5}) {
    set_num_threads(threads);
    EXPECT_TRUE(equal(alone, softmax(x, 1)));
    EXPECT_TRUE(equal(alone_log, log_softmax(x, 1)));
  }
  set_num_threads(before);
}

TEST(Softmax, PassesGradientsBackAlongAnyAxis) {
  const DoubleTensor x = sin(arange<double>(24)).view({2, 3, 4});
  const DoubleTensor dy = cos(arange<double>(24)).view({2, 3, 4});
  for (const int64_t axis : {0, 1, -1}) {
    const DoubleTensor p = softmax(x, axis);
    EXPECT_TRUE(allclose(softmax_backward(dy, p, axis), p * (dy - sum(p * dy, axis, true)), 1e-14, 1e-15));
    EXPECT_TRUE(allclose(log_softmax_backward(dy, log_softmax(x, axis), axis), dy - p * sum(dy, axis, true),
                         1e-14, 1e-14));
  }
  EXPECT_EQ(error_text<ShapeError>([&] { softmax_backward(dy[0], dy, 1); }),
            "softmax_backward: shapes differ: (3, 4) and (2, 3, 4)");
  EXPECT_EQ(error_text<IndexError>([&] { log_softmax_backward(dy, dy, 3); }),
            "log_softmax_backward: axis 3 out of range for 3 axes");
}

}  // namespace
}  // namespace lt
