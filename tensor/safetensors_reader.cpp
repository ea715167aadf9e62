#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <nlohmann/json.hpp>
#include <set>
#include <string_view>
#include <utility>
#include <vector>

#include <libtensor/tensor/bytes.h>
#include <libtensor/tensor/file_reader.h>
#include <libtensor/tensor/ops.h>
#include <libtensor/tensor/safetensors.h>
#include <libtensor/tensor/safetensors_format.h>

// The layout is in safetensors.cpp. The header is checked whole before any number is read; numbers of the
// asked type go from the file to where the tensor has them.

namespace lt::inline v0 {
namespace {

using nlohmann::json;

constexpr size_t kMaxHeaderBytes = 100'000'000;  // the format's own limit

[[noreturn]] void refuse(const std::string& path, const std::string& text) {
  throw IoError(fmt::format("load_safetensors: '{}': {}", path, text));
}

using Entries = std::map<std::string, SafetensorsFile::Entry>;

// The checks on one file's header; every refusal names the file.
class HeaderReader {
 public:
  HeaderReader(const std::string& path, const detail::FileReader& file) : path_(path), file_(file) {}

  void read(Entries& entries, Metadata& metadata) const {
    const size_t length = header_length();
    const json header = parsed(file_.read(detail::kLengthBytes, length));
    for (const auto& [name, value] : header.items()) {
      if (name == detail::kMetadata) {
        metadata = texts(value);
      } else {
        entries[name] = entry(name, value);
      }
    }
    const size_t start = detail::kLengthBytes + length;
    check_cover(entries, file_.size() - start);
    for (auto& [name, each] : entries) each.begin += start, each.end += start;
  }

 private:
  [[noreturn]] void fail(const std::string& text) const { refuse(path_, text); }
  void check(bool holds, const std::string& name, const char* expectation) const {
    if (!holds) fail(fmt::format("'{}': expected {}", name, expectation));
  }

  size_t header_length() const {
    if (file_.size() < detail::kLengthBytes) {
      fail(fmt::format("expected the header's length in 8 bytes, but the file has {}", file_.size()));
    }
    uint64_t length = 0;
    file_.read(0, &length, detail::kLengthBytes);
    const size_t left = file_.size() - detail::kLengthBytes;
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
                       detail::kLengthBytes + (place == nullptr ? 0 : place->byte)));
    }
  }

  Metadata texts(const json& value) const {
    check(value.is_object(), detail::kMetadata, "an object of texts");
    Metadata out;
    for (const auto& [key, text] : value.items()) {
      check(text.is_string(), detail::kMetadata, "an object of texts");
      out[key] = text.get<std::string>();
    }
    return out;
  }

  SafetensorsFile::Entry entry(const std::string& name, const json& value) const {
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
    return {value["dtype"].get<std::string>(), shape, offsets[0], offsets[1]};
  }

  std::vector<uint64_t> counts(const std::string& name, const json& list, const char* expectation) const {
    check(list.is_array(), name, expectation);
    for (const json& each : list) {
      check(each.is_number_unsigned() && each.get<uint64_t>() <= INT64_MAX, name, expectation);
    }
    return list.get<std::vector<uint64_t>>();
  }

  // The tensors follow each other from the first byte of the numbers to the last.
  void check_cover(const Entries& entries, size_t bytes) const {
    std::vector<const Entries::value_type*> in_order;
    for (const auto& each : entries) in_order.push_back(&each);
    std::ranges::sort(in_order, {},
                      [](const auto* each) { return std::pair(each->second.begin, each->second.end); });
    size_t covered = 0;
    for (const auto* each : in_order) {
      const auto& [name, place] = *each;
      if (place.begin != covered || place.end > bytes) {
        fail(fmt::format(
            "'{}' lies at bytes {}..{} of the numbers; expected it to start at {} and to end by {}", name,
            place.begin, place.end, covered, bytes));
      }
      covered = place.end;
    }
    if (covered != bytes)
      fail(fmt::format("the tensors end at byte {} of the numbers, the file at {}", covered, bytes));
  }

  const std::string& path_;
  const detail::FileReader& file_;
};

struct NamedElement {
  std::string_view dtype;
  detail::ElementType type;
};
constexpr std::array kElements = {
    NamedElement{"F32", {'f', 4}},  NamedElement{"F64", {'f', 8}},  NamedElement{"F16", {'f', 2}},
    NamedElement{"BF16", {'g', 2}}, NamedElement{"BOOL", {'b', 1}}, NamedElement{"I8", {'i', 1}},
    NamedElement{"I16", {'i', 2}},  NamedElement{"I32", {'i', 4}},  NamedElement{"I64", {'i', 8}},
    NamedElement{"U8", {'u', 1}},   NamedElement{"U16", {'u', 2}},  NamedElement{"U32", {'u', 4}},
    NamedElement{"U64", {'u', 8}}};

}  // namespace

SafetensorsFile::SafetensorsFile(const std::string& path)
    : path_(path), file_(std::make_shared<detail::FileReader>(path)) {
  HeaderReader(path_, *file_).read(entries_, metadata_);
}

const SafetensorsFile::Entry& SafetensorsFile::entry(const std::string& name) const {
  const auto found = entries_.find(name);
  if (found == entries_.end()) throw IoError(fmt::format("'{}': there is no tensor '{}'", path_, name));
  return found->second;
}

template <Element T>
BasicTensor<T> SafetensorsFile::get(const std::string& name, const LoadOptions& options) const {
  const Entry& from = entry(name);
  const auto* const known = std::ranges::find(kElements, from.dtype, &NamedElement::dtype);
  if (known == kElements.end()) refuse(path_, fmt::format("'{}' has the unknown dtype {}", name, from.dtype));
  if (from.dtype != detail::kDtype<T> && !options.convert)
    refuse(path_, fmt::format("'{}' has dtype {}, expected {}", name, from.dtype, detail::kDtype<T>));
  const size_t bytes = from.end - from.begin;
  if (detail::bytes_of_shape(from.shape, known->type.bytes) != static_cast<int64_t>(bytes)) {
    refuse(path_, fmt::format("'{}' of dtype {} and shape {} does not fit its {} bytes", name, from.dtype,
                              to_string(from.shape), bytes));
  }
  if (known->type == detail::kElementType<T> && !std::is_same_v<T, bool>) {
    BasicTensor<T> out = empty<T>(from.shape);
    file_->read(from.begin, out.mutable_data(), bytes);
    return out;
  }
  return detail::tensor_of_bytes<T>(file_->read(from.begin, bytes), known->type, from.shape, false,
                                    fmt::format("load_safetensors: '{}': '{}'", path_, name));
}

AnyTensor SafetensorsFile::get_any(const std::string& name) const {
  const std::string& dtype = entry(name).dtype;
  if (dtype == detail::kDtype<float>) return get<float>(name);
  if (dtype == detail::kDtype<double>) return get<double>(name);
  if (dtype == detail::kDtype<int64_t>) return get<int64_t>(name);
  if (dtype == detail::kDtype<bool>) return get<bool>(name);
  refuse(path_, fmt::format("'{}' has dtype {}, but only F32, F64, I64 and BOOL are known", name, dtype));
}

template Tensor SafetensorsFile::get(const std::string&, const LoadOptions&) const;
template DoubleTensor SafetensorsFile::get(const std::string&, const LoadOptions&) const;
template IntTensor SafetensorsFile::get(const std::string&, const LoadOptions&) const;
template BoolTensor SafetensorsFile::get(const std::string&, const LoadOptions&) const;

}  // namespace lt::inline v0
