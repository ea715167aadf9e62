#include <libtensor/tensor/kernels/tensor_iterator.h>

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <vector>

namespace lt::kernels {
namespace {

using Offsets = TensorIterator<2>::Offsets;

// Offsets of every element in both operands, in the order of iteration.
std::vector<Offsets> offsets_of(const TensorIterator<2>& it, int64_t first, int64_t last) {
  std::vector<Offsets> out;
  it.for_each(first, last, [&](const auto&, const Offsets& offsets) { out.push_back(offsets); });
  return out;
}
std::vector<Offsets> offsets_of(const TensorIterator<2>& it) { return offsets_of(it, 0, it.size()); }

TEST(TensorIterator, CollapsesContiguousOperandsToOneAxis) {
  const auto it = collapse_axes<2>({2, 3, 4}, {Strides{12, 4, 1}, Strides{12, 4, 1}});
  EXPECT_EQ(it.shape, Shape(24));
  EXPECT_EQ(it.strides[1], Strides(1));
}

TEST(TensorIterator, CollapsesOnlyWhatIsContiguousInEveryOperand) {
  const auto it = collapse_axes<2>({2, 3, 4}, {Strides{12, 4, 1}, Strides{0, 4, 1}});
  EXPECT_EQ(it.shape, Shape({2, 12}));
  EXPECT_EQ(it.strides[1], Strides({0, 1}));
}

TEST(TensorIterator, CollapsesAxesThatRepeatOneElement) {
  const auto it = collapse_axes<2>({2, 3, 4}, {Strides{12, 4, 1}, Strides{0, 0, 0}});
  EXPECT_EQ(it.shape, Shape(24));
  EXPECT_EQ(it.strides[1], Strides(0));
}

TEST(TensorIterator, FollowsTheMemoryOfTheFirstOperand) {
  const auto it = collapse_axes<2>({3, 4}, {Strides{1, 3}, Strides{1, 3}});  // both transposed
  EXPECT_EQ(it.shape, Shape(12));
  EXPECT_EQ(it.strides[0], Strides(1));
}

TEST(TensorIterator, DropsAxesOfSizeOneWhateverTheirStrides) {
  const auto it = collapse_axes<2>({1, 3, 1}, {Strides{99, 1, 7}, Strides{0, 1, 55}});
  EXPECT_EQ(it.shape, Shape(3));
}

TEST(TensorIterator, OfAScalarHasOnePosition) {
  EXPECT_EQ(offsets_of(collapse_axes<2>({}, {Strides{}, Strides{}})).size(), 1U);
  EXPECT_EQ(offsets_of(collapse_axes<2>({1, 1}, {Strides{5, 5}, Strides{0, 0}})).size(), 1U);
}

TEST(TensorIterator, OfNothingHasNoPositions) {
  for (const Shape& shape : {Shape{0, 3}, Shape{3, 0}, Shape{2, 0, 3}}) {
    const Strides strides = contiguous_strides(shape);
    EXPECT_EQ(collapse_axes<2>(shape, {strides, strides}).size(), 0);
  }
}

TEST(TensorIterator, VisitsEveryPairOfElementsOnce) {
  const Shape shape{2, 3, 4, 5};
  const Strides out = contiguous_strides(shape);
  const Strides other{60, 0, 1, 4};  // broadcast along one axis, transposed along two
  std::vector<int64_t> partner(120, -1);
  for (const auto& at : offsets_of(collapse_axes<2>(shape, {out, other}))) {
    EXPECT_EQ(partner[static_cast<size_t>(at[0])], -1);
    partner[static_cast<size_t>(at[0])] = at[1];
  }
  for (int64_t i = 0; i < 120; ++i) {
    const int64_t want = i / 60 * 60 + i / 5 % 4 + i % 5 * 4;
    EXPECT_EQ(partner[static_cast<size_t>(i)], want) << i;
  }
}

TEST(TensorIterator, MayBeSplitAnywhere) {
  const auto it = collapse_axes<2>({4, 3, 5}, {Strides{15, 5, 1}, Strides{0, 1, 3}});
  ASSERT_EQ(it.size(), 60);
  std::vector<Offsets> pieces;
  for (int64_t first = 0; first < 60; first += 7) {
    for (const Offsets& at : offsets_of(it, first, std::min<int64_t>(first + 7, 60))) pieces.push_back(at);
  }
  EXPECT_EQ(pieces, offsets_of(it));
}

TEST(TensorIterator, WorksForEveryRank) {
  Shape shape;
  for (int rank = 0; rank <= kMaxRank; ++rank) {
    Strides reversed = contiguous_strides(shape);
    for (int i = 0; i < rank; ++i) reversed[i] = int64_t{1} << i;
    const auto seen = offsets_of(collapse_axes<2>(shape, {contiguous_strides(shape), reversed}));
    ASSERT_EQ(static_cast<int64_t>(seen.size()), numel(shape));
    int64_t total = 0;
    for (const auto& at : seen) total += at[0] - at[1];
    EXPECT_EQ(total, 0);  // both visit 0..n-1
    if (rank < kMaxRank) shape.push_back(2);
  }
}

// Which elements the blocks hold, each once, and where the last two axes end.
void expect_blocks_cover(const Shape& shape, const std::array<Strides, 2>& strides) {
  const auto grid = make_block_grid<2>(shape, strides, false);
  EXPECT_LE(grid.block_rows * grid.block_columns, grid.layouts[1].in_place ? numel(shape) : kStagingSize);
  std::vector<int64_t> partner(static_cast<size_t>(numel(shape)), -1);
  grid.blocks.for_each(0, grid.blocks.size(), [&](const auto& index, const Offsets& at) {
    const auto [rows, columns] = grid.sizes_at(index);
    for (int64_t i = 0; i < rows; ++i) {
      for (int64_t j = 0; j < columns; ++j) {
        const auto [out, in] = grid.layouts;
        int64_t& mine = partner.at(static_cast<size_t>(at[0] + i * out.row + j * out.column));
        EXPECT_EQ(mine, -1);
        mine = at[1] + i * in.row + j * in.column;
      }
    }
  });
  const TensorIterator<2> elements{shape, strides};
  for (const Offsets& at : offsets_of(elements)) ASSERT_EQ(partner[static_cast<size_t>(at[0])], at[1]);
}

TEST(TensorIterator, CoversEveryElementWithBlocks) {
  expect_blocks_cover({}, {Strides{}, Strides{}});
  expect_blocks_cover(100'003, {Strides(1), Strides(1)});
  expect_blocks_cover(5'003, {Strides(1), Strides(3)});
  expect_blocks_cover({300, 7}, {Strides{7, 1}, Strides{8, 1}});                     // short rows
  expect_blocks_cover({3, 700}, {Strides{700, 1}, Strides{0, 1}});                   // a row that is repeated
  expect_blocks_cover({2, 37, 130}, {Strides{4810, 130, 1}, Strides{4810, 1, 37}});  // transposed
}

TEST(TensorIterator, TellsHowAnOperandLiesInItsBlocks) {
  const auto layout = [](const Shape& shape, const Strides& strides) {
    return make_block_grid<2>(shape, {contiguous_strides(shape), strides}, true).layouts[1];
  };
  EXPECT_TRUE(layout({40, 700}, {0, 1}).in_place);
  EXPECT_TRUE(layout({40, 700}, {1, 0}).is_scalar);
  EXPECT_TRUE(layout({40, 700}, {1, 40}).is_transposed);
  EXPECT_TRUE(layout({40, 7}, {0, 1}).flat);
  EXPECT_FALSE(layout({40, 7}, {0, 1}).in_place);
  EXPECT_FALSE(layout({40, 7}, {1, 0}).is_scalar);  // of the whole block it is not
}

}  // namespace
}  // namespace lt::kernels
