#include <libtensor/tensor/kernels/matmul.h>

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <numeric>
#include <utility>
#include <vector>

#include <libtensor/tensor/kernels/matmul_blocking.h>
#include <libtensor/tensor/kernels/matmul_remainder.h>
#include <libtensor/tensor/kernels/matmul_skinny.h>
#include <libtensor/tensor/kernels/transpose.h>
#include <libtensor/tensor/parallel.h>
#include <libtensor/tests/reference.h>

namespace lt::kernels {
namespace {

enum class Layout { kPlain, kTransposed, kStrided };

// A matrix with NaN everywhere that is not an element: beyond each row, between strided
// elements, at both ends.
template <typename T>
struct Matrix {
  std::vector<T> memory;
  const T* data;
  int64_t row, col;

  Matrix(int64_t rows, int64_t columns, Layout layout, int seed) {
    constexpr int64_t kGap = 3;
    const int64_t step = layout == Layout::kStrided ? 2 : 1;
    row = layout == Layout::kTransposed ? 1 : columns * step + kGap;
    col = layout == Layout::kTransposed ? rows + kGap : step;
    memory.assign(static_cast<size_t>((rows + kGap) * (columns + kGap) * step + 2 * kGap), nan());
    data = memory.data() + kGap;
    uint32_t state = static_cast<uint32_t>(seed) * 2654435761U + 1;
    for (int64_t i = 0; i < rows; ++i) {
      for (int64_t j = 0; j < columns; ++j) {
        state = state * 1664525U + 1013904223U;
        memory[static_cast<size_t>(kGap + i * row + j * col)] =
            static_cast<T>(static_cast<int>(state >> 24) - 128) / 16;
      }
    }
  }
  MatrixRef<T> ref(int64_t rows, int64_t columns) const { return {data, rows, columns, row, col}; }
  static T nan() {
    return std::numeric_limits<T>::has_quiet_NaN ? std::numeric_limits<T>::quiet_NaN() : T{99};
  }
};

// The product of (m, k) and (k, n) into a c whose rows are dense or 2 apart, every place of which is
// compared: elements with the plain loop, gaps and what lies beyond with what was there. Elements are
// sixteenths below 8, so that a product of k <= 1000 of them is exact in float whatever the order (longer
// ones while they are below 2^16): no tolerance.
template <typename T>
void expect_product(int64_t m, int64_t n, int64_t k, Layout a_layout, Layout b_layout,
                    bool with_bias = false) {
  const Matrix<T> a(m, k, a_layout, 1);
  const Matrix<T> b(k, n, b_layout, 2);
  const Matrix<T> bias(1, n, Layout::kPlain, 3);
  constexpr T kBefore = 7;
  const int64_t c_row = n + (m + n + k) % 2 * 2;
  constexpr int64_t kBeyond = 20;
  std::vector<T> c(static_cast<size_t>(m * c_row + kBeyond), kBefore);
  matmul(a.ref(m, k), b.ref(k, n), c.data(), c_row, with_bias ? bias.data : nullptr);
  const auto want = reference::matmul(a.data, a.row, a.col, b.data, b.row, b.col, m, n, k);
  for (int64_t i = 0; i < m; ++i) {
    for (int64_t j = 0; j < c_row; ++j) {
      double expected = static_cast<double>(kBefore);
      if (j < n) {
        expected = want[static_cast<size_t>(i * n + j)] + (with_bias ? static_cast<double>(bias.data[j]) : 0);
      }
      ASSERT_EQ(static_cast<double>(c[static_cast<size_t>(i * c_row + j)]), expected)
          << "at (" << i << ", " << j << ") of " << m << " x " << n << " x " << k << ", layouts "
          << static_cast<int>(a_layout) << static_cast<int>(b_layout) << (with_bias ? " bias" : "");
    }
  }
  ASSERT_EQ(std::count(c.end() - kBeyond, c.end(), kBefore), kBeyond) << m << " x " << n << " x " << k;
}

constexpr Layout kLayouts[] = {Layout::kPlain, Layout::kTransposed, Layout::kStrided};

// Restores the number of threads that a test changes.
class Matmul : public testing::Test {
 protected:
  ~Matmul() override { set_num_threads(before_); }

