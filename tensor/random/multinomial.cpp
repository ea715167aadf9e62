// Drawing categories from one row of probabilities. With replacement the row is summed from left to right, in
// its own type, and each uniform is looked up in the running sum. Without, every category has a clock that
// rings after an exponential time at the rate of its probability, and the first to ring are drawn: the
// largest of p / clock. (As PyTorch; Efraimidis and Spirakis, 2006.)

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numeric>
#include <vector>

#include <libtensor/tensor/error.h>
#include <libtensor/tensor/random/fill.h>

namespace lt::inline v0 {

namespace {

template <typename T>
std::vector<T> running_shares(std::span<const T> p) {
  std::vector<T> shares(p.size());
  std::partial_sum(p.begin(), p.end(), shares.begin());
  const T sum = shares.back();
  for (T& share : shares) share /= sum;
  shares.back() = T{1};
  return shares;
}

}  // namespace

template <typename T>
void sample_with_replacement(std::span<const T> p, std::span<int64_t> out, Generator& generator) {
  const std::vector<T> shares = running_shares(p);
  for (int64_t& category : out) {
    const double x = generator.unit_double();
    const auto at = std::partition_point(shares.begin(), shares.end(), [x](T s) { return double{s} < x; });
    category = at - shares.begin();
  }
}

template <typename T>
void sample_by_race(std::span<const T> p, std::span<const T> clock, std::span<int64_t> out) {
  // A clock of 0 (one in 2^53) rings at once, but not for a category that cannot be drawn.
  std::vector<T> speed(p.size());
  for (size_t j = 0; j < p.size(); ++j) speed[j] = p[j] > 0 ? p[j] / std::abs(clock[j]) : T{0};
  if (out.size() == 1) {
    out[0] = std::max_element(speed.begin(), speed.end()) - speed.begin();
    return;
  }
  std::vector<int64_t> order(p.size());
  std::iota(order.begin(), order.end(), int64_t{0});
  const auto middle = order.begin() + static_cast<std::ptrdiff_t>(out.size());
  std::partial_sort(order.begin(), middle, order.end(), [&](int64_t a, int64_t b) {
    const T left = speed[static_cast<size_t>(a)];
    const T right = speed[static_cast<size_t>(b)];
    return left > right || (left == right && a < b);
  });
  std::copy(order.begin(), middle, out.begin());
}

template <typename T>
void check_probabilities(std::span<const T> p) {
  for (size_t j = 0; j < p.size(); ++j) {
    if (!(p[j] >= 0 && std::isfinite(p[j]))) {
      throw ValueError(
          fmt::format("multinomial: probability {} of category {} is not a finite number >= 0", p[j], j));
    }
  }
  const T sum = std::accumulate(p.begin(), p.end(), T{0});
  if (!(sum > 0 && std::isfinite(sum))) {
    throw ValueError(fmt::format("multinomial: the probabilities sum to {}", sum));
  }
}

template void sample_with_replacement(std::span<const float>, std::span<int64_t>, Generator&);
template void sample_with_replacement(std::span<const double>, std::span<int64_t>, Generator&);
template void sample_by_race(std::span<const float>, std::span<const float>, std::span<int64_t>);
template void sample_by_race(std::span<const double>, std::span<const double>, std::span<int64_t>);
template void check_probabilities(std::span<const float>);
template void check_probabilities(std::span<const double>);

}  // namespace lt::inline v0
