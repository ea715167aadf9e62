#include <libtensor/tensor/deflate.h>

#include <zlib.h>

#include <algorithm>
#include <new>
#include <utility>

// zlib counts in 32 bits, so what is longer goes through it by parts.

namespace lt::inline v0::detail {
namespace {

// From `in` to `out`. Returns zlib's last word, and how many bytes of `out` are set.
template <typename F>
std::pair<int, size_t> pump(z_stream& stream, std::string_view in, char* out, size_t room, F step) {
  constexpr size_t kPart = size_t{1} << 30;
  const char* const begin = out;
  int code = Z_OK;
  while (code == Z_OK) {
    const size_t fed = std::min(in.size(), kPart);
    const size_t free = std::min(room, kPart);
    stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(in.data()));  // zlib's old style: not written
    stream.avail_in = static_cast<uInt>(fed);
    stream.next_out = reinterpret_cast<Bytef*>(out);
    stream.avail_out = static_cast<uInt>(free);
    code = step(&stream, fed == in.size() ? Z_FINISH : Z_NO_FLUSH);
    const size_t taken = fed - stream.avail_in;
    const size_t made = free - stream.avail_out;
    // With Z_FINISH it says Z_BUF_ERROR where room is left in later parts.
    if (code == Z_BUF_ERROR && taken + made > 0 && made < room) code = Z_OK;
    in.remove_prefix(taken);
    out += made;
    room -= made;
  }
  return {code, static_cast<size_t>(out - begin)};
}

}  // namespace

std::string deflated(std::string_view content) {
  z_stream stream{};
  // Without zlib's own header: as an archive has it.
  if (deflateInit2(&stream, Z_DEFAULT_COMPRESSION, Z_DEFLATED, -MAX_WBITS, 8, Z_DEFAULT_STRATEGY) != Z_OK) {
    throw std::bad_alloc();
  }
  std::string out(deflateBound(&stream, content.size()), '\0');
  out.resize(pump(stream, content, out.data(), out.size(), deflate).second);
  deflateEnd(&stream);
  return out;
}

bool inflate_into(std::string_view packed, std::string& out) {
  z_stream stream{};
  if (inflateInit2(&stream, -MAX_WBITS) != Z_OK) throw std::bad_alloc();
  const auto [code, made] = pump(stream, packed, out.data(), out.size(), inflate);
  inflateEnd(&stream);
  return code == Z_STREAM_END && made == out.size();
}

uint32_t crc32_of(std::string_view bytes, uint32_t before) {
  if (bytes.empty()) return before;  // zlib would start anew where they have no address
  return static_cast<uint32_t>(crc32_z(before, reinterpret_cast<const Bytef*>(bytes.data()), bytes.size()));
}

}  // namespace lt::inline v0::detail
