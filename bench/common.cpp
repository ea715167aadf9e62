#include <libtensor/bench/common.h>

#include <benchmark/benchmark.h>
#include <fmt/format.h>
#include <omp.h>

#include <Eigen/Core>
#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <map>
#include <random>
#include <sstream>
#include <thread>

#include <libtensor/bench/each_thread.h>
#include <libtensor/bench/idle.h>
#include <libtensor/bench/report.h>
#include <libtensor/tensor/kernels/simd.h>
#include <libtensor/tensor/parallel.h>

#ifdef LIBTENSOR_BENCH_OPENBLAS
#include <cblas.h>
#endif
#ifdef LIBTENSOR_BENCH_ONEDNN
#include <oneapi/dnnl/dnnl.hpp>
#endif
#ifdef LIBTENSOR_BENCH_TORCH
#include <ATen/Parallel.h>
#include <torch/csrc/api/include/torch/version.h>
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

// Fewer turns in a quick run where one takes long: the largest products would take half of all its time.
int turns_for(double turn_us, const Options& options) {
  if (!options.quick) return 25;
  return std::clamp(static_cast<int>(500'000 / turn_us), 3, 9);
}

// What one contender took, in microseconds a call, turn by turn; and in those turns before and after which
// nobody else used the cores.
struct Times {
  std::vector<double> all, idle;

  void add(const Contender& contender, int64_t calls, bool look) {
    const bool was_shared = look && cores_are_shared(num_threads());
    all.push_back(time_calls(contender, calls));
    if (look && !was_shared && !cores_are_shared(num_threads())) idle.push_back(all.back());
  }
};

// A median wants so many undisturbed turns; a machine that is never idle is given up after so long.
constexpr size_t kIdleTurns = 9;
std::chrono::seconds patience(const Options& options) {
  return std::chrono::seconds(options.quick ? 10 : 60);
}
bool are_enough(const std::vector<Times>& times) {
  return std::all_of(times.begin(), times.end(), [](const Times& t) { return t.idle.size() >= kIdleTurns; });
}

// Works measured with --idle so far: medians of undisturbed turns, and of all for want of them.
int idle_works = 0, disturbed_works = 0;

// 24 sums are more than the 8 that two units of four cycles latency need, and fit 32 registers; where there
// are 16, 12 are enough.
constexpr int kProbeSums = kernels::kVectorBytes == 64 ? 24 : 12;
constexpr int64_t kProbeSteps = 20000;

// sum * x + y, which the compiler can neither take apart nor share between sums that it knows nothing of.
void fma_loop() {
  auto x = kernels::broadcast(0.75F);
  auto y = kernels::broadcast(0.3F);
  benchmark::DoNotOptimize(x);
  benchmark::DoNotOptimize(y);
  kernels::Vec<float> sums[kProbeSums] = {};
  for (auto& sum : sums) benchmark::DoNotOptimize(sum);
  for (int64_t i = 0; i < kProbeSteps; ++i) {
    kernels::unroll<kProbeSums>([&](auto s) { sums[s] = sums[s] * x + y; });
  }
  for (auto& sum : sums) benchmark::DoNotOptimize(sum);
}

std::string processor() {
  std::ifstream info("/proc/cpuinfo");
  for (std::string line; std::getline(info, line);) {
    const size_t colon = line.find(": ");
    if (line.starts_with("model name") && colon != std::string::npos) return line.substr(colon + 2);
  }
  return "unknown processor";
}

std::string machine() {
#ifdef __clang__
  const auto compiler =
      fmt::format("clang++ {}.{}.{}", __clang_major__, __clang_minor__, __clang_patchlevel__);
#else
  const auto compiler = fmt::format("g++ {}.{}.{}", __GNUC__, __GNUC_MINOR__, __GNUC_PATCHLEVEL__);
#endif
  return fmt::format("{} x {}, vectors of {} bits, {}", std::thread::hardware_concurrency(), processor(),
                     8 * kernels::kVectorBytes, compiler);
}

std::map<std::string, std::string> peers_versions() {
  std::map<std::string, std::string> versions;
  versions["eigen"] = fmt::format("{}.{}.{}", EIGEN_WORLD_VERSION, EIGEN_MAJOR_VERSION, EIGEN_MINOR_VERSION);
#ifdef LIBTENSOR_BENCH_OPENBLAS
  std::string name, version;
  std::istringstream(openblas_get_config()) >> name >> version;
  versions["openblas"] = fmt::format("{} ({})", version, openblas_get_corename());
#endif
#ifdef LIBTENSOR_BENCH_ONEDNN
  const dnnl_version_t* onednn = dnnl_version();
  versions["onednn"] = fmt::format("{}.{}.{}", onednn->major, onednn->minor, onednn->patch);
#endif
#ifdef LIBTENSOR_BENCH_TORCH
  versions["torch"] = TORCH_VERSION;
#endif
  return versions;
}

}  // namespace

std::vector<double> interleave(const std::vector<Contender>& contenders, const Options& options) {
  const double slice_us = options.quick ? 300 : 1000;
  std::vector<int64_t> calls;
  double turn_us = 0;
  for (const auto& contender : contenders) {
    contender.run();
    double once = time_calls(contender, 1);
    if (once < slice_us) once = std::max(time_calls(contender, 3), 0.01);
    calls.push_back(std::max<int64_t>(1, static_cast<int64_t>(slice_us / once)));
    turn_us += once * static_cast<double>(calls.back());
  }
  const int turns = turns_for(turn_us, options);
  std::vector<Times> times(contenders.size());
  const auto give_up = Clock::now() + patience(options);
  const auto is_worth_waiting = [&] { return options.idle && !are_enough(times) && Clock::now() < give_up; };
  for (int turn = 0; turn < turns || is_worth_waiting(); ++turn) {
    for (size_t i = 0; i < contenders.size(); ++i) {
      // Ours, then the last, which is the limit: threads of some peers are busy for a while after their work.
      const size_t which = i == 0 ? 0 : i == 1 ? contenders.size() - 1 : i - 1;
      contenders[which].run();  // what the one before did must not show: other numbers in the caches
      times[which].add(contenders[which], calls[which], options.idle);
    }
  }
  const bool undisturbed = options.idle && are_enough(times);
  if (options.idle) ++(undisturbed ? idle_works : disturbed_works);
  std::vector<double> result;
  for (const auto& t : times) result.push_back(median(undisturbed ? t.idle : t.all));
  return result;
}

Contender fma_probe(int threads) {
  return {"limit", [threads] { on_each_thread(threads, [](int) { fma_loop(); }); }};
}

double fma_probe_flops(int threads) {
  return 2.0 * kProbeSums * kernels::kLanes<float> * static_cast<double>(kProbeSteps) * threads;
}

// Copies too small to share: waking a thread takes about as long.
constexpr int64_t kShortCopy = 1 << 18;

Contender copy_probe(const void* from, void* to, int64_t bytes, int threads) {
  const int parts = bytes < kShortCopy ? 1 : threads;
  return {"limit", [=] {
            on_each_thread(parts, [=](int part) {
              const int64_t begin = part * bytes / parts;
              const int64_t end = (part + 1) * bytes / parts;
              std::memcpy(static_cast<char*>(to) + begin, static_cast<const char*>(from) + begin,
                          static_cast<size_t>(end - begin));
            });
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

void report(std::vector<Row> rows, const Options& options) {
  const auto known = peers_versions();
  const std::string here = machine();
  for (Row& row : rows) {
    row.machine = here;
    for (const auto& peer : row.peers) {
      const auto version = known.find(peer.first);
      if (version != known.end()) row.versions.insert(*version);
    }
  }
  fmt::print("\n{}", rows.empty() ? "no rows: no work here fits --filter and --threads\n" : table(rows));
  if (disturbed_works > 0) {
    fmt::print(stderr,
               "of {} works, {} had fewer than {} turns undisturbed: theirs are medians of all turns\n",
               idle_works + disturbed_works, disturbed_works, kIdleTurns);
  }
  if (options.json.empty()) return;
  try {
    write_rows(options.json, rows);
  } catch (const std::exception& error) {
    fmt::print(stderr, "{}\n", error.what());
    std::exit(1);
  }
}

}  // namespace lt::bench
