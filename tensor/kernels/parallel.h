#pragma once

// One way to split work over threads. The split depends on the problem alone: the same chunks, with the same
// bounds, run on one thread or on many, so a kernel's bits cannot depend on the number of threads.

#include <cstdint>

namespace lt::kernels {

// Chunks of work in [0, count): chunk c is [c * count / chunks, (c + 1) * count / chunks).
//   work_per_item: simple operations an item costs (one element read, computed and written is 1)
// One chunk where a second would not pay for the fork.
int64_t chunks_for(int64_t count, int64_t work_per_item);

// Runs call(context, c) for every c in [0, chunks), on the calling thread and helpers, whoever is free. The
// first exception that a chunk throws is thrown again here. A chunk that asks for parallel work itself gets
// it done in line.
void run_chunks(int64_t chunks, void (*call)(void* context, int64_t chunk), void* context);

// Calls f(begin, end) for consecutive ranges that cover [0, count); ranges may run at the same time.
template <typename F>
void parallel_for(int64_t count, int64_t work_per_item, F&& f) {
  if (count <= 0) return;
  const int64_t chunks = chunks_for(count, work_per_item);
  if (chunks == 1) {
    f(int64_t{0}, count);
    return;
  }
  auto run = [&](int64_t chunk) { f(chunk * count / chunks, (chunk + 1) * count / chunks); };
  run_chunks(
      chunks, [](void* context, int64_t chunk) { (*static_cast<decltype(run)*>(context))(chunk); }, &run);
}

}  // namespace lt::kernels
