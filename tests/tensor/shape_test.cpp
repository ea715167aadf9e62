#include <libtensor/tensor/shape.h>

#include <concepts>
#include <sstream>
#include <type_traits>
#include <vector>

#include <libtensor/tensor/error.h>
#include <libtensor/tests/expect.h>

namespace lt {
namespace {

constexpr int64_t kHuge = int64_t{1} << 40;

TEST(Shape, IsBuiltFromOneNumberOrAList) {
  EXPECT_EQ(Shape(3), Shape({3}));
  EXPECT_EQ(Shape({2, 3}).size(), 2);
  EXPECT_TRUE(Shape().empty());
}

TEST(Shape, IsBuiltFromAVector) {
  const std::vector<int64_t> sizes{2, 3};
  const Tensor x = zeros(sizes);
  EXPECT_EQ(x.shape(), Shape({2, 3}));
  EXPECT_EQ(x.view(std::vector<int>{3, 2}).shape(), Shape({3, 2}));
  EXPECT_EQ(x.expand(std::vector<size_t>{4, 2, 3}).shape(), Shape({4, 2, 3}));
  EXPECT_EQ(x.permute(std::vector<int64_t>{1, 0}).shape(), Shape({3, 2}));
  EXPECT_EQ(sum(x, std::vector<int64_t>{0, 1}).shape(), Shape());
  EXPECT_EQ(full(sizes, 1).shape(), from_vector(std::vector<float>(6), sizes).shape());
  EXPECT_EQ(zeros(std::vector<int64_t>()).dim(), 0);
  EXPECT_EQ(error_text<ShapeError>([] { zeros(std::vector<int64_t>(9, 1)); }),
            "shape: 9 axes, but a tensor has at most 8");
  EXPECT_EQ(error_text<ValueError>([] { zeros(std::vector<uint64_t>{UINT64_MAX}); }),
            error_text<ValueError>([] { zeros(UINT64_MAX); }));
}
static_assert(!std::convertible_to<std::vector<double>, Shape> &&
              !std::convertible_to<std::vector<bool>, Shape>);

TEST(Shape, NeverTouchesTheHeap) { EXPECT_TRUE(std::is_trivially_copyable_v<Shape>); }

TEST(Shape, HoldsEightAxesAndRefusesNine) {
  EXPECT_EQ(Shape({1, 2, 3, 4, 5, 6, 7, 8}).back(), 8);
  EXPECT_EQ(error_text<ShapeError>([&] {
              Shape({1, 2, 3, 4, 5, 6, 7, 8, 9});
            }),
            "shape: 9 axes, but a tensor has at most 8");
  Shape full{1, 2, 3, 4, 5, 6, 7, 8};
  EXPECT_EQ(error_text<ShapeError>([&] { full.push_back(9); }), "shape: 9 axes, but a tensor has at most 8");
}

TEST(Shape, InsertsAndErasesInTheMiddle) {
  Shape shape{2, 4};
  shape.insert(1, 3);
  EXPECT_EQ(shape, Shape({2, 3, 4}));
  shape.insert(3, 5);
  EXPECT_EQ(shape, Shape({2, 3, 4, 5}));
  shape.erase(0);
  EXPECT_EQ(shape, Shape({3, 4, 5}));
  shape.erase(2);
  EXPECT_EQ(shape, Shape({3, 4}));
}

TEST(Shape, HasNoEntryOutsideItself) {
  Shape shape{2, 3};
  EXPECT_EQ(error_text<IndexError>([&] { shape[2] = 1; }), "shape: no size 2 in (2, 3)");
  EXPECT_EQ(error_text<IndexError>([&] { shape[-3] = 1; }), "shape: no size -3 in (2, 3)");
  EXPECT_EQ(error_text<IndexError>([&] { shape.insert(3, 1); }), "shape: no size 3 in (2, 3)");
  EXPECT_EQ(error_text<IndexError>([&] { shape.insert(-1, 1); }), "shape: no size -1 in (2, 3)");
  EXPECT_EQ(error_text<IndexError>([&] { shape.erase(2); }), "shape: no size 2 in (2, 3)");
  EXPECT_EQ(error_text<IndexError>([] { Shape{}.erase(0); }), "shape: no size 0 in ()");
  EXPECT_EQ(error_text<IndexError>([] { static_cast<void>(zeros(1)[0].shape().back()); }),
            "shape: no size -1 in ()");
  EXPECT_EQ(error_text<IndexError>([] { static_cast<void>(Shape{}[0]); }), "shape: no size 0 in ()");
  EXPECT_EQ(error_text<IndexError>([] { static_cast<void>(ones(1)[0].strides()[-1]); }),
            "shape: no size -1 in ()");
  EXPECT_EQ(shape, Shape({2, 3}));
}

TEST(Shape, DiffersByRankEvenWhereSizesAgree) {
  EXPECT_NE(Shape({2, 3}), Shape({2, 3, 0}));
  EXPECT_NE(Shape({}), Shape({0}));
}

TEST(Shape, PrintsAsATuple) {
  EXPECT_EQ(to_string(Shape{}), "()");
  EXPECT_EQ(to_string(Shape{5}), "(5)");
  std::ostringstream out;
  out << Shape{2, 3};
  EXPECT_EQ(out.str(), "(2, 3)");
}

TEST(Shape, CountsItsElements) {
  EXPECT_EQ(numel({}), 1);
  EXPECT_EQ(numel({2, 3, 4}), 24);
  EXPECT_EQ(numel({2, 0, 4}), 0);
}

TEST(Shape, CountsNoElementsBesideSizesWhoseProductWouldOverflow) {
  EXPECT_EQ(numel({kHuge, kHuge, 0}), 0);
  EXPECT_EQ(numel({0, kHuge, kHuge}), 0);
}

TEST(Shape, RefusesNegativeSizesAndTooManyElements) {
  EXPECT_EQ(error_text<ShapeError>([&] { numel({2, -3}); }), "shape: negative size in (2, -3)");
  EXPECT_EQ(error_text<ShapeError>([&] { numel({0, -3}); }), "shape: negative size in (0, -3)");
  EXPECT_EQ(error_text<ShapeError>([&] {
              numel({kHuge, kHuge});
            }),
            "shape: too many elements in (1099511627776, 1099511627776)");
}

TEST(Shape, HasRowMajorStrides) {
  EXPECT_EQ(contiguous_strides({2, 3, 4}), Strides({12, 4, 1}));
  EXPECT_EQ(contiguous_strides({2, 0, 4}), Strides({4, 4, 1}));
  EXPECT_EQ(contiguous_strides({}), Strides({}));
}

TEST(Shape, BroadcastsFromTheLastAxis) {
  EXPECT_EQ(broadcast_shapes({3, 1}, {4}, "op"), Shape({3, 4}));
  EXPECT_EQ(broadcast_shapes({4}, {3, 1}, "op"), Shape({3, 4}));
  EXPECT_EQ(broadcast_shapes({}, {2, 3}, "op"), Shape({2, 3}));
  EXPECT_EQ(broadcast_shapes({5, 1, 1}, {1, 6, 1}, "op"), Shape({5, 6, 1}));
}

TEST(Shape, BroadcastsOneToZero) {
  EXPECT_EQ(broadcast_shapes({1, 3}, {0, 3}, "op"), Shape({0, 3}));
  EXPECT_EQ(error_text<ShapeError>([&] {
              broadcast_shapes({2, 3}, {0, 3}, "op");
            }),
            "op: shapes do not broadcast: (2, 3) and (0, 3) differ at axis 0");
}

TEST(Shape, NamesOpShapesAndAxisWhereTheyDoNotBroadcast) {
  EXPECT_EQ(error_text<ShapeError>([&] {
              broadcast_shapes({2, 3}, {5, 4, 3}, "add");
            }),
            "add: shapes do not broadcast: (2, 3) and (5, 4, 3) differ at axis 1");
}

TEST(Shape, CountsNegativeAxesFromTheEnd) {
  EXPECT_EQ(normalize_axis(-1, 3, "op"), 2);
  EXPECT_EQ(normalize_axis(-3, 3, "op"), 0);
  EXPECT_EQ(normalize_axis(2, 3, "op"), 2);
}

TEST(Shape, GivesAScalarTheAxes0AndMinus1) {
  EXPECT_EQ(normalize_axis(0, 0, "op"), 0);
  EXPECT_EQ(normalize_axis(-1, 0, "op"), 0);
  EXPECT_EQ(error_text<IndexError>([&] { normalize_axis(1, 0, "sum"); }),
            "sum: axis 1 out of range for 0 axes");
}

TEST(Shape, NamesOpAxisAndRankWhereAnAxisIsOutOfRange) {
  EXPECT_EQ(error_text<IndexError>([&] { normalize_axis(3, 3, "sum"); }),
            "sum: axis 3 out of range for 3 axes");
  EXPECT_EQ(error_text<IndexError>([&] { normalize_axis(-4, 3, "sum"); }),
            "sum: axis -4 out of range for 3 axes");
}

}  // namespace
}  // namespace lt
