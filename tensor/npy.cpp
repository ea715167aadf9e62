#include <libtensor/tensor/npy.h>

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include <libtensor/tensor/file.h>

// NumPy's format: "\x93NUMPY", a version (two bytes), the header's length (2 bytes in version 1, 4 in 2 and
// 3), a header that is a Python dictionary {'descr': '<f4', 'fortran_order': False, 'shape': (3, 4), },
// padded with spaces and ended with a new line; then the numbers, which start at a multiple of 64. A descr
// has the byte order ('<', '>', or '|' for single bytes), the kind, and the bytes of an element.

namespace lt::inline v0 {
namespace {

using detail::ElementType;
using detail::NpyArray;

constexpr std::string_view kMagic = "\x93NUMPY";
constexpr size_t kNpyAlignment = 64;

struct Header {
  std::string descr;
  bool fortran_order = false;
  Shape shape;
};

// Walks over the text of a file; every refusal names the file, the byte, and what was expected there.
class NpyReader {
 public:
  NpyReader(const std::string& where, std::string_view bytes) : where_(where), bytes_(bytes) {}

  std::string where() const { return fmt::format("{}, byte {}", where_, at_); }
  [[noreturn]] void fail(const std::string& expectation) const {
    throw IoError(fmt::format("{}: {}", where(), expectation));
  }

  std::string_view take(size_t count, const char* what) {
    if (count > bytes_.size() - at_) {
      fail(fmt::format("expected {} of {} bytes, but the file ends after {}", what, count,
                       bytes_.size() - at_));
    }
    const std::string_view taken = bytes_.substr(at_, count);
    at_ += count;
    return taken;
  }
  std::string_view rest() const { return bytes_.substr(at_); }

  size_t little_endian(size_t width, const char* what) {
    size_t value = 0;
    const std::string_view digits = take(width, what);
    for (size_t i = width; i-- > 0;) value = value << 8 | static_cast<unsigned char>(digits[i]);
    return value;
  }

  Header header(size_t length) {
    const size_t end = at_ + length;
    const std::string_view whole = std::exchange(bytes_, bytes_.substr(0, end));
    Header header;
    std::array<bool, 3> found{};
    expect('{');
    while (!accept('}')) {
      const std::string key = quoted();
      expect(':');
      if (key == "descr") {
        header.descr = descr();
        found[0] = true;
      } else if (key == "fortran_order") {
        header.fortran_order = truth();
        found[1] = true;
      } else if (key == "shape") {
        header.shape = shape();
        found[2] = true;
      } else {
        fail(fmt::format("unknown key '{}'", key));
      }
      if (!accept(',') && !sees('}')) fail("expected ',' or '}'");
    }
    if (!found[0] || !found[1] || !found[2]) fail("expected the keys 'descr', 'fortran_order' and 'shape'");
    skip_spaces();
    if (at_ != end) fail("expected nothing but spaces after the header");
    bytes_ = whole;
    return header;
  }

 private:
  void skip_spaces() {
    while (at_ < bytes_.size() && (bytes_[at_] == ' ' || bytes_[at_] == '\n')) ++at_;
  }
  bool sees(char c) {
    skip_spaces();
    return at_ < bytes_.size() && bytes_[at_] == c;
  }
  bool accept(char c) {
    const bool is_there = sees(c);
    if (is_there) ++at_;
    return is_there;
  }
  void expect(char c) {
    if (!accept(c)) fail(fmt::format("expected '{}'", c));
  }

  std::string quoted() {
    const char quote = sees('"') ? '"' : '\'';
    expect(quote);
    const size_t end = bytes_.find(quote, at_);
    if (end == std::string_view::npos) fail("expected a closing quote");
    const std::string_view text = take(end - at_, "text");
    ++at_;
    return std::string(text);
  }

  // The element type; a list stands for a record of several, named here only to be refused.
  std::string descr() {
    if (!sees('[')) return quoted();
    const size_t end = bytes_.find(']', at_);
    if (end == std::string_view::npos) fail("expected a closing ']'");
    return std::string(take(end + 1 - at_, "list"));
  }

  bool truth() {
    skip_spaces();
    for (const std::string_view word : {std::string_view("True"), std::string_view("False")}) {
      if (!rest().starts_with(word)) continue;
      at_ += word.size();
      return word == "True";
    }
    fail("expected True or False");
  }

  Shape shape() {
    Shape shape;
    expect('(');
    while (!accept(')')) {
      skip_spaces();
      int64_t size = 0;
      const auto [end, error] = std::from_chars(bytes_.data() + at_, bytes_.data() + bytes_.size(), size);
      if (error != std::errc() || size < 0) fail("expected a size");
      at_ = static_cast<size_t>(end - bytes_.data());
      if (rest().starts_with('L')) ++at_;  // as Python 2 wrote whole numbers
      if (shape.size() == kMaxRank) fail(fmt::format("expected at most {} axes", kMaxRank));
      shape.push_back(size);
      if (!accept(',') && !sees(')')) fail("expected ',' or ')'");
    }
    return shape;
  }

