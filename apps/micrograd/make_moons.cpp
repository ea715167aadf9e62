#include <libtensor/apps/micrograd/make_moons.h>

// The points are laid out in order, shuffled as one list, and then moved row by row, which fixes the order of
// the draws. Compiled without contraction; cosine and sine are the C library's, one ulp away from NumPy's in
// half of the points.

#include <fmt/format.h>

#include <cmath>
#include <numbers>

#include <libtensor/tensor/error.h>

namespace lt::apps {

namespace {

// NumPy's linspace(0, pi, count)[i].
double angle(int64_t i, int64_t count) {
  if (count == 1) return 0;
  if (i == count - 1) return std::numbers::pi;
  return static_cast<double>(i) * (std::numbers::pi / static_cast<double>(count - 1));
}

struct Point {
  std::array<double, 2> at;
  int label;
};

Point moon_point(int64_t i, int64_t count) {
  const int64_t outer = count / 2;
  if (i < outer) {
    const double t = angle(i, outer);
    return {{std::cos(t), std::sin(t)}, 0};
  }
  const double t = angle(i - outer, count - outer);
  return {{1 - std::cos(t), (1 - std::sin(t)) - 0.5}, 1};
}

}  // namespace

Moons make_moons(int64_t count, double noise, NumpyRandom& random) {
  if (count < 0) throw ValueError(fmt::format("make_moons: expected count >= 0, got {}", count));
  if (!(noise >= 0)) throw ValueError(fmt::format("make_moons: expected noise >= 0, got {}", noise));
  Moons moons;
  for (const int64_t i : random.permutation(count)) {
    const Point point = moon_point(i, count);
    moons.points.push_back(point.at);
    moons.labels.push_back(point.label);
  }
  for (auto& point : moons.points) {
    for (double& x : point) x += random.normal(0, noise);
  }
  return moons;
}

}  // namespace lt::apps