 private:
  int before_ = num_threads();
};

TEST_F(Matmul, AgreesWithThePlainLoopForEverySizeTo40) {
  int turn = 0;
  for (int64_t m = 0; m <= 40; ++m) {
    for (int64_t n = 0; n <= 40; ++n) {
      for (int64_t k = 0; k <= 40; ++k, ++turn) {
        // All nine pairs of layouts come round, and a bias with each of them.
        expect_product<float>(m, n, k, kLayouts[turn % 3], kLayouts[turn / 3 % 3], turn % 5 == 0);
        if (HasFatalFailure()) return;
      }
    }
  }
}

TEST_F(Matmul, AgreesInDoubleForEveryLayout) {
  for (const Layout a : kLayouts) {
    for (const Layout b : kLayouts) {
      for (int64_t size = 0; size <= 40; ++size) {
        expect_product<double>(size, 41 - size, (size * 7) % 41, a, b, size % 2 == 0);
        if (HasFatalFailure()) return;
      }
    }
  }
}

// A few columns beyond the last whole vector are computed by vectors of rows, k one by one where A is
// transposed, else four at a time (two doubles).
TEST_F(Matmul, AgreesInTheRemainderOfColumns) {
  for (const Layout a : kLayouts) {
    for (const Layout b : kLayouts) {
      for (const int64_t m : {15, 16, 30, 33, 100}) {
        for (int64_t n = 96; n <= 105; ++n) {
          for (const int64_t k : {1, 4, 30, 32, 400}) {
            expect_product<float>(m, n, k, a, b);
            expect_product<double>(m, n, k, a, b);
            if (HasFatalFailure()) return;
          }
        }
      }
    }
  }
}

// Few rows or columns are dot products, by vectors along k and what is left of it; fewer than a tile are
// computed more than once.
TEST_F(Matmul, AgreesWhereRowsOrColumnsAreFew) {
  for (const auto& [a, b] :
       {std::pair(Layout::kPlain, Layout::kTransposed), std::pair(Layout::kTransposed, Layout::kTransposed),
        std::pair(Layout::kPlain, Layout::kPlain), std::pair(Layout::kPlain, Layout::kStrided)}) {
    for (int64_t few = 1; few <= 16; ++few) {
      for (const int64_t many : {1, 3, 4, 8, 9, 31, 70}) {
        for (const int64_t k : {10, 47, 160, 163, 200}) {
          const bool bias = (few + k) % 2 == 0;
          expect_product<float>(few, many, k, a, b, bias);
          expect_product<float>(many, few, k, a, b, bias);
          expect_product<double>(few, many, k, a, b, bias);
          expect_product<double>(many, few, k, a, b, bias);
          if (HasFatalFailure()) return;
        }
      }
    }
  }
}

// A transposed B that has many more numbers than A and C is not packed: operands are
// swapped, C is transposed.
TEST_F(Matmul, AgreesWhereOperandsAreSwapped) {
  const float* const at = nullptr;
  const auto better = [at](int64_t m, int64_t n, int64_t k) {
    return is_better_swapped(Gemm<float>{{at, m, k, k, 1}, {at, k, n, 1, k}, nullptr, n});
  };
  EXPECT_FALSE(better(32, 1'000'000, 64));  // C is too large to be kept twice
  int swapped = 0;
  for (const int64_t m : {16, 17, 31, 32, 45}) {
    for (const int64_t n : {100, 128, 129, 133}) {
      for (const int64_t k : {64, 130, 500}) {
        swapped += better(m, n, k);
        for (const bool bias : {false, true}) {
          expect_product<float>(m, n, k, Layout::kPlain, Layout::kTransposed, bias);
          expect_product<double>(m, n, k, Layout::kPlain, Layout::kTransposed, bias);
          if (HasFatalFailure()) return;
        }
      }
    }
  }
  EXPECT_GT(swapped, 0);
}

// So are those of a transposed A with few columns of C.
TEST_F(Matmul, AgreesWhereOperandsAreSwappedForATransposedA) {
  const float* const at = nullptr;
  const auto better = [at](int64_t m, int64_t n, int64_t k) {
    return is_better_swapped(Gemm<float>{{at, m, k, 1, m}, {at, k, n, n, 1}, nullptr, n});
  };
  EXPECT_FALSE(better(100, 27, 32));      // transposing C would take longer
  EXPECT_FALSE(better(2000, 1000, 400));  // A is packed
  EXPECT_TRUE(better(1000, 17, 400));
  for (const Layout b : kLayouts) {
    for (const int64_t n : {1, 27, 33, 192}) {
      expect_product<float>(200, n, 1024, Layout::kTransposed, b, n % 2 == 0);
      expect_product<float>(200, n, 1025, Layout::kTransposed, b, n % 2 == 0);
      expect_product<double>(n + 1, n, 500, Layout::kTransposed, b, n % 3 == 0);
      if (HasFatalFailure()) return;
    }
  }
}

// Few products for each number of a c of more than 1 MB, which is written by blocks of rows.
TEST_F(Matmul, AgreesWhereCIsLargeAndSumsAreShort) {
  for (const Layout a : kLayouts) {
    for (const Layout b : kLayouts) {
      for (const int64_t k : {1, 9}) {
        expect_product<float>(130 + k % 2, 2100, k, a, b, true);
        expect_product<float>(2800, 97, k, a, b);
        expect_product<double>(1030, 129, k, a, b, true);
        if (HasFatalFailure()) return;
      }
    }
  }
  expect_product<float>(135, 2048, 160, Layout::kPlain, Layout::kPlain);
}

// Where blocks of k (1024 floats), of columns (512 to 2048) and of rows (a quarter of L2 of A) begin and end;
// where B is packed (a transposed one always, others from 5/16 of L2 on if more than four tiles use it);
// where a transposed A is packed (from a quarter of L2 on); and where packing is cut short by them. Signs
// differ, so sums stay far below the 2^16 from where sixteenths' products are no longer exact.
TEST_F(Matmul, AgreesAroundEveryBlockBoundary) {
  for (const Layout a : kLayouts) {
    for (const Layout b : kLayouts) {
      for (const int64_t around : {-1, 0, 1}) {
        expect_product<float>(3, 5, 1024 + around, a, b, true);
        expect_product<float>(3, 5, 2 * 1024 + around, a, b, true);
        expect_product<float>(29, 2048 + around, 10, a, b, true);
        expect_product<float>(15, 2 * 2048 + around, 9, a, b);
        expect_product<float>(256 + around, 20, 1024, a, b, true);
        expect_product<float>(4 * kMaxTileRows<float>[0] + 4, 253 + around, 259, a, b);
        expect_product<float>(2048 + around, 3, 64, a, b);
        if (a == b) expect_product<float>(260, 193 + around, 256, a, b, true);
        if (HasFatalFailure()) return;
      }
    }
    expect_product<float>(4 * kMaxTileRows<float>[0] + 1, 241, 690, a, Layout::kPlain, true);
    for (const int m : {kMaxTileRows<float>[0], kMaxTileRows<float>[0] + 1}) {
      expect_product<float>(m, 900, 900, a, Layout::kPlain);   // B of 3.2 MB
      expect_product<float>(m, 1021, 512, a, Layout::kPlain);  // rows 4 KB apart
    }
    expect_product<float>(259, 200, 1025, a, Layout::kPlain, true);
    expect_product<double>(5, 33, 513, a, Layout::kTransposed, true);
    expect_product<double>(4 * kMaxTileRows<float>[0] + 1, 102, 690, a, Layout::kPlain, true);
    if (HasFatalFailure()) return;
  }
}

// Operands and result of more than 1 MB: A in place and packed, tiles at every edge.
TEST_F(Matmul, AgreesWhereOperandsAreLarge) {
  for (const Layout a : kLayouts) {
    for (const Layout b : kLayouts) {
      for (const int64_t k : {516, 517, 518, 519}) expect_product<float>(41, 519, k, a, b, k % 2 == 0);
      for (const int64_t m : {135, 64, 125, 141}) expect_product<float>(m, 500, 519, a, b, m == 64);
      expect_product<double>(69, 250, 519, a, b);
      expect_product<double>(71, 250, 519, a, b, true);
      if (HasFatalFailure()) return;
    }
  }
}

// Skinny products in slices of k, and those whose few are not contiguous along it.
TEST_F(Matmul, AgreesWhereSkinnyProductsAreLongOrStrided) {
  for (const int64_t k : {8192, 20001}) {
    for (const auto& [m, n] : {std::pair<int64_t, int64_t>(1, 1), {1, 9}, {9, 1}, {3, 5}, {20, 4}, {4, 20}}) {
      for (const Layout a : kLayouts) {
        for (const Layout b : kLayouts) {
          expect_product<double>(m, n, k, a, b, m == 1);  // exact: 53 bits are more than these sums have
          if (HasFatalFailure()) return;
        }
      }
    }
  }
}

TEST_F(Matmul, AgreesWhereItIsCutAlongK) {
  // Sums this long of sixteenths might not be exact; of ones they are, to 2^24.
  for (const int64_t k : {4095, 4096, 8191, 8192, 8193, 70001}) {
    const std::vector<float> ones(static_cast<size_t>(k * 27), 1.0F);
    std::vector<float> c(27 * 27, 2.0F);
    matmul<float>({ones.data(), 27, k, 1, 27}, {ones.data(), k, 27, 27, 1}, c.data(), 27, ones.data());
    for (const float sum : c) ASSERT_EQ(sum, static_cast<float>(k + 1));
    // Few rows and few columns.
    matmul<float>({ones.data(), 3, k, k, 1}, {ones.data(), k, 5, 1, k}, c.data(), 5, ones.data());
    for (int i = 0; i < 15; ++i) ASSERT_EQ(c[static_cast<size_t>(i)], static_cast<float>(k + 1));
    matmul<float>({ones.data(), 5, k, k, 1}, {ones.data(), k, 1, 1, 1}, c.data(), 1);
    for (int i = 0; i < 5; ++i) ASSERT_EQ(c[static_cast<size_t>(i)], static_cast<float>(k));
  }
}

TEST_F(Matmul, GivesTheSameBitsOnOneTwoAndFiveThreads) {
  struct Size {
    int64_t m, n, k;
  };
  for (const Size s : {Size{300, 300, 300}, Size{32, 4100, 300}, Size{1000, 27, 270}, Size{27, 27, 50000},
                       Size{100, 500, 700}, Size{300, 200, 1100}, Size{27, 200, 2048}, Size{200, 27, 2048},
                       Size{1500, 200, 30}, Size{7, 3000, 800}, Size{3000, 1, 3000}, Size{1, 3000, 3000}}) {
    for (const auto& [a_layout, b_layout] :
         {std::pair(Layout::kPlain, Layout::kPlain), std::pair(Layout::kTransposed, Layout::kPlain),
          std::pair(Layout::kPlain, Layout::kTransposed),
          std::pair(Layout::kTransposed, Layout::kTransposed)}) {
      Matrix<float> a(s.m, s.k, a_layout, 1);
      Matrix<float> b(s.k, s.n, b_layout, 2);
      // Thirds round in every sum.
      for (auto* memory : {&a.memory, &b.memory}) {
        for (float& x : *memory) x /= 3;
      }
      const auto product = [&](int threads) {
        set_num_threads(threads);
        std::vector<float> c(static_cast<size_t>(s.m * s.n));
        matmul(a.ref(s.m, s.k), b.ref(s.k, s.n), c.data(), s.n);
        return c;
      };
      const auto alone = product(1);
      EXPECT_EQ(product(2), alone) << s.m << " x " << s.n << " x " << s.k;
      EXPECT_EQ(product(5), alone) << s.m << " x " << s.n << " x " << s.k;
    }
  }
}

// Every row of a and every column of b is the same: so must all of c be.
template <typename T>
void expect_the_same_everywhere(int64_t m, int64_t n, int64_t k, Layout a_layout, Layout b_layout) {
  Matrix<T> a(m, k, a_layout, 1);
  Matrix<T> b(k, n, b_layout, 2);
  for (int64_t p = 0; p < k; ++p) {
    const auto set = [](Matrix<T>& x, int64_t row, int64_t column, T value) {
      x.memory[static_cast<size_t>(x.data - x.memory.data() + row * x.row + column * x.col)] = value;
    };
    for (int64_t i = 0; i < m; ++i) set(a, i, p, std::sin(static_cast<T>(p)));
    for (int64_t j = 0; j < n; ++j) set(b, p, j, std::cos(static_cast<T>(3 * p)));
  }
  std::vector<T> c(static_cast<size_t>(m * n));
  matmul(a.ref(m, k), b.ref(k, n), c.data(), n);
  EXPECT_EQ(std::count(c.begin(), c.end(), c[0]), m * n) << m << " x " << n << " x " << k;
}

TEST_F(Matmul, AnElementsBitsDoNotDependOnItsPlace) {
  // (m, n) with rows and columns beyond whole tiles and vectors, up to half of one; k that is cut into blocks
  // where a is transposed, or not.
  for (const Layout a : {Layout::kPlain, Layout::kTransposed}) {
    for (const Layout b : {Layout::kPlain, Layout::kTransposed}) {
      for (const auto& [m, n, k] : {std::array{67, 83, 300},
                                    {32, 97, 400},
                                    {40, 100, 40},
                                    {30, 200, 32},
                                    {30, 204, 32},
                                    {150, 209, 800},
                                    {17, 130, 1100},
                                    {7, 50, 300},
                                    {61, 3, 300}}) {
        expect_the_same_everywhere<float>(m, n, k, a, b);
        expect_the_same_everywhere<double>(m, n, k, a, b);
      }
    }
  }
}

// The same of one row and one column that are read again and again.
TEST_F(Matmul, AnElementsBitsDoNotDependOnItsPlaceInExpandedOperands) {
  const int64_t n = 83, k = 300;
  std::vector<float> a(static_cast<size_t>(k)), b(static_cast<size_t>(k));
  for (int64_t p = 0; p < k; ++p) {
    a[static_cast<size_t>(p)] = std::sin(static_cast<float>(p));
    b[static_cast<size_t>(p)] = std::cos(static_cast<float>(3 * p));
  }
  for (const int64_t m : {1, 3, 67}) {
    std::vector<float> c(static_cast<size_t>(m * n));
    matmul<float>({a.data(), m, k, 0, 1}, {b.data(), k, n, 1, 0}, c.data(), n);
    EXPECT_EQ(std::count(c.begin(), c.end(), c[0]), m * n) << m;
  }
}

TEST_F(Matmul, RunsInfinityAndNanThroughTheirOwnRowsAndColumnsOnly) {
  // Two columns beyond whole vectors, four and eight, with a plain or a transposed.
  for (const auto& [size, transposed] :
       {std::pair{int64_t{50}, false}, {52, false}, {52, true}, {56, true}}) {
    const auto count = static_cast<size_t>(size * size);
    std::vector<float> a(count, 1.0F), b(count, 1.0F), c(count);
    const int64_t a_row = transposed ? 1 : size, a_col = transposed ? size : 1;
    a[static_cast<size_t>(7 * a_row + 3 * a_col)] = std::numeric_limits<float>::infinity();
    b[static_cast<size_t>(4 * size + 49)] = std::numeric_limits<float>::quiet_NaN();
    matmul<float>({a.data(), size, size, a_row, a_col}, {b.data(), size, size, size, 1}, c.data(), size);
    for (int64_t i = 0; i < size; ++i) {
      for (int64_t j = 0; j < size; ++j) {
        const float got = c[static_cast<size_t>(i * size + j)];
        if (j == 49) {
          EXPECT_TRUE(std::isnan(got)) << i;
        } else {
          EXPECT_EQ(got, i == 7 ? std::numeric_limits<float>::infinity() : static_cast<float>(size))
              << i << ", " << j << " of " << size;
        }
      }
    }
  }
}

TEST_F(Matmul, MultipliesWholeNumbersAndWrapsAsTheyDo) {
  for (const Layout a : kLayouts) expect_product<int64_t>(13, 9, 17, a, Layout::kTransposed, true);
  const int64_t big = std::numeric_limits<int64_t>::max();
  const int64_t two = 2;
  int64_t c = 0;
  matmul<int64_t>({&big, 1, 1, 1, 1}, {&two, 1, 1, 1, 1}, &c, 1);
  EXPECT_EQ(c, -2);
}

TEST(Transpose, MovesEveryNumberAndWritesNoOther) {
  for (const int64_t stride : {int64_t{21}, int64_t{256}}) {
    std::vector<float> numbers(static_cast<size_t>(stride * kLanes<float>));
    std::iota(numbers.begin(), numbers.end(), 0.0F);
    for (int64_t rows = 0; rows <= 21; ++rows) {
      for (int64_t columns = 1; columns <= kLanes<float>; ++columns) {
        std::vector<float> to(static_cast<size_t>(rows * kLanes<float>), -1.0F);
        transpose_block(numbers.data(), stride, rows, columns, to.data(), kLanes<float>);
        for (int64_t i = 0; i < rows; ++i) {
          for (int64_t j = 0; j < kLanes<float>; ++j) {
            const float expected = j < columns ? static_cast<float>(i + j * stride) : -1.0F;
            ASSERT_EQ(to[static_cast<size_t>(i * kLanes<float> + j)], expected) << rows << " x " << columns;
          }
        }
      }
    }
  }
}

}  // namespace
}  // namespace lt::kernels
