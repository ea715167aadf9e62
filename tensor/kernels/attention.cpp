// Attention by strips of queries (Rabe and Staats 2021, Dao et al. 2022): the scores of a few queries beside
// all keys that they see stay in cache, and no others are ever in memory.
//
//   forward, for each strip of queries            backward, for each strip
//     S = (scale Q) K^T, up to the diagonal         S = (scale Q) K^T,  P = e^(S - logsumexp)
//     P = e^(S - max), dropped out                  dP = dY V^T
//     Y = P V / sum                                 dS = P (dP - the sum over the row of P dP)
//                                                   dQ = scale dS K
//                                                   dK += dS^T (scale Q),  dV += P^T dY
//
// The row's sum of P dP is that of dY Y, over fewer numbers. K and V are packed once a head, for the
// micro-kernel of the matrix product. A head is one thread's; its strips follow from its sizes alone.

#include <libtensor/tensor/kernels/attention.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include <libtensor/tensor/kernels/row_sum.h>
#include <libtensor/tensor/kernels/simd_math.h>
#include <libtensor/tensor/kernels/workspace.h>

namespace lt::kernels {
namespace {

// Queries at a time: a 16th of the keys, in these limits. Higher strips make better use of the products'
// registers, lower ones compute less beyond the diagonal.
constexpr int64_t kLeastQueries = 16;
constexpr int64_t kMostQueries = 32;
// Beside very many keys fewer, so that their scores share L2 with K and V.
constexpr int64_t kStripScores = 32 * 1024;
constexpr int64_t kFewestQueries = 8;

// Beside fewer queries packing K and V would take longer than the products.
constexpr int64_t kWorthPackingKeys = 5;

// Where a head's strips are, and how much room each row of scores has.
template <typename T>
struct Strips {
  int64_t queries, keys, diagonal;
  int64_t height, width;

  explicit Strips(const AttentionHead<T>& head)
      : queries(head.q.rows),
        keys(head.k.rows),
        diagonal(head.diagonal),
        height(std::min(std::clamp(keys / 16, kLeastQueries, kMostQueries),
                        std::max(kStripScores / keys, kFewestQueries))),
        // Whole vectors, and rows that do not lie on a page each.
        width((keys + kLanes<T> - 1) / kLanes<T> * kLanes<T> + kLanes<T>) {}

  // How many keys query i sees.
  int64_t seen(int64_t i) const { return std::min(keys, i + diagonal + 1); }

  // f(first query, queries, keys that the last of them sees)
  template <typename F>
  void each(const F& f) const {
    for (int64_t i = 0; i < queries; i += height) {
      const int64_t rows = std::min(height, queries - i);
      f(i, rows, seen(i + rows - 1));
    }
  }
};

// Parts of this thread's buffer, one after the other.
template <typename T>
class Scratch {
 public:
  explicit Scratch(int64_t count) : next_(workspace<T>(Workspace::kAttention, count)) {}
  T* take(int64_t count) { return std::exchange(next_, next_ + count); }

 private:
  T* next_;
};

// scale * Q of a strip, dense.
template <typename T>
MatrixRef<T> scaled_queries(const AttentionHead<T>& head, int64_t first, int64_t rows, T* to) {
  const int64_t d = head.q.columns;
  for (int64_t i = 0; i < rows; ++i) {
    const T* const from = head.q.at(first + i, 0);
    for (int64_t j = 0; j < d; ++j) to[i * d + j] = head.scale * from[j];
  }
  return {to, rows, d, d, 1};
}

// True in the lanes of vector j of a row of bits.
template <typename T>
IntVec<T> kept_lanes(const int64_t* kept, int64_t j) {
  return lanes_of_bits<T>(static_cast<uint64_t>(kept[j / 64]) >> (j % 64));
}

// The scores x of `seen` keys become e^(x - max), those of the dropped and of the others up to `end` 0.
template <typename T>
struct Exponentials {
  T max, sum;  // of all that are seen