  const std::string& where_;
  std::string_view bytes_;
  size_t at_ = 0;
};

Header read_header(NpyReader& reader) {
  if (!reader.rest().starts_with(kMagic)) reader.fail(R"(expected "\x93NUMPY", the start of an .npy file)");
  reader.take(kMagic.size(), "magic");
  const size_t major = reader.little_endian(1, "a version");
  const size_t minor = reader.little_endian(1, "a version");
  if (major < 1 || major > 3 || minor != 0) {
    reader.fail(fmt::format("expected version 1.0, 2.0 or 3.0, found {}.{}", major, minor));
  }
  const size_t length = reader.little_endian(major == 1 ? 2 : 4, "a header length");
  if (length > reader.rest().size()) {
    reader.fail(fmt::format("expected a header of {} bytes, but the file ends after {}", length,
                            reader.rest().size()));
  }
  return reader.header(length);
}

std::string descr_of(const ElementType& type) {
  return fmt::format("{}{}{}", type.bytes == 1 ? '|' : '<', type.kind, type.bytes);
}

// Of a descr such as ">f4"; nothing for what is no number.
std::optional<ElementType> type_of(const std::string& descr) {
  if (descr.size() != 3) return std::nullopt;
  for (const char kind : {'b', 'i', 'u', 'f'}) {
    for (const int bytes : {1, 2, 4, 8}) {
      const ElementType type{kind, bytes};
      if (kind == 'b' ? bytes > 1 : kind == 'f' && bytes == 1) continue;
      std::string known = descr_of(type);
      if (bytes > 1 && descr[0] == '>') known[0] = '>';
      if (known == descr) return type;
    }
  }
  return std::nullopt;
}

std::string with_bytes_reversed(std::string_view numbers, int width) {
  std::string out(numbers);
  for (auto at = out.begin(); at != out.end(); at += width) std::reverse(at, at + width);
  return out;
}

}  // namespace

NpyArray detail::parse_npy(std::string_view bytes, const std::string& where) {
  NpyReader reader(where, bytes);
  const Header header = read_header(reader);
  const std::optional<ElementType> type = type_of(header.descr);
  if (!type) reader.fail(fmt::format("expected numbers or bools, found '{}'", header.descr));
  const int64_t wanted = bytes_of_shape(header.shape, type->bytes);
  const auto found = static_cast<int64_t>(reader.rest().size());
  if (wanted != found) {
    reader.fail(fmt::format("expected {} bytes of numbers for shape {}, found {}",
                            wanted < 0 ? "more than 2^63" : std::to_string(wanted),
                            lt::to_string(header.shape), found));
  }
  return {*type,        header.descr,  header.descr[0] == '>', header.fortran_order,
          header.shape, reader.rest(), reader.where()};
}

template <typename T>
BasicTensor<T> detail::npy_tensor(const NpyArray& array, const LoadOptions& options) {
  if (array.type != kElementType<T> && !options.convert) {
    throw IoError(fmt::format("{}: expected {} numbers, found {} ('{}'), which {{.convert = true}} converts",
                              array.where, dtype_name<T>(), to_string(array.type), array.descr));
  }
  std::string native;
  if (array.big_endian) native = with_bytes_reversed(array.numbers, array.type.bytes);
  return tensor_of_bytes<T>(array.big_endian ? native : array.numbers, array.type, array.shape,
                            array.fortran_order, array.where);
}

template <typename T>
std::string detail::npy_start(const Shape& shape) {
  std::string sizes;
  for (const int64_t size : shape) sizes += fmt::format("{}, ", size);
  std::string header = fmt::format("{{'descr': '{}', 'fortran_order': False, 'shape': ({}), }}",
                                   descr_of(kElementType<T>), sizes);
  const size_t before = kMagic.size() + 2 + 2;  // magic, version, length
  header.append(kNpyAlignment - 1 - (before + header.size()) % kNpyAlignment, ' ');
  header += '\n';
  std::string start(kMagic);
  start += {'\1', '\0', static_cast<char>(header.size() & 0xff), static_cast<char>(header.size() >> 8)};
  return start + header;
}

template <Element T>
void save_npy(const std::string& path, const BasicTensor<T>& x) {
  const BasicTensor<T> dense = x.contiguous();
  const std::string start = detail::npy_start<T>(x.shape());
  write_file_atomically(path, std::array<std::string_view, 2>{start, detail::bytes_of(dense)});
}

template <Element T>
BasicTensor<T> load_npy(const std::string& path, const LoadOptions& options) {
  const std::string bytes = read_file(path);
  return detail::npy_tensor<T>(detail::parse_npy(bytes, fmt::format("load_npy: '{}'", path)), options);
}

#define LT_INSTANTIATE(T)                                                          \
  template BasicTensor<T> detail::npy_tensor(const NpyArray&, const LoadOptions&); \
  template std::string detail::npy_start<T>(const Shape&);                         \
  template void save_npy(const std::string&, const BasicTensor<T>&);               \
  template BasicTensor<T> load_npy(const std::string&, const LoadOptions&);
LT_INSTANTIATE(float)
LT_INSTANTIATE(double)
LT_INSTANTIATE(int64_t)
LT_INSTANTIATE(bool)
#undef LT_INSTANTIATE

}  // namespace lt::inline v0
