#include <cstdint>
#include <vector>

#include <libtensor/tensor/ops.h>
#include <libtensor/tests/expect.h>

namespace lt {
namespace {

using Numbers = std::vector<int64_t>;

using test::counting;

TEST(View, SharesTheNumbers) {
  IntTensor x = counting({2, 3});
  x.view({3, 2})[0].fill_(9);
  EXPECT_EQ(x.to_vector(), Numbers({9, 9, 2, 3, 4, 5}));
}

TEST(View, InfersOneSize) {
  EXPECT_EQ(counting({2, 3, 4}).view({-1, 6}).shape(), Shape({4, 6}));
  EXPECT_EQ(counting({2, 0}).view({-1, 2}).shape(), Shape({0, 2}));
  EXPECT_EQ(counting({}).view(-1).shape(), Shape(1));
  EXPECT_EQ(counting({1, 1}).view({}).shape(), Shape());
}

TEST(View, RefusesAnotherCount) {
  const IntTensor x = counting({2, 3});
  EXPECT_EQ(error_text<ShapeError>([&] { x.view({4, 2}); }), "view: 6 elements of (2, 3) do not fill (4, 2)");
  EXPECT_EQ(error_text<ShapeError>([&] {
              x.view({4, -1});
            }),
            "view: 6 elements of (2, 3) do not fill (4, -1)");
  EXPECT_EQ(error_text<ShapeError>([&] { x.view({}); }), "view: 6 elements of (2, 3) do not fill ()");
  EXPECT_EQ(error_text<ShapeError>([&] { x.reshape({7}); }), "reshape: 6 elements of (2, 3) do not fill (7)");
}

TEST(View, RefusesSizesThatMeanNothing) {
  const IntTensor x = counting({2, 3});
  EXPECT_EQ(error_text<ShapeError>([&] { x.view({-1, -1}); }), "view: invalid size -1 in (-1, -1)");
  EXPECT_EQ(error_text<ShapeError>([&] { x.view({-2, 3}); }), "view: invalid size -2 in (-2, 3)");
  EXPECT_EQ(error_text<ShapeError>([&] {
              x.view({-1, 0});
            }),
            "view: -1 is ambiguous beside a size of 0 in (-1, 0)");
  const int64_t huge = int64_t{1} << 40;
  EXPECT_EQ(error_text<ShapeError>([&] {
              x.view({huge, huge, -1});
            }),
            "shape: too many elements in (1099511627776, 1099511627776, 1)");
}

TEST(View, RefusesWhereStridesForbidItAndSaysWhatWouldDo) {
  const IntTensor x = counting({2, 3}).t();
  EXPECT_EQ(error_text<ShapeError>([&] { x.view(6); }),
            "view: (3, 2) with strides (1, 3) cannot be seen as (6) without a copy; use reshape, or "
            "contiguous first");
  EXPECT_EQ(x.reshape(6).to_vector(), Numbers({0, 3, 1, 4, 2, 5}));
  EXPECT_EQ(x.contiguous().view(6).to_vector(), Numbers({0, 3, 1, 4, 2, 5}));
}

TEST(View, SplitsAnAxisOfAStridedTensorWithoutACopy) {
  const IntTensor x = counting({4, 6}).narrow(1, 0, 4);
  const IntTensor y = x.view({2, 2, 2, 2});
  EXPECT_TRUE(y.storage() == x.storage());
  EXPECT_EQ(y.at({1, 0, 1, 1}), x.at({2, 3}));
  const IntTensor t = counting({4, 6}).t().view({2, 3, 4});
  EXPECT_EQ(t.at({1, 2, 3}), 23);
}

TEST(View, IgnoresStridesOfAxesOfSizeOne) {
  const IntTensor x = counting({3, 5}).narrow(1, 2, 1);  // strides (5, 1)
  EXPECT_EQ(x.view(3).to_vector(), Numbers({2, 7, 12}));
  EXPECT_EQ(x.view({1, 3, 1, 1}).to_vector(), Numbers({2, 7, 12}));
  EXPECT_EQ(counting({3, 4}).unsqueeze(1).view({2, 6}).at({1, 5}), 11);
}

TEST(View, ReshapeSharesWhereItCanAndCopiesElse) {
  const IntTensor x = counting({2, 3});
  EXPECT_TRUE(x.reshape({3, 2}).storage() == x.storage());
  EXPECT_FALSE(x.t().reshape({2, 3}).storage() == x.storage());
}

TEST(View, FlattensARangeOfAxes) {
  const IntTensor x = counting({2, 3, 4});
  EXPECT_EQ(x.flatten().shape(), Shape(24));
  EXPECT_EQ(x.flatten(1).shape(), Shape({2, 12}));
  EXPECT_EQ(x.flatten(0, -2).shape(), Shape({6, 4}));
  EXPECT_EQ(x.flatten(1, 1).shape(), x.shape());
  EXPECT_EQ(counting({}).flatten().shape(), Shape(1));
  EXPECT_EQ(counting({2, 0}).flatten().shape(), Shape(0));
  EXPECT_EQ(error_text<ShapeError>([&] { x.flatten(2, 1); }), "flatten: axis 2 comes after axis 1");
  EXPECT_EQ(error_text<IndexError>([&] { counting({}).flatten(1); }),
            "flatten: axis 1 out of range for 0 axes");
}

TEST(View, TransposesAndPermutes) {
  const IntTensor x = counting({2, 3, 4});
  EXPECT_EQ(x.transpose(0, -1).at({3, 2, 1}), 23);
  EXPECT_EQ(x.permute({1, 2, 0}).shape(), Shape({3, 4, 2}));
  EXPECT_EQ(x.permute({1, 2, 0}).at({2, 3, 1}), 23);
  EXPECT_EQ(x.permute({-1, 0, 1}).at({3, 1, 2}), 23);
  EXPECT_EQ(counting({}).transpose(0, -1).shape(), Shape());
  EXPECT_EQ(counting({}).permute({}).shape(), Shape());
  EXPECT_EQ(error_text<ShapeError>([&] { x.permute({0, 1}); }), "permute: 2 axes named for (2, 3, 4)");
  EXPECT_EQ(error_text<ShapeError>([&] {
              x.permute({0, 1, -2});
            }),
            "permute: axis 1 named twice in (0, 1, -2)");
  EXPECT_EQ(error_text<IndexError>([&] { x.permute({0, 1, 3}); }), "permute: axis 3 out of range for 3 axes");
  EXPECT_EQ(error_text<IndexError>([&] { x.transpose(0, 3); }), "transpose: axis 3 out of range for 3 axes");
}

TEST(View, TransposesAMatrixByT) {
  EXPECT_EQ(counting({2, 3}).t().shape(), Shape({3, 2}));
  EXPECT_EQ(counting(3).t().shape(), Shape(3));
  EXPECT_EQ(counting({}).t().shape(), Shape());
  EXPECT_EQ(error_text<ShapeError>([&] {
              counting({1, 2, 3}).t();
            }),
            "t: (1, 2, 3) has more than 2 axes; use transpose");
}

TEST(View, SelectsOneAlongAnAxis) {
  const IntTensor x = counting({2, 3});
  EXPECT_EQ(x[1].to_vector(), Numbers({3, 4, 5}));
  EXPECT_EQ(x[-2].to_vector(), Numbers({0, 1, 2}));
  EXPECT_EQ(x.select(-1, 2).to_vector(), Numbers({2, 5}));
  EXPECT_EQ(x[1][2].item(), 5);
  EXPECT_EQ(error_text<IndexError>([&] { x[2]; }), "select: index 2 is out of range for axis 0 of (2, 3)");
  EXPECT_EQ(error_text<IndexError>([&] { x.select(1, -4); }),
            "select: index -4 is out of range for axis 1 of (2, 3)");
  EXPECT_EQ(error_text<IndexError>([&] { counting({})[0]; }), "select: a scalar has no axis to index");
}

TEST(View, NarrowsAnAxis) {
  const IntTensor x = counting({4, 2});
  EXPECT_EQ(x.narrow(0, 1, 2).to_vector(), Numbers({2, 3, 4, 5}));
  EXPECT_EQ(x.narrow(0, -1, 1).to_vector(), Numbers({6, 7}));
  EXPECT_EQ(x.narrow(1, 2, 0).shape(), Shape({4, 0}));
  EXPECT_EQ(error_text<IndexError>([&] { x.narrow(0, 3, 2); }),
            "narrow: 2 elements from 3 leave axis 0 of (4, 2)");
  EXPECT_EQ(error_text<IndexError>([&] { x.narrow(0, 0, -1); }),
            "narrow: -1 elements from 0 leave axis 0 of (4, 2)");
  EXPECT_EQ(error_text<IndexError>([&] { x.narrow(0, -5, 1); }),
            "narrow: 1 elements from -5 leave axis 0 of (4, 2)");
  EXPECT_EQ(error_text<ShapeError>([&] { counting({}).narrow(0, 0, 1); }), "narrow: a scalar has no axis");
}

TEST(View, SlicesAsPython) {
  const IntTensor x = counting(7);
  EXPECT_EQ(x.slice(0, 1, 6, 2).to_vector(), Numbers({1, 3, 5}));
  EXPECT_EQ(x.slice(0, -3, 100).to_vector(), Numbers({4, 5, 6}));
  EXPECT_EQ(x.slice(0, -100, 2).to_vector(), Numbers({0, 1}));
  EXPECT_EQ(x.slice(0, 5, 2).shape(), Shape(0));
  EXPECT_EQ(x.slice(0, 2, 7, INT64_MAX).to_vector(), Numbers({2}));
  EXPECT_EQ(x.slice(0, INT64_MIN, INT64_MAX).to_vector(), x.to_vector());
  EXPECT_EQ(error_text<ValueError>([&] { x.slice(0, 0, 7, 0); }), "slice: a step of 0");
  EXPECT_EQ(error_text<ShapeError>([&] { counting({}).slice(0, 0, 1); }), "slice: a scalar has no axis");
}

TEST(View, SqueezesAndUnsqueezes) {
  const IntTensor x = counting({1, 3, 1});
  EXPECT_EQ(x.squeeze().shape(), Shape(3));
  EXPECT_EQ(x.squeeze(0).shape(), Shape({3, 1}));
  EXPECT_EQ(x.squeeze(1).shape(), x.shape());
  EXPECT_EQ(counting({}).squeeze(-1).shape(), Shape());
  EXPECT_EQ(counting({2, 3}).unsqueeze(0).shape(), Shape({1, 2, 3}));
  EXPECT_EQ(counting({2, 3}).unsqueeze(-1).shape(), Shape({2, 3, 1}));
  EXPECT_EQ(counting({}).unsqueeze(0).shape(), Shape(1));
  EXPECT_EQ(error_text<IndexError>([&] {
              counting({2, 3}).unsqueeze(3);
            }),
            "unsqueeze: axis 3 out of range for 3 axes");
  EXPECT_EQ(error_text<ShapeError>([&] {
              counting({1, 1, 1, 1, 1, 1, 1, 1}).unsqueeze(0);
            }),
            "shape: 9 axes, but a tensor has at most 8");
}

TEST(View, ExpandsAxesOfSizeOneWithoutCopying) {
  const IntTensor x = counting({3, 1});
  const IntTensor y = x.expand({2, 3, 4});
  EXPECT_TRUE(y.storage() == x.storage());
  EXPECT_EQ(y.strides(), Strides({0, 1, 0}));
  EXPECT_EQ(y.at({1, 2, 3}), 2);
  EXPECT_EQ(x.expand({-1, 4}).shape(), Shape({3, 4}));
  EXPECT_EQ(x.expand({3, 0}).shape(), Shape({3, 0}));
  EXPECT_EQ(counting({}).expand({2, 2}).to_vector(), Numbers({0, 0, 0, 0}));
}

TEST(View, RefusesToExpandOtherAxes) {
  const IntTensor x = counting({3, 1});
  EXPECT_EQ(error_text<ShapeError>([&] { x.expand({2, 4}); }), "expand: (3, 1) does not stretch to (2, 4)");
  EXPECT_EQ(error_text<ShapeError>([&] { x.expand(3); }), "expand: (3, 1) does not stretch to (3)");
  EXPECT_EQ(error_text<ShapeError>([&] {
              x.expand({-1, 3, 1});
            }),
            "expand: (3, 1) does not stretch to (-1, 3, 1)");
  EXPECT_EQ(error_text<ShapeError>([&] { x.expand({3, -2}); }), "expand: (3, 1) does not stretch to (3, -2)");
}

TEST(View, UnbindsAndSplits) {
  const IntTensor x = counting({3, 2});
  const auto columns = x.unbind(1);
  ASSERT_EQ(columns.size(), 2U);
  EXPECT_EQ(columns[1].to_vector(), Numbers({1, 3, 5}));
  const auto parts = x.split(2);
  ASSERT_EQ(parts.size(), 2U);
  EXPECT_EQ(parts[0].shape(), Shape({2, 2}));
  EXPECT_EQ(parts[1].to_vector(), Numbers({4, 5}));
  EXPECT_EQ(counting({0, 2}).unbind().size(), 0U);
  EXPECT_EQ(counting({0, 2}).split(3).size(), 1U);
  EXPECT_EQ(x.split(INT64_MAX).size(), 1U);
  EXPECT_EQ(error_text<ValueError>([&] { x.split(0); }), "split: size 0 is not positive");
  EXPECT_EQ(error_text<ShapeError>([&] { counting({}).split(1); }), "split: a scalar has no axis");
  EXPECT_EQ(error_text<ShapeError>([&] { counting({}).unbind(); }), "unbind: a scalar has no axis");
  // Empty tensors, and those that repeat a number, may have any number of rows.
  EXPECT_EQ(error_text<ShapeError>([] {
              zeros({INT64_MAX, 0}).unbind();
            }),
            "unbind: 9223372036854775807 tensors are more than memory can hold");
  EXPECT_EQ(error_text<ShapeError>([] { zeros(1).expand(INT64_MAX).split(1); }),
            "split: 9223372036854775807 tensors are more than memory can hold");
  EXPECT_EQ(zeros(1).expand(INT64_MAX).split(INT64_MAX - 1)[1].numel(), 1);
}

TEST(View, TakesTheDiagonalOfTheFirstTwoAxesAsPyTorchDoes) {
  EXPECT_EQ(counting({3, 4}).diagonal().to_vector(), Numbers({0, 5, 10}));
  EXPECT_EQ(counting({2, 3, 4}).diagonal().shape(), Shape({4, 2}));
  EXPECT_EQ(counting({2, 3, 4}).diagonal().to_vector(), Numbers({0, 16, 1, 17, 2, 18, 3, 19}));
  EXPECT_EQ(counting({0, 3}).diagonal().shape(), Shape(0));
  EXPECT_EQ(error_text<ShapeError>([&] { counting(3).diagonal(); }), "diagonal: (3) has fewer than 2 axes");
}

TEST(View, OfViewsOfViewsStillSharesTheNumbers) {
  IntTensor x = counting({4, 5, 6});
  IntTensor y = x.permute({2, 0, 1}).slice(0, 1, 6, 2).select(1, 3).narrow(1, 1, 3).t().unsqueeze(1);
  EXPECT_EQ(y.shape(), Shape({3, 1, 3}));
  EXPECT_EQ(y.at({2, 0, 1}), x.at({3, 3, 3}));
  y.fill_(-1);
  EXPECT_EQ(x.at({3, 3, 5}), -1);
  EXPECT_EQ(x.at({3, 3, 4}), 112);
  EXPECT_EQ(x.at({2, 3, 5}), 83);
}

TEST(View, WorksForEveryRank) {
  Shape shape;
  for (int rank = 0; rank <= kMaxRank; ++rank) {
    const IntTensor x = counting(shape);
    EXPECT_EQ(x.dim(), rank);
    EXPECT_EQ(x.reshape(-1).to_vector(), arange<int64_t>(x.numel()).to_vector());
    if (rank > 1) {
      EXPECT_EQ(x.transpose(0, -1).transpose(0, -1).to_vector(), x.to_vector());
      EXPECT_NE(x.transpose(0, -1).to_vector(), x.to_vector());
    }
    if (rank < kMaxRank) shape.push_back(2);
  }
}

TEST(View, OfAnEmptyTensorNeverPointsOutsideItsStorage) {
  const Tensor x = zeros({0, 3});
  for (const Tensor& y :
       {x.narrow(1, 2, 1), x.select(1, 2), x.slice(1, 1, 3), zeros({3, 4}).narrow(0, 3, 0)}) {
    EXPECT_EQ(y.numel(), 0);
    EXPECT_EQ(y.storage_offset(), 0);
    EXPECT_EQ(y.clone().numel(), 0);
  }
}

TEST(View, KnowsWhetherItIsContiguous) {
  const IntTensor x = counting({2, 3, 4});
  EXPECT_TRUE(x.is_contiguous());
  EXPECT_TRUE(x[1].is_contiguous());
  EXPECT_TRUE(x.narrow(0, 1, 1).is_contiguous());
  EXPECT_FALSE(x.transpose(0, 1).is_contiguous());
  EXPECT_FALSE(x.narrow(2, 0, 2).is_contiguous());
  EXPECT_FALSE(counting(1).expand(3).is_contiguous());
  EXPECT_TRUE(counting(1).expand({1, 1}).is_contiguous());
  EXPECT_TRUE(counting({0, 3}).transpose(0, 1).is_contiguous());
}

TEST(View, OfStorageStaysInsideIt) {
  const Storage storage(sizeof(float) * 16);
  const Tensor x(storage, {2, 3}, {4, 1}, 1);
  EXPECT_EQ(x.storage_offset(), 1);
  EXPECT_EQ(Tensor(storage, {4, 4}, {4, 1}, 0).numel(), 16);
  EXPECT_EQ(error_text<ShapeError>([&] {
              Tensor(storage, {4, 4}, {4, 1}, 1);
            }),
            "tensor: shape (4, 4) with strides (4, 1) from offset 1 leaves the storage of 16 elements");
  EXPECT_EQ(error_text<ShapeError>([&] { Tensor(storage, 2, -1, 0); }),
            "tensor: shape (2) with strides (-1) from offset 0 leaves the storage of 16 elements");
  EXPECT_EQ(error_text<ShapeError>([&] {
              Tensor(storage, {2, 2}, 1, 0);
            }),
            "tensor: shape (2, 2) with strides (1) from offset 0 leaves the storage of 16 elements");
}

TEST(View, OfStorageThatLeadsFurtherThanNumbersGoIsRefused) {
  const Storage storage(64);
  const int64_t far = int64_t{1} << 54;  // 1024 * far * 4 bytes = 2^66
  const auto refusal = [&](const Shape& shape, const Strides& strides, int64_t offset) {
    return error_text<ShapeError>([&] { Tensor(storage, shape, strides, offset); });
  };
  EXPECT_EQ(refusal({1025}, {far}, 0),
            "tensor: shape (1025) with strides (18014398509481984) from offset 0 leaves the storage of 16 "
            "elements");
  EXPECT_NE(refusal({1025}, {-far}, 0), "no error");
  EXPECT_NE(refusal({2, 2}, {INT64_MAX, INT64_MAX}, 0), "no error");
  EXPECT_NE(refusal({2, 2}, {INT64_MIN, INT64_MIN}, 0), "no error");
  EXPECT_NE(refusal({3}, {INT64_MIN}, 0), "no error");
  EXPECT_NE(refusal({2}, {1}, INT64_MAX), "no error");
  EXPECT_EQ(refusal({1}, {INT64_MAX}, 15), "no error");  // an axis of size 1 may have any stride
  EXPECT_EQ(Tensor(storage, {0, 1025}, {far, far}, INT64_MIN).storage_offset(), 0);
}

}  // namespace
}  // namespace lt
