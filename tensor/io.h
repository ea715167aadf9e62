#pragma once

// Tensors in files: NumPy's .npy (one tensor), .npz and .safetensors (several, by name). Files are written
// atomically (tensor/file.h) and read with every length checked before it is trusted.

#include <map>
#include <string>
#include <variant>

#include <libtensor/tensor/tensor.h>

namespace lt::inline v0 {

// Writes format version 1.0, in C order.
//   throws: IoError where the file cannot be written
template <Element T>
void save_npy(const std::string& path, const BasicTensor<T>& x);

struct LoadOptions {
  // Elements of another type become the tensor's: numbers rounded to the nearest float, bools as 0 and
  // 1. What that type does not hold (300.5 or NaN as int64, 2 as bool) is an IoError that names it.
  bool convert = false;
};

// Reads versions 1 to 3, in either byte order, in C or Fortran order. A file can hold bool, int8 to int64,
// uint8 to uint64, float16, float32 and float64.
//
//   Tensor images = load_npy("images.npy", {.convert = true}) / 255;
//
//   throws: IoError for a file that is missing, malformed, torn, or of another element type
template <Element T = float>
BasicTensor<T> load_npy(const std::string& path, const LoadOptions& options = {});

using AnyTensor = std::variant<Tensor, DoubleTensor, IntTensor, BoolTensor>;
using NamedTensors = std::map<std::string, AnyTensor>;
using Metadata = std::map<std::string, std::string>;

// What a file of several tensors holds.
struct TensorFile {
  NamedTensors tensors;
  Metadata metadata;  // none in an .npz
  std::string path;   // where it was read from, for error texts

  // The tensor of that name. throws: IoError where there is none, or it has another element type
  template <Element T = float>
  BasicTensor<T> get(const std::string& name) const;
};

//   throws: IoError where the file cannot be written; ValueError for text that is not UTF-8, or for a
//   tensor named __metadata__
void save_safetensors(const std::string& path, const NamedTensors& tensors, const Metadata& metadata = {});
// Element types F32, F64, I64 and BOOL.
//   throws: IoError for a file that is missing, malformed, torn, or has a tensor of another element type
TensorFile load_safetensors(const std::string& path);

struct SaveOptions {
  bool compress = false;  // as np.savez_compressed
};

//   throws: IoError where the file cannot be written; ValueError for a name of more than 65531 bytes
void save_npz(const std::string& path, const NamedTensors& tensors, const SaveOptions& options = {});
// What np.savez and np.savez_compressed write. Converted, whole numbers become int64, and float16 float32.
//   throws: IoError for a file that is missing, malformed, torn, or has an entry that load_npy would refuse
TensorFile load_npz(const std::string& path, const LoadOptions& options = {});

}  // namespace lt::inline v0
