#include "tensor/kernels/gather.h"

#include <algorithm>
#include <cstring>

#include "tensor/kernels/parallel.h"

// Copying out of a tensor splits the rows over threads: each row of the result has one writer. Writing into a
// tensor cannot, since two rows may go to the same place; there each thread takes a band of columns and walks
// all rows in their order, which is the order of one thread alone. Narrow rows are one band, one thread.

namespace lt::kernels {
namespace {

// Columns of one band: four cache lines of float, so that threads do not share one for long.
constexpr int64_t kBand = 64;
// Up to here the loop of 16-byte moves is faster than the call of memcpy.
constexpr int64_t kSmallBytes = 256;
constexpr int64_t kMoveBytes = 16;

template <typename T>
void copy_cells(const T* __restrict from, int64_t count, T* __restrict to) {
  const int64_t bytes = count * static_cast<int64_t>(sizeof(T));
  if (bytes < kMoveBytes) {
    for (int64_t j = 0; j < count; ++j) to[j] = from[j];
    return;
  }
  if (bytes > kSmallBytes) {
    std::memcpy(to, from, static_cast<size_t>(bytes));
    return;
  }
  const char* source = reinterpret_cast<const char*>(from);
  char* target = reinterpret_cast<char*>(to);
  const int64_t last = bytes - kMoveBytes;  // the last move may overlap the one before
  for (int64_t at = 0; at < last; at += kMoveBytes) std::memcpy(target + at, source + at, kMoveBytes);
  std::memcpy(target + last, source + last, kMoveBytes);
}

template <typename T>
void add_cells(const T* __restrict from, int64_t count, T* __restrict to) {
  for (int64_t j = 0; j < count; ++j) to[j] += from[j];
}

template <typename T>
void copy_one_row(const T* base, const Rows& rows, int64_t i, T* out) {
  const T* from = base + rows.starts[i];
  T* to = out + i * rows.width;
  if (rows.cells == nullptr) return copy_cells(from, rows.width, to);
  for (int64_t j = 0; j < rows.width; ++j) to[j] = from[rows.cells[j]];
}

// write(values, count, target) for each row's part in the band [first, last) of columns.
template <typename T, typename Write>
void write_band(const T* values, const Rows& rows, int64_t first, int64_t last, T* base, Write write) {
  for (int64_t i = 0; i < rows.count; ++i) {
    const T* from = values + i * rows.width;
    T* to = base + rows.starts[i];
    if (rows.cells == nullptr) {
      write(from + first, last - first, to + first);
    } else {
      for (int64_t j = first; j < last; ++j) write(from + j, 1, to + rows.cells[j]);
    }
  }
}

template <typename T, typename Write>
void write_rows(const T* values, const Rows& rows, T* base, Write write) {
  if (rows.width < 2 * kBand || rows.cells != nullptr) {
    return write_band(values, rows, 0, rows.width, base, write);
  }
  parallel_for(rows.width / kBand, rows.count * kBand, [&](int64_t begin, int64_t end) {
    const int64_t last = end == rows.width / kBand ? rows.width : end * kBand;
    write_band(values, rows, begin * kBand, last, base, write);
  });
}

}  // namespace

int64_t offsets_of_ids(const int64_t* ids, int64_t count, int64_t size, int64_t stride, int64_t* offsets) {
  bool fits = true;
  for (int64_t i = 0; i < count; ++i) {
    const int64_t id = ids[i];
    const bool is_known = id >= -size && id < size;
    fits &= is_known;
    const int64_t row = is_known ? (id < 0 ? id + size : id) : 0;
    offsets[i] = row * stride;
  }
  if (fits) return -1;
  return std::find_if(ids, ids + count, [&](int64_t id) { return id < -size || id >= size; }) - ids;
}

template <typename T>
void copy_rows(const T* base, const Rows& rows, T* out) {
  parallel_for(rows.count, rows.width, [&](int64_t begin, int64_t end) {
    for (int64_t i = begin; i < end; ++i) copy_one_row(base, rows, i, out);
  });
}

template <typename T>
void put_rows(const T* values, const Rows& rows, T* base) {
  write_rows(values, rows, base, [](const T* from, int64_t count, T* to) { copy_cells(from, count, to); });
}

template <typename T>
void add_rows(const T* values, const Rows& rows, T* base) {
  write_rows(values, rows, base, [](const T* from, int64_t count, T* to) { add_cells(from, count, to); });
}

#define LT_INSTANTIATE(T)                             \
  template void copy_rows(const T*, const Rows&, T*); \
  template void put_rows(const T*, const Rows&, T*);
LT_INSTANTIATE(float)
LT_INSTANTIATE(double)
LT_INSTANTIATE(int64_t)
LT_INSTANTIATE(bool)
#undef LT_INSTANTIATE

template void add_rows(const float*, const Rows&, float*);
template void add_rows(const double*, const Rows&, double*);
template void add_rows(const int64_t*, const Rows&, int64_t*);

}  // namespace lt::kernels
