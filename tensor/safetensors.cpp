#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <libtensor/tensor/bytes.h>
#include <libtensor/tensor/file.h>
#include <libtensor/tensor/io.h>

// The layout: a little-endian u64 N; N bytes of JSON, {"name": {"dtype": "F32", "shape": [2, 3],
// "data_offsets": [begin, end]}, ..., "__metadata__": {"key": "text"}}, which start with '{' and may end in
// spaces; then the numbers, dense and row-major. The offsets count from the end of the JSON, and the tensors
// cover all bytes behind it, without holes or overlaps. We write the widest elements first, then by name, and
// pad the JSON to 8 bytes, so that every tensor is aligned for its type.

namespace lt::inline v0 {
namespace {

using nlohmann::json;
using nlohmann::ordered_json;

constexpr size_t kLengthBytes = 8;
constexpr size_t kHeaderAlignment = 8;
constexpr size_t kMaxHeaderBytes = 100'000'000;  // the format's own limit
constexpr const char* kMetadata = "__metadata__";

template <typename T>
constexpr const char* kDtype = "";
template <>
constexpr const char* kDtype<float> = "F32";
template <>
constexpr const char* kDtype<double> = "F64";
template <>
constexpr const char* kDtype<int64_t> = "I64";
template <>
constexpr const char* kDtype<bool> = "BOOL";

// ---------------------------------------------------------------- writing

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
        return Part{&name, dense, kDtype<T>, sizeof(T), detail::bytes_of(dense)};
      },
      any);
}

