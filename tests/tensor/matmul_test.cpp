#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <utility>

#include <libtensor/tensor/ops.h>
#include <libtensor/tensor/parallel.h>
#include <libtensor/tensor/random.h>
#include <libtensor/tests/expect.h>
#include <libtensor/tests/reduce_golden.h>

namespace lt {
namespace {

// Whole numbers from -7 to 7: every product below is exact in float.
template <typename T = float>
BasicTensor<T> small_numbers(const Shape& shape, int64_t seed) {
  std::vector<T> values;
  for (int64_t i = 0; i < numel(shape); ++i)
    values.push_back(static_cast<T>((i * i + 5 * i * seed + seed) % 15 - 7));
  return from_vector<T>(values, shape);
}

// The sum over k of a[..., i, k] * b[..., k, j], by broadcasting.
template <typename T>
BasicTensor<T> plain_product(const BasicTensor<T>& a, const BasicTensor<T>& b) {
  return sum(mul(a.unsqueeze(-1), b.unsqueeze(-3)), -2);
}

TEST(MatmulShapes, MultipliesMatricesOfEveryKind) {
  for (const int64_t m : {1, 2, 7, 33}) {
    for (const int64_t k : {1, 3, 30}) {
      for (const int64_t n : {1, 5, 40}) {
        EXPECT_TRUE(equal(matmul(small_numbers({m, k}, 1), small_numbers({k, n}, 2)),
                          plain_product(small_numbers({m, k}, 1), small_numbers({k, n}, 2))));
      }
    }
  }
  const IntTensor a = small_numbers<int64_t>({4, 6}, 3);
  EXPECT_TRUE(equal(matmul(a, a.t()), plain_product(a, a.t())));
  const DoubleTensor d = small_numbers<double>({4, 6}, 4);
  EXPECT_TRUE(equal(matmul(d.t(), d), plain_product(d.t(), d)));
}

TEST(MatmulShapes, TakesViewsAsTheyLie) {
  const Tensor a = small_numbers({9, 12}, 1);
  const Tensor b = small_numbers({12, 10}, 2);
  EXPECT_TRUE(equal(matmul(a.t().contiguous().t(), b.t().contiguous().t()), matmul(a, b)));
  const Tensor odd = a.slice(1, 0, 12, 3);
  EXPECT_TRUE(
      equal(matmul(odd, b.slice(0, 1, 12, 3)), matmul(odd.contiguous(), b.slice(0, 1, 12, 3).contiguous())));
  const Tensor row = a.narrow(0, 2, 1).expand({5, 12});
  EXPECT_TRUE(equal(matmul(row, b), matmul(row.contiguous(), b)));
}

TEST(MatmulShapes, TransposesEitherOperand) {
  const Tensor a = small_numbers({5, 9}, 1);
  const Tensor b = small_numbers({5, 7}, 2);
  EXPECT_TRUE(equal(matmul_tn(a, b), plain_product(a.t(), b)));
  EXPECT_TRUE(equal(matmul_nt(a.t(), b.t()), plain_product(a.t(), b)));
  EXPECT_TRUE(equal(matmul_nt(a.slice(1, 0, 9, 2), a.slice(1, 0, 9, 2)),
                    plain_product(a.slice(1, 0, 9, 2), a.slice(1, 0, 9, 2).t())));
  // A large left operand, few columns: with operands swapped; the right one as it lies and transposed.
  const Tensor large = small_numbers({400, 300}, 4);
  const Tensor few = small_numbers({400, 20}, 5);
  EXPECT_TRUE(equal(matmul_tn(large, few), plain_product(large.t(), few)));
  EXPECT_TRUE(equal(matmul_tn(large, few.t().contiguous().t()), plain_product(large.t(), few)));
  EXPECT_TRUE(equal(matmul(large.t(), few.select(1, 3)), matmul(large.t(), few).select(1, 3)));
  const IntTensor whole = small_numbers<int64_t>({4, 6}, 3);
  EXPECT_TRUE(equal(matmul_tn(whole, whole), plain_product(whole.t(), whole)));
  EXPECT_TRUE(equal(matmul_tn(empty({0, 3}), empty({0, 2})), zeros({3, 2})));
  EXPECT_TRUE(equal(matmul_nt(empty({3, 0}), empty({2, 0})), zeros({3, 2})));
}

TEST(MatmulShapes, TakesVectorsAsRowsAndColumns) {
  const Tensor v = tensor({1, 2, 3});
  const Tensor x = small_numbers({3, 4}, 1);
  EXPECT_EQ(matmul(v, v).shape(), Shape());
  EXPECT_EQ(matmul(v, v).item(), 14.0F);
  EXPECT_TRUE(equal(matmul(v, x), plain_product(v.unsqueeze(0), x).squeeze(0)));
  EXPECT_TRUE(equal(matmul(x.t(), v), matmul(v, x)));
  EXPECT_EQ(matmul(small_numbers({2, 5, 4, 3}, 2), v).shape(), Shape({2, 5, 4}));
  EXPECT_EQ(matmul(v, small_numbers({2, 3, 4}, 2)).shape(), Shape({2, 4}));
}

TEST(MatmulShapes, BroadcastsTheBatch) {
  const Tensor a = small_numbers({2, 1, 3, 4}, 1);
  const Tensor b = small_numbers({5, 4, 6}, 2);
  EXPECT_EQ(matmul(a, b).shape(), Shape({2, 5, 3, 6}));
  EXPECT_TRUE(equal(matmul(a, b), plain_product(a, b)));
  EXPECT_TRUE(equal(matmul(a, small_numbers({4, 6}, 3)), plain_product(a, small_numbers({4, 6}, 3))));
  EXPECT_TRUE(equal(matmul(small_numbers({7, 3}, 4), a), plain_product(small_numbers({7, 3}, 4), a)));
  const Tensor swapped = b.transpose(1, 2);
  EXPECT_TRUE(equal(matmul(b, swapped), plain_product(b, swapped)));
  const Tensor heads = small_numbers({2, 8, 3, 4}, 5).transpose(1, 2);  // (2, 3, 8, 4), not dense
  EXPECT_TRUE(equal(matmul(heads, heads.transpose(-2, -1)), plain_product(heads, heads.transpose(-2, -1))));
  EXPECT_TRUE(equal(matmul(heads, small_numbers({4, 6}, 6)), plain_product(heads, small_numbers({4, 6}, 6))));
}

TEST(MatmulShapes, OfNothingIsZero) {
  EXPECT_TRUE(equal(matmul(empty({3, 0}), empty({0, 2})), zeros({3, 2})));
  EXPECT_EQ(matmul(empty({0}), empty({0})).item(), 0.0F);
  EXPECT_EQ(matmul(empty({0, 3}), ones({3, 2})).shape(), Shape({0, 2}));
  EXPECT_EQ(matmul(empty({0, 2, 3}), ones({3, 4})).shape(), Shape({0, 2, 4}));
  EXPECT_TRUE(equal(matmul(empty({2, 3, 0}), empty({2, 0, 2})), zeros({2, 3, 2})));
  constexpr int64_t kMany = int64_t{1} << 40;  // more rows than can be counted, if there were any
  EXPECT_EQ(matmul(empty({kMany, kMany, 0, 3}), ones({3, 4})).shape(), Shape({kMany, kMany, 0, 4}));
}

TEST(MatmulShapes, WrapsIntegers) {
  const int64_t top = std::numeric_limits<int64_t>::max();
  EXPECT_EQ(matmul(tensor<int64_t>({top, 1}), tensor<int64_t>({1, 1})).item(),
            std::numeric_limits<int64_t>::min());
}

TEST(MatmulShapes, KeepsNaNAndInfinity) {
  const float inf = std::numeric_limits<float>::infinity();
  EXPECT_TRUE(isnan(matmul(tensor({0.0F, 1.0F}), tensor({inf, 1.0F}))).item());
  EXPECT_EQ(matmul(tensor({1.0F, 1.0F}), tensor({inf, 1.0F})).item(), inf);
}

TEST(MatmulShapes, NamesBothShapesWhenTheyDoNotFit) {
  EXPECT_EQ(error_text<ShapeError>([] {
              matmul(ones({3, 4}), ones({5, 2}));
            }),
            "matmul: inner sizes differ: (3, 4) @ (5, 2)");
  EXPECT_EQ(error_text<ShapeError>([] { matmul(ones({3}), ones({4})); }),
            "matmul: inner sizes differ: (3) @ (4)");
  EXPECT_EQ(error_text<ShapeError>([] { matmul(scalar(1.0F), ones({4})); }),
            "matmul: a scalar is no matrix: () @ (4)");
  EXPECT_EQ(error_text<ShapeError>([] {
              matmul(ones({2, 3, 4}), ones({5, 4, 2}));
            }),
            "matmul: leading axes do not broadcast: (2, 3, 4) @ (5, 4, 2)");
  EXPECT_EQ(error_text<ShapeError>([] {
              matmul_tn(ones({3, 4}), ones({4, 2}));
            }),
            "matmul_tn: matrices (k, m) and (k, n) are wanted, got (3, 4) and (4, 2)");
  EXPECT_EQ(error_text<ShapeError>([] {
              matmul_nt(ones({3, 4}), ones(4));
            }),
            "matmul_nt: matrices (m, k) and (n, k) are wanted, got (3, 4) and (4)");
}

TEST(MatmulShapes, IsTheSameOnAnyNumberOfThreads) {
  const Tensor a = sin(arange(16 * 70 * 90)).view({16, 70, 90});
  const Tensor b = cos(arange(16 * 90 * 60)).view({16, 90, 60});
  const int before = num_threads();
  set_num_threads(1);
  const Tensor batch = matmul(a, b);
  const Tensor rows = matmul(a, b[0]);
  for (const int threads : {2, 5}) {
    set_num_threads(threads);
    EXPECT_TRUE(equal(batch, matmul(a, b)));
    EXPECT_TRUE(equal(rows, matmul(a, b[0])));
  }
  set_num_threads(before);
}

TEST(Addmm, AddsTheBiasToEveryRow) {
  const Tensor bias = tensor({10, 20});
  const Tensor a = tensor({{1, 2}, {3, 4}, {5, 6}});
  const Tensor b = tensor({{1, 0}, {0, 1}});
  EXPECT_TRUE(equal(addmm(bias, a, b), tensor({{11, 22}, {13, 24}, {15, 26}})));
  EXPECT_TRUE(equal(addmm(bias, a, b.t()), tensor({{11, 22}, {13, 24}, {15, 26}})));
  EXPECT_TRUE(equal(addmm(bias, zeros({3, 0}), zeros({0, 2})), bias.expand({3, 2})));
  EXPECT_EQ(addmm(bias, zeros({0, 2}), b).shape(), Shape({0, 2}));
}

// The bias is added once, to the sum over the first block of k, whatever way the product takes.
TEST(Addmm, AddsTheBiasOnceHoweverTheProductIsCut) {
  Generator g(1);
  // In place and packed, with k in one block and in several, and cut along k.
  for (const Shape& size : {Shape{5, 7, 3}, Shape{33, 100, 50}, Shape{300, 300, 800}, Shape{9, 10, 9000}}) {
    const Tensor bias = randint(-9, 10, size[1], g).cast<float>();
    const Tensor a = randint(-9, 10, {size[0], size[2]}, g).cast<float>();
    const Tensor b = randint(-9, 10, {size[2], size[1]}, g).cast<float>();
    EXPECT_TRUE(equal(addmm(bias, a, b), matmul(a, b) + bias)) << size;  // whole numbers: exact
  }
  // So much larger than a that operands are swapped, whatever the width of vectors; and with k in two blocks,
  // where they are not. The bits are those of a plain b.
  for (const int64_t k : {150, 1100}) {
    const Tensor bias = randn(200, g);
    const Tensor a = randn({16, k}, g);
    const Tensor weight = randn({200, k}, g);
    EXPECT_TRUE(equal(addmm(bias, a, weight.t()), addmm(bias, a, weight.t().contiguous()))) << k;
  }
  // Few rows, and one column: inner products.
  for (const auto& [m, n] : {std::pair(3, 50), std::pair(50, 1)}) {
    const Tensor bias = randint(-9, 10, n, g).cast<float>();
    const Tensor a = randint(-9, 10, {m, 200}, g).cast<float>();
    const Tensor weight = randint(-9, 10, {n, 200}, g).cast<float>();
    EXPECT_TRUE(equal(addmm(bias, a, weight.t()), matmul(a, weight.t()) + bias)) << n;
  }
}

TEST(Addmm, TakesOneRowOfBiasAndTwoMatricesOnly) {
  EXPECT_EQ(error_text<ShapeError>([] {
              addmm(ones({3, 2}), ones({3, 4}), ones({4, 2}));
            }),
            "addmm: a bias (n) and matrices (m, k) @ (k, n) are wanted, got (3, 2) and (3, 4) @ (4, 2)");
  EXPECT_THROW(addmm(ones({1}), ones({3, 4}), ones({4, 2})), ShapeError);
  EXPECT_THROW(addmm(ones({2}), ones({3, 4}), ones({5, 2})), ShapeError);
  EXPECT_THROW(addmm(ones({2}), ones({4}), ones({4, 2})), ShapeError);
}

}  // namespace
}  // namespace lt