  Exponentials(T* x, int64_t seen, int64_t end, const int64_t* kept) {
    Vec<T> largest = broadcast(-std::numeric_limits<T>::infinity());
    each_vector<T>(seen, [&](int64_t j, const auto& lanes) {
      largest = kernels::max(lanes.select(lanes.load(x + j), largest), largest);
    });
    max = reduce_max<T>(largest);
    sum = sum_row<T>(seen, [x, kept, shift = broadcast(max)](int64_t j, const auto& lanes, auto& total) {
      const Vec<T> e = lanes.select(exp(lanes.load(x + j) - shift), Vec<T>{});
      total.v[0] += e;
      lanes.store(x + j, kept == nullptr ? e : (kept_lanes<T>(kept, j) ? e : Vec<T>{}));
    });
    std::fill(x + seen, x + end, T{0});
  }
};

// A strip's scores s become the weights that multiplied V, and the weights' gradients g those of the scores.
template <typename T>
void backward_row(T* s, T* g, int64_t seen, int64_t end, const int64_t* kept, T kept_scale, T logsumexp,
                  T weighted) {
  each_vector<T>(seen, [=, scale = broadcast(kept_scale), shift = broadcast(logsumexp),
                        mean = broadcast(weighted)](int64_t j, const auto& lanes) {
    const Vec<T> p = exp(lanes.load(s + j) - shift);
    const Vec<T> factor = kept == nullptr ? scale : (kept_lanes<T>(kept, j) ? scale : Vec<T>{});
    lanes.store(s + j, p * factor);
    lanes.store(g + j, p * (lanes.load(g + j) * factor - mean));
  });
  std::fill(s + seen, s + end, T{0});
  std::fill(g + seen, g + end, T{0});
}

template <typename T>
void scale_row(T* row, int64_t n, T factor) {
  for (int64_t j = 0; j < n; ++j) row[j] *= factor;
}

template <typename T>
T dot_rows(const T* a, const T* b, int64_t n) {
  return sum_row<T>(
      n, [=](int64_t j, const auto& lanes, auto& sum) { sum.v[0] += lanes.load(a + j) * lanes.load(b + j); });
}

template <typename T>
const int64_t* kept_row(const AttentionHead<T>& head, int64_t i) {
  return head.kept == nullptr ? nullptr : head.kept + i * ((head.k.rows + 63) / 64);
}

// A row of scores for each query; products(S, what multiplies V) are those of forward.
template <typename T, typename Scores, typename Values>
void forward_strips(const AttentionHead<T>& head, T* queries, T* s, RowsOut<T> y, T* logsumexp,
                    const Scores& scores, const Values& values) {
  const Strips<T> strips(head);
  strips.each([&](int64_t first, int64_t rows, int64_t keys) {
    scores(scaled_queries(head, first, rows, queries), keys, s, strips.width);
    T factors[kMostQueries];
    for (int64_t i = 0; i < rows; ++i) {
      const Exponentials<T> row(s + i * strips.width, strips.seen(first + i), keys,
                                kept_row(head, first + i));
      factors[i] = head.kept_scale / row.sum;
      logsumexp[first + i] = row.max + std::log(row.sum);
    }
    values(MatrixRef<T>{s, rows, keys, strips.width, 1}, y[first], y.row_stride);
    for (int64_t i = 0; i < rows; ++i) scale_row(y[first + i], head.v.columns, factors[i]);
  });
}

}  // namespace

template <typename T>
void attention(const AttentionHead<T>& head, RowsOut<T> y, T* logsumexp) {
  const Strips<T> strips(head);
  const int64_t keys = strips.keys, d = head.k.columns, d_v = head.v.columns;
  const bool packs = strips.queries >= kWorthPackingKeys;
  const int64_t packed = packs ? packed_size<T>(d, keys) + packed_size<T>(keys, d_v) : 0;
  Scratch<T> scratch(packed + strips.height * (d + strips.width));
  T* const queries = scratch.take(strips.height * d);
  T* const s = scratch.take(strips.height * strips.width);
  if (packs) {
    const auto k = pack_matrix(head.k.transposed(), scratch.take(packed_size<T>(d, keys)));
    const auto v = pack_matrix(head.v, scratch.take(packed_size<T>(keys, d_v)));
    forward_strips(
        head, queries, s, y, logsumexp,
        [&](const MatrixRef<T>& q, int64_t seen, T* to, int64_t stride) {
          multiply_packed(q, k, seen, to, stride, false);
        },
        [&](const MatrixRef<T>& p, T* to, int64_t stride) { multiply_packed(p, v, d_v, to, stride, false); });
  } else {
    forward_strips(
        head, queries, s, y, logsumexp,
        [&](const MatrixRef<T>& q, int64_t seen, T* to, int64_t stride) {
          matmul(q, head.k.block(0, 0, seen, d).transposed(), to, stride);
        },
        [&](const MatrixRef<T>& p, T* to, int64_t stride) {
          matmul(p, head.v.block(0, 0, p.columns, d_v), to, stride);
        });
  }
}

template <typename T>
void attention_backward(const AttentionHead<T>& head, const MatrixRef<T>& y, const T* logsumexp,
                        const MatrixRef<T>& dy, RowsOut<T> dq, RowsOut<T> dk, RowsOut<T> dv) {
  const Strips<T> strips(head);
  const int64_t keys = strips.keys, d = head.k.columns, d_v = head.v.columns;
  const int64_t height = strips.height, width = strips.width;
  Scratch<T> scratch(packed_size<T>(d, keys) + packed_size<T>(d_v, keys) + packed_size<T>(keys, d) +
                     packed_size<T>(height, d) + packed_size<T>(height, d_v) + height * (d + 2 * width));
  const auto k_transposed = pack_matrix(head.k.transposed(), scratch.take(packed_size<T>(d, keys)));
  const auto v_transposed = pack_matrix(head.v.transposed(), scratch.take(packed_size<T>(d_v, keys)));
  const auto k = pack_matrix(head.k, scratch.take(packed_size<T>(keys, d)));
  T* const packed_q = scratch.take(packed_size<T>(height, d));
  T* const packed_dy = scratch.take(packed_size<T>(height, d_v));
  T* const queries = scratch.take(height * d);
  T* const s = scratch.take(height * width);
  T* const g = scratch.take(height * width);
  for (int64_t j = 0; j < keys; ++j) {
    std::fill_n(dk[j], d, T{0});
    std::fill_n(dv[j], d_v, T{0});
  }
  strips.each([&](int64_t first, int64_t rows, int64_t seen) {
    const MatrixRef<T> q = scaled_queries(head, first, rows, queries);
    const MatrixRef<T> dy_rows = dy.block(first, 0, rows, d_v);
    multiply_packed(q, k_transposed, seen, s, width, false);
    multiply_packed(dy_rows, v_transposed, seen, g, width, false);
    for (int64_t i = 0; i < rows; ++i) {
      const int64_t at = first + i;
      backward_row(s + i * width, g + i * width, strips.seen(at), seen, kept_row(head, at), head.kept_scale,
                   logsumexp[at], dot_rows(dy.at(at, 0), y.at(at, 0), d_v));
    }
    multiply_packed({g, rows, seen, width, 1}, k, d, dq[first], dq.row_stride, false);
    for (int64_t i = 0; i < rows; ++i) scale_row(dq[first + i], d, head.scale);
    multiply_packed({g, seen, rows, 1, width}, pack_matrix(q, packed_q), d, dk[0], dk.row_stride, true);
    multiply_packed({s, seen, rows, 1, width}, pack_matrix(dy_rows, packed_dy), d_v, dv[0], dv.row_stride,
                    true);
  });
}

#define LT_INSTANTIATE(T)                                                                  \
  template void attention(const AttentionHead<T>&, RowsOut<T>, T*);                        \
  template void attention_backward(const AttentionHead<T>&, const MatrixRef<T>&, const T*, \
                                   const MatrixRef<T>&, RowsOut<T>, RowsOut<T>, RowsOut<T>);
LT_INSTANTIATE(float)
LT_INSTANTIATE(double)
#undef LT_INSTANTIATE

}  // namespace lt::kernels
