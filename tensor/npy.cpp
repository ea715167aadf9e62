#include <fmt/format.h>

#include <array>
#include <charconv>
#include <string>
#include <string_view>
#include <utility>

#include <libtensor/tensor/bytes.h>
#include <libtensor/tensor/file.h>
#include <libtensor/tensor/io.h>

// NumPy's format: "\x93NUMPY", a version (two bytes), the header's length (2 bytes in version 1, 4 in 2 and
// 3), a header that is a Python dictionary {'descr': '<f4', 'fortran_order': False, 'shape': (3, 4), },
// padded with spaces and ended with a new line; then the numbers, which start at a multiple of 64.

namespace lt {
namespace {

constexpr std::string_view kMagic = "\x93NUMPY";
constexpr size_t kNpyAlignment = 64;

template <typename T>
constexpr const char* kDescr = "";
template <>
constexpr const char* kDescr<float> = "<f4";
template <>
constexpr const char* kDescr<double> = "<f8";
template <>
constexpr const char* kDescr<int64_t> = "<i8";
template <>
constexpr const char* kDescr<bool> = "|b1";

struct Header {
  std::string descr;
  bool fortran_order = false;
  Shape shape;
};

// Walks over the text of a file; every refusal names the file, the byte, and what was expected there.
class NpyReader {
 public:
  NpyReader(const std::string& path, std::string_view bytes) : path_(path), bytes_(bytes) {}

  [[noreturn]] void fail(const std::string& expectation) const {
    throw IoError(fmt::format("load_npy: '{}', byte {}: {}", path_, at_, expectation));
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
      if (shape.size() == kMaxRank) fail(fmt::format("expected at most {} axes", kMaxRank));
      shape.push_back(size);
      if (!accept(',') && !sees(')')) fail("expected ',' or ')'");
    }
    return shape;
  }

  const std::string& path_;
  std::string_view bytes_;
  size_t at_ = 0;
};

Header read_header(NpyReader& reader) {
  if (!reader.rest().starts_with(kMagic)) reader.fail("expected \"\\x93NUMPY\", the start of an .npy file");
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

Dims reversed(const Dims& dims) {
  Dims out;
  for (const int64_t each : dims) out.insert(0, each);
  return out;
}

Dims falling_axes(int rank) {
  Dims axes;
  for (int axis = 0; axis < rank; ++axis) axes.insert(0, axis);
  return axes;
}

}  // namespace

template <typename T>
void save_npy(const std::string& path, const BasicTensor<T>& x) {
  const BasicTensor<T> dense = x.contiguous();
  std::string shape;
  for (const int64_t size : x.shape()) shape += fmt::format("{}, ", size);
  std::string header =
      fmt::format("{{'descr': '{}', 'fortran_order': False, 'shape': ({}), }}", kDescr<T>, shape);
  const size_t before = kMagic.size() + 2 + 2;  // magic, version, length
  header.append(kNpyAlignment - 1 - (before + header.size()) % kNpyAlignment, ' ');
  header += '\n';
  std::string start(kMagic);
  start += {'\1', '\0', static_cast<char>(header.size() & 0xff), static_cast<char>(header.size() >> 8)};
  write_file_atomically(path, std::array<std::string_view, 3>{start, header, detail::bytes_of(dense)});
}

template <typename T>
BasicTensor<T> load_npy(const std::string& path) {
  const std::string bytes = read_file(path);
  NpyReader reader(path, bytes);
  const Header header = read_header(reader);
  if (header.descr != kDescr<T>) {
    reader.fail(
        fmt::format("expected {} numbers ('{}'), found '{}'", dtype_name<T>(), kDescr<T>, header.descr));
  }
  const int64_t wanted = detail::bytes_of_shape(header.shape, sizeof(T));
  const auto found = static_cast<int64_t>(reader.rest().size());
  if (wanted != found) {
    reader.fail(fmt::format("expected {} bytes of numbers for shape {}, found {}",
                            wanted < 0 ? "more than 2^63" : std::to_string(wanted), to_string(header.shape),
                            found));
  }
  if (!header.fortran_order) return detail::tensor_of_bytes<T>(reader.rest(), header.shape);
  const auto columns_first = detail::tensor_of_bytes<T>(reader.rest(), reversed(header.shape));
  return columns_first.permute(falling_axes(header.shape.size())).contiguous();
}

#define LT_INSTANTIATE(T)                                            \
  template void save_npy(const std::string&, const BasicTensor<T>&); \
  template BasicTensor<T> load_npy(const std::string&);
LT_INSTANTIATE(float)
LT_INSTANTIATE(double)
LT_INSTANTIATE(int64_t)
LT_INSTANTIATE(bool)
#undef LT_INSTANTIATE

}  // namespace lt
