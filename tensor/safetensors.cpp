#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <libtensor/tensor/bytes.h>
#include <libtensor/tensor/file.h>
#include <libtensor/tensor/io.h>
#include <libtensor/tensor/safetensors.h>
#include <libtensor/tensor/safetensors_format.h>

// The layout: a little-endian u64 N; N bytes of JSON, {"name": {"dtype": "F32", "shape": [2, 3],
// "data_offsets": [begin, end]}, ..., "__metadata__": {"key": "text"}}, which start with '{' and may end in
// spaces; then the numbers, dense and row-major. The offsets count from the end of the JSON, and the tensors
// cover all bytes behind it, without holes or overlaps. We write the widest elements first, then by name, and
// pad the JSON to 8 bytes, so that every tensor is aligned for its type.

namespace lt::inline v0 {
namespace {

using nlohmann::json;
using nlohmann::ordered_json;

constexpr size_t kHeaderAlignment = 8;

// One tensor, dense, on its way into the file.
struct Part {
  const std::string* name;
  AnyTensor dense;
  const char* dtype;
  size_t element_bytes;
  std::string_view bytes;
};

Part part_of(const std::string& name, const AnyTensor& any) {
  return std::visit(
      [&]<typename T>(const BasicTensor<T>& x) {
        const BasicTensor<T> dense = x.contiguous();
        return Part{&name, dense, detail::kDtype<T>, sizeof(T), detail::bytes_of(dense)};
      },
      any);
}

std::string header_text(const std::vector<Part>& parts, const Metadata& metadata) {
  ordered_json header = ordered_json::object();
  if (!metadata.empty()) header[detail::kMetadata] = metadata;
  size_t begin = 0;
  for (const Part& part : parts) {
    const Shape shape = std::visit([](const auto& x) { return x.shape(); }, part.dense);
    header[*part.name] = {{"dtype", part.dtype},
                          {"shape", std::vector<int64_t>(shape.begin(), shape.end())},
                          {"data_offsets", {begin, begin + part.bytes.size()}}};
    begin += part.bytes.size();
  }
  std::string text = header.dump();
  text.resize((text.size() + kHeaderAlignment - 1) / kHeaderAlignment * kHeaderAlignment, ' ');
  return text;
}

// As AnyTensor lists them.
struct NamedType {
  const char* dtype;
  const char* here;
};
constexpr std::array kTypes = {NamedType{"float32", "float"}, NamedType{"float64", "double"},
                               NamedType{"int64", "int64_t"}, NamedType{"bool", "bool"}};

}  // namespace

template <Element T>
BasicTensor<T> TensorFile::get(const std::string& name) const {
  const auto found = tensors.find(name);
  if (found == tensors.end()) throw IoError(fmt::format("'{}': there is no tensor '{}'", path, name));
  if (const auto* x = std::get_if<BasicTensor<T>>(&found->second)) return *x;
  const size_t held = found->second.index();
  const size_t asked = AnyTensor(BasicTensor<T>()).index();
  throw IoError(fmt::format("'{}': the tensor '{}' is {}, expected {} (read <{}>, then cast<{}>())", path,
                            name, kTypes[held].dtype, kTypes[asked].dtype, kTypes[held].here,
                            kTypes[asked].here));
}

template Tensor TensorFile::get(const std::string&) const;
template DoubleTensor TensorFile::get(const std::string&) const;
template IntTensor TensorFile::get(const std::string&) const;
template BoolTensor TensorFile::get(const std::string&) const;

void save_safetensors(const std::string& path, const NamedTensors& tensors, const Metadata& metadata) {
  std::vector<Part> parts;
  for (const auto& [name, any] : tensors) {
    if (name == detail::kMetadata)
      throw ValueError("save_safetensors: __metadata__ cannot be a tensor's name");
    parts.push_back(part_of(name, any));
  }
  std::stable_sort(parts.begin(), parts.end(),
                   [](const Part& a, const Part& b) { return a.element_bytes > b.element_bytes; });
  std::string header;
  try {
    header = header_text(parts, metadata);
  } catch (const json::exception&) {
    throw ValueError(fmt::format("save_safetensors: '{}': a name or a metadata text is not UTF-8", path));
  }
  const uint64_t length = header.size();
  std::vector<std::string_view> pieces = {{reinterpret_cast<const char*>(&length), detail::kLengthBytes},
                                          header};
  for (const Part& part : parts) pieces.push_back(part.bytes);
  write_file_atomically(path, pieces);
}

TensorFile load_safetensors(const std::string& path) {
  const SafetensorsFile source(path);
  TensorFile file{.tensors = {}, .metadata = source.metadata(), .path = path};
  for (const auto& [name, entry] : source.entries()) file.tensors[name] = source.get_any(name);
  return file;
}

}  // namespace lt::inline v0
