// Lecture 1's engine beside the same engine in Python, in one run; and what a value costs, on short and long
// tapes.
//   micrograd_bench [ROUNDS]
//
// Python and C++ take turns at the moons run (100 points, 337 parameters, 20 steps a turn) from the same
// weights. First the losses are compared, to 1e-12; then each side's median step over all rounds (5) is set
// against the other's.

#include <fmt/core.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <ctime>
#include <nlohmann/json.hpp>
#include <numeric>

#include "apps/common/process.h"
#include "apps/micrograd/training.h"

using namespace lt::apps;
using namespace lt::apps::micrograd;

namespace {

constexpr int kSteps = 20;
constexpr std::uint32_t kSeed = 1337;

struct Run {
  std::vector<double> losses, seconds;
};

// Processor time, in seconds. Neither side has a second thread, and what else the machine does is no cost of
// theirs.
double now() {
  timespec time{};
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
  return static_cast<double>(time.tv_sec) + 1e-9 * static_cast<double>(time.tv_nsec);
}

double median(std::vector<double> v) {
  std::nth_element(v.begin(), v.begin() + static_cast<std::ptrdiff_t>(v.size() / 2), v.end());
  return v[v.size() / 2];
}

Run train(const Moons& data) {
  const Scope scope;
  PythonRandom random(kSeed);
  MLP model({2, 16, 16, 1}, kLibrary, random);
  std::vector<int64_t> all(data.points.size());
  std::iota(all.begin(), all.end(), 0);
  Run run;
  for (int k = 0; k < kSteps; ++k) {
    const double start = now();
    const Scope step;
    const Outcome outcome = margin_loss(model, data, all);
    update(model, outcome.loss, 1 - 0.9 * k / 100);
    run.seconds.push_back(now() - start);
    run.losses.push_back(outcome.loss.data());
  }
  return run;
}

// Nothing where there is no Python.
std::optional<Run> train_in_python(const Moons& data, const char* collector) {
  const nlohmann::json input{{"points", data.points}, {"labels", data.labels}};
  const auto done = run_program({"python3", LIBTENSOR_SOURCE_DIR "/bench/micrograd_bench.py",
                                 std::to_string(kSteps), std::to_string(kSeed), collector},
                                input.dump());
  if (!done || done->status != 0) return std::nullopt;
  const auto output = nlohmann::json::parse(done->output);
  return Run{output["losses"], output["seconds"]};
}

double largest_difference(const Run& a, const Run& b) {
  double worst = 0;
  for (int k = 0; k < kSteps; ++k) {
    const auto i = static_cast<std::size_t>(k);
    worst = std::max(worst, std::abs(a.losses[i] / b.losses[i] - 1));
  }
  return worst;
}

void append(std::vector<double>& all, const std::vector<double>& some) {
  all.insert(all.end(), some.begin(), some.end());
}

bool compare_with_python(int rounds) {
  NumpyRandom random(kSeed);
  const Moons data = make_moons(100, 0.1, random);
  train(data);  // the tape's memory comes from the system once
  std::vector<double> ours, theirs, uncollected;
  double difference = 0;
  for (int round = 0; round < rounds; ++round) {
    const auto python = train_in_python(data, "on"), no_gc = train_in_python(data, "off");
    if (!python || !no_gc) {
      fmt::print("moons: skipped, no python3 to run beside\n");
      return true;
    }
    const Run run = train(data);
    append(ours, run.seconds);
    append(theirs, python->seconds);
    append(uncollected, no_gc->seconds);
    difference = std::max({difference, largest_difference(run, *python), largest_difference(run, *no_gc)});
  }
  fmt::print("moons, {} rounds of {} steps; losses of Python and C++ agree to {:.0e}\n\n", rounds, kSteps,
             difference);
  fmt::print("                          ms a step     ratio\n");
  fmt::print("C++                      {:10.3f}\n", 1e3 * median(ours));
  fmt::print("Python                   {:10.1f} {:9.0f}\n", 1e3 * median(theirs),
             median(theirs) / median(ours));
  fmt::print("Python, collector off    {:10.1f} {:9.0f}\n", 1e3 * median(uncollected),
             median(uncollected) / median(ours));
  return difference <= 1e-12;
}

// Seconds for a value of a long expression: made, and taken back through.
double cost(int64_t values) {
  const Scope scope;
  const double start = now();
  const Value x(0.5);
  Value y = x;
  for (int64_t i = 0; i < values; i += 2) y = y * x + x;
  y.backward();
  return (now() - start) / static_cast<double>(values);
}

void print_costs() {
  fmt::print("\n    values   ns a value, forward and backward\n");
  for (int64_t values = 1'000; values <= 10'000'000; values *= 10) {
    cost(values);  // the tape's memory comes from the system once
    std::vector<double> times;
    for (int64_t i = 0; i < std::max<int64_t>(5, 1'000'000 / values); ++i) times.push_back(cost(values));
    fmt::print("{:>10} {:10.2f}\n", values, 1e9 * median(times));
  }
}

}  // namespace

int main(int argc, char** argv) {
  const int rounds = argc > 1 ? std::max(1, std::atoi(argv[1])) : 5;
  if (!compare_with_python(rounds)) return 1;
  print_costs();
}
