#include <cstdint>
#include <limits>
#include <vector>

#include <libtensor/tensor/ops.h>
#include <libtensor/tests/expect.h>

namespace lt {
namespace {

using Bools = std::vector<bool>;
using test::bits;
using Compare = test::Threads;

using test::kInf;
using test::kNan;

TEST_F(Compare, OrdersNumbersOnEitherSideOfAScalar) {
  const IntTensor x = tensor<int64_t>({1, 2, 3});
  EXPECT_EQ((x < 2).to_vector(), Bools({true, false, false}));
  EXPECT_EQ((x <= 2).to_vector(), Bools({true, true, false}));
  EXPECT_EQ((x > 2).to_vector(), Bools({false, false, true}));
  EXPECT_EQ((x >= 2).to_vector(), Bools({false, true, true}));
  EXPECT_EQ((2 < x).to_vector(), Bools({false, false, true}));
  EXPECT_EQ((2 >= x).to_vector(), Bools({true, true, false}));
  EXPECT_EQ((x == 2).to_vector(), Bools({false, true, false}));
  EXPECT_EQ((2 != x).to_vector(), Bools({true, false, true}));
}

TEST_F(Compare, NanIsUnlikeEverythingEvenItself) {
  const Tensor nan = full(20, kNan);
  const Bools none(20, false);
  EXPECT_EQ((nan == nan).to_vector(), none);
  EXPECT_EQ((nan < 1).to_vector(), none);
  EXPECT_EQ((nan >= 1).to_vector(), none);
  EXPECT_EQ((nan != nan).to_vector(), Bools(20, true));
}

TEST_F(Compare, ZerosOfBothSignsAreEqual) { EXPECT_TRUE((tensor({0.F}) == tensor({-0.F})).item()); }

TEST_F(Compare, OrdersFalseBelowTrue) {
  const BoolTensor a = tensor<bool>({false, false, true, true});
  const BoolTensor b = tensor<bool>({false, true, false, true});
  EXPECT_EQ((a < b).to_vector(), Bools({false, true, false, false}));
  EXPECT_EQ((a <= b).to_vector(), Bools({true, true, false, true}));
  EXPECT_EQ((a & b).to_vector(), Bools({false, false, false, true}));
  EXPECT_EQ((a | b).to_vector(), Bools({false, true, true, true}));
  EXPECT_EQ((a ^ b).to_vector(), Bools({false, true, true, false}));
  EXPECT_EQ((!a).to_vector(), Bools({true, true, false, false}));
}

TEST_F(Compare, BroadcastsAndNamesTheOpWhereItCannot) {
  EXPECT_EQ((ones({2, 1}) == ones(3)).shape(), Shape({2, 3}));
  EXPECT_EQ(error_text<ShapeError>([&] { (void)(ones(2) < ones(3)); }),
            "less: shapes do not broadcast: (2) and (3) differ at axis 0");
  EXPECT_EQ(error_text<ShapeError>([&] { ones<bool>(2) & ones<bool>(3); }),
            "logical_and: shapes do not broadcast: (2) and (3) differ at axis 0");
}

TEST_F(Compare, WhereChoosesByBroadcastCondition) {
  const BoolTensor rows = tensor<bool>({true, false}).unsqueeze(1);
  const IntTensor a = tensor<int64_t>({1, 2, 3});
  EXPECT_EQ(where(rows, a, scalar<int64_t>(0)).to_vector(), std::vector<int64_t>({1, 2, 3, 0, 0, 0}));
  EXPECT_EQ(where(rows, a, a.expand({2, 3}) * 10).at({1, 2}), 30);
  EXPECT_EQ(where(scalar(true) == scalar(true), scalar(1), scalar(2)).shape(), Shape());
  EXPECT_EQ(where(rows, zeros({1, 0}), ones({2, 1})).shape(), Shape({2, 0}));
  EXPECT_EQ(error_text<ShapeError>([&] {
              where(rows, ones({3, 1}), ones(2));
            }),
            "where: shapes do not broadcast: (2, 1) and (3, 2) differ at axis 0");
}

TEST_F(Compare, WhereTakesNanFromTheChosenSideAlone) {
  const Tensor x = tensor({kNan, 1});
  EXPECT_EQ(where(isnan(x), zeros(2), x).to_vector(), std::vector<float>({0, 1}));
}

// Against one number after the other, wherever condition and numbers lie.
template <typename T>
void expect_choice(const BoolTensor& condition, const BasicTensor<T>& a, const BasicTensor<T>& b) {
  const BasicTensor<T> chosen = where(condition, a, b);
  const Shape& shape = chosen.shape();
  const std::vector<bool> choices = condition.expand(shape).to_vector();
  const std::vector<T> yes = a.expand(shape).to_vector();
  const std::vector<T> no = b.expand(shape).to_vector();
  for (size_t i = 0; i < choices.size(); ++i) {
    ASSERT_EQ(chosen.data()[i], choices[i] ? yes[i] : no[i]) << i << " of " << to_string(shape);
  }
}

TEST_F(Compare, WhereTakesAnyLayout) {
  for (const int64_t n : {1, 7, 16, 33, 600}) {
    const IntTensor numbers = arange<int64_t>(2 * 20 * n).view({20, 2 * n});
    const BoolTensor mask = remainder(numbers * 7, scalar<int64_t>(5)) < 2;
    const IntTensor part = numbers.narrow(1, 1, n);
    const IntTensor gaps = numbers.slice(1, 0, 2 * n, 2);
    for (const BoolTensor& condition :
         std::vector<BoolTensor>{mask.narrow(1, 0, n).contiguous(), mask.slice(1, 1, 2 * n, 2),
                                 mask.narrow(0, 0, 1).narrow(1, 0, n), mask.narrow(1, 0, 1)}) {
      expect_choice(condition, part, gaps);
      expect_choice(condition, part.contiguous(), scalar<int64_t>(-1));
      expect_choice(condition, part.cast<float>(), gaps.cast<float>());
      expect_choice(condition, part.cast<double>(), part.narrow(1, 0, 1).cast<double>());
      expect_choice(condition, remainder(part, scalar<int64_t>(2)) == 0,
                    remainder(gaps, scalar<int64_t>(3)) == 0);
      expect_choice(condition, part, gaps.t().contiguous().t());
    }
  }
}

TEST_F(Compare, MaskedFillBroadcastsTheMask) {
  const Tensor x = ones({2, 2});
  EXPECT_EQ(masked_fill(x, tensor<bool>({true, false}), -kInf).to_vector(),
            std::vector<float>({-kInf, 1, -kInf, 1}));
  EXPECT_EQ(masked_fill(ones(2), tensor<bool>({true, false}).unsqueeze(1), 5).shape(), Shape({2, 2}));
}

TEST_F(Compare, ClassifiesNumbers) {
  const Tensor x = tensor({kNan, kInf, -kInf, 0, 1e38F}).expand({20, 5}).contiguous();
  for (int64_t i = 0; i < 20; ++i) {
    EXPECT_EQ(isnan(x)[i].to_vector(), Bools({true, false, false, false, false}));
    EXPECT_EQ(isinf(x)[i].to_vector(), Bools({false, true, true, false, false}));
    EXPECT_EQ(isfinite(x)[i].to_vector(), Bools({false, false, false, true, true}));
  }
}

TEST_F(Compare, GivesTheSameOnAnyNumberOfThreads) {
  const Tensor a = sin(arange(600'007));
  std::vector<std::string> results;
  for (const int threads : {1, 2, 5}) {
    set_num_threads(threads);
    results.push_back(bits(where(a < cos(arange(600'007)), a, -a)));
  }
  EXPECT_EQ(results[1], results[0]);
  EXPECT_EQ(results[2], results[0]);
}

}  // namespace
}  // namespace lt
