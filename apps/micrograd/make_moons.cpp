#include <libtensor/apps/micrograd/make_moons.h>

// The points are laid out in order, shuffled as one list, and then moved row by row, which fixes the order of
// the draws. Compiled without contraction; cosine and sine are the C library's, one ulp away from NumPy's in
// half of the points.

#include <fmt/format.h>

#include <cmath>
#include <numbers>
#include <utility>

#include <libtensor/tensor/error.h>

namespace lt::apps {

namespace {

// NumPy's linspace(0, pi, count)[i].
double angle(int64_t i, int64_t count) {
  if (count == 1) return 0;
  if (i == count - 1) return std::numbers::pi;
  return static_cast<double>(i) * (std::numbers::pi / static_cast<double>(count - 1));
}

// One of `count` points before noise moves it, and its label.
std::pair<std::array<double, 2>, int> moon_point(int64_t i, int64_t count) {
  const int64_t upper = count / 2;
  const double t = i < upper ? angle(i, upper) : angle(i - upper, count - upper);
  if (i < upper) return {{std::cos(t), std::sin(t)}, 0};
  return {{1 - std::cos(t), (1 - std::sin(t)) - 0.5}, 1};
}

}  // namespace

Moons make_moons(int64_t count, double noise, NumpyRandom& random) {
  if (count < 0) throw ValueError(fmt::format("make_moons: expected count >= 0, got {}", count));
  if (!(noise >= 0)) throw ValueError(fmt::format("make_moons: expected noise >= 0, got {}", noise));
  Moons moons;
  for (const int64_t i : random.permutation(count)) {
    const auto [point, label] = moon_point(i, count);
    moons.points.push_back(point);
    moons.labels.push_back(label);
  }
  for (auto& point : moons.points) {
    for (double& x : point) x += random.normal(0, noise);
  }
  return moons;
}

}  // namespace lt::apps
