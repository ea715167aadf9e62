#include <libtensor/tensor/kernels/matmul.h>

#include <fmt/format.h>

#include <type_traits>

#include <libtensor/tensor/kernels/parallel.h>
#include <libtensor/tensor/kernels/tensor_iterator.h>
#include <libtensor/tensor/ops.h>

// Shapes of the matrix product. Operands are taken as they lie, so a transposed view costs nothing. Dense
// rows times one matrix are multiplied at once, whatever their leading axes. Of a batch of small matrices the
// threads share the batch, each multiplying alone; large ones come one by one and are shared inside.

namespace lt::inline v0 {
namespace {

// Multiplications in one product from which the threads are better kept on the same matrix, which they then
// have in their caches.
constexpr int64_t kLargeProduct = int64_t{1} << 22;

// All axes but the last two.
Dims leading(const Dims& dims) { return Dims(std::span<const int64_t>(dims.begin(), dims.end() - 2)); }

Dims with(Dims dims, int64_t last) {
  dims.push_back(last);
  return dims;
}

// throws: ShapeError with the text of shapes()
template <typename Describe>
Shape broadcast_batch(const Shape& x, const Shape& y, Describe shapes) try {
  return broadcast_shapes(leading(x), leading(y), "matmul");
} catch (const ShapeError&) {
  throw ShapeError("matmul: leading axes do not broadcast: " + shapes());
}

// The last two of x's axes, of which there are two or more, at `data`.
template <typename T>
kernels::MatrixRef<T> matrix(const BasicTensor<T>& x, const T* data) {
  const int64_t* const sizes = x.shape().end() - 2;
  const int64_t* const steps = x.strides().end() - 2;
  return {data, sizes[0], sizes[1], steps[0], steps[1]};
}
template <typename T>
kernels::MatrixRef<T> matrix(const BasicTensor<T>& x) {
  return matrix(x, x.data());
}

// shapes: x (batch..., m, k), y (batch..., k, n), c (batch, m, n)
template <typename T>
void multiply_batch(const BasicTensor<T>& x, const BasicTensor<T>& y, T* c) {
  const Shape batch = leading(x.shape());
  const int64_t size = x.size(-2) * y.size(-1);
  const kernels::TensorIterator<2> batches{batch, {leading(x.strides()), leading(y.strides())}};
  const auto run = [&](int64_t begin, int64_t end) {
    int64_t position = begin;
    batches.for_each(begin, end, [&](const auto&, const auto& offset) {
      kernels::matmul(matrix(x, x.data() + offset[0]), matrix(y, y.data() + offset[1]), c + size * position++,
                      y.size(-1));
    });
  };
  const int64_t work = size * x.size(-1);
  if (work < kLargeProduct) {
    kernels::parallel_for(numel(batch), work, run);
  } else {
    run(0, numel(batch));
  }
}

// shapes: a (m, k), b (k, n) -> (m, n)
template <typename T>
BasicTensor<T> matrix_product(const kernels::MatrixRef<T>& a, const kernels::MatrixRef<T>& b) {
  BasicTensor<T> out = empty<T>({a.rows, b.columns});
  if (out.numel() == 0) return out;
  if (a.columns == 0) return out.zero_();  // operands without memory have no addresses to step through
  kernels::matmul(a, b, out.mutable_data(), b.columns);
  return out;
}

// shapes: x (..., m, k), y (..., k, n) -> (batch..., m, n)
template <typename T>
BasicTensor<T> batch_product(const BasicTensor<T>& x, const BasicTensor<T>& y, const Shape& batch) {
  const int64_t m = x.size(-2);
  const int64_t k = x.size(-1);
  const int64_t n = y.size(-1);
  const Shape shape = with(with(batch, m), n);
  if (y.dim() == 2 && x.is_contiguous() && x.numel() > 0) {
    return matrix_product(matrix(x.view({numel(batch) * m, k})), matrix(y)).view(shape);
  }
  BasicTensor<T> out = empty<T>(shape);
  if (out.numel() == 0) return out;
  if (k == 0) return out.zero_();
  multiply_batch(x.expand(with(with(batch, m), k)), y.expand(with(with(batch, k), n)), out.mutable_data());
  return out;
}

}  // namespace

template <Number T>
BasicTensor<T> matmul(const BasicTensor<T>& a, const BasicTensor<T>& b) {
  const auto shapes = [&] { return fmt::format("{} @ {}", to_string(a.shape()), to_string(b.shape())); };
  if (a.dim() == 0 || b.dim() == 0) {
    throw ShapeError(fmt::format("matmul: a scalar is no matrix: {}", shapes()));
  }
  if (a.size(-1) != b.size(b.dim() == 1 ? 0 : -2)) {
    throw ShapeError(fmt::format("matmul: inner sizes differ: {}", shapes()));
  }
  if (a.dim() == 2 && b.dim() == 2) return matrix_product(matrix(a), matrix(b));
  const BasicTensor<T> x = a.dim() == 1 ? a.unsqueeze(0) : a;
  const BasicTensor<T> y = b.dim() == 1 ? b.unsqueeze(1) : b;
  BasicTensor<T> out = batch_product(x, y, broadcast_batch(x.shape(), y.shape(), shapes));
  if (b.dim() == 1) out = out.squeeze(-1);
  if (a.dim() == 1) out = out.squeeze(b.dim() == 1 ? -1 : -2);
  return out;
}

template <Number T>
BasicTensor<T> matmul_tn(const BasicTensor<T>& a, const BasicTensor<T>& b) {
  if (a.dim() != 2 || b.dim() != 2 || a.size(0) != b.size(0)) {
    throw ShapeError(fmt::format("matmul_tn: matrices (k, m) and (k, n) are wanted, got {} and {}",
                                 to_string(a.shape()), to_string(b.shape())));
  }
  return matrix_product(matrix(a).transposed(), matrix(b));
}

template <Number T>
BasicTensor<T> matmul_nt(const BasicTensor<T>& a, const BasicTensor<T>& b) {
  if (a.dim() != 2 || b.dim() != 2 || a.size(1) != b.size(1)) {
    throw ShapeError(fmt::format("matmul_nt: matrices (m, k) and (n, k) are wanted, got {} and {}",
                                 to_string(a.shape()), to_string(b.shape())));
  }
  return matrix_product(matrix(a), matrix(b).transposed());
}

template <Number T>
BasicTensor<T> addmm(const BasicTensor<T>& bias, const BasicTensor<T>& a, const BasicTensor<T>& b) {
  if (a.dim() != 2 || b.dim() != 2 || a.size(1) != b.size(0) || bias.shape() != Shape(b.size(1))) {
    throw ShapeError(
        fmt::format("addmm: a bias (n) and matrices (m, k) @ (k, n) are wanted, got {} and {} @ {}",
                    to_string(bias.shape()), to_string(a.shape()), to_string(b.shape())));
  }
  BasicTensor<T> out = empty<T>({a.size(0), b.size(1)});
  if (out.numel() == 0) return out;
  if (a.size(1) == 0) {  // operands without memory have no addresses to step through
    out.copy_(bias.expand(out.shape()));
    return out;
  }
  const BasicTensor<T> row = bias.contiguous();
  kernels::matmul(matrix(a), matrix(b), out.mutable_data(), out.size(1), row.data());
  return out;
}

template Tensor matmul(const Tensor&, const Tensor&);
template DoubleTensor matmul(const DoubleTensor&, const DoubleTensor&);
template IntTensor matmul(const IntTensor&, const IntTensor&);
template Tensor matmul_tn(const Tensor&, const Tensor&);
template DoubleTensor matmul_tn(const DoubleTensor&, const DoubleTensor&);
template IntTensor matmul_tn(const IntTensor&, const IntTensor&);
template Tensor matmul_nt(const Tensor&, const Tensor&);
template DoubleTensor matmul_nt(const DoubleTensor&, const DoubleTensor&);
template IntTensor matmul_nt(const IntTensor&, const IntTensor&);
template Tensor addmm(const Tensor&, const Tensor&, const Tensor&);
template DoubleTensor addmm(const DoubleTensor&, const DoubleTensor&, const DoubleTensor&);
template IntTensor addmm(const IntTensor&, const IntTensor&, const IntTensor&);

}  // namespace lt::inline v0
