// Lecture 1's engine beside the same engine in Python, in one run; and what a value costs,
// on short and long tapes.
//
// Python and C++ take turns at the moons run (100 points, 337 parameters, 20 steps a turn, 8 in a quick run)
// from the same weights. First the losses are compared, to 1e-12; then each side's median step over all turns
// is set against the other's. Python runs as it is, and with its garbage collector off.

#include <fmt/core.h>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <nlohmann/json.hpp>
#include <numeric>
#include <optional>

#include <libtensor/apps/micrograd/micrograd.h>
#include <libtensor/bench/common.h>

using namespace lt::apps::micrograd;
using lt::apps::make_moons;
using lt::apps::Moons;
using lt::apps::NumpyRandom;
using lt::apps::PythonRandom;
using lt::bench::Options;
using lt::bench::Row;

namespace {

constexpr std::uint32_t kSeed = 1337;

struct Run {
  std::vector<double> losses, seconds;
  std::string python;  // its version
};

// Processor time, in seconds. Neither side has a second thread, and what else the machine
// does is no cost of theirs.
double now() {
  timespec time{};
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
  return static_cast<double>(time.tv_sec) + 1e-9 * static_cast<double>(time.tv_nsec);
}

double median(std::vector<double> v) {
  std::nth_element(v.begin(), v.begin() + static_cast<std::ptrdiff_t>(v.size() / 2), v.end());
  return v[v.size() / 2];
}

Run train(const Moons& data, int steps) {
  const Scope scope;
  PythonRandom random(kSeed);
  MLP model(2, {16, 16, 1}, kLibrary, random);
  std::vector<int64_t> all(data.points.size());
  std::iota(all.begin(), all.end(), 0);
  Run run;
  for (int k = 0; k < steps; ++k) {
    const double start = now();
    const Scope step;
    const Outcome outcome = margin_loss(model, data, all);
    model.zero_grad();
    outcome.loss.backward();
    for (const Value p : model.parameters()) p.data() -= (1 - 0.9 * k / 100) * p.grad();
    run.seconds.push_back(now() - start);
    run.losses.push_back(outcome.loss.data());
  }
  return run;
}

// Nothing where there is no Python.
std::optional<Run> train_in_python(const Moons& data, const char* collector, int steps) {
  const nlohmann::json input{{"points", data.points}, {"labels", data.labels}};
  const std::string command = fmt::format("echo '{}' | python3 '{}/bench/micrograd_bench.py' {} {} {}",
                                          input.dump(), LIBTENSOR_SOURCE_DIR, steps, kSeed, collector);
  std::FILE* pipe = popen(command.c_str(), "r");
  if (pipe == nullptr) return std::nullopt;
  std::string text;
  for (int c = std::fgetc(pipe); c != EOF; c = std::fgetc(pipe)) text += static_cast<char>(c);
  if (pclose(pipe) != 0) return std::nullopt;
  const auto output = nlohmann::json::parse(text);
  return Run{output["losses"], output["seconds"], output["python"]};
}

double largest_difference(const Run& a, const Run& b) {
  double worst = 0;
  for (size_t i = 0; i < a.losses.size(); ++i) {
    worst = std::max(worst, std::abs(a.losses[i] / b.losses[i] - 1));
  }
  return worst;
}

void append(std::vector<double>& all, const std::vector<double>& some) {
  all.insert(all.end(), some.begin(), some.end());
}

// Ends the program if the losses of Python and C++ differ.
void check(double difference) {
  fmt::print(stderr, "moons: losses of Python and C++ agree to {:.0e}\n", difference);
  if (difference <= 1e-12) return;
  fmt::print(stderr, "moons: they should agree to 1e-12\n");
  std::exit(1);
}

Row against_python(const Moons& data, const std::string& work, const char* collector, bool quick) {
  const int turns = quick ? 1 : 5;
  const int steps = quick ? 8 : 20;
  std::vector<double> ours, theirs;
  double difference = 0;
  Row row{.bench = "micrograd", .work = work};
  for (int turn = 0; turn < turns; ++turn) {
    const Run run = train(data, steps);
    append(ours, run.seconds);
    const auto python = train_in_python(data, collector, steps);
    if (!python) continue;
    append(theirs, python->seconds);
    difference = std::max(difference, largest_difference(run, *python));
    row.versions["python"] = python->python;
  }
  row.ours_us = 1e6 * median(ours);
  if (theirs.empty()) {
    fmt::print(stderr, "moons: no python3 to run beside: only ours is timed\n");
    return row;
  }
  check(difference);
  row.peers = {{"python", 1e6 * median(theirs)}};
  return row;
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

Row value_cost(const std::string& work, int64_t values) {
  cost(values);  // the tape's memory comes from the system once
  std::vector<double> times;
  for (int64_t i = 0; i < std::max<int64_t>(5, 1'000'000 / values); ++i) times.push_back(cost(values));
  return {.bench = "micrograd", .work = work, .ours_us = 1e6 * median(times)};
}

std::vector<Row> measure(const Options& options) {
  std::vector<Row> rows;
  NumpyRandom random(kSeed);
  const Moons data = make_moons(100, 0.1, random);
  train(data, 1);  // the tape's memory comes from the system once
  const std::pair<const char*, const char*> collectors[] = {{"moons step", "on"},
                                                            {"moons step, collector off", "off"}};
  for (const auto& [work, collector] : collectors) {
    if (options.wants(work)) rows.push_back(against_python(data, work, collector, options.quick));
  }
  for (int64_t values = 1'000; values <= (options.quick ? 1'000'000 : 10'000'000); values *= 10) {
    const auto work = fmt::format("a value on a tape of {}", values);
    if (options.wants(work)) rows.push_back(value_cost(work, values));
  }
  return rows;
}

}  // namespace

int main(int argc, char** argv) {
  const Options options = lt::bench::parse(argc, argv);
  // Neither side has a second thread.
  lt::bench::report(options.wants_threads(1) ? measure(options) : std::vector<Row>(), options);
}
