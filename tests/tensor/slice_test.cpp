#include <libtensor/tensor/slice.h>

#include <gtest/gtest.h>

#include <functional>
#include <utility>
#include <vector>

#include <libtensor/tensor/functional.h>
#include <libtensor/tensor/ops.h>
#include <libtensor/tests/expect.h>

namespace lt {
namespace {

using test::counting;

// The values are NumPy's for x = arange(24).reshape(2, 3, 4).
TEST(Slice, ReadsAsPythons) {
  const IntTensor x = counting({2, 3, 4});
  EXPECT_TRUE(equal(x(0, Slice(1, 3), -1), tensor<int64_t>({7, 11})));
  EXPECT_TRUE(equal(x(Slice(), 0, Slice(None, None, 2)), tensor<int64_t>({{0, 2}, {12, 14}})));
  EXPECT_TRUE(equal(x(Ellipsis, 1), tensor<int64_t>({{1, 5, 9}, {13, 17, 21}})));
  EXPECT_TRUE(equal(x(1, Ellipsis, 1), tensor<int64_t>({13, 17, 21})));
  EXPECT_TRUE(equal(x(Slice(-1), Slice(None, -2), Slice(2)), tensor<int64_t>({{{14, 15}}})));
  EXPECT_EQ(x(None, Slice(), None, Slice(), 0).shape(), Shape({1, 2, 1, 3}));
  EXPECT_EQ(x(Ellipsis, None).shape(), Shape({2, 3, 4, 1}));
  EXPECT_EQ(x(Ellipsis).shape(), x.shape());
  EXPECT_EQ(x(0, 0, 0, Ellipsis).shape(), Shape());
  EXPECT_EQ(x(Slice(5, 9)).shape(), Shape({0, 3, 4}));
}

TEST(Slice, OfANegativeStepGoesBack) {
  const IntTensor x = arange<int64_t>(6);
  EXPECT_TRUE(equal(x(Slice(None, None, -1)), tensor<int64_t>({5, 4, 3, 2, 1, 0})));
  EXPECT_TRUE(equal(x(Slice(4, 1, -1)), tensor<int64_t>({4, 3, 2})));
  EXPECT_TRUE(equal(x(Slice(None, 1, -2)), tensor<int64_t>({5, 3})));
  EXPECT_TRUE(equal(x(Slice(-2, None, -3)), tensor<int64_t>({4, 1})));
  EXPECT_TRUE(equal(x(Slice(99, -99, -5)), tensor<int64_t>({5, 0})));
  EXPECT_EQ(x(Slice(1, 4, -1)).numel(), 0);
  EXPECT_EQ(x(Slice(None, None, INT64_MIN + 1)).numel(), 1);
  EXPECT_TRUE(equal(x.slice(0, 4, 1, -1), tensor<int64_t>({4, 3, 2})));
  EXPECT_TRUE(equal(x(Slice(None, None, -1))(Slice(None, None, -2)), tensor<int64_t>({0, 2, 4})));
}

TEST(Slice, WritesThrough) {
  Tensor x = zeros({3, 4});
  x(Slice(1, 3), -1) = tensor({1, 2});
  x(0, Slice(None, None, -2)) = tensor({7, 8});
  x(Slice(), 0) += 5;
  EXPECT_TRUE(equal(x, tensor({{5, 8, 0, 7}, {5, 0, 0, 1}, {5, 0, 0, 2}})));
  x(Slice(None, None, -1)) = x;
  EXPECT_TRUE(equal(x, tensor({{5, 0, 0, 2}, {5, 0, 0, 1}, {5, 8, 0, 7}})));
  x(Ellipsis) = 0;
  EXPECT_TRUE(equal(x, zeros({3, 4})));
}

TEST(Slice, TakesElementsOfWholeTensors) {
  IntTensor places = tensor<int64_t>({1, 2});
  Tensor x = arange(6).view({2, 3});
  EXPECT_EQ(x(places(0), places(1)), 5.F);
  x(places(0), places(1)) = 7;
  EXPECT_TRUE(equal(x(Slice(places(0)), places(1)), tensor({7})));
  EXPECT_TRUE(equal(x[places(0)], tensor({3, 4, 7})));
  EXPECT_EQ(zeros(places(1)).shape(), Shape(2));
  EXPECT_EQ(zeros({places(0), places(1)}).shape(), Shape({1, 2}));
}

TEST(Slice, NamesWhatDoesNotFit) {
  const Tensor x = zeros({2, 3});
  EXPECT_EQ(error_text<IndexError>([&] { x(Slice(), 3); }),
            "select: index 3 is out of range for axis 1 of (2, 3)");
  EXPECT_EQ(error_text<IndexError>([&] { x(Slice(), 0, 0); }), "index: 3 indices for (2, 3)");
  EXPECT_EQ(error_text<IndexError>([&] { x(Ellipsis, Ellipsis); }), "index: more than one Ellipsis");
  EXPECT_EQ(error_text<ValueError>([&] { x(Slice(0, 2, 0)); }), "slice: a step of 0");
}

// NumPy's and PyTorch's places for the axes of ids: their own where they stand side by side, else the first.
TEST(Slice, TakesIdsAndMasksBesideViews) {
  const IntTensor x = counting({2, 3, 4});
  const IntTensor ids = tensor<int64_t>({2, 0});
  EXPECT_TRUE(equal(x(Slice(), ids), stack({x.select(1, 2), x.select(1, 0)}, 1)));
  EXPECT_TRUE(equal(x(1, Slice(), ids), tensor<int64_t>({{14, 12}, {18, 16}, {22, 20}})));
  EXPECT_EQ(x(Slice(), ids, ids).shape(), Shape({2, 2}));
  EXPECT_TRUE(equal(x(Slice(), ids, ids), tensor<int64_t>({{10, 0}, {22, 12}})));
  EXPECT_EQ(x(tensor<int64_t>({0, 1}), Slice(), ids).shape(), Shape({2, 3}));  // apart: first
  EXPECT_TRUE(equal(x(tensor<int64_t>({0, 1}), Slice(), ids), tensor<int64_t>({{2, 6, 10}, {12, 16, 20}})));
  EXPECT_EQ(x(Slice(), Slice(), zeros<int64_t>({5, 6})).shape(), Shape({2, 3, 5, 6}));
  EXPECT_EQ(x(None, Slice(), ids).shape(), Shape({1, 2, 2, 4}));
  EXPECT_EQ(x(Ellipsis, ids).shape(), Shape({2, 3, 2}));
  const BoolTensor mask = tensor<bool>({true, false, true});
  EXPECT_TRUE(equal(x(Slice(), mask), stack({x.select(1, 0), x.select(1, 2)}, 1)));
  EXPECT_TRUE(equal(x(0, x[0] > 9), tensor<int64_t>({10, 11})));
  EXPECT_EQ(error_text<ShapeError>([&] {
              x(Slice(), tensor<bool>({true, false}));
            }),
            "index: a mask of shape (2) does not match its axes of (2, 3, 4)");
  EXPECT_EQ(error_text<IndexError>([&] { x(Slice(), scalar<bool>(true)); }),
            "index: a mask without axes stands beside other indices");
  EXPECT_EQ(error_text<IndexError>([&] { x(Slice(), tensor<int64_t>({3})); }),
            "index: id 3 at (0) is out of range for axis 0 of size 3");
}

TEST(Slice, WritesToIdsAndMasksBesideViews) {
  IntTensor x = counting({2, 3});
  x(Slice(), tensor<int64_t>({2, 0})) = tensor<int64_t>({{10, 20}, {30, 40}});
  EXPECT_TRUE(equal(x, tensor<int64_t>({{20, 1, 10}, {40, 4, 30}})));
  x(1, tensor<bool>({true, false, true})) += 1;
  EXPECT_TRUE(equal(x, tensor<int64_t>({{20, 1, 10}, {41, 4, 31}})));
  x(tensor<int64_t>({0, 1}), tensor<int64_t>({1, 1})) = 0;
  EXPECT_TRUE(equal(x, tensor<int64_t>({{20, 0, 10}, {41, 0, 31}})));
  IntTensor y = zeros<int64_t>({2, 2, 3});
  y(tensor<int64_t>({0, 1}), Slice(), tensor<int64_t>({2, 0})) = tensor<int64_t>({{1, 2}, {3, 4}});
  EXPECT_TRUE(equal(y, tensor<int64_t>({{{0, 0, 1}, {0, 0, 2}}, {{3, 0, 0}, {4, 0, 0}}})));
}

// Every op on numbers that lie backwards gives the bits that it gives on a dense copy.
TEST(NegativeStrides, ChangeNoResult) {
  for (const Shape& shape : {Shape{5}, Shape{40}, Shape{3, 4}, Shape{33, 70}, Shape{2, 3, 17}}) {
    const Tensor base = (counting(shape).cast<float>() * 0.37F + 0.1F).clone();
    for (int flipped = 1; flipped < 1 << shape.size(); ++flipped) {
      Tensor x = base;
      for (int axis = 0; axis < shape.size(); ++axis) {
        if ((flipped >> axis & 1) != 0) x = x.slice(axis, shape[axis], -shape[axis] - 1, -1);
      }
      const Tensor dense = x.clone();
      const int last = shape.size() - 1;
      const Tensor other = ones(shape) * 0.5F;
      const std::function<Tensor(const Tensor&)> ops[] = {
          [](const Tensor& a) { return exp(a); },
          [](const Tensor& a) { return a + 1; },
          [&](const Tensor& a) { return a * other; },
          [&](const Tensor& a) { return other - a; },
          [](const Tensor& a) { return a + a; },
          [&](const Tensor& a) { return where(other < a, a, other); },
          [](const Tensor& a) { return a.cast<int64_t>().cast<float>(); },
          [](const Tensor& a) { return sum(a); },
          [](const Tensor& a) { return sum(a, 0); },
          [&](const Tensor& a) { return sum(a, last); },
          [&](const Tensor& a) { return var(a, last); },
          [&](const Tensor& a) { return amax(a, last); },
          [&](const Tensor& a) { return argmax(a, 0).cast<float>(); },
          [&](const Tensor& a) { return softmax(a, last); },
          [&](const Tensor& a) { return log_softmax(a, 0); },
          [&](const Tensor& a) { return cumsum(a, last); },
          [&](const Tensor& a) { return sort(a, 0).values; },
          [](const Tensor& a) {
            return cat({a, a});
          },
          [](const Tensor& a) { return flip(a, 0); },
          [](const Tensor& a) {
            return tril(a.dim() < 2 ? a.view({1, -1}) : a);
          },
          [](const Tensor& a) {
            return a[tensor<int64_t>({1, 0, -1})];
          },
          [](const Tensor& a) { return a[a > 1]; },
          [](const Tensor& a) { return gather(a, 0, zeros<int64_t>(a.shape())); },
          [&](const Tensor& a) { return layer_norm(a, Tensor(), Tensor()); },
          [&](const Tensor& a) { return batch_norm(last == 0 ? a.unsqueeze(1) : a, Tensor(), Tensor()); },
          [](const Tensor& a) { return a.reshape(-1); },
          [&](const Tensor& a) { return zeros(shape).copy_(a); },
          [&](const Tensor& a) { return zeros(shape).add_(a, 2); },
          [](const Tensor& a) { return from_vector(a.to_vector(), a.numel()); },
      };
      for (size_t i = 0; i < std::size(ops); ++i) {
        EXPECT_EQ(test::bits(ops[i](x)), test::bits(ops[i](dense))) << "op " << i << " of " << shape;
      }
      // A product may take another path, with another order of the sums, as of any operand that is not dense.
      const int before_last = last > 0 ? -2 : -1;
      EXPECT_TRUE(allclose(matmul(x, other.transpose(-1, before_last)),
                           matmul(dense, other.transpose(-1, before_last))));
      EXPECT_TRUE(allclose(matmul(other, x.transpose(-1, before_last)),
                           matmul(other, dense.transpose(-1, before_last))));
      Tensor to = zeros(shape);
      Tensor backwards = to;
      for (int axis = 0; axis < shape.size(); ++axis) {
        if ((flipped >> axis & 1) != 0) backwards = backwards.slice(axis, shape[axis], -shape[axis] - 1, -1);
      }
      backwards.copy_(x);
      backwards *= 2;
      EXPECT_TRUE(equal(to, base * 2)) << shape;
    }
  }
}

}  // namespace
}  // namespace lt