std::string header_text(const std::vector<Part>& parts, const Metadata& metadata) {
  ordered_json header = ordered_json::object();
  if (!metadata.empty()) header[kMetadata] = metadata;
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

// ---------------------------------------------------------------- reading

// One tensor as the header describes it.
struct Entry {
  std::string name;
  std::string dtype;
  Shape shape;
  size_t begin;
  size_t end;
};

// The checks on one file; every refusal names it.
class SafetensorsReader {
 public:
  SafetensorsReader(const std::string& path, std::string_view bytes) : path_(path), bytes_(bytes) {}

  TensorFile read() const {
    const size_t length = header_length();
    const json header = parsed(bytes_.substr(kLengthBytes, length));
    const std::string_view numbers = bytes_.substr(kLengthBytes + length);
    TensorFile file;
    file.path = path_;
    std::vector<Entry> entries;
    for (const auto& [name, value] : header.items()) {
      if (name == kMetadata) {
        file.metadata = metadata(value);
      } else {
        entries.push_back(entry(name, value));
      }
    }
    check_cover(entries, numbers.size());
    for (const Entry& each : entries) {
      file.tensors[each.name] = tensor(each, numbers.substr(each.begin, each.end - each.begin));
    }
    return file;
  }

 private:
  [[noreturn]] void fail(const std::string& text) const {
    throw IoError(fmt::format("load_safetensors: '{}': {}", path_, text));
  }
  void check(bool holds, const std::string& name, const char* expectation) const {
    if (!holds) fail(fmt::format("'{}': expected {}", name, expectation));
  }

  size_t header_length() const {
    if (bytes_.size() < kLengthBytes) {
      fail(fmt::format("expected the header's length in 8 bytes, but the file has {}", bytes_.size()));
    }
    uint64_t length = 0;
    std::copy_n(bytes_.data(), kLengthBytes, reinterpret_cast<char*>(&length));
    const size_t left = bytes_.size() - kLengthBytes;
    if (length > kMaxHeaderBytes) {
      fail(fmt::format("a header of {} bytes, but the format allows {}", length, kMaxHeaderBytes));
    }
    if (length > left)
      fail(fmt::format("a header of {} bytes, but the file has {} behind byte 8", length, left));
    return length;
  }

  json parsed(std::string_view text) const {
    if (!text.starts_with('{')) fail("byte 8: expected '{', the start of the JSON header");
    std::vector<std::set<std::string>> keys;  // of the objects that are open
    const auto refuse_twins = [&](int, json::parse_event_t event, json& value) {
      if (event == json::parse_event_t::object_start) keys.emplace_back();
      if (event == json::parse_event_t::object_end) keys.pop_back();
      if (event == json::parse_event_t::key && !keys.back().insert(value.get<std::string>()).second) {
        fail(fmt::format("the key '{}' occurs twice in the header", value.get<std::string>()));
      }
      return true;
    };
    try {
      return json::parse(text, refuse_twins);
    } catch (const json::exception& error) {
      const auto* place = dynamic_cast<const json::parse_error*>(&error);
      fail(fmt::format("byte {}: the header is not JSON",
                       kLengthBytes + (place == nullptr ? 0 : place->byte)));
    }
  }

  Metadata metadata(const json& value) const {
    check(value.is_object(), kMetadata, "an object of texts");
    Metadata out;
    for (const auto& [key, text] : value.items()) {
      check(text.is_string(), kMetadata, "an object of texts");
      out[key] = text.get<std::string>();
    }
    return out;
  }

  Entry entry(const std::string& name, const json& value) const {
    check(value.is_object() && value.contains("dtype") && value.contains("shape") &&
              value.contains("data_offsets"),
          name, "an object with dtype, shape and data_offsets");
    check(value["dtype"].is_string(), name, "the dtype as text");
    const std::vector<uint64_t> sizes = counts(name, value["shape"], "a list of sizes as the shape");
    const std::vector<uint64_t> offsets = counts(name, value["data_offsets"], "two data_offsets");
    check(offsets.size() == 2 && offsets[0] <= offsets[1], name, "two rising data_offsets");
    if (sizes.size() > kMaxRank)
      fail(fmt::format("'{}': {} axes, but at most {} are known", name, sizes.size(), kMaxRank));
    Shape shape;
    for (const uint64_t size : sizes) shape.push_back(static_cast<int64_t>(size));
    return {name, value["dtype"].get<std::string>(), shape, offsets[0], offsets[1]};
  }

  std::vector<uint64_t> counts(const std::string& name, const json& list, const char* expectation) const {
    check(list.is_array(), name, expectation);
    for (const json& each : list) {
      check(each.is_number_unsigned() && each.get<uint64_t>() <= INT64_MAX, name, expectation);
    }
    return list.get<std::vector<uint64_t>>();
  }

  // The tensors follow each other from the first byte of the numbers to the last.
  void check_cover(std::vector<Entry>& entries, size_t bytes) const {
    std::sort(entries.begin(), entries.end(), [](const Entry& a, const Entry& b) {
      return std::pair(a.begin, a.end) < std::pair(b.begin, b.end);
    });
    size_t covered = 0;
    for (const Entry& each : entries) {
      if (each.begin != covered || each.end > bytes) {
        fail(fmt::format(
            "'{}' lies at bytes {}..{} of the numbers; expected it to start at {} and to end by {}",
            each.name, each.begin, each.end, covered, bytes));
      }
      covered = each.end;
    }
    if (covered != bytes)
      fail(fmt::format("the tensors end at byte {} of the numbers, the file at {}", covered, bytes));
  }

  AnyTensor tensor(const Entry& entry, std::string_view bytes) const {
    if (entry.dtype == kDtype<float>) return tensor_of<float>(entry, bytes);
    if (entry.dtype == kDtype<double>) return tensor_of<double>(entry, bytes);
    if (entry.dtype == kDtype<int64_t>) return tensor_of<int64_t>(entry, bytes);
    if (entry.dtype == kDtype<bool>) return tensor_of<bool>(entry, bytes);
    fail(
        fmt::format("'{}' has dtype {}, but only F32, F64, I64 and BOOL are known", entry.name, entry.dtype));
  }

  template <typename T>
  BasicTensor<T> tensor_of(const Entry& entry, std::string_view bytes) const {
    const int64_t wanted = detail::bytes_of_shape(entry.shape, sizeof(T));
    if (wanted != static_cast<int64_t>(bytes.size())) {
      fail(fmt::format("'{}' of dtype {} and shape {} does not fit its {} bytes", entry.name, entry.dtype,
                       to_string(entry.shape), bytes.size()));
    }
    return detail::tensor_of_bytes<T>(bytes, entry.shape);
  }

  const std::string& path_;
  std::string_view bytes_;
};

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
    if (name == kMetadata) throw ValueError("save_safetensors: __metadata__ cannot be a tensor's name");
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
  std::vector<std::string_view> pieces = {{reinterpret_cast<const char*>(&length), kLengthBytes}, header};
  for (const Part& part : parts) pieces.push_back(part.bytes);
  write_file_atomically(path, pieces);
}

TensorFile load_safetensors(const std::string& path) {
  const std::string bytes = read_file(path);
  return SafetensorsReader(path, bytes).read();
}

}  // namespace lt::inline v0
