#pragma once

// One .safetensors file whose tensors are read one at a time: what a large model's file holds is never in
// memory twice. (load_safetensors in io.h reads all of a file.)

#include <map>
#include <memory>
#include <string>

#include <libtensor/tensor/io.h>

namespace lt::inline v0 {

namespace detail {
class FileReader;
}

class SafetensorsFile {
 public:
  // What the header says of a tensor.
  struct Entry {
    std::string dtype;  // "F32", as in the file
    Shape shape;
    size_t begin = 0, end = 0;  // its bytes, from the file's start
  };

  // Reads and checks the header; the file stays open.
  //   throws: IoError for a file that is missing, malformed or torn
  explicit SafetensorsFile(const std::string& path);

  const std::string& path() const { return path_; }
  const std::map<std::string, Entry>& entries() const { return entries_; }
  const Metadata& metadata() const { return metadata_; }

  // The tensor of that name, read now. Converted (LoadOptions), BF16, F16 to F64, I8 to I64, U8 to U64 and
  // BOOL become T.
  //   throws: IoError where there is none, or it has another element type, naming both
  template <Element T = float>
  BasicTensor<T> get(const std::string& name, const LoadOptions& options = {}) const;
  // F32, F64, I64 and BOOL as they are.
  //   throws: IoError where there is none, or it has another element type
  AnyTensor get_any(const std::string& name) const;

 private:
  const Entry& entry(const std::string& name) const;

  std::string path_;
  std::shared_ptr<const detail::FileReader> file_;
  std::map<std::string, Entry> entries_;
  Metadata metadata_;
};

}  // namespace lt::inline v0
