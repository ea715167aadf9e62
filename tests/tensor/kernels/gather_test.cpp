#include <libtensor/tensor/kernels/gather.h>

#include <gtest/gtest.h>

#include <algorithm>
#include <numeric>
#include <vector>

namespace lt::kernels {
namespace {

TEST(GatherKernel, TurnsIdsIntoOffsets) {
  const std::vector<int64_t> ids = {0, 2, -1, -3};
  std::vector<int64_t> offsets(4);
  EXPECT_EQ(offsets_of_ids(ids.data(), 4, 3, 10, offsets.data()), -1);
  EXPECT_EQ(offsets, (std::vector<int64_t>{0, 20, 20, 0}));
}

TEST(GatherKernel, FindsTheFirstIdOutOfRange) {
  const std::vector<int64_t> ids = {0, -4, 3};
  std::vector<int64_t> offsets(3);
  EXPECT_EQ(offsets_of_ids(ids.data(), 3, 3, 1, offsets.data()), 1);
  EXPECT_EQ(offsets_of_ids(ids.data() + 2, 1, 3, 1, offsets.data()), 0);
  EXPECT_EQ(offsets_of_ids(ids.data(), 1, 0, 1, offsets.data()), 0);
}

// Rows at 4 and 0, of three cells that lie two apart: the even places of base.
const std::vector<int64_t> kStarts = {4, 0, 4};
const std::vector<int64_t> kCells = {0, 2, 4};
const IndexedRows kSpread = {kStarts.data(), 3, kCells.data(), 3};
const IndexedRows kClose = {kStarts.data(), 3, nullptr, 3};

TEST(GatherKernel, CopiesCloseAndSpreadRows) {
  const std::vector<double> base = {0, 1, 2, 3, 4, 5, 6, 7, 8};
  std::vector<double> out(9);
  copy_rows(base.data(), kClose, out.data());
  EXPECT_EQ(out, (std::vector<double>{4, 5, 6, 0, 1, 2, 4, 5, 6}));
  copy_rows(base.data(), kSpread, out.data());
  EXPECT_EQ(out, (std::vector<double>{4, 6, 8, 0, 2, 4, 4, 6, 8}));
}

TEST(GatherKernel, CopiesRowsOfEveryWidthById) {
  for (int64_t width = 0; width < 100; ++width) {
    const std::vector<int64_t> ids = {2, 0, -1, -3};
    std::vector<float> base(static_cast<size_t>(3 * width + 6));  // rows with two numbers between them
    std::iota(base.begin(), base.end(), 0.0F);
    std::vector<float> out(static_cast<size_t>(4 * width) + 1, -1);
    EXPECT_EQ(copy_rows_by_id(base.data(), 3, width + 2, width, ids.data(), 4, out.data()), -1);
    for (int64_t i = 0; i < 4; ++i) {
      const int64_t row = std::vector<int64_t>{2, 0, 2, 0}[static_cast<size_t>(i)];
      for (int64_t j = 0; j < width; ++j) {
        ASSERT_EQ(out[static_cast<size_t>(i * width + j)], static_cast<float>(row * (width + 2) + j))
            << i << ", " << j << " of " << width;
      }
    }
    EXPECT_EQ(out.back(), -1) << width;
  }
}

TEST(GatherKernel, FindsTheFirstOfManyIdsOutOfRange) {
  const std::vector<double> base(5);
  std::vector<int64_t> ids(1 << 20);
  std::vector<double> out(ids.size());
  for (const size_t bad : {size_t{0}, size_t{70001}, size_t{900000}}) {  // in other threads' chunks
    std::fill(ids.begin(), ids.end(), 4);
    for (size_t i = bad; i < ids.size(); i += 50000) ids[i] = i % 100000 < 50000 ? 5 : -6;
    EXPECT_EQ(copy_rows_by_id(base.data(), 5, 1, 1, ids.data(), 1 << 20, out.data()),
              static_cast<int64_t>(bad));
  }
}

TEST(GatherKernel, PutsRowsInOrder) {
  const std::vector<float> values = {1, 2, 3, 4, 5, 6, 7, 8, 9};
  std::vector<float> base(9);
  put_rows(values.data(), kSpread, base.data());
  EXPECT_EQ(base, (std::vector<float>{4, 0, 5, 0, 7, 0, 8, 0, 9}));
}

TEST(GatherKernel, AddsRowsThatMeet) {
  const std::vector<int64_t> values = {1, 2, 3, 4, 5, 6, 7, 8, 9};
  std::vector<int64_t> base(9, 100);
  add_rows(values.data(), kSpread, base.data());
  EXPECT_EQ(base, (std::vector<int64_t>{104, 100, 105, 100, 114, 100, 110, 100, 112}));
}

TEST(GatherKernel, LeavesTheCellsBesideARowAlone) {
  for (int64_t width = 1; width < 100; ++width) {
    const std::vector<int64_t> start = {1};
    std::vector<float> base(static_cast<size_t>(width) + 2, -1);
    const std::vector<float> values(static_cast<size_t>(width), 2);
    put_rows(values.data(), {start.data(), 1, nullptr, width}, base.data());
    EXPECT_EQ(base.front(), -1) << width;
    EXPECT_EQ(base.back(), -1) << width;
    EXPECT_EQ(std::vector<float>(base.begin() + 1, base.end() - 1), values) << width;
  }
}

}  // namespace
}  // namespace lt::kernels
