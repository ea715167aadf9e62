// The only file that knows OpenMP. Chunks are made by size, then given to threads in contiguous runs: with a
// power of two of chunks, two, four or eight threads get equal shares, and the same thread meets the same
// data again in the next operation. A thread that is done with its run goes on with what is left of
// another's, whose core may have other work to do.

#include <libtensor/tensor/kernels/parallel.h>

#include <fmt/format.h>
#include <omp.h>

#include <algorithm>
#include <atomic>
#include <bit>
#include <exception>
#include <limits>

#include <libtensor/tensor/error.h>
#include <libtensor/tensor/parallel.h>

namespace lt::inline v0 {
namespace {

std::atomic<int>& thread_limit() {
  static std::atomic<int> limit{std::max(1, omp_get_max_threads())};
  return limit;
}

}  // namespace

int num_threads() { return thread_limit().load(std::memory_order_relaxed); }

void set_num_threads(int count) {
  if (count < 1) throw ValueError(fmt::format("set_num_threads: needs at least 1 thread, got {}", count));
  thread_limit().store(count, std::memory_order_relaxed);
}

}  // namespace lt::inline v0

namespace lt::kernels {
namespace {

// A fork costs 0.5 to 1.8 us, and what one thread wrote has to come to the other out of its cache. This many
// simple operations take about 20 us on one core, beside which both are little.
constexpr int64_t kWorkPerChunk = int64_t{1} << 17;

// Enough for the cores of one socket, and no more threads; more chunks only cost calls.
constexpr int64_t kMaxChunks = 64;

// The chunks that a thread begins with, on a cache line of its own.
struct alignas(64) Run {
  int64_t next, end;
};

}  // namespace

int64_t chunks_for(int64_t count, int64_t work_per_item) {
  const int64_t most = std::min(count, kMaxChunks);
  int64_t work = 0;
  if (__builtin_mul_overflow(count, std::max<int64_t>(work_per_item, 1), &work)) {
    work = std::numeric_limits<int64_t>::max();
  }
  const int64_t wanted = std::clamp<int64_t>(work / kWorkPerChunk, 1, std::max<int64_t>(most, 1));
  return static_cast<int64_t>(std::bit_floor(static_cast<uint64_t>(wanted)));
}

void run_chunks(int64_t chunks, void (*call)(void* context, int64_t chunk), void* context) {
  const int threads = static_cast<int>(std::min<int64_t>({num_threads(), chunks, kMaxChunks}));
  if (threads == 1 || omp_in_parallel()) {
    for (int64_t chunk = 0; chunk < chunks; ++chunk) call(context, chunk);
    return;
  }
  Run runs[kMaxChunks];  // not of atomics, which would all be cleared
  for (int64_t t = 0; t < threads; ++t) {
    runs[t].next = t * chunks / threads;
    runs[t].end = (t + 1) * chunks / threads;
  }
  std::exception_ptr error;
#pragma omp parallel num_threads(threads)
  for (int t = 0; t < threads; ++t) {
    Run& run = runs[(omp_get_thread_num() + t) % threads];
    std::atomic_ref next(run.next);
    for (int64_t chunk; (chunk = next.fetch_add(1, std::memory_order_relaxed)) < run.end;) {
      try {
        call(context, chunk);
      } catch (...) {
#pragma omp critical(lt_first_error)
        if (!error) error = std::current_exception();
      }
    }
  }
  if (error) std::rethrow_exception(error);
}

}  // namespace lt::kernels
