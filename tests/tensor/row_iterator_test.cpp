#include <gtest/gtest.h>

#include <algorithm>
#include <iterator>
#include <numeric>
#include <ranges>
#include <span>
#include <utility>
#include <vector>

#include <libtensor/tensor/ops.h>
#include <libtensor/tests/expect.h>

namespace lt {
namespace {

static_assert(std::forward_iterator<RowIterator<Tensor>>);
static_assert(std::ranges::forward_range<const Tensor>);

TEST(RowIterator, GivesTheRowsOfTheFirstAxisInTurn) {
  const Tensor x = arange(6).view({3, 2});
  std::vector<float> sums;
  for (const Tensor row : x) {
    EXPECT_EQ(row.shape(), Shape({2}));
    sums.push_back(sum(row).item());
  }
  EXPECT_EQ(sums, (std::vector<float>{1, 5, 9}));
}

TEST(RowIterator, GivesViewsToWriteThrough) {
  const Tensor x = zeros({2, 2});
  float number = 0;
  for (Tensor row : x.t()) row.fill_(++number);
  EXPECT_TRUE(equal(x, tensor({{1, 2}, {1, 2}})));
}

TEST(RowIterator, KeepsATemporaryAlive) {
  float total = 0;
  for (const Tensor row : arange(4) + 1) total += row.item();
  EXPECT_EQ(total, 10);
}

TEST(RowIterator, ServesAlgorithmsAndSeveralPasses) {
  const IntTensor x = tensor<int64_t>({{1, 2}, {3, 4}, {5, 6}});
  EXPECT_EQ(std::ranges::distance(x), 3);
  auto at = x.begin();
  const auto second = ++at;
  EXPECT_EQ((*at++).at({0}), 3);
  EXPECT_EQ((*at).at({0}), 5);
  EXPECT_EQ((*second).at({1}), 4);
  EXPECT_EQ(std::ranges::count_if(x, [](const IntTensor& row) { return row.at({0}) > 1; }), 2);
  const std::vector<IntTensor> rows(x.begin(), x.end());
  EXPECT_TRUE(equal(stack(rows), x));
}

TEST(RowIterator, FindsNoRowsInAnEmptyTensorAndNoneToFindInAScalar) {
  for (const Tensor row : zeros({0, 3})) FAIL() << row;
  EXPECT_EQ(error_text<ShapeError>([] { scalar(1).begin(); }), "begin: a scalar has no rows to iterate over");
}

TEST(Span, ShowsTheNumbersInPlace) {
  Tensor x = arange(6).view({2, 3});
  const std::span<const float> numbers = x.span();
  EXPECT_EQ(numbers.size(), 6U);
  EXPECT_EQ(numbers.data(), x.data());
  EXPECT_EQ(std::accumulate(numbers.begin(), numbers.end(), 0.0F), 15);
  std::ranges::reverse(x.mutable_span());
  EXPECT_TRUE(equal(x, tensor({{5, 4, 3}, {2, 1, 0}})));
  EXPECT_EQ(x.storage().version(), 2U);  // arange wrote the numbers, then we
  const Tensor row = x[1];
  EXPECT_EQ(row.span()[0], 2);
  EXPECT_TRUE(zeros({0, 2}).contiguous().to_vector().empty());
}

TEST(Span, NamesContiguousWhereTheNumbersDoNotLieInOnePiece) {
  Tensor x = arange(6).view({2, 3}).t();
  EXPECT_EQ(error_text<ShapeError>([&] { static_cast<void>(x.span()); }),
            "span: (3, 2) with strides (1, 3) is not contiguous; contiguous() copies it so that it is");
  EXPECT_EQ(
      error_text<ShapeError>([&] { x.mutable_span(); }),
      "mutable_span: (3, 2) with strides (1, 3) is not contiguous; contiguous() copies it so that it is");
  EXPECT_EQ(x.contiguous().to_vector()[1], 3);
}

template <typename X>
concept HasSpan = requires(X&& x) {
  std::forward<X>(x).span();
};
template <typename X>
concept HasMutableSpan = requires(X&& x) {
  std::forward<X>(x).mutable_span();
};
static_assert(HasSpan<Tensor&> && HasSpan<const Tensor&> && HasMutableSpan<Tensor&>);
static_assert(!HasSpan<Tensor> && !HasMutableSpan<Tensor>, "a temporary's numbers are gone after the line");
static_assert(!HasMutableSpan<const Tensor&>);

}  // namespace
}  // namespace lt
