#include "bench/common.h"

#include <benchmark/benchmark.h>
#include <fmt/format.h>
#include <omp.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <memory>
#include <nlohmann/json.hpp>
#include <random>

#include "tensor/kernels/parallel.h"
#include "tensor/kernels/vector.h"
#include "tensor/parallel.h"

#ifdef LIBTENSOR_BENCH_OPENBLAS
#include <cblas.h>
#endif
#ifdef LIBTENSOR_BENCH_TORCH
#include <ATen/Parallel.h>
#endif

namespace lt::bench {
namespace {

using Clock = std::chrono::steady_clock;

double microseconds(Clock::duration d) { return std::chrono::duration<double, std::micro>(d).count(); }

double time_calls(const Contender& contender, int64_t calls) {
  const auto start = Clock::now();
  for (int64_t i = 0; i < calls; ++i) {
    contender.run();
    benchmark::ClobberMemory();
  }
  return microseconds(Clock::now() - start) / static_cast<double>(calls);
}

double median(std::vector<double> values) {
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::nth_element(values.begin(), middle, values.end());
  return *middle;
}

// 24 sums are more than the 8 that two units of four cycles latency need, and fit 32 registers; where there
// are 16, 12 are enough.
constexpr int kProbeSums = kernels::kVectorBytes == 64 ? 24 : 12;
constexpr int64_t kProbeSteps = 20000;

void fma_loop() {
  kernels::Vec<float> sums[kProbeSums] = {};
  auto x = kernels::broadcast(1.5F);
  benchmark::DoNotOptimize(x);
  for (int64_t i = 0; i < kProbeSteps; ++i) {
    kernels::unroll<kProbeSums>([&](auto s) { sums[s] += x * x; });
  }
  for (auto& sum : sums) benchmark::DoNotOptimize(sum);
}

}  // namespace

Options parse(int argc, char** argv) {
  Options options;
  for (int i = 1; i < argc; ++i) {
    const bool has_value = i + 1 < argc;
    if (!std::strcmp(argv[i], "--quick")) {
      options.quick = true;
    } else if (!std::strcmp(argv[i], "--least")) {
      options.least = true;
    } else if (!std::strcmp(argv[i], "--json") && has_value) {
      options.json = argv[++i];
    } else if (!std::strcmp(argv[i], "--filter") && has_value) {
      options.filter = argv[++i];
    } else if (!std::strcmp(argv[i], "--threads") && has_value && std::atoi(argv[i + 1]) > 0) {
      options.threads = {std::atoi(argv[++i])};
    } else {
      fmt::print(stderr, "usage: {} [--quick] [--least] [--threads N] [--json FILE] [--filter TEXT]\n",
                 argv[0]);
      std::exit(2);
    }
  }
  return options;
}

std::vector<double> interleave(const std::vector<Contender>& contenders, const Options& options) {
  const int turns = (options.quick ? 9 : 25) * (options.least ? 4 : 1);
  const double slice_us = options.least ? 50 : (options.quick ? 300 : 1000);
  std::vector<int64_t> calls;
  for (const auto& contender : contenders) {
    contender.run();
    const double once = std::max(time_calls(contender, 3), 0.01);
    calls.push_back(std::max<int64_t>(1, static_cast<int64_t>(slice_us / once)));
  }
  std::vector<std::vector<double>> times(contenders.size());
  for (int turn = 0; turn < turns; ++turn) {
    for (size_t i = 0; i < contenders.size(); ++i) times[i].push_back(time_calls(contenders[i], calls[i]));
  }
  std::vector<double> result;
  for (auto& each : times)
    result.push_back(options.least ? *std::min_element(each.begin(), each.end()) : median(each));
  return result;
}

Contender fma_probe(int threads) {
  return {"limit", [threads] {
            kernels::run_chunks(
                threads, [](void*, int64_t) { fma_loop(); }, nullptr);
          }};
}

double fma_probe_flops(int threads) {
  return 2.0 * kProbeSums * kernels::kLanes<float> * static_cast<double>(kProbeSteps) * threads;
}

Contender copy_probe(int64_t bytes, int threads) {
  struct Copy {
    std::vector<char> from, to;
    int64_t parts;
  };
  auto copy = std::make_shared<Copy>(Copy{std::vector<char>(static_cast<size_t>(bytes), 'a'),
                                          std::vector<char>(static_cast<size_t>(bytes), 'b'), threads});
  return {"limit", [copy] {
            kernels::run_chunks(
                copy->parts,
                [](void* context, int64_t part) {
                  auto& c = *static_cast<Copy*>(context);
                  const auto size = static_cast<int64_t>(c.from.size());
                  const int64_t begin = part * size / c.parts;
                  std::memcpy(c.to.data() + begin, c.from.data() + begin,
                              static_cast<size_t>((part + 1) * size / c.parts - begin));
                },
                copy.get());
          }};
}

void use_threads(int threads) {
  set_num_threads(threads);
  Eigen::setNbThreads(threads);
#ifdef LIBTENSOR_BENCH_OPENBLAS
  openblas_set_num_threads(threads);
#endif
#ifdef LIBTENSOR_BENCH_TORCH
  at::set_num_threads(threads);
#endif
  omp_set_num_threads(threads);  // oneDNN asks OpenMP
}

Floats numbers(int64_t count, uint32_t seed) {
  std::mt19937 generator(seed);
  std::uniform_real_distribution<float> uniform(-1, 1);
  Floats values(static_cast<size_t>(count));
  for (auto& value : values) value = uniform(generator);
  return values;
}

void report(const std::vector<Row>& rows, const Options& options) {
  auto json = nlohmann::json::array();
  fmt::print("\n{:<10} {:<28} {:>3} {:>12}  {:>7} {:>7}  peers, us\n", "bench", "work", "thr", "ours, us",
             "x best", "limit");
  for (const auto& row : rows) {
    nlohmann::json peers = nlohmann::json::object();
    double best = HUGE_VAL;
    std::string text;
    for (const auto& [name, us] : row.peers) {
      peers[name] = us;
      best = std::min(best, us);
      text += fmt::format(" {} {:.2f}", name, us);
    }
    const std::string ratio = row.peers.empty() ? "-" : fmt::format("{:.2f}", best / row.ours_us);
    fmt::print("{:<10} {:<28} {:>3} {:>12.2f}  {:>7} {:>7.2f} {}\n", row.bench, row.work, row.threads,
               row.ours_us, ratio, row.limit_us / row.ours_us, text);
    json.push_back({{"bench", row.bench},
                    {"work", row.work},
                    {"threads", row.threads},
                    {"ours_us", row.ours_us},
                    {"peers", peers},
                    {"limit_us", row.limit_us}});
  }
  if (options.json.empty()) return;
  std::ofstream file(options.json);
  file << json.dump(1) << '\n';
  if (!file.flush()) {
    fmt::print(stderr, "{}: cannot write\n", options.json);
    std::exit(1);
  }
}

}  // namespace lt::bench
