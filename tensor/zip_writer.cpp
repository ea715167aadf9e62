#include <fmt/format.h>

#include <initializer_list>
#include <utility>

#include <libtensor/tensor/deflate.h>
#include <libtensor/tensor/error.h>
#include <libtensor/tensor/zip.h>
#include <libtensor/tensor/zip_format.h>

// The records of 64 bits are written always, so that there is one form of each, and the date is 1980-01-01,
// so that equal tensors make equal files.

namespace lt::inline v0::detail {
namespace {

using namespace zip;

constexpr uint16_t kUtf8 = 1 << 11;     // a flag: so is the name
constexpr uint16_t kVersion = 45;       // of the format: what has 64 bits
constexpr uint16_t kDate = 1 << 5 | 1;  // 1980-01-01

void put(std::string& out, uint64_t value, int width) {
  for (int i = 0; i < width; ++i, value >>= 8) out += static_cast<char>(value & 0xff);
}

// What an entry's header and the directory say alike, from the version that is needed to the lengths.
std::string common_fields(const ZipEntry& entry, int extra_bytes) {
  std::string out;
  put(out, kVersion, 2);
  put(out, kUtf8, 2);
  put(out, entry.method, 2);
  put(out, 0, 2);  // midnight
  put(out, kDate, 2);
  put(out, entry.crc, 4);
  put(out, kIn64, 4);
  put(out, kIn64, 4);
  put(out, entry.name.size(), 2);
  put(out, static_cast<uint64_t>(extra_bytes), 2);
  return out;
}

std::string extra64(std::initializer_list<uint64_t> numbers) {
  std::string out;
  put(out, kExtra64, 2);
  put(out, 8 * numbers.size(), 2);
  for (const uint64_t each : numbers) put(out, each, 8);
  return out;
}

std::string header_of(const ZipEntry& entry) {
  const std::string extra = extra64({entry.size, entry.packed});
  std::string out;
  put(out, kHeaderMark, 4);
  return out + common_fields(entry, static_cast<int>(extra.size())) + entry.name + extra;
}

std::string directory_entry_of(const ZipEntry& entry) {
  const std::string extra = extra64({entry.size, entry.packed, entry.offset});
  std::string out;
  put(out, kDirectoryMark, 4);
  put(out, kVersion, 2);
  out += common_fields(entry, static_cast<int>(extra.size()));
  put(out, 0, 2 + 2 + 2 + 4);  // no comment, disk 0, no attributes
  put(out, kIn64, 4);
  return out + entry.name + extra;
}

}  // namespace

void ZipWriter::append_view(std::string_view bytes) {
  parts_.push_back(bytes);
  written_ += bytes.size();
}

void ZipWriter::append(std::string bytes) { append_view(owned_.emplace_back(std::move(bytes))); }

void ZipWriter::add(const std::string& name, std::string start, std::string_view rest) {
  if (name.size() > 0xffff) throw ValueError(fmt::format("zip: a name of {} bytes", name.size()));
  ZipEntry entry{name, kStored, crc32_of(rest, crc32_of(start)), 0, start.size() + rest.size(), written_};
  if (compress_) {
    entry.method = kDeflated;
    start = deflated(start.append(rest));
    rest = {};
  }
  entry.packed = start.size() + rest.size();
  append(header_of(entry));
  append(std::move(start));
  append_view(rest);
  directory_ += directory_entry_of(entry);
  ++entries_;
}

std::vector<std::string_view> ZipWriter::finish() {
  const uint64_t begin = written_;
  const uint64_t bytes = directory_.size();
  append(std::move(directory_));
  const uint64_t end = written_;
  std::string out;
  put(out, kEnd64Mark, 4);
  put(out, kEnd64Bytes - 12, 8);  // what follows
  put(out, kVersion, 2);
  put(out, kVersion, 2);
  put(out, 0, 4 + 4);  // this disk, the directory's
  for (const uint64_t each : {entries_, entries_, bytes, begin}) put(out, each, 8);
  put(out, kLocator64Mark, 4);
  put(out, 0, 4);
  put(out, end, 8);
  put(out, 1, 4);  // disk
  put(out, kEndMark, 4);
  put(out, 0, 2 + 2);
  put(out, 0xffff, 2);
  put(out, 0xffff, 2);
  put(out, kIn64, 4);
  put(out, kIn64, 4);
  put(out, 0, 2);  // no comment
  append(std::move(out));
  return parts_;
}

}  // namespace lt::inline v0::detail
