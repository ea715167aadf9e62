#pragma once

// Private to tensor/: NumPy's .npy format in memory, for files and for the entries of an .npz.

#include <string>
#include <string_view>

#include <libtensor/tensor/bytes.h>
#include <libtensor/tensor/io.h>

namespace lt::inline v0::detail {

// An .npy file taken apart. `numbers` are exactly as many bytes as type and shape ask for.
struct NpyArray {
  ElementType type;
  std::string descr;  // the type as the file writes it
  bool big_endian = false;
  bool fortran_order = false;
  Shape shape;
  std::string_view numbers;
  std::string where;  // of the numbers, for error texts
};

// Versions 1 to 3. The bytes must outlive what is returned.
//   where: the file, for error texts
//   throws: IoError for what is malformed, torn or no array of numbers or bools
NpyArray parse_npy(std::string_view bytes, const std::string& where);

//   throws: IoError for another element type, unless it shall be converted; for what T does not hold
template <typename T>
BasicTensor<T> npy_tensor(const NpyArray& array, const LoadOptions& options);

// What stands before the numbers: version 1.0, C order.
template <typename T>
std::string npy_start(const Shape& shape);

}  // namespace lt::inline v0::detail
