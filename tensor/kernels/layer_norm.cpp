#include <libtensor/tensor/kernels/layer_norm.h>

#include <cmath>

#include <libtensor/tensor/moments.h>

// Forward, a row is read three times while it is in L1: for its sum, for the squares of the deviations, which
// would lose their digits if they came from the sums of x and x * x, and for y.
//
// Backward, kGroup rows are read twice: for the two means that dx needs of each row, and for dx and the sums
// over columns, which so meet memory once a group. All orders depend on the sizes alone. Threads share rows,
// or sum_columns's blocks of them.

namespace lt::kernels {
namespace {

constexpr int64_t kForwardCost = 4;   // three reads, a write and seven operations an element
constexpr int64_t kBackwardCost = 6;  // five reads, a write and a dozen operations
// The rows' four numbers, each in a vector, fit 32 registers beside the operands.
constexpr int kGroup = 4;

template <typename T>
void normalize_row(const T* x, int64_t n, const T* weight, const T* bias, T eps, T* y, T& mean,
                   T& inverse_std) {
  const T count = static_cast<T>(n);
  const auto sum_squares = [=](T from) {
    return sum_row<T>(n, [x, center = broadcast(from)](int64_t j, const auto& lanes, auto& sum) {
      const Vec<T> deviation = lanes.select(lanes.load(x + j) - center, Vec<T>{});
      sum.v[0] += deviation * deviation;
    });
  };
  mean =
      sum_row<T>(n, [=](int64_t j, const auto& lanes, auto& sum) { sum.v[0] += lanes.load(x + j); }) / count;
  T squares = sum_squares(mean);
  if (is_blurred(mean, squares, n)) {
    T distances = 0;  // from the first number: exact
    for (int64_t j = 1; j < n; ++j) distances += x[j] - x[0];
    mean = x[0] + distances / count;
    squares = sum_squares(mean);
  }
  inverse_std = 1 / std::sqrt(squares / count + eps);
  const Vec<T> center = broadcast(mean), scale = broadcast(inverse_std);
  each_vector<T>(n, [=](int64_t j, const auto& lanes) {
    const Vec<T> normalized = (lanes.load(x + j) - center) * scale;
    lanes.store(y + j, normalized * lanes.load(weight + j) + lanes.load(bias + j));
  });
}

// A row's numbers in all lanes.
template <typename T>
struct RowNumbers {
  Vec<T> mean, inverse_std;
  Vec<T> mean_g, mean_g_x;  // of g, and of g * x^
};

template <typename T>
RowNumbers<T> row_numbers(const NormInput<T>& input, const T* weight, const T* dy, int64_t i) {
  const Vec<T> mean = broadcast(input.mean[i]);
  const Vec<T> inverse_std = broadcast(input.inverse_std[i]);
  const T* x_row = input.x + i * input.n;
  const T* dy_row = dy + i * input.n;
  const auto sums = sum_halves<T, 2>(0, input.n, [=](int64_t j, const auto& lanes, auto& total) {
    const Vec<T> g = lanes.load(dy_row + j) * lanes.load(weight + j);
    total.v[0] += g;
    total.v[1] += g * (lanes.select(lanes.load(x_row + j) - mean, Vec<T>{}) * inverse_std);
  });
  const T count = static_cast<T>(input.n);
  return {mean, inverse_std, broadcast(reduce_add<T>(sums.v[0]) / count),
          broadcast(reduce_add<T>(sums.v[1]) / count)};
}

// Group rows from row i on: writes their dx, and adds to the sums over columns.
template <int Group, typename T>
void backward_group(const NormInput<T>& input, const T* weight, const T* dy, int64_t i, T* dx, T* d_weight,
                    T* d_bias) {
  RowNumbers<T> row[Group];
  unroll<Group>([&](auto k) { row[k] = row_numbers(input, weight, dy, i + k); });
  each_vector<T>(input.n, [&](int64_t j, const auto& lanes) {
    const Vec<T> w = lanes.load(weight + j);
    Vec<T> plain[2] = {};  // of every second row: shorter chains
    Vec<T> weighted[2] = {};
    unroll<Group>([&](auto k) {
      const int64_t at = (i + k) * input.n + j;
      const Vec<T> d = lanes.load(dy + at);
      const Vec<T> normalized = (lanes.load(input.x + at) - row[k].mean) * row[k].inverse_std;
      plain[k % 2] += d;
      weighted[k % 2] += d * normalized;
      lanes.store(dx + at, row[k].inverse_std * (d * w - row[k].mean_g - normalized * row[k].mean_g_x));
    });
    lanes.store(d_bias + j, lanes.load(d_bias + j) + (plain[0] + plain[1]));
    lanes.store(d_weight + j, lanes.load(d_weight + j) + (weighted[0] + weighted[1]));
  });
}

}  // namespace

template <typename T>
void layer_norm(const T* x, int64_t rows, int64_t n, const T* weight, const T* bias, T eps, T* y, T* mean,
                T* inverse_std) {
  parallel_for(rows, n * kForwardCost, [=](int64_t first, int64_t last) {
    for (int64_t i = first; i < last; ++i) {
      normalize_row(x + i * n, n, weight, bias, eps, y + i * n, mean[i], inverse_std[i]);
    }
  });
}

template <typename T>
void layer_norm_backward(const NormInput<T>& input, const T* weight, const T* dy, T* dx, T* d_weight,
                         T* d_bias) {
  const auto block = [&](int64_t first, int64_t last, T* weighted, T* plain) {
    std::fill_n(weighted, input.n, T{0});
    std::fill_n(plain, input.n, T{0});
    int64_t i = first;
    for (; i + kGroup <= last; i += kGroup) {
      backward_group<kGroup>(input, weight, dy, i, dx, weighted, plain);
    }
    for (; i < last; ++i) backward_group<1>(input, weight, dy, i, dx, weighted, plain);
  };
  sum_columns(input.rows, input.n, input.n * kBackwardCost, d_weight, d_bias, block);
}

#define LT_INSTANTIATE(T)                                                                  \
  template void layer_norm(const T*, int64_t, int64_t, const T*, const T*, T, T*, T*, T*); \
  template void layer_norm_backward(const NormInput<T>&, const T*, const T*, T*, T*, T*);
LT_INSTANTIATE(float)
LT_INSTANTIATE(double)
#undef LT_INSTANTIATE

}  // namespace lt::kernels
