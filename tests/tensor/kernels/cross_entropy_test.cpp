#include <libtensor/tensor/kernels/cross_entropy.h>

#include <libtensor/tests/reference.h>
#include <libtensor/tests/tensor/kernels/logits.h>

namespace lt::kernels {
namespace {

template <typename T>
class CrossEntropyKernel : public testing::Test {};
TYPED_TEST_SUITE(CrossEntropyKernel, test::Floating);

TYPED_TEST(CrossEntropyKernel, IsTheMeanOfWhatIsNotIgnored) {
  for (const int64_t n : test::kLengths) {
    const auto x = test::rows_of<TypeParam>(4, n, 3);
    const std::vector<int64_t> targets{n - 1, -100, 0, n / 2};
    std::vector<TypeParam> losses(4, 9), dx(x.size(), 9);
    const auto loss = cross_entropy(x.data(), targets.data(), -100, losses.data(), dx.data(), 4, n);
    double want = 0;
    for (int64_t r = 0; r < 4; ++r) {
      const auto log_y = reference::log_softmax(x.data() + r * n, n);
      const int64_t target = targets[static_cast<size_t>(r)];
      const bool ignored = target == -100;
      const double row_loss = ignored ? 0 : -log_y[static_cast<size_t>(target)];
      want += row_loss / 3;
      test::expect_close(losses[static_cast<size_t>(r)], row_loss, n, r);
      for (int64_t i = 0; i < n; ++i) {
        const double p = std::exp(log_y[static_cast<size_t>(i)]);
        test::expect_close(dx[static_cast<size_t>(r * n + i)], ignored ? 0 : (p - (i == target)) / 3, n, i);
        if (this->HasFatalFailure()) return;
      }
    }
    test::expect_close(loss, want, n, -1);
    EXPECT_EQ(cross_entropy<TypeParam>(x.data(), targets.data(), -100, losses.data(), nullptr, 4, n), loss);
  }
}

TYPED_TEST(CrossEntropyKernel, OfNothingIsNan) {
  const std::vector<TypeParam> x(6, 1);
  const std::vector<int64_t> targets{5, 5};
  std::vector<TypeParam> losses(2), dx(6, 9);
  EXPECT_TRUE(std::isnan(cross_entropy(x.data(), targets.data(), 5, losses.data(), dx.data(), 2, 3)));
  EXPECT_EQ(dx, std::vector<TypeParam>(6, 0));
}

TYPED_TEST(CrossEntropyKernel, OfAHopelessTargetIsItsDistance) {
  const std::vector<TypeParam> x{1e4, -1e4, 0};
  const int64_t target = 1;
  TypeParam loss = 0;
  std::vector<TypeParam> dx(3);
  EXPECT_EQ(cross_entropy(x.data(), &target, -100, &loss, dx.data(), 1, 3), TypeParam{2e4});
  EXPECT_EQ(dx, (std::vector<TypeParam>{1, -1, 0}));
}

}  // namespace
}  // namespace lt::kernels
