#include <functional>
#include <string>
#include <utility>
#include <vector>

#include <libtensor/tensor/attention.h>
#include <libtensor/tensor/functional.h>
#include <libtensor/tensor/io.h>
#include <libtensor/tensor/ops.h>
#include <libtensor/tensor/random.h>
#include <libtensor/tests/expect.h>
#include <libtensor/tests/scratch.h>

// Every op, of every element type: it compiles for the types that it has a meaning for and for no other, and
// is linked for those; what is no tensor yet it refuses, in each of its operands.

namespace lt {
namespace {

enum class Kind { every, number, floating, whole, truth, place };

template <Element T>
constexpr bool is_of(Kind kind) {
  switch (kind) {
    case Kind::every:
      return true;
    case Kind::number:
      return Number<T>;
    case Kind::floating:
      return Floating<T>;
    case Kind::whole:
      return std::same_as<T, int64_t>;
    case Kind::truth:
      return std::same_as<T, bool>;
    case Kind::place:  // ids or a mask
      return !Floating<T>;
  }
}

void expect_refused(const char* op, const std::function<void()>& use) {
  EXPECT_EQ(error_text<ValueError>(use),
            "tensor: used before it was given a value (a gradient has none before backward)")
      << op;
}

// x: undefined; y: a number of that type; ids, mask: ones that are undefined where x is of their type.
#define LT_OP(KIND, ...)                                                     \
  static_assert(                                                             \
      requires { __VA_ARGS__; } == is_of<T>(Kind::KIND), "as concepts say"); \
  if constexpr (requires { __VA_ARGS__; }) {                                 \
    expect_refused(#__VA_ARGS__, [&] { static_cast<void>(__VA_ARGS__); });   \
  }

template <Element T>
void expect_methods_refused(BasicTensor<T> x) {
  BasicTensor<T> y = zeros<T>(1);
  const IntTensor ids = zeros<int64_t>(1);
  const BoolTensor mask = ones<bool>(1);
  LT_OP(every, x.shape())
  LT_OP(every, x.strides())
  LT_OP(every, x.dim())
  LT_OP(every, x.size(0))
  LT_OP(every, x.stride(0))
  LT_OP(every, x.numel())
  LT_OP(every, x.is_contiguous())
  LT_OP(every, x.data())
  LT_OP(every, x.mutable_data())
  LT_OP(every, x.item())
  LT_OP(every, x.at({0}))
  LT_OP(every, x.to_vector())
  LT_OP(every, x.span())
  LT_OP(every, x.mutable_span())
  LT_OP(every, x.begin())
  LT_OP(every, x.end())
  LT_OP(every, x.view(1))
  LT_OP(every, x.transpose(0, 0))
  LT_OP(every, x.t())
  LT_OP(every, x.permute(0))
  LT_OP(every, x.select(0, 0))
  LT_OP(every, x[0])
  LT_OP(every, x.narrow(0, 0, 1))
  LT_OP(every, x.slice(0, 0, 1))
  LT_OP(every, x.squeeze())
  LT_OP(every, x.squeeze(0))
  LT_OP(every, x.unsqueeze(0))
  LT_OP(every, x.expand(1))
  LT_OP(every, x.diagonal())
  LT_OP(every, x.unbind())
  LT_OP(every, x.split(1))
  LT_OP(every, x(Slice()))
  LT_OP(every, x(Slice(), ids))
  LT_OP(every, x(0))
  LT_OP(every, std::as_const(x)(0))
  LT_OP(every, x(0) = T{})
  LT_OP(every, x.contiguous())
  LT_OP(every, x.reshape(1))
  LT_OP(every, x.flatten())
  LT_OP(every, x.clone())
  LT_OP(every, x.template cast<float>())
  LT_OP(every, x.template cast<bool>())
  LT_OP(every, x[ids])
  LT_OP(every, x[mask])
  LT_OP(place, y[x])
  LT_OP(place, y(Slice(), x))
  LT_OP(place, y[x] = y)
  LT_OP(every, x[0] = y)
  LT_OP(every, x[ids] = y)
  LT_OP(every, x[mask] = T{})
  LT_OP(every, y[0] = x)
  LT_OP(every, y[ids] = x)
  LT_OP(every, y[mask] = x)
  LT_OP(every, x.fill_(T{}))
  LT_OP(every, x.zero_())
  LT_OP(every, x.copy_(y))
  LT_OP(every, y.copy_(x))
  LT_OP(number, x.add_(y, 1))
  LT_OP(number, y.add_(x, 1))
  LT_OP(number, x += y)
  LT_OP(number, y += x)
  LT_OP(number, x += 1)
  LT_OP(number, x -= y)
  LT_OP(number, y -= x)
  LT_OP(number, x -= 1)
  LT_OP(number, x *= y)
  LT_OP(number, y *= x)
  LT_OP(number, x *= 1)
  LT_OP(floating, x /= y)
  LT_OP(floating, y /= x)
  LT_OP(floating, x /= 1)
}

template <Element T>
void expect_elementwise_refused(BasicTensor<T> x) {
  const BasicTensor<T> y = zeros<T>(1);
  const BoolTensor mask = ones<bool>(1);
  LT_OP(number, x + y)
  LT_OP(number, y + x)
  LT_OP(number, x + 1)
  LT_OP(number, 1 + x)
  LT_OP(number, x - y)
  LT_OP(number, y - x)
  LT_OP(number, x * y)
  LT_OP(number, y * x)
  LT_OP(floating, x / y)
  LT_OP(floating, y / x)
  LT_OP(floating, x / 2)
  LT_OP(floating, 2 / x)
  LT_OP(number, -x)
  LT_OP(floating, pow(x, y))
  LT_OP(floating, pow(y, x))
  LT_OP(number, pow(x, 2))
  LT_OP(floating, pow(2, x))
  LT_OP(floating, atan2(x, y))
  LT_OP(floating, atan2(y, x))
  LT_OP(number, maximum(x, y))
  LT_OP(number, maximum(y, x))
  LT_OP(number, minimum(x, y))
  LT_OP(number, minimum(y, x))
  LT_OP(number, minimum(x, 1))
  LT_OP(number, floor_divide(x, y))
  LT_OP(number, floor_divide(y, x))
  LT_OP(number, remainder(x, y))
  LT_OP(number, remainder(y, x))
  LT_OP(every, x == y)
  LT_OP(every, y == x)
  LT_OP(every, x != y)
  LT_OP(every, y != x)
  LT_OP(every, x < y)
  LT_OP(every, y < x)
  LT_OP(every, x <= y)
  LT_OP(every, y <= x)
  LT_OP(every, x > T{})
  LT_OP(every, x >= T{})
  LT_OP(truth, x & y)
  LT_OP(truth, y & x)
  LT_OP(truth, x | y)
  LT_OP(truth, y | x)
  LT_OP(truth, x ^ y)
  LT_OP(truth, y ^ x)
  LT_OP(truth, !x)
  LT_OP(every, where(mask, x, y))
  LT_OP(every, where(mask, y, x))
  LT_OP(truth, where(x, y, y))
  LT_OP(every, masked_fill(x, mask, T{}))
  LT_OP(truth, masked_fill(y, x, T{}))
  LT_OP(number, neg(x))
  LT_OP(number, abs(x))
  LT_OP(number, sign(x))
  LT_OP(number, square(x))
  LT_OP(number, relu(x))
  LT_OP(number, clamp(x, 0, 1))
  LT_OP(floating, exp(x))
  LT_OP(floating, log(x))
  LT_OP(floating, log1p(x))
  LT_OP(floating, sqrt(x))
  LT_OP(floating, rsqrt(x))
  LT_OP(floating, reciprocal(x))
  LT_OP(floating, sin(x))
  LT_OP(floating, cos(x))
  LT_OP(floating, tanh(x))
  LT_OP(floating, erf(x))
  LT_OP(floating, sigmoid(x))
  LT_OP(floating, floor(x))
  LT_OP(floating, ceil(x))
  LT_OP(floating, round(x))
  LT_OP(floating, isnan(x))
  LT_OP(floating, isinf(x))
  LT_OP(floating, isfinite(x))
}

template <Element T>
void expect_reductions_refused(BasicTensor<T> x) {
  const BasicTensor<T> y = zeros<T>(1);
  LT_OP(number, sum(x))
  LT_OP(truth, count_nonzero(x))
  LT_OP(floating, mean(x))
  LT_OP(floating, mean(x, 0, true))
  LT_OP(floating, var(x))
  LT_OP(floating, var_mean(x, 0))
  LT_OP(floating, stddev(x))
  LT_OP(floating, norm(x))
  LT_OP(floating, logsumexp(x, 0))
  LT_OP(number, amax(x))
  LT_OP(number, amin(x, 0))
  LT_OP(number, max(x))
  LT_OP(number, min(x))
  LT_OP(number, max(x, 0))
  LT_OP(number, min(x, 0))
  LT_OP(number, argmax(x))
  LT_OP(number, argmin(x, 0))
  LT_OP(truth, all(x))
  LT_OP(truth, any(x, 0))
  LT_OP(number, cumsum(x, 0))
  LT_OP(number, sum_to(x, 1))
  LT_OP(every, equal(x, y))
  LT_OP(every, equal(y, x))
  LT_OP(floating, allclose(x, y))
  LT_OP(floating, allclose(y, x))
  LT_OP(number, matmul(x, y))
  LT_OP(number, matmul(y, x))
  LT_OP(number, matmul_tn(x, y))
  LT_OP(number, matmul_tn(y, x))
  LT_OP(number, matmul_nt(x, y))
  LT_OP(number, matmul_nt(y, x))
  LT_OP(number, addmm(x, y, y))
  LT_OP(number, addmm(y, x, y))
  LT_OP(number, addmm(y, y, x))
  LT_OP(floating, softmax(x, 0))
  LT_OP(floating, log_softmax(x, 0))
}

template <Element T>
void expect_movements_refused(BasicTensor<T> x) {
  BasicTensor<T> y = zeros<T>(1);
  const IntTensor ids = zeros<int64_t>(1);
  const BoolTensor mask = ones<bool>(1);
  const Tensor z = zeros(1);
  LT_OP(every, zeros_like(x))
  LT_OP(every, ones_like(x))
  LT_OP(every, cat({x, y}))
  LT_OP(every, cat({y, x}))
  LT_OP(every, stack({x, y}))
  LT_OP(every, stack({y, x}))
  LT_OP(every, flip(x, 0))
  LT_OP(every, tril(x))
  LT_OP(every, triu(x))
  LT_OP(every, index(x, {ids}))
  LT_OP(whole, index(z, {x}))
  LT_OP(every, index_put_(x, {ids}, y))
  LT_OP(every, index_put_(y, {ids}, x))
  LT_OP(whole, index_put_(y, std::vector{x}, y))
  LT_OP(place, index_put_(y, x, y))
  LT_OP(every, index_put_(x, ids, y))
  LT_OP(every, index_put_(x, mask, y))
  LT_OP(every, gather(x, 0, ids))
  LT_OP(whole, gather(y, 0, x))
  LT_OP(number, scatter_add(x, 0, ids, y))
  LT_OP(number, scatter_add(y, 0, ids, x))
  LT_OP(whole, scatter_add(y, 0, x, y))
  LT_OP(every, masked_select(x, mask))
  LT_OP(truth, masked_select(y, x))
  LT_OP(truth, nonzero(x))
  LT_OP(whole, one_hot(x, 2))
  LT_OP(every, sort(x))
  LT_OP(every, argsort(x))
  LT_OP(every, topk(x, 1))
  LT_OP(floating, histogram(x, 2))
  LT_OP(whole, bincount(x))
}

template <Element T>
void expect_functions_refused(BasicTensor<T> x) {
  const BasicTensor<T> y = zeros<T>({1, 1});
  const IntTensor ids = zeros<int64_t>(1);
  const Tensor z = zeros({1, 1});
  LT_OP(floating, gelu(x))
  LT_OP(floating, gelu_backward(x, y))
  LT_OP(floating, gelu_backward(y, x))
  LT_OP(floating, tanh_backward(x, y))
  LT_OP(floating, tanh_backward(y, x))
  LT_OP(floating, sigmoid_backward(x, y))
  LT_OP(floating, sigmoid_backward(y, x))
  LT_OP(floating, softmax_backward(x, y, 0))
  LT_OP(floating, softmax_backward(y, x, 0))
  LT_OP(floating, log_softmax_backward(x, y, 0))
  LT_OP(floating, log_softmax_backward(y, x, 0))
  LT_OP(floating, embedding(x, ids))
  LT_OP(whole, embedding(z, x))
  LT_OP(floating, embedding_backward(x, ids, {1, 1}))
  LT_OP(whole, embedding_backward(z, x, {1, 1}))
  LT_OP(floating, cross_entropy(x, ids))
  LT_OP(whole, cross_entropy(z, x))
  LT_OP(floating, batch_norm(x, y[0], y[0]))
  LT_OP(floating, layer_norm(x, y[0], y[0]))
  LT_OP(floating, dropout(x, 0.5))
  LT_OP(floating, scaled_dot_product_attention(x, x, x))
  LT_OP(floating, multi_head_attention(x, {}))
}

template <Element T>
void expect_random_and_files_refused(BasicTensor<T> x) {
  const Scratch scratch;
  const std::string path = scratch.path("undefined");
  LT_OP(every, save_npy(path, x))
  LT_OP(every, save_npz(path, {{"x", x}}))
  LT_OP(every, save_safetensors(path, {{"x", x}}))
  LT_OP(floating, bernoulli(x))
  LT_OP(floating, uniform_(x))
  LT_OP(floating, normal_(x))
  LT_OP(floating, exponential_(x))
  LT_OP(every, bernoulli_(x))
  LT_OP(whole, random_(x))
  LT_OP(floating, multinomial(x, 1))
}
#undef LT_OP

template <Element T>
void expect_all_refused(const BasicTensor<T>& x) {
  ASSERT_FALSE(x.defined());
  EXPECT_EQ(to_string(x), "tensor(undefined)");
  expect_methods_refused(x);
  expect_elementwise_refused(x);
  expect_reductions_refused(x);
  expect_movements_refused(x);
  expect_functions_refused(x);
  expect_random_and_files_refused(x);
}

TEST(Undefined, TensorsAreRefusedByEveryOp) {
  expect_all_refused(Tensor());
  expect_all_refused(DoubleTensor());
  expect_all_refused(IntTensor());
  expect_all_refused(BoolTensor());
}

TEST(Undefined, TensorsThatWereMovedFromAreRefusedByEveryOp) {
  Tensor x = ones(1);
  const Tensor taken = std::move(x);
  expect_all_refused(x);  // NOLINT: what is moved from is no tensor
}

}  // namespace
}  // namespace lt
