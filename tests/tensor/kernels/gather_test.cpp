#include "tensor/kernels/gather.h"

#include <gtest/gtest.h>

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
const Rows kSpread = {kStarts.data(), 3, kCells.data(), 3};
const Rows kClose = {kStarts.data(), 3, nullptr, 3};

TEST(GatherKernel, CopiesCloseAndSpreadRows) {
  const std::vector<double> base = {0, 1, 2, 3, 4, 5, 6, 7, 8};
  std::vector<double> out(9);
  copy_rows(base.data(), kClose, out.data());
  EXPECT_EQ(out, (std::vector<double>{4, 5, 6, 0, 1, 2, 4, 5, 6}));
  copy_rows(base.data(), kSpread, out.data());
  EXPECT_EQ(out, (std::vector<double>{4, 6, 8, 0, 2, 4, 4, 6, 8}));
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
