#include <cmath>
#include <cstdint>
#include <fstream>
#include <limits>
#include <string>
#include <vector>

#include <libtensor/tensor/ops.h>
#include <libtensor/tests/expect.h>

namespace lt {
namespace {

using test::bits;
using Numbers = std::vector<int64_t>;
using Elementwise = test::Threads;

using test::kInf;
using test::kNan;
constexpr int64_t kMost = std::numeric_limits<int64_t>::max();

TEST_F(Elementwise, ComputesAndNamesEveryOperator) {
  const IntTensor a = tensor<int64_t>({7, -7});
  const IntTensor b = tensor<int64_t>({2, 3});
  EXPECT_EQ((a + b).to_vector(), Numbers({9, -4}));
  EXPECT_EQ((a - b).to_vector(), Numbers({5, -10}));
  EXPECT_EQ((a * b).to_vector(), Numbers({14, -21}));
  EXPECT_EQ((tensor({1, 6}) / tensor({4, 3})).to_vector(), std::vector<float>({0.25F, 2}));
  EXPECT_EQ((a + 1).to_vector(), Numbers({8, -6}));
  EXPECT_EQ((1 - a).to_vector(), Numbers({-6, 8}));
  EXPECT_EQ((2 / tensor({4})).item(), 0.5F);
  EXPECT_EQ((-a).to_vector(), Numbers({-7, 7}));
}

TEST_F(Elementwise, BroadcastsAsPyTorch) {
  const IntTensor rows = tensor<int64_t>({10, 20}).unsqueeze(1);
  const IntTensor columns = tensor<int64_t>({1, 2, 3});
  EXPECT_EQ((rows + columns).to_vector(), Numbers({11, 12, 13, 21, 22, 23}));
  EXPECT_EQ((columns - rows).to_vector(), Numbers({-9, -8, -7, -19, -18, -17}));
  EXPECT_EQ((rows + zeros<int64_t>({2, 0})).shape(), Shape({2, 0}));
  EXPECT_EQ((scalar<int64_t>(1) + scalar<int64_t>(2)).shape(), Shape());
  EXPECT_EQ(error_text<ShapeError>([&] {
              rows + zeros<int64_t>({3, 1});
            }),
            "add: shapes do not broadcast: (2, 1) and (3, 1) differ at axis 0");
}

// The oracle: one element at a time, by its index.
TEST_F(Elementwise, AgreesWithSingleElementsForEveryRankAndLayout) {
  Shape shape;
  for (int rank = 0; rank <= kMaxRank; ++rank) {
    const IntTensor a = arange<int64_t>(numel(shape)).view(shape);
    const IntTensor b = rank > 1 ? a.transpose(0, -1).contiguous().transpose(0, -1) : a;
    const Numbers sums = (a * 3 - b).to_vector();
    for (int64_t i = 0; i < a.numel(); ++i) ASSERT_EQ(sums[static_cast<size_t>(i)], 2 * i) << rank;
    if (rank < kMaxRank) shape.push_back(rank % 3 + 1);
  }
}

TEST_F(Elementwise, GivesTheSameBitsForEveryLayoutOfItsOperands) {
  const Tensor a = sin(arange(40 * 50)).view({40, 50});
  const Tensor b = cos(arange(40 * 50)).view({40, 50}) + 2;
  const auto scattered = [](const Tensor& x) {
    Tensor wide = zeros({50, 40, 3});
    Tensor part = wide.select(2, 1).t();
    return part.copy_(x);
  };
  const auto same = [&](Tensor (*op)(const Tensor&, const Tensor&)) {
    const std::string want = bits(op(a, b));
    EXPECT_EQ(bits(op(scattered(a), b)), want);
    EXPECT_EQ(bits(op(a, scattered(b))), want);
    EXPECT_EQ(bits(op(scattered(a), scattered(b))), want);
    Tensor rows = zeros({40, 50});
    for (int64_t i = 0; i < 40; ++i) {
      for (int64_t j = 0; j < 50; j += 7) {
        const int64_t n = std::min<int64_t>(7, 50 - j);
        rows[i].narrow(0, j, n).copy_(op(a[i].narrow(0, j, n), b[i].narrow(0, j, n)));
      }
    }
    EXPECT_EQ(bits(rows), want);
  };
  same(&add<float>);
  same(&sub<float>);
  same(&mul<float>);
  same(&div<float>);
  same(&pow<float>);
  same(&atan2<float>);
  same(&maximum<float>);
  same(&minimum<float>);
  same(&remainder<float>);
  same(&floor_divide<float>);
}

// Rows too short for a loop each are taken several at a time, in blocks that end anywhere.
template <typename T>
void expect_short_rows(int64_t rows, int64_t n) {
  const auto count = [](int64_t numbers) { return arange<int64_t>(numbers).template cast<T>(); };
  const BasicTensor<T> dense = count(rows * n).view({rows, n});
  const BasicTensor<T> part = count(rows * (n + 3)).view({rows, n + 3}).narrow(1, 1, n);
  const BasicTensor<T> column = count(rows).view({rows, 1});
  const BasicTensor<T> row = count(n);
  const std::vector<T> shifted = (dense + column).to_vector();
  const std::vector<T> sums = (row + column).to_vector();
  const std::vector<T> firsts = (part - row).to_vector();
  const std::vector<T> gaps = (part - dense).to_vector();
  const std::vector<bool> before = (row < column).to_vector();
  const std::vector<T> negative = neg(part).to_vector();
  BasicTensor<T> joined = full<T>({rows, 2 * n + 3}, T{-1});
  joined.narrow(1, 1, n).copy_(part);
  joined.slice(1, n + 1, 2 * n + 1).copy_(dense);
  BasicTensor<T> spread = full<T>({rows, 2 * n}, T{-1});
  spread.slice(1, 1, 2 * n, 2).copy_(dense);
  for (int64_t i = 0; i < rows; ++i) {
    const T* const together = joined.data() + i * (2 * n + 3);
    for (const int64_t j : {int64_t{0}, 2 * n + 1, 2 * n + 2}) ASSERT_EQ(together[j], T{-1});
    for (int64_t j = 0; j < n; ++j) {
      const auto at = static_cast<size_t>(i * n + j);
      ASSERT_EQ(shifted[at], static_cast<T>(i * n + j + i)) << rows << " x " << n;
      ASSERT_EQ(sums[at], static_cast<T>(i + j)) << rows << " x " << n;
      ASSERT_EQ(firsts[at], static_cast<T>(i * (n + 3) + 1)) << rows << " x " << n;
      ASSERT_EQ(gaps[at], static_cast<T>(3 * i + 1)) << rows << " x " << n;
      ASSERT_EQ(before[at], j < i) << rows << " x " << n;
      ASSERT_EQ(negative[at], static_cast<T>(-(i * (n + 3) + 1 + j))) << rows << " x " << n;
      ASSERT_EQ(together[1 + j], static_cast<T>(i * (n + 3) + 1 + j)) << rows << " x " << n;
      ASSERT_EQ(together[1 + n + j], static_cast<T>(i * n + j)) << rows << " x " << n;
      ASSERT_EQ(spread.data()[2 * at], T{-1}) << rows << " x " << n;
      ASSERT_EQ(spread.data()[2 * at + 1], static_cast<T>(i * n + j)) << rows << " x " << n;
    }
  }
}

TEST_F(Elementwise, TakesShortRowsTogether) {
  for (const int64_t n : {1, 2, 3, 15, 16, 17, 27, 100, 127, 128, 129}) {
    for (const int64_t rows : {1, 2, 37, 600}) {
      expect_short_rows<float>(rows, n);
      expect_short_rows<double>(rows, n);
      expect_short_rows<int64_t>(rows, n);
      if (HasFatalFailure()) return;
    }
  }
  for (const int threads : {1, 2, 5}) {
    set_num_threads(threads);
    expect_short_rows<float>(40'000, 9);  // enough for all of them
  }
  Tensor x = arange(600 * 5).view({600, 5});
  x += x.narrow(1, 0, 1).clone();
  EXPECT_EQ(x[599].to_vector(), std::vector<float>({5990, 5991, 5992, 5993, 5994}));
  EXPECT_EQ((zeros({0, 5}) + zeros({0, 1})).shape(), Shape({0, 5}));
  EXPECT_EQ((zeros({5, 0}) + zeros({5, 1})).shape(), Shape({5, 0}));
}

// Transposed operands are taken in blocks, which end anywhere.
template <typename T>
void expect_transposed(int64_t rows, int64_t n) {
  const BasicTensor<T> numbers = arange<int64_t>(2 * rows * n).template cast<T>();
  const BasicTensor<T> dense = numbers.narrow(0, 0, rows * n).view({rows, n});
  const BasicTensor<T> transposed = numbers.view({2, n, rows}).transpose(1, 2);  // (2, rows, n)
  const BasicTensor<T> column = numbers.narrow(0, 0, rows).view({rows, 1});
  const std::vector<T> copy = transposed.contiguous().to_vector();
  const std::vector<T> sums = (dense + transposed).to_vector();
  const std::vector<T> twice = (transposed + transposed[0]).to_vector();
  const std::vector<T> shifted = (transposed - column).to_vector();
  const BoolTensor less = transposed < dense;
  const std::vector<bool> across = less.transpose(1, 2).contiguous().to_vector();  // (2, n, rows)
  for (int64_t m = 0; m < 2; ++m) {
    for (int64_t i = 0; i < rows; ++i) {
      for (int64_t j = 0; j < n; ++j) {
        const auto at = static_cast<size_t>((m * rows + i) * n + j);
        const int64_t first = j * rows + i;  // what transposed[0] holds here
        const int64_t here = m * rows * n + first;
        ASSERT_EQ(copy[at], static_cast<T>(here)) << rows << " x " << n;
        ASSERT_EQ(sums[at], static_cast<T>(i * n + j + here)) << rows << " x " << n;
        ASSERT_EQ(twice[at], static_cast<T>(here + first)) << rows << " x " << n;
        ASSERT_EQ(shifted[at], static_cast<T>(here - i)) << rows << " x " << n;
        ASSERT_EQ(across[static_cast<size_t>(here)], here < i * n + j) << rows << " x " << n;
      }
    }
  }
}

TEST_F(Elementwise, TakesTransposedOperandsInBlocks) {
  for (const int64_t n : {15, 16, 17, 63, 64, 65, 130}) {
    for (const int64_t rows : {15, 16, 17, 18, 19, 20, 31, 64}) {
      expect_transposed<float>(rows, n);
      expect_transposed<double>(rows, n);
      expect_transposed<int64_t>(rows, n);
      if (HasFatalFailure()) return;
    }
  }
  expect_transposed<float>(256, 70);  // columns that lie a multiple of 1 KB apart
  expect_transposed<int64_t>(128, 70);
  for (const int threads : {1, 2, 5}) {
    set_num_threads(threads);
    expect_transposed<double>(512, 600);  // the same, and enough for all of them
  }
  Tensor x = arange(40 * 40).view({40, 40});
  x += x.t();
  EXPECT_EQ(x.at({39, 1}), 39 * 40 + 1 + 1 * 40 + 39);
  EXPECT_EQ(zeros({0, 30}).t().contiguous().shape(), Shape({30, 0}));
}

TEST_F(Elementwise, GivesTheSameBitsOnAnyNumberOfThreads) {
  const DoubleTensor a = arange<double>(2000 * 301).view({2000, 301}) / 7;
  const DoubleTensor b = arange<double>(301) + 0.1;
  std::vector<std::string> results;
  for (const int threads : {1, 2, 5}) {
    set_num_threads(threads);
    results.push_back(bits(a * b + remainder(a.t(), b.narrow(0, 0, 1).expand(2000)).t() / (a + 1)));
  }
  EXPECT_EQ(results[1], results[0]);
  EXPECT_EQ(results[2], results[0]);
}

TEST_F(Elementwise, IntegersWrap) {
  const IntTensor most = full<int64_t>(9, kMost);
  EXPECT_EQ((most + 1).to_vector(), Numbers(9, INT64_MIN));
  EXPECT_EQ((INT64_MIN - full<int64_t>(9, 1)).to_vector(), Numbers(9, kMost));
  EXPECT_EQ((most * 2).to_vector(), Numbers(9, -2));
  EXPECT_EQ(neg(full<int64_t>(9, INT64_MIN)).to_vector(), Numbers(9, INT64_MIN));
}

TEST_F(Elementwise, MaximumAndMinimumKeepNan) {
  // Twenty copies, so that whole vectors and their tail both meet NaN on either side.
  const Tensor a = tensor({kNan, 1, kNan, 1, -kInf}).expand({20, 5}).contiguous();
  const Tensor b = tensor({1, kNan, kNan, 2, kInf}).expand({20, 5}).contiguous();
  const Tensor high = maximum(a, b);
  const Tensor low = minimum(a, b);
  for (int64_t i = 0; i < 20; ++i) {
    for (int64_t j = 0; j < 3; ++j) EXPECT_TRUE(std::isnan(high.at({i, j})) && std::isnan(low.at({i, j})));
    EXPECT_EQ(high.at({i, 3}), 2);
    EXPECT_EQ(low.at({i, 3}), 1);
    EXPECT_EQ(high.at({i, 4}), kInf);
    EXPECT_EQ(low.at({i, 4}), -kInf);
  }
}

TEST_F(Elementwise, FloorDivideAndRemainderFollowPythonForIntegers) {
  const IntTensor a = tensor<int64_t>({7, -7, 7, -7, 6, INT64_MIN, INT64_MIN});
  const IntTensor b = tensor<int64_t>({3, 3, -3, -3, -3, -1, 1});
  EXPECT_EQ(floor_divide(a, b).to_vector(), Numbers({2, -3, -3, 2, -2, INT64_MIN, INT64_MIN}));
  EXPECT_EQ(remainder(a, b).to_vector(), Numbers({1, 2, -2, -1, 0, 0, 0}));
}

TEST_F(Elementwise, FloorDivideAndRemainderFollowPythonForFloats) {
  const DoubleTensor a = tensor<double>({7.5, -7.5, 7.5, -1, 1, -0.0, 1});
  const DoubleTensor b = tensor<double>({2, 2, -2, kInf, -kInf, 5, 0.1});
  EXPECT_EQ(floor_divide(a, b).to_vector(), std::vector<double>({3, -4, -4, -1, -1, -0.0, 9}));
  EXPECT_EQ(remainder(a, b).narrow(0, 0, 5).to_vector(), std::vector<double>({1.5, 0.5, -0.5, kInf, -kInf}));
  EXPECT_EQ(floor_divide(tensor({1, -1}), tensor({0, 0})).to_vector(), std::vector<float>({kInf, -kInf}));
  EXPECT_TRUE(std::isnan(remainder(tensor({1}), tensor({0})).item()));
}

TEST_F(Elementwise, RefusesToDivideIntegersByZero) {
  const IntTensor a = tensor<int64_t>({1, 2});
  const IntTensor b = tensor<int64_t>({1, 0});
  EXPECT_EQ(error_text<ValueError>([&] { floor_divide(a, b); }),
            "floor_divide: an integer is divided by zero");
  EXPECT_EQ(error_text<ValueError>([&] { remainder(a, b); }), "remainder: an integer is divided by zero");
  EXPECT_EQ(remainder(zeros<int64_t>({0, 2}), b).shape(), Shape({0, 2}));  // nothing is divided
}

TEST_F(Elementwise, PowKeepsTheSpecialCasesOfIeee) {
  const Tensor x = tensor({0, 2, -8, kNan, 0});
  const Tensor y = tensor({0, -1, 1.0F / 3, 0, -1});
  const std::vector<float> z = pow(x, y).to_vector();
  EXPECT_EQ(z[0], 1);
  EXPECT_EQ(z[1], 0.5F);
  EXPECT_TRUE(std::isnan(z[2]));
  EXPECT_EQ(z[3], 1);
  EXPECT_EQ(z[4], kInf);
}

// What each row and each column of counts / its sums adds up to.
struct Normalised {
  std::vector<float> rows;
  std::vector<float> columns;
};

Normalised normalise(const Tensor& counts, bool keepdim) {
  const Tensor p = counts / sum(counts, 1, keepdim);
  return {sum(p, 1).to_vector(), sum(p, 0).to_vector()};
}

// The lecture's bug. Row sums without keepdim have shape (n): as a row they broadcast down the table, so that
// column j is divided by row j's sum. In the table of counts the j-th row and column have nearly the same
// sum, so the columns come out normalised, and nothing fails.
TEST_F(Elementwise, DividingByRowSumsWithoutKeepdimNormalisesColumns) {
  const Tensor counts = tensor({{1, 2, 3}, {4, 0, 1}, {1, 3, 4}});  // row sums 6, 5, 8 = column sums
  const Normalised right = normalise(counts, true);
  const Normalised wrong = normalise(counts, false);
  for (size_t i = 0; i < 3; ++i) {
    EXPECT_FLOAT_EQ(right.rows[i], 1);
    EXPECT_FLOAT_EQ(wrong.columns[i], 1);
  }
  EXPECT_FLOAT_EQ(wrong.rows[0], 1.F / 6 + 2.F / 5 + 3.F / 8);
}

// Letters a..z are 1..26, the word's ends 0; every count starts at 1.
Tensor bigram_counts(std::istream& names) {
  Tensor counts = ones({27, 27});
  float* const table = counts.mutable_data();
  for (std::string name; names >> name;) {
    int64_t before = 0;
    for (const char letter : name + '`') {  // '`' is just before 'a'
      const int64_t now = letter - '`';
      table[before * 27 + now] += 1;
      before = now;
    }
  }
  return counts;
}

TEST_F(Elementwise, TheBroadcastingBugGivesTheLecturesRowSums) {
  std::ifstream names(LIBTENSOR_SOURCE_DIR "/../shared/data/names.txt");
  if (!names) GTEST_SKIP() << "../shared/data/names.txt, the lecture's own data, is absent";
  const Tensor counts = bigram_counts(names);
  const Normalised wrong = normalise(counts, false);
  const float recorded[] = {6.9246F, 4.3671F, 0.2122F, 0.3786F};  // printed with four decimals
  for (size_t i = 0; i < 4; ++i) EXPECT_NEAR(wrong.rows[i], recorded[i], 0.5e-4F);
  for (const float row : normalise(counts, true).rows) EXPECT_NEAR(row, 1, 1e-6F);  // 27 roundings of 2^-24
}

}  // namespace
}  // namespace lt
