#pragma once

// Rows copied from, put to and added to places given by offsets. Every function gives the same bits on any
// number of threads: a result cell is written by one thread, in the order of the rows.

#include <cstdint>

namespace lt::kernels {

// Rows that lie anywhere behind a base pointer: cell j of row i is base[offsets[i] + inner_offsets[j]], or
// base[offsets[i] + j] where inner_offsets is null.
struct IndexedRows {
  const int64_t* offsets;  // (count)
  int64_t count;
  const int64_t* inner_offsets;  // (width) or null
  int64_t width;
};

// offsets[i] = ids[i] * stride, where a negative id counts from `size`.
//   buffers: ids (count), offsets (count)
//   returns: the place of the first id outside -size..size-1, or -1; offsets are then not to be used
int64_t offsets_of_ids(const int64_t* ids, int64_t count, int64_t size, int64_t stride, int64_t* offsets);

// out = rows of base. buffers: out (count, width), apart from base
template <typename T>
void copy_rows(const T* base, const IndexedRows& rows, T* out);
// out[i] = row ids[i] of `size` rows, dense and `stride` apart, offsets_of_ids and copy_rows in one pass.
//   buffers: ids (count), out (count, width), apart from base
//   returns: as offsets_of_ids; out is then not to be used
template <typename T>
int64_t copy_rows_by_id(const T* base, int64_t size, int64_t stride, int64_t width, const int64_t* ids,
                        int64_t count, T* out);
// rows of base = values, the last one staying where rows meet.
//   buffers: values (count, width), apart from base
template <typename T>
void put_rows(const T* values, const IndexedRows& rows, T* base);
// rows of base += values, in the order of the rows. Every T but bool. buffers: as put_rows
template <typename T>
void add_rows(const T* values, const IndexedRows& rows, T* base);

}  // namespace lt::kernels
