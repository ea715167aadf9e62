#include <libtensor/tensor/kernels/walk.h>

#include <gtest/gtest.h>

#include <vector>

namespace lt::kernels {
namespace {

// Offsets of every element of both operands, in the order in which the walk meets them.
std::vector<std::array<int64_t, 2>> places(const Walk<2>& walk) {
  std::vector<std::array<int64_t, 2>> out;
  const auto steps = walk.inner_strides();
  for_each_outer(walk, 0, walk.outer_count(), [&](const std::array<int64_t, 2>& at) {
    for (int64_t i = 0; i < walk.inner_size(); ++i)
      out.push_back({at[0] + i * steps[0], at[1] + i * steps[1]});
  });
  return out;
}

TEST(Walk, MergesDenseOperandsIntoOneLoop) {
  const auto walk = plan<2>({2, 3, 4}, {Strides{12, 4, 1}, Strides{12, 4, 1}});
  EXPECT_EQ(walk.shape, Shape(24));
  EXPECT_EQ(walk.outer_count(), 1);
}

TEST(Walk, MergesOnlyWhatIsDenseInEveryOperand) {
  const auto walk = plan<2>({2, 3, 4}, {Strides{12, 4, 1}, Strides{0, 4, 1}});
  EXPECT_EQ(walk.shape, Shape({2, 12}));
  EXPECT_EQ(walk.strides[1], Strides({0, 1}));
}

TEST(Walk, MergesAxesThatRepeatOneElement) {
  const auto walk = plan<2>({2, 3, 4}, {Strides{12, 4, 1}, Strides{0, 0, 0}});
  EXPECT_EQ(walk.shape, Shape(24));
  EXPECT_EQ(walk.inner_strides()[1], 0);
}

TEST(Walk, FollowsTheMemoryOfTheFirstOperand) {
  const auto walk = plan<2>({3, 4}, {Strides{1, 3}, Strides{1, 3}});  // both transposed
  EXPECT_EQ(walk.shape, Shape(12));
  EXPECT_EQ(walk.inner_strides()[0], 1);
}

TEST(Walk, DropsAxesOfSizeOneWhateverTheirStrides) {
  const auto walk = plan<2>({1, 3, 1}, {Strides{99, 1, 7}, Strides{0, 1, 55}});
  EXPECT_EQ(walk.shape, Shape(3));
}

TEST(Walk, OfAScalarIsOneStep) {
  EXPECT_EQ(places(plan<2>({}, {Strides{}, Strides{}})).size(), 1U);
  EXPECT_EQ(places(plan<2>({1, 1}, {Strides{5, 5}, Strides{0, 0}})).size(), 1U);
}

TEST(Walk, OfNothingHasNoSteps) {
  for (const Shape& shape : {Shape{0, 3}, Shape{3, 0}, Shape{2, 0, 3}}) {
    const Strides strides = contiguous_strides(shape);
    EXPECT_EQ(plan<2>(shape, {strides, strides}).outer_count(), 0);
  }
}

TEST(Walk, VisitsEveryPairOfElementsOnce) {
  const Shape shape{2, 3, 4, 5};
  const Strides out = contiguous_strides(shape);
  const Strides other{60, 0, 1, 4};  // broadcast along one axis, transposed along two
  std::vector<int64_t> partner(120, -1);
  for (const auto& at : places(plan<2>(shape, {out, other}))) {
    EXPECT_EQ(partner[static_cast<size_t>(at[0])], -1);
    partner[static_cast<size_t>(at[0])] = at[1];
  }
  for (int64_t i = 0; i < 120; ++i) {
    const int64_t want = i / 60 * 60 + i / 5 % 4 + i % 5 * 4;
    EXPECT_EQ(partner[static_cast<size_t>(i)], want) << i;
  }
}

TEST(Walk, MayBeCutAnywhere) {
  const auto walk = plan<2>({4, 3, 5}, {Strides{15, 5, 1}, Strides{0, 1, 3}});
  ASSERT_EQ(walk.outer_count() * walk.inner_size(), 60);
  std::vector<std::array<int64_t, 2>> whole;
  std::vector<std::array<int64_t, 2>> pieces;
  const int64_t count = walk.outer_count();
  for_each_outer(walk, 0, count, [&](const auto& at) { whole.push_back(at); });
  for (int64_t first = 0; first < count; first += 5) {
    for_each_outer(walk, first, std::min(first + 5, count), [&](const auto& at) { pieces.push_back(at); });
  }
  EXPECT_EQ(pieces, whole);
}

TEST(Walk, WorksForEveryRank) {
  Shape shape;
  for (int rank = 0; rank <= kMaxRank; ++rank) {
    Strides reversed = contiguous_strides(shape);
    for (int i = 0; i < rank; ++i) reversed[i] = int64_t{1} << i;
    const auto seen = places(plan<2>(shape, {contiguous_strides(shape), reversed}));
    ASSERT_EQ(static_cast<int64_t>(seen.size()), numel(shape));
    int64_t total = 0;
    for (const auto& at : seen) total += at[0] - at[1];
    EXPECT_EQ(total, 0);  // both visit 0..n-1
    if (rank < kMaxRank) shape.push_back(2);
  }
}

}  // namespace
}  // namespace lt::kernels
