#include <libtensor/tensor/attention.h>

#include <fmt/format.h>

#include <cmath>

#include <libtensor/tensor/kernels/attention.h>
#include <libtensor/tensor/kernels/parallel.h>

// Shapes of attention. The kernel does one head, whose rows it takes as they lie, so the heads of a
// projection are views and nothing is copied; threads share the heads. What is packed for several heads is so
// no concern of the shapes, nor is the order of the leading axes.

namespace lt::inline v0 {
namespace {

// The matrices of x in the order of the leading axes `batch`, to which x's broadcast.
template <typename T>
class HeadMatrices {
 public:
  HeadMatrices(const BasicTensor<T>& x, const T* data, const Shape& batch)
      : data_(data),
        batch_(batch),
        strides_(broadcast_strides(leading(x.shape()), leading(x.strides()), batch)),
        rows_(x.size(-2)),
        columns_(x.size(-1)),
        row_stride_(x.stride(-2)) {}
  HeadMatrices(const BasicTensor<T>& x, const Shape& batch) : HeadMatrices(x, x.data(), batch) {}

  static Dims leading(const Dims& dims) {
    return Dims(std::span<const int64_t>(dims.begin(), dims.end() - 2));
  }

  kernels::MatrixRef<T> operator[](int64_t head) const {
    const T* at = data_;
    for (int axis = batch_.size() - 1; axis >= 0; --axis) {
      at += head % batch_[axis] * strides_[axis];
      head /= batch_[axis];
    }
    return {at, rows_, columns_, row_stride_, 1};
  }

 private:
  const T* data_;
  Shape batch_;
  Strides strides_;
  int64_t rows_, columns_, row_stride_;
};

// The same, to be written.
template <typename T>
class HeadRows {
 public:
  HeadRows(BasicTensor<T>& x, const Shape& batch)
      : data_(x.mutable_data()), offsets_(x, std::as_const(x).data(), batch), row_stride_(x.stride(-2)) {}
  kernels::RowsOut<T> operator[](int64_t head) const {
    return {data_ + (offsets_[head].data - data_), row_stride_};
  }

 private:
  T* data_;
  HeadMatrices<T> offsets_;
  int64_t row_stride_;
};

// q, k and v with contiguous rows, and what they have in common.
template <typename T>
struct Operands {
  BasicTensor<T> q, k, v;
  Shape batch;

  Operands(const BasicTensor<T>& queries, const BasicTensor<T>& keys, const BasicTensor<T>& values,
           const char* op)
      : q(with_rows(queries)), k(with_rows(keys)), v(with_rows(values)) {
    if (q.dim() < 2 || k.dim() < 2 || v.dim() < 2 || q.size(-1) != k.size(-1) || k.size(-2) != v.size(-2)) {
      throw ShapeError(
          fmt::format("{}: q {}, k {} and v {} do not fit; (..., L, d), (..., S, d) and "
                      "(..., S, d_v) are wanted",
                      op, to_string(q.shape()), to_string(k.shape()), to_string(v.shape())));
    }
    const auto leading = HeadMatrices<T>::leading;
    batch = broadcast_shapes(broadcast_shapes(leading(q.shape()), leading(k.shape()), op), leading(v.shape()),
                             op);
  }

  static BasicTensor<T> with_rows(const BasicTensor<T>& x) {
    return x.dim() == 0 || x.stride(-1) == 1 ? x : x.contiguous();
  }

  int64_t heads() const { return numel(batch); }
  Shape with(int64_t rows) const {
    Shape shape = batch;
    shape.push_back(rows);
    return shape;
  }
  Shape with(int64_t rows, int64_t columns) const {
    Shape shape = with(rows);
    shape.push_back(columns);
    return shape;
  }
  // Simple operations of a head's two products, and of its exponentials.
  int64_t work() const { return q.size(-2) * k.size(-2) * ((q.size(-1) + v.size(-1)) / 16 + 2); }
};

// What is the same for each head.
template <typename T>
class HeadsIn {
 public:
  HeadsIn(const Operands<T>& x, const AttentionOptions& options, const IntTensor& kept)
      : q_(x.q, x.batch), k_(x.k, x.batch), v_(x.v, x.batch) {
    const double d = static_cast<double>(x.q.size(-1));
    common_.scale = static_cast<T>(options.scale.value_or(1 / std::sqrt(d)));
    common_.diagonal = options.is_causal ? options.diagonal : x.k.size(-2);
    common_.kept_scale = 1;
    if (!kept.defined()) return;
    common_.kept = kept.data();
    common_.kept_scale = options.dropout_p < 1 ? T{1} / static_cast<T>(1 - options.dropout_p) : T{0};
    kept_step_ = kept.size(-1) * x.q.size(-2);
  }

