#include <libtensor/tensor/random.h>

// Tensors for the fills of fill.h. A contiguous tensor is filled where it lies. Any other is filled in a
// dense copy whose axes lie in memory in the same order, and then copied over.

#include <fmt/format.h>

#include <algorithm>
#include <numeric>
#include <span>
#include <utility>

#include <libtensor/tensor/offsets.h>
#include <libtensor/tensor/ops.h>
#include <libtensor/tensor/random/fill.h>

namespace lt::inline v0 {

namespace {

template <typename T>
std::span<T> elements(BasicTensor<T>& x) {
  return {x.mutable_data(), static_cast<size_t>(x.numel())};
}

template <typename T>
std::span<const T> elements(const BasicTensor<T>& x) {
  return {x.data(), static_cast<size_t>(x.numel())};
}

// x's axes from the slowest in memory to the fastest, as PyTorch sorts them: row-major but where two strides
// say otherwise. An expanded axis (stride 0) says nothing.
template <typename T>
Dims memory_order(const BasicTensor<T>& x) {
  const auto is_slower = [&](int64_t a, int64_t b) {  // 1, -1, or 0 where unknown
    const int64_t difference = x.stride(a) - x.stride(b);
    if (x.stride(a) == 0 || x.stride(b) == 0) return 0;
    if (difference == 0) return x.size(a) > x.size(b) ? 1 : 0;
    return difference > 0 ? 1 : -1;
  };
  Dims fastest_first;
  for (int axis = x.dim() - 1; axis >= 0; --axis) {
    int at = fastest_first.size();
    fastest_first.push_back(axis);
    for (int other = at - 1; other >= 0; --other) {
      const int comparison = is_slower(fastest_first[other], fastest_first[at]);
      if (comparison < 0) break;
      if (comparison == 0) continue;
      std::swap(fastest_first[other], fastest_first[at]);
      at = other;
    }
  }
  Dims order;
  for (int i = x.dim() - 1; i >= 0; --i) order.push_back(fastest_first[i]);
  return order;
}

// A dense tensor like x, filled in x's memory order.
template <typename T, typename Fill>
BasicTensor<T> filled_like(const BasicTensor<T>& x, const Fill& fill) {
  const Dims order = memory_order(x);
  Shape shape;
  Dims back = order;
  for (int i = 0; i < order.size(); ++i) {
    shape.push_back(x.shape()[static_cast<int>(order[i])]);
    back[static_cast<int>(order[i])] = i;
  }
  BasicTensor<T> filled = empty<T>(shape);
  fill(elements(filled));
  return filled.permute(back);
}

template <typename T, typename Fill>
BasicTensor<T> fill_in_place(BasicTensor<T> x, const char* op, const Fill& fill) {
  detail::check_distinct(x.shape(), x.strides(), op);
  if (x.is_contiguous()) {
    fill(elements(x));
  } else {
    x.copy_(filled_like(x, fill));
  }
  return x;
}

}  // namespace

template <Floating T>
BasicTensor<T> rand(const Shape& shape, Generator& generator) {
  return uniform_(empty<T>(shape), 0, 1, generator);
}

template <Floating T>
BasicTensor<T> randn(const Shape& shape, Generator& generator) {
  return normal_(empty<T>(shape), 0, 1, generator);
}

IntTensor randint(Whole low, Whole high, const Shape& shape, Generator& generator) {
  IntTensor out = empty<int64_t>(shape);
  fill_integers(elements(out), low, high, generator);
  return out;
}

IntTensor randperm(Whole n, Generator& generator) {
  if (n < 0) throw ValueError(fmt::format("randperm: expected n >= 0, got {}", int64_t{n}));
  IntTensor out = empty<int64_t>(n);
  fill_permutation(elements(out), generator);
  return out;
}

template <Floating T>
BasicTensor<T> bernoulli(const BasicTensor<T>& p, Generator& generator) {
  const BasicTensor<T> dense = p.contiguous();
  BasicTensor<T> out = empty<T>(p.shape());
  fill_bernoulli(elements(out), elements(dense), generator);
  return out;
}

template <Floating T>
BasicTensor<T> uniform_(BasicTensor<T> x, double low, double high, Generator& generator) {
  return fill_in_place(x, "uniform_", [&](std::span<T> out) { fill_uniform(out, low, high, generator); });
}

template <Floating T>
BasicTensor<T> normal_(BasicTensor<T> x, double mean, double std, Generator& generator) {
  const auto fill = x.is_contiguous() ? fill_normal<T> : fill_normal_one_by_one<T>;
  return fill_in_place(x, "normal_", [&](std::span<T> out) { fill(out, mean, std, generator); });
}

template <Floating T>
BasicTensor<T> exponential_(BasicTensor<T> x, double lambda, Generator& generator) {
  return fill_in_place(x, "exponential_",
                       [&](std::span<T> out) { fill_exponential(out, lambda, generator); });
}

template <Element T>
BasicTensor<T> bernoulli_(BasicTensor<T> x, double p, Generator& generator) {
  return fill_in_place(x, "bernoulli_", [&](std::span<T> out) { fill_bernoulli(out, p, generator); });
}

IntTensor random_(IntTensor x, Generator& generator) {
  return fill_in_place(std::move(x), "random_",
                       [&](std::span<int64_t> out) { fill_integers(out, generator); });
}

template <Floating T>
BasicTensor<T> dropout_mask(const Shape& shape, double p, Generator& generator) {
  if (!(p >= 0 && p <= 1)) throw ValueError(fmt::format("dropout: probability {} is not in [0, 1]", p));
  BasicTensor<T> mask = empty<T>(shape);
  const std::span<T> scales = elements(mask);
  const T scale = p < 1 ? T{1} / static_cast<T>(1 - p) : T{0};
  if (p == 0 || p == 1) {
    std::fill(scales.begin(), scales.end(), scale);
  } else {
    fill_bernoulli(scales, 1 - p, generator);
    for (T& x : scales) x *= scale;
  }
  return mask;
}

namespace {

template <typename T>
void check_multinomial(const BasicTensor<T>& p, int64_t samples) {
  if (p.dim() != 1 && p.dim() != 2) {
    throw ShapeError(fmt::format("multinomial: expected 1 or 2 axes, got shape {}", to_string(p.shape())));
  }
  if (samples < 1) throw ValueError(fmt::format("multinomial: cannot draw {} samples", samples));
  if (p.size(-1) == 0) {
    throw ValueError(fmt::format("multinomial: no categories in shape {}", to_string(p.shape())));
  }
}

template <typename T>
void check_enough(std::span<const T> p, int64_t samples) {
  const auto positive = std::count_if(p.begin(), p.end(), [](T x) { return x > 0; });
  if (samples > positive) {
    throw ValueError(
        fmt::format("multinomial: cannot draw {} samples without replacement from {} categories of "
                    "probability above 0",
                    samples, positive));
  }
}

}  // namespace

template <Floating T>
IntTensor multinomial(const BasicTensor<T>& p, Whole samples, Flag replacement, Generator& generator) {
  check_multinomial(p, samples);
  const auto columns = static_cast<size_t>(p.size(-1));
  const BasicTensor<T> dense = p.contiguous();
  const std::span<const T> all = elements(dense);
  for (size_t i = 0; i < all.size(); i += columns) {
    check_probabilities(all.subspan(i, columns));
    if (!replacement) check_enough(all.subspan(i, columns), samples);
  }

  const bool is_race = !replacement || (samples == 1 && generator.sampling() != Sampling::classic);
  BasicTensor<T> clock;
  if (is_race) {
    clock = filled_like(p, [&](std::span<T> out) { fill_exponential(out, 1, generator); }).contiguous();
  }
  IntTensor out = empty<int64_t>(p.dim() == 1 ? Shape{samples} : Shape{p.size(0), samples});
  const auto count = static_cast<size_t>(int64_t{samples});
  for (size_t row = 0; row < all.size() / columns; ++row) {
    const auto weights = all.subspan(row * columns, columns);
    const auto categories = elements(out).subspan(row * count, count);
    if (is_race) {
      sample_by_race(weights, elements(std::as_const(clock)).subspan(row * columns, columns), categories);
    } else {
      sample_with_replacement(weights, categories, generator);
    }
  }
  return out;
}

template Tensor rand(const Shape&, Generator&);
template DoubleTensor rand(const Shape&, Generator&);
template Tensor randn(const Shape&, Generator&);
template DoubleTensor randn(const Shape&, Generator&);
template Tensor bernoulli(const Tensor&, Generator&);
template DoubleTensor bernoulli(const DoubleTensor&, Generator&);
template Tensor uniform_(Tensor, double, double, Generator&);
template DoubleTensor uniform_(DoubleTensor, double, double, Generator&);
template Tensor normal_(Tensor, double, double, Generator&);
template DoubleTensor normal_(DoubleTensor, double, double, Generator&);
template Tensor exponential_(Tensor, double, Generator&);
template DoubleTensor exponential_(DoubleTensor, double, Generator&);
template Tensor bernoulli_(Tensor, double, Generator&);
template DoubleTensor bernoulli_(DoubleTensor, double, Generator&);
template IntTensor bernoulli_(IntTensor, double, Generator&);
template BoolTensor bernoulli_(BoolTensor, double, Generator&);
template Tensor dropout_mask(const Shape&, double, Generator&);
template DoubleTensor dropout_mask(const Shape&, double, Generator&);
template IntTensor multinomial(const Tensor&, Whole, Flag, Generator&);
template IntTensor multinomial(const DoubleTensor&, Whole, Flag, Generator&);

}  // namespace lt::inline v0
