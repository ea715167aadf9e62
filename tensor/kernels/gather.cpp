#include <libtensor/tensor/kernels/gather.h>

#include <algorithm>
#include <atomic>
#include <cstring>
#include <type_traits>

#include <libtensor/tensor/kernels/parallel.h>

// Copying out of a tensor splits the rows over threads: each row of the result has one writer. Writing into a
// tensor cannot, since two rows may go to the same place; there each thread takes some of the columns and
// walks all rows in their order, which is the order of one thread alone. Narrow rows are one thread's.

namespace lt::kernels {
namespace {

// Columns of one block: four cache lines of float, so that threads do not share one for long.
constexpr int64_t kBlockColumns = 64;
// Up to here a loop of moves is faster than the call of memcpy.
constexpr int64_t kSmallBytes = 256;

// Copies one row of a given number of bytes, kMove to 2 * kMove of them: two moves, which may overlap.
template <int64_t kMove>
struct Ends {
  int64_t bytes;
  void operator()(const void* from, void* to) const {
    const int64_t last = bytes - kMove;
    std::memcpy(to, from, kMove);
    std::memcpy(static_cast<char*>(to) + last, static_cast<const char*>(from) + last, kMove);
  }
};

// A row of at least 64 bytes, by pieces of so many and one that may overlap the one before.
struct Pieces {
  int64_t bytes;
  void operator()(const void* from, void* to) const {
    const char* source = static_cast<const char*>(from);
    char* target = static_cast<char*>(to);
    const int64_t last = bytes - 64;
    for (int64_t at = 0; at < last; at += 64) std::memcpy(target + at, source + at, 64);
    std::memcpy(target + last, source + last, 64);
  }
};

// Calls body(copy) where copy(from, to) copies `count` cells. How is chosen here, once for all rows: a choice
// at each row takes longer than the copy of a short one.
template <typename T, typename Body>
void with_copy_of(int64_t count, Body body) {
  const int64_t bytes = count * static_cast<int64_t>(sizeof(T));
  if (bytes > kSmallBytes) {
    body([bytes](const T* from, T* to) { std::memcpy(to, from, static_cast<size_t>(bytes)); });
  } else if (bytes > 128) {
    body(Pieces{bytes});
  } else if (bytes >= 64) {
    body(Ends<64>{bytes});
  } else if (bytes >= 32) {
    body(Ends<32>{bytes});
  } else if (bytes >= 16) {
    body(Ends<16>{bytes});
  } else if (bytes >= 8) {
    body(Ends<8>{bytes});
  } else if (count == 1) {
    body([](const T* from, T* to) { *to = *from; });
  } else {
    body([count](const T* from, T* to) {
      for (int64_t j = 0; j < count; ++j) to[j] = from[j];
    });
  }
}

void lower_to(std::atomic<int64_t>& least, int64_t value) {
  int64_t before = least;
  while (value < before && !least.compare_exchange_weak(before, value)) {
  }
}

// Integers wrap, as PyTorch's.
template <typename T>
void add_to(T& cell, T value) {
  if constexpr (std::is_integral_v<T>) {
    cell = static_cast<T>(static_cast<uint64_t>(cell) + static_cast<uint64_t>(value));
  } else {
    cell += value;
  }
}

template <typename T>
void add_cells(const T* __restrict from, int64_t count, T* __restrict to) {
  for (int64_t j = 0; j < count; ++j) add_to(to[j], from[j]);
}

// Calls write(cell, at) for every cell of base in the rows, where the cells of a row lie apart; at counts
// cells in row-major order.
template <typename T, typename Write>
void each_cell(T* base, const IndexedRows& rows, int64_t begin, int64_t end, Write write) {
  for (int64_t i = begin; i < end; ++i) {
    for (int64_t j = 0; j < rows.width; ++j)
      write(base[rows.offsets[i] + rows.inner_offsets[j]], i * rows.width + j);
  }
}

// Calls write(first column, how many) for blocks of columns that cover the rows, each on one thread.
template <typename Write>
void split_columns(const IndexedRows& rows, Write write) {
  if (rows.width < 2 * kBlockColumns) return write(0, rows.width);
  const int64_t blocks = rows.width / kBlockColumns;
  parallel_for(blocks, rows.count * kBlockColumns, [&](int64_t begin, int64_t end) {
    const int64_t last = end == blocks ? rows.width : end * kBlockColumns;
    write(begin * kBlockColumns, last - begin * kBlockColumns);
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
void copy_rows(const T* base, const IndexedRows& rows, T* out) {
  if (rows.width == 0) return;
  parallel_for(rows.count, rows.width, [&](int64_t begin, int64_t end) {
    if (rows.inner_offsets != nullptr) {
      return each_cell(base, rows, begin, end, [&](const T& cell, int64_t at) { out[at] = cell; });
    }
    with_copy_of<T>(rows.width, [=](auto copy) {
      for (int64_t i = begin; i < end; ++i) copy(base + rows.offsets[i], out + i * rows.width);
    });
  });
}

template <typename T>
int64_t copy_rows_by_id(const T* base, int64_t size, int64_t stride, int64_t width, const int64_t* ids,
                        int64_t count, T* out) {
  std::atomic<int64_t> first_bad = count;
  parallel_for(count, width, [&](int64_t begin, int64_t end) {
    with_copy_of<T>(width, [=, &first_bad](auto copy) {
      for (int64_t i = begin; i < end; ++i) {
        const int64_t id = ids[i] < 0 ? ids[i] + size : ids[i];
        if (id < 0 || id >= size) return lower_to(first_bad, i);
        copy(base + id * stride, out + i * width);
      }
    });
  });
  return first_bad == count ? -1 : first_bad.load();
}

template <typename T>
void put_rows(const T* values, const IndexedRows& rows, T* base) {
  if (rows.width == 0) return;
  if (rows.inner_offsets != nullptr) {
    return each_cell(base, rows, 0, rows.count, [&](T& cell, int64_t at) { cell = values[at]; });
  }
  split_columns(rows, [&](int64_t first, int64_t count) {
    with_copy_of<T>(count, [&](auto copy) {
      for (int64_t i = 0; i < rows.count; ++i) {
        copy(values + i * rows.width + first, base + rows.offsets[i] + first);
      }
    });
  });
}

template <typename T>
void add_rows(const T* values, const IndexedRows& rows, T* base) {
  if (rows.width == 0) return;
  if (rows.inner_offsets != nullptr) {
    return each_cell(base, rows, 0, rows.count, [&](T& cell, int64_t at) { add_to(cell, values[at]); });
  }
  split_columns(rows, [&](int64_t first, int64_t count) {
    for (int64_t i = 0; i < rows.count; ++i) {
      add_cells(values + i * rows.width + first, count, base + rows.offsets[i] + first);
    }
  });
}

#define LT_INSTANTIATE(T)                                                                             \
  template void copy_rows(const T*, const IndexedRows&, T*);                                          \
  template int64_t copy_rows_by_id(const T*, int64_t, int64_t, int64_t, const int64_t*, int64_t, T*); \
  template void put_rows(const T*, const IndexedRows&, T*);
LT_INSTANTIATE(float)
LT_INSTANTIATE(double)
LT_INSTANTIATE(int64_t)
LT_INSTANTIATE(bool)
#undef LT_INSTANTIATE

template void add_rows(const float*, const IndexedRows&, float*);
template void add_rows(const double*, const IndexedRows&, double*);
template void add_rows(const int64_t*, const IndexedRows&, int64_t*);

}  // namespace lt::kernels
