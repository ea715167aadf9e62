#include <libtensor/tensor/kernels/walk.h>

#include <libtensor/tensor/kernels/parallel.h>

// Walking is the same for every op, so it is compiled once for each number of operands.

namespace lt::kernels {
template <size_t N>
void walk_outer(const Walk<N>& walk, int64_t first, int64_t last, const void* context, InnerLoop<N> loop) {
  const int outer_axes = walk.shape.size() - 1;
  std::array<int64_t, kMaxRank> at{};
  std::array<int64_t, N> offset{};
  int64_t rest = first;
  for (int i = outer_axes - 1; i >= 0; --i) {
    at[static_cast<size_t>(i)] = rest % walk.shape[i];
    rest /= walk.shape[i];
    for (size_t k = 0; k < N; ++k) offset[k] += at[static_cast<size_t>(i)] * walk.strides[k][i];
  }
  for (int64_t position = first; position < last; ++position) {
    loop(context, walk.inner_size(), offset);
    for (int i = outer_axes - 1; i >= 0; --i) {
      int64_t& digit = at[static_cast<size_t>(i)];
      for (size_t k = 0; k < N; ++k) offset[k] += walk.strides[k][i];
      if (++digit < walk.shape[i]) break;
      for (size_t k = 0; k < N; ++k) offset[k] -= digit * walk.strides[k][i];
      digit = 0;
    }
  }
}

template <size_t N>
Walk<N> plan(const Shape& shape, const std::array<Strides, N>& strides) {
  std::array<int, kMaxRank> order{};
  int axes = 0;
  for (int i = 0; i < shape.size(); ++i) {
    if (shape[i] == 1) continue;
    // By insertion, which keeps the order of equal strides: std::stable_sort asks the heap for memory.
    int place = axes++;
    for (; place > 0 && strides[0][order[static_cast<size_t>(place - 1)]] < strides[0][i]; --place) {
      order[static_cast<size_t>(place)] = order[static_cast<size_t>(place - 1)];
    }
    order[static_cast<size_t>(place)] = i;
  }
  Walk<N> walk;
  for (int o = 0; o < axes; ++o) {
    const int axis = order[static_cast<size_t>(o)];
    bool merges = !walk.shape.empty();
    for (size_t k = 0; merges && k < N; ++k) {
      merges = walk.strides[k].back() == strides[k][axis] * shape[axis];
    }
    if (!merges) {
      walk.shape.push_back(1);
      for (Strides& s : walk.strides) s.push_back(0);
    }
    const int last = walk.shape.size() - 1;
    walk.shape[last] *= shape[axis];
    for (size_t k = 0; k < N; ++k) walk.strides[k][last] = strides[k][axis];
  }
  return walk;
}

template <size_t N>
void run_loops(const Walk<N>& walk, const void* context, InnerLoop<N> loop) {
  const int64_t n = walk.inner_size();
  if (walk.outer_count() > 1) {
    parallel_for(walk.outer_count(), n,
                 [&](int64_t first, int64_t last) { walk_outer(walk, first, last, context, loop); });
  } else if (walk.outer_count() == 1) {
    const auto steps = walk.inner_strides();
    parallel_for(n, 1, [&](int64_t first, int64_t last) {
      std::array<int64_t, N> offset{};
      for (size_t k = 0; k < N; ++k) offset[k] = first * steps[k];
      loop(context, last - first, offset);
    });
  }
}

template Walk<2> plan(const Shape&, const std::array<Strides, 2>&);
template Walk<3> plan(const Shape&, const std::array<Strides, 3>&);
template Walk<4> plan(const Shape&, const std::array<Strides, 4>&);
template void walk_outer(const Walk<2>&, int64_t, int64_t, const void*, InnerLoop<2>);
template void walk_outer(const Walk<3>&, int64_t, int64_t, const void*, InnerLoop<3>);
template void walk_outer(const Walk<4>&, int64_t, int64_t, const void*, InnerLoop<4>);
template void run_loops(const Walk<2>&, const void*, InnerLoop<2>);
template void run_loops(const Walk<3>&, const void*, InnerLoop<3>);
template void run_loops(const Walk<4>&, const void*, InnerLoop<4>);

}  // namespace lt::kernels
