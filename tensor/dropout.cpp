#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

#include <libtensor/tensor/functional.h>
#include <libtensor/tensor/kernels/dropout.h>

// PyTorch draws two words a number, whose low 53 bits make a unit in [0, 1); the number is kept where it is
// below 1 - p. That is a comparison of whole numbers, and a bit holds what came of it.

namespace lt::inline v0 {
namespace {

constexpr int64_t kBits = 64;       // of a word of the mask
constexpr int64_t kPairs = 8 * 64;  // drawn at a time, 4 KB

int64_t words_for(int64_t n) { return (n + kBits - 1) / kBits; }

template <typename T>
T kept_scale(double p) {
  return p < 1 ? T{1} / static_cast<T>(1 - p) : T{0};
}

template <typename T>
BasicTensor<T> scale_kept(const BasicTensor<T>& x, const IntTensor& kept, double p) {
  const BasicTensor<T> dense = x.contiguous();
  BasicTensor<T> y = empty<T>(x.shape());
  kernels::scale_kept(dense.data(), kept.data(), kept_scale<T>(p), x.numel(), y.mutable_data());
  return y;
}

}  // namespace

IntTensor dropout_bits(const Shape& shape, double p, Generator& generator) {
  if (!(p >= 0 && p <= 1)) throw ValueError(fmt::format("dropout: probability {} is not in [0, 1]", p));
  const int64_t n = shape.empty() ? 1 : shape[shape.size() - 1];
  const int64_t words = words_for(n);
  Shape packed = shape.empty() ? Shape(1) : shape;
  packed[packed.size() - 1] = words;
  IntTensor kept = empty<int64_t>(packed);
  if (p == 0 || p == 1) return kept.fill_(p == 0 ? -1 : 0);
  const auto limit = static_cast<uint64_t>(std::ceil((1 - p) * 0x1p53));
  std::array<uint32_t, 2 * kPairs> drawn;
  int64_t* const bits = kept.mutable_data();
  for (int64_t row = 0; row < kept.numel() / std::max<int64_t>(words, 1); ++row) {
    for (int64_t i = 0; i < n; i += kPairs) {
      const int64_t count = std::min(kPairs, n - i);
      generator.random(std::span(drawn).first(static_cast<size_t>(2 * count)));
      kernels::kept_bits(drawn.data(), count, limit, bits + row * words + i / kBits);
    }
  }
  return kept;
}

template <Floating T>
BasicTensor<T> dropout(const BasicTensor<T>& x, double p, Generator& generator, IntTensor* kept) {
  const IntTensor bits = dropout_bits(x.numel(), p, generator);
  if (kept != nullptr) *kept = bits;
  return scale_kept(x, bits, p);
}

template <Floating T>
BasicTensor<T> dropout_backward(const BasicTensor<T>& dy, const IntTensor& kept, double p) {
  check_same_shape(kept.shape(), words_for(dy.numel()), "dropout_backward");
  return scale_kept(dy, kept, p);
}

template Tensor dropout(const Tensor&, double, Generator&, IntTensor*);
template DoubleTensor dropout(const DoubleTensor&, double, Generator&, IntTensor*);
template Tensor dropout_backward(const Tensor&, const IntTensor&, double);
template DoubleTensor dropout_backward(const DoubleTensor&, const IntTensor&, double);

}  // namespace lt::inline v0