  kernels::AttentionHead<T> operator[](int64_t head) const {
    kernels::AttentionHead<T> one = common_;
    one.q = q_[head];
    one.k = k_[head];
    one.v = v_[head];
    if (one.kept != nullptr) one.kept += head * kept_step_;
    return one;
  }

 private:
  HeadMatrices<T> q_, k_, v_;
  kernels::AttentionHead<T> common_{};
  int64_t kept_step_ = 0;
};

void check_options(const AttentionOptions& options, const char* op) {
  if (!(options.dropout_p >= 0 && options.dropout_p <= 1)) {
    throw ValueError(fmt::format("{}: dropout_p {} is not in [0, 1]", op, options.dropout_p));
  }
  if (options.diagonal < 0)
    throw ValueError(fmt::format("{}: diagonal {} is negative", op, options.diagonal));
}

// shapes: y (batch..., L, d_v) with contiguous rows
template <typename T>
void attend(const Operands<T>& x, BasicTensor<T> y, const AttentionOptions& options, Generator& generator,
            AttentionState<T>* state) {
  IntTensor kept;
  if (options.dropout_p > 0)
    kept = dropout_bits(x.with(x.q.size(-2), x.k.size(-2)), options.dropout_p, generator);
  BasicTensor<T> logsumexp = empty<T>(x.with(x.q.size(-2)));
  if (state != nullptr) *state = {logsumexp, kept};
  if (x.k.size(-2) == 0) y.zero_();
  if (y.numel() == 0 || x.k.size(-2) == 0) return;
  const HeadsIn<T> heads(x, options, kept);
  const HeadRows<T> out(y, x.batch);
  T* const sums = logsumexp.mutable_data();
  kernels::parallel_for(x.heads(), x.work(), [&](int64_t first, int64_t last) {
    for (int64_t h = first; h < last; ++h) kernels::attention(heads[h], out[h], sums + h * x.q.size(-2));
  });
}

// shapes: d.q (batch..., L, d), d.k (batch..., S, d), d.v (batch..., S, d_v) with contiguous rows
template <typename T>
void attend_backward(const Operands<T>& x, const BasicTensor<T>& y, const BasicTensor<T>& dy,
                     const AttentionOptions& options, const AttentionState<T>& state,
                     AttentionGradients<T>& d) {
  if (dy.numel() == 0 || x.k.size(-2) == 0) {
    for (BasicTensor<T>* each : {&d.q, &d.k, &d.v}) each->zero_();
    return;
  }
  check_same_shape(state.logsumexp.shape(), x.with(x.q.size(-2)), "scaled_dot_product_attention_backward");
  const HeadsIn<T> heads(x, options, state.kept);
  const HeadMatrices<T> ys(y, x.batch), dys(dy, x.batch);
  const HeadRows<T> dq(d.q, x.batch), dk(d.k, x.batch), dv(d.v, x.batch);
  const T* const sums = state.logsumexp.data();
  kernels::parallel_for(x.heads(), 2 * x.work(), [&](int64_t first, int64_t last) {
    for (int64_t h = first; h < last; ++h) {
      kernels::attention_backward(heads[h], ys[h], sums + h * x.q.size(-2), dys[h], dq[h], dk[h], dv[h]);
    }
  });
}

}  // namespace

template <Floating T>
BasicTensor<T> scaled_dot_product_attention(const BasicTensor<T>& q, const BasicTensor<T>& k,
                                            const BasicTensor<T>& v, const AttentionOptions& options,
                                            Generator& generator, AttentionState<T>* state) {
  constexpr const char* kOp = "scaled_dot_product_attention";
  const Operands<T> x(q, k, v, kOp);
  check_options(options, kOp);
  BasicTensor<T> y = empty<T>(x.with(q.size(-2), v.size(-1)));
  attend(x, y, options, generator, state);
  return y;
}

template <Floating T>
AttentionGradients<T> scaled_dot_product_attention_backward(const BasicTensor<T>& dy, const BasicTensor<T>& q,
                                                            const BasicTensor<T>& k, const BasicTensor<T>& v,
                                                            const BasicTensor<T>& y,
                                                            const AttentionOptions& options,
                                                            const AttentionState<T>& state) {
  constexpr const char* kOp = "scaled_dot_product_attention_backward";
  const Operands<T> x(q, k, v, kOp);
  check_options(options, kOp);
  const Shape shape = x.with(q.size(-2), v.size(-1));
  check_same_shape(dy.shape(), shape, kOp);
  check_same_shape(y.shape(), shape, kOp);
  AttentionGradients<T> d{empty<T>(x.with(q.size(-2), q.size(-1))), empty<T>(x.with(k.size(-2), k.size(-1))),
                          empty<T>(x.with(v.size(-2), v.size(-1)))};
  attend_backward(x, x.with_rows(y), x.with_rows(dy), options, state, d);
  return d;
}

namespace {

constexpr const char* kMultiHead = "multi_head_attention";

// x (batch, t, thirds * c) as (thirds, batch, heads, t, d), or (thirds, heads, batch, t, d).
template <typename T>
BasicTensor<T> by_heads(const BasicTensor<T>& x, int64_t thirds, const MultiHeadOptions& options) {
  const int64_t heads = options.heads;
  if (x.dim() != 3 || heads < 1 || x.size(2) % (thirds * heads) != 0) {
    throw ShapeError(fmt::format("{}: {} is not (batch, t, {} * {} heads * d)", kMultiHead,
                                 to_string(x.shape()), thirds, heads));
  }
  const BasicTensor<T> split = x.view({x.size(0), x.size(1), thirds, heads, x.size(2) / (thirds * heads)});
  return split.permute(options.heads_first ? Dims{2, 3, 0, 1, 4} : Dims{2, 0, 3, 1, 4});
}

}  // namespace

template <Floating T>
BasicTensor<T> multi_head_attention(const BasicTensor<T>& qkv, const MultiHeadOptions& options,
                                    Generator& generator, AttentionState<T>* state) {
  const BasicTensor<T> parts = by_heads(qkv.contiguous(), 3, options);
  const Operands<T> x(parts[0], parts[1], parts[2], kMultiHead);
  check_options(options.attention, kMultiHead);
  BasicTensor<T> y = empty<T>({qkv.size(0), qkv.size(1), qkv.size(2) / 3});
  attend<T>(x, by_heads(y, 1, options)[0], options.attention, generator, state);
  return y;
}

template <Floating T>
BasicTensor<T> multi_head_attention_backward(const BasicTensor<T>& dy, const BasicTensor<T>& qkv,
                                             const BasicTensor<T>& y, const MultiHeadOptions& options,
                                             const AttentionState<T>& state) {
  check_same_shape(dy.shape(), y.shape(), "multi_head_attention_backward");
  const BasicTensor<T> parts = by_heads(qkv.contiguous(), 3, options);
  const Operands<T> x(parts[0], parts[1], parts[2], kMultiHead);
  check_options(options.attention, kMultiHead);
  BasicTensor<T> d_qkv = empty<T>(qkv.shape());
  const BasicTensor<T> d_parts = by_heads(d_qkv, 3, options);
  AttentionGradients<T> d{d_parts[0], d_parts[1], d_parts[2]};
  attend_backward<T>(x, by_heads(y.contiguous(), 1, options)[0], by_heads(dy.contiguous(), 1, options)[0],
                     options.attention, state, d);
  return d_qkv;
}

#define LT_INSTANTIATE(T)                                                                                  \
  template BasicTensor<T> scaled_dot_product_attention(const BasicTensor<T>&, const BasicTensor<T>&,       \
                                                       const BasicTensor<T>&, const AttentionOptions&,     \
                                                       Generator&, AttentionState<T>*);                    \
  template AttentionGradients<T> scaled_dot_product_attention_backward(                                    \
      const BasicTensor<T>&, const BasicTensor<T>&, const BasicTensor<T>&, const BasicTensor<T>&,          \
      const BasicTensor<T>&, const AttentionOptions&, const AttentionState<T>&);                           \
  template BasicTensor<T> multi_head_attention(const BasicTensor<T>&, const MultiHeadOptions&, Generator&, \
                                               AttentionState<T>*);                                        \
  template BasicTensor<T> multi_head_attention_backward(const BasicTensor<T>&, const BasicTensor<T>&,      \
                                                        const BasicTensor<T>&, const MultiHeadOptions&,    \
                                                        const AttentionState<T>&);
LT_INSTANTIATE(float)
LT_INSTANTIATE(double)
#undef LT_INSTANTIATE

}  // namespace lt::inline v0
