#pragma once

namespace lt::bench {

// f(t) for every t < threads, each on a thread of its own, where the library's chunks go to whoever is free.
template <typename F>
void on_each_thread(int threads, F&& f) {
  if (threads == 1) return (void)f(0);  // a team of one takes a microsecond, too
#pragma omp parallel for schedule(static, 1) num_threads(threads)
  for (int t = 0; t < threads; ++t) f(t);
}

}  // namespace lt::bench
