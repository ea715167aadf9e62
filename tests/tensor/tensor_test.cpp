#include <libtensor/tensor/tensor.h>

#include <cmath>
#include <cstdint>
#include <cstring>
#include <limits>
#include <vector>

#include <libtensor/tensor/functional.h>
#include <libtensor/tensor/ops.h>
#include <libtensor/tests/expect.h>

namespace lt {
namespace {

using Numbers = std::vector<int64_t>;
using test::bits;
using InPlace = test::Threads;

using test::counting;

TEST(TensorHandle, SharesNumbersWhenCopiedAndCopiesThemWhenCloned) {
  IntTensor x = counting(3);
  IntTensor handle = x;
  IntTensor copy = x.clone();
  handle += 1;
  EXPECT_EQ(x.to_vector(), Numbers({1, 2, 3}));
  EXPECT_EQ(copy.to_vector(), Numbers({0, 1, 2}));
}

TEST(TensorHandle, WithoutATensorComputesNothing) {
  Tensor none;
  const Tensor one = ones(1);
  EXPECT_FALSE(none.defined());
  EXPECT_TRUE(zeros(0).defined());
  const std::function<void()> uses[] = {
      [&] { static_cast<void>(none.shape()); },
      [&] { static_cast<void>(none.numel()); },
      [&] { static_cast<void>(none.data()); },
      [&] { static_cast<void>(none.mutable_data()); },
      [&] { static_cast<void>(none.is_contiguous()); },
      [&] { none.to_vector(); },
      [&] { none.item(); },
      [&] { none.at({0}); },
      [&] { none.clone(); },
      [&] { none.view(0); },
      [&] { none.t(); },
      [&] { none[0]; },
      [&] { none(Slice()); },
      [&] { one(IntTensor()); },
      [&] { one(Slice(), BoolTensor()); },
      [&] { none.reshape({1}); },
      [&] { none[zeros<int64_t>(1)]; },
      [&] { none[zeros<bool>(1)]; },
      [&] { none.fill_(0); },
      [&] { none.copy_(one); },
      [&] { none += one; },
      [&] { mean(none); },
      [&] { sum(none); },
      [&] { exp(none); },
      [&] { none + one; },
      [&] { one + none; },
      [&] { less(one, none); },
      [&] { matmul(none, one); },
      [&] {
        cat({one, none});
      },
      [&] { sort(none); },
      [&] { softmax(none, 0); },
      [&] { one[0] = none; },
      [&] { embedding(none, zeros<int64_t>(1)); },
      [&] { cross_entropy(none, zeros<int64_t>(1)); },
  };
  for (size_t i = 0; i < std::size(uses); ++i) {
    EXPECT_EQ(error_text<ValueError>(uses[i]),
              "tensor: used before it was given a value (a gradient has none before backward)")
        << "use " << i;
  }
}

TEST(TensorHandle, MovedFromIsNoTensor) {
  Tensor a = ones(3);
  const Tensor b = std::move(a);
  EXPECT_FALSE(a.defined());  // NOLINT: what a moved-from handle is
  EXPECT_EQ(error_text<ValueError>([&] { sum(a); }),
            "tensor: used before it was given a value (a gradient has none before backward)");
  Tensor c = b[0];
  Tensor d;
  d = std::move(c);
  EXPECT_FALSE(c.defined());  // NOLINT
  EXPECT_EQ(d.item(), 1.F);
  Tensor& same = d;
  d = std::move(same);
  EXPECT_TRUE(d.defined());
}

TEST(TensorHandle, KnowsSizesAndStridesByNegativeAxis) {
  const IntTensor x = counting({2, 3});
  EXPECT_EQ(x.size(-1), 3);
  EXPECT_EQ(x.stride(-2), 3);
  EXPECT_EQ(error_text<IndexError>([&] { x.size(2); }), "size: axis 2 out of range for 2 axes");
  EXPECT_EQ(error_text<IndexError>([&] { x.stride(-3); }), "stride: axis -3 out of range for 2 axes");
}

TEST(TensorHandle, NamesItsType) {
  EXPECT_STREQ(dtype_name<float>(), "float32");
  EXPECT_STREQ(dtype_name<double>(), "float64");
  EXPECT_STREQ(dtype_name<int64_t>(), "int64");
  EXPECT_STREQ(dtype_name<bool>(), "bool");
}

TEST(TensorReading, TakesTheOnlyNumber) {
  EXPECT_EQ(counting({1, 1, 1}).item(), 0);
  EXPECT_EQ(counting({3, 4}).select(0, 2).narrow(0, 1, 1).item(), 9);
  EXPECT_EQ(error_text<ShapeError>([&] {
              counting({2, 3}).item();
            }),
            "item: (2, 3) holds 6 numbers, not one");
  EXPECT_EQ(error_text<ShapeError>([&] {
              counting({0, 3}).item();
            }),
            "item: (0, 3) holds 0 numbers, not one");
}

TEST(TensorReading, TakesANumberByItsIndex) {
  const IntTensor x = counting({2, 3}).t();
  EXPECT_EQ(x.at({2, 1}), 5);
  EXPECT_EQ(x.at({-3, -1}), 3);
  EXPECT_EQ(counting({}).at({}), 0);
  EXPECT_EQ(error_text<IndexError>([&] { x.at({2}); }),
            "at: 1 index for (3, 2): a number has one for each axis (x[0] is a row)");
  EXPECT_EQ(error_text<IndexError>([&] {
              x.at({0, 2});
            }),
            "at: index 2 is out of range for axis 1 of (3, 2)");
  EXPECT_EQ(error_text<IndexError>([&] {
              x.at({-4, 0});
            }),
            "at: index -4 is out of range for axis 0 of (3, 2)");
}

TEST(TensorReading, ListsNumbersInRowMajorOrderOfTheView) {
  EXPECT_EQ(counting({2, 3}).t().to_vector(), Numbers({0, 3, 1, 4, 2, 5}));
  EXPECT_EQ((counting(2) == counting({2, 1})).to_vector(), std::vector<bool>({true, false, false, true}));
}

TEST(Cast, TruncatesToIntegersAndTakesAnythingButZeroAsTrue) {
  EXPECT_EQ(tensor({1.9F, -1.9F, 0.5F}).cast<int64_t>().to_vector(), Numbers({1, -1, 0}));
  const float nan = std::numeric_limits<float>::quiet_NaN();
  const Tensor x = tensor({0.5F, -0.0F, nan, 1e-45F}).expand({9, 4}).contiguous();  // past a vector's width
  for (int i = 0; i < 9; ++i) {
    EXPECT_EQ(x.cast<bool>()[i].to_vector(), std::vector<bool>({true, false, true, true}));
  }
  EXPECT_EQ(tensor<bool>({true, false}).cast<float>().to_vector(), std::vector<float>({1, 0}));
  EXPECT_EQ(tensor<int64_t>({(int64_t{1} << 53) + 1}).cast<double>().item(), 9007199254740992.0);
}

TEST(Cast, OfAViewIsDense) {
  const DoubleTensor y = counting({2, 3}).t().cast<double>();
  EXPECT_TRUE(y.is_contiguous());
  EXPECT_EQ(y.at({2, 1}), 5);
}

TEST_F(InPlace, ChangesAreSeenThroughEveryView) {
  IntTensor x = counting({3, 4});
  IntTensor column = x.select(1, 2);
  column *= 10;
  EXPECT_EQ(x.at({2, 2}), 100);
  x[0].fill_(7);
  EXPECT_EQ(column.at({0}), 7);
  IntTensor corner = x.slice(0, 0, 3, 2).slice(1, 1, 4, 2);
  corner -= counting({2, 2});
  EXPECT_EQ(x.to_vector(), Numbers({7, 7, 7, 6, 4, 5, 60, 7, 8, 7, 100, 8}));
}

TEST_F(InPlace, OtherOperandsBroadcast) {
  IntTensor x = counting({2, 3});
  x += counting(3);
  x += counting({2, 1});
  EXPECT_EQ(x.to_vector(), Numbers({0, 2, 4, 4, 6, 8}));
  x.copy_(counting(3));
  EXPECT_EQ(x.to_vector(), Numbers({0, 1, 2, 0, 1, 2}));
}

TEST_F(InPlace, NeverGrowsTheTensor) {
  IntTensor x = counting(3);
  EXPECT_EQ(error_text<ShapeError>([&] {
              x += counting({2, 3});
            }),
            "+=: (2, 3) does not broadcast to (3), which is changed in place");
  EXPECT_EQ(error_text<ShapeError>([&] { x.narrow(0, 0, 1) *= counting(3); }),
            "*=: (3) does not broadcast to (1), which is changed in place");
  EXPECT_EQ(error_text<ShapeError>([&] { x.copy_(counting(2)); }),
            "copy_: shapes do not broadcast: (3) and (2) differ at axis 0");
  EXPECT_EQ(x.to_vector(), Numbers({0, 1, 2}));
}

TEST_F(InPlace, WritesNothingIntoAnExpandedTensorThatIsEmpty) {
  IntTensor x = counting({1, 0}).expand({3, 0});
  EXPECT_EQ(error_text<ShapeError>([&] {
              x += counting({3, 0});
              x.copy_(counting({3, 0}));
            }),
            "no error");
}

TEST_F(InPlace, RefusesExpandedTensors) {
  IntTensor x = counting({1, 2}).expand({3, 2});
  const std::string rule = "axis 0 of (3, 2) is expanded: its elements share one number; clone it first";
  EXPECT_EQ(error_text<ShapeError>([&] { x += 1; }), "+=: " + rule);
  EXPECT_EQ(error_text<ShapeError>([&] { x.copy_(counting({3, 2})); }), "copy_: " + rule);
  EXPECT_EQ(error_text<ShapeError>([&] { x.add_(counting({3, 2}), 2); }), "add_: " + rule);
  EXPECT_EQ(error_text<ShapeError>([&] { index_put_(x, {tensor<int64_t>({0})}, counting(2)); }),
            "index_put_: " + rule);
  IntTensor once = counting({1, 2}).expand({1, 1, 2});
  EXPECT_EQ((once += 1).to_vector(), Numbers({1, 2}));
}

TEST_F(InPlace, FillsExpandedTensorsSinceTheNumbersAgree) {
  IntTensor x = counting({2, 1});
  x.expand({2, 3}).fill_(5);
  EXPECT_EQ(x.to_vector(), Numbers({5, 5}));
  x.expand({4, 2, 3}).zero_();
  EXPECT_EQ(x.to_vector(), Numbers({0, 0}));
}

TEST_F(InPlace, ReadsAnOverlappingOperandAsItWasBefore) {
  IntTensor x = counting({3, 3});
  x += x.t();
  EXPECT_EQ(x.to_vector(), Numbers({0, 4, 8, 4, 8, 12, 8, 12, 16}));
  IntTensor y = counting(5);
  y.narrow(0, 1, 4).copy_(y.narrow(0, 0, 4));
  EXPECT_EQ(y.to_vector(), Numbers({0, 0, 1, 2, 3}));
  IntTensor z = counting({2, 2});
  z += z[1];
  EXPECT_EQ(z.to_vector(), Numbers({2, 4, 4, 6}));
  z *= z;
  EXPECT_EQ(z.to_vector(), Numbers({4, 16, 16, 36}));
}

TEST_F(InPlace, DoesNothingToNoNumbers) {
  Tensor x = zeros({0, 3});
  x += zeros({0, 1});
  x.copy_(zeros({1, 3}));
  EXPECT_EQ(x.shape(), Shape({0, 3}));
}

TEST_F(InPlace, CountsVersionsOfTheSharedNumbers) {
  Tensor x = zeros({2, 2});
  const Tensor view = x.t();
  const auto before = view.storage().version();
  x += 1;
  EXPECT_EQ(view.storage().version(), before + 1);
  x[0].fill_(3);
  x.copy_(ones(2));
  x.add_(ones(2), 2);
  EXPECT_EQ(view.storage().version(), before + 4);
  static_cast<void>(x + x.t() * 2);
  static_cast<void>(x.data());
  EXPECT_EQ(view.storage().version(), before + 4);
}

TEST_F(InPlace, LeavesVersionAndNumbersWhereItThrows) {
  Tensor x = ones(3);
  const auto before = x.storage().version();
  EXPECT_THROW(x += ones(2), ShapeError);
  EXPECT_EQ(x.storage().version(), before);
}

TEST_F(InPlace, IntegersWrap) {
  const int64_t most = std::numeric_limits<int64_t>::max();
  IntTensor x = tensor<int64_t>({most, most});
  x += 1;
  EXPECT_EQ(x.to_vector(), Numbers(2, -most - 1));
  x -= 1;
  EXPECT_EQ(x.to_vector(), Numbers(2, most));
  x *= 2;
  EXPECT_EQ(x.to_vector(), Numbers(2, -2));
  x.add_(tensor<int64_t>({most, most}), 3);
  EXPECT_EQ(x.to_vector(), Numbers(2, most - 4));
}

// The undefined-behaviour sanitizer watches: these bytes are no bools.
TEST_F(InPlace, CopyDoesNotReadWhatWasThere) {
  BoolTensor x = empty<bool>(64);
  std::memset(x.mutable_data(), 190, 64);
  BoolTensor every_second = x.slice(0, 0, 64, 2);
  every_second.copy_(scalar<bool>(true));
  EXPECT_EQ(every_second.to_vector(), std::vector<bool>(32, true));
}

TEST_F(InPlace, AddsAMultiple) {
  Tensor x = tensor({1, 2});
  x.add_(tensor({10, 20}), -0.5F);
  EXPECT_EQ(x.to_vector(), std::vector<float>({-4, -8}));
}

TEST_F(InPlace, OnEmptyTensorsDoesNothing) {
  Tensor x = zeros({0, 3});
  x += ones(3);
  x.fill_(2);
  x /= 0;
  EXPECT_EQ(x.shape(), Shape({0, 3}));
}

// Each number in a vector's body must be what it is in a vector's tail, in a strided loop, and alone.
TEST_F(InPlace, AddingAMultipleRoundsTheSameWhereverANumberLies) {
  const Tensor x = sin(arange(1000));
  const Tensor y = cos(arange(1000));
  const Tensor whole = x.clone().add_(y, 0.3F);
  Tensor single = x.clone();
  for (int64_t i = 0; i < 1000; ++i) single.narrow(0, i, 1).add_(y.narrow(0, i, 1), 0.3F);
  Tensor strided = zeros({1000, 2}).select(1, 1);
  strided.copy_(x).add_(y, 0.3F);
  EXPECT_EQ(bits(single), bits(whole));
  EXPECT_EQ(bits(strided), bits(whole));
}

TEST_F(InPlace, GivesTheSameBitsOnAnyNumberOfThreads) {
  const Tensor step = sin(arange(600'007));
  std::vector<std::string> results;
  for (const int threads : {1, 2, 5}) {
    set_num_threads(threads);
    Tensor x = ones(600'007);
    x.add_(step, 0.1F) /= 3;
    x -= step;
    results.push_back(bits(x));
  }
  EXPECT_EQ(results[1], results[0]);
  EXPECT_EQ(results[2], results[0]);
}

TEST(Tensor, CastsWhatAnIntegerCannotHoldToTheSmallest) {
  constexpr int64_t kSmallest = std::numeric_limits<int64_t>::min();
  const float inf = std::numeric_limits<float>::infinity();
  const float nan = std::numeric_limits<float>::quiet_NaN();
  EXPECT_EQ(tensor({nan, inf, -inf, 1e30F, -2.7F}).cast<int64_t>().to_vector(),
            (std::vector<int64_t>{kSmallest, kSmallest, kSmallest, kSmallest, -2}));
}

}  // namespace
}  // namespace lt
