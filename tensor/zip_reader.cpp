#include <fmt/format.h>

#include <algorithm>
#include <initializer_list>
#include <set>

#include <libtensor/tensor/deflate.h>
#include <libtensor/tensor/error.h>
#include <libtensor/tensor/zip.h>
#include <libtensor/tensor/zip_format.h>

// From the end of the archive to its start: the end record, the directory, the entries. No number is believed
// before it is checked against the bytes that are there.

namespace lt::inline v0::detail {
namespace {

using namespace zip;

constexpr size_t kMaxComment = 0xffff;
constexpr uint16_t kEncrypted = 1;  // a flag
// No deflated byte stands for more, so a size can be refused before memory is taken for it.
constexpr uint64_t kMostPerByte = 1032;

[[noreturn]] void fail(const std::string& where, const std::string& text) {
  throw IoError(fmt::format("{}: {}", where, text));
}

// A little-endian number of `width` bytes.
uint64_t number(std::string_view bytes, size_t at, size_t width) {
  uint64_t value = 0;
  for (size_t i = width; i-- > 0;) value = value << 8 | static_cast<unsigned char>(bytes[at + i]);
  return value;
}

// A record of an archive, of so many bytes and with that mark.
std::string_view record(std::string_view archive, uint64_t at, size_t bytes, uint32_t mark, const char* what,
                        const std::string& where) {
  if (at > archive.size() || bytes > archive.size() - at || number(archive, at, 4) != mark) {
    fail(where, fmt::format("byte {}: expected {}", at, what));
  }
  return archive.substr(at, bytes);
}

struct Directory {
  uint64_t entries;
  uint64_t bytes;
  uint64_t offset;
};

Directory find_directory(std::string_view archive, const std::string& where) {
  size_t at = archive.size() < kEndBytes ? 0 : archive.size() - kEndBytes;
  const auto is_end = [&] {
    return archive.size() - at >= kEndBytes && number(archive, at, 4) == kEndMark &&
           at + kEndBytes + number(archive, at + 20, 2) == archive.size();
  };
  const size_t first = at - std::min(at, kMaxComment);
  while (at > first && !is_end()) --at;
  if (!is_end()) fail(where, "expected a zip archive, but it has no end record: it is another file, or torn");
  Directory found{number(archive, at + 10, 2), number(archive, at + 12, 4), number(archive, at + 16, 4)};
  if (at >= kLocator64Bytes && number(archive, at - kLocator64Bytes, 4) == kLocator64Mark) {
    at = number(archive, at - kLocator64Bytes + 8, 8);
    const std::string_view end =
        record(archive, at, kEnd64Bytes, kEnd64Mark, "the end record of 64 bits", where);
    found = {number(end, 32, 8), number(end, 40, 8), number(end, 48, 8)};
  }
  if (found.offset > at || found.bytes != at - found.offset) {
    fail(where, fmt::format("expected the directory at bytes {}..{}, found {} bytes at {}",
                            at - std::min<uint64_t>(at, found.bytes), at, found.bytes, found.offset));
  }
  return found;
}

// Replaces the numbers that did not fit into 32 bits, which stand in this order in the extra field.
void read_extra64(std::string_view extra, std::initializer_list<uint64_t*> numbers,
                  const std::string& where) {
  size_t at = 0;
  while (at + 4 <= extra.size() && number(extra, at, 2) != kExtra64) at += 4 + number(extra, at + 2, 2);
  std::string_view field;
  if (at + 4 <= extra.size()) field = extra.substr(at + 4, number(extra, at + 2, 2));
  for (uint64_t* each : numbers) {
    if (*each != kIn64) continue;
    if (field.size() < 8) fail(where, "expected its sizes in 64 bits");
    *each = number(field, 0, 8);
    field.remove_prefix(8);
  }
}

ZipEntry read_entry(std::string_view archive, uint64_t& at, const std::string& where) {
  const std::string_view fixed =
      record(archive, at, kDirectoryBytes, kDirectoryMark, "an entry of the directory", where);
  const size_t name = number(fixed, 28, 2);
  const size_t extra = number(fixed, 30, 2);
  const size_t comment = number(fixed, 32, 2);
  const std::string_view rest = archive.substr(at + kDirectoryBytes);
  if (name + extra + comment > rest.size()) fail(where, fmt::format("byte {}: the entry is torn", at));
  ZipEntry entry{std::string(rest.substr(0, name)),
                 static_cast<uint16_t>(number(fixed, 10, 2)),
                 static_cast<uint32_t>(number(fixed, 16, 4)),
                 number(fixed, 20, 4),
                 number(fixed, 24, 4),
                 number(fixed, 42, 4)};
  const std::string entry_where = fmt::format("{}, '{}'", where, entry.name);
  if (number(fixed, 8, 2) & kEncrypted) fail(entry_where, "it is encrypted");
  if (entry.method != kStored && entry.method != kDeflated) {
    fail(entry_where, fmt::format("expected it stored (0) or deflated (8), found method {}", entry.method));
  }
  read_extra64(rest.substr(name, extra), {&entry.size, &entry.packed, &entry.offset}, entry_where);
  at += kDirectoryBytes + name + extra + comment;
  return entry;
}

}  // namespace

std::vector<ZipEntry> zip_entries(std::string_view archive, const std::string& where) {
  const Directory directory = find_directory(archive, where);
  const std::string_view until_end = archive.substr(0, directory.offset + directory.bytes);
  std::vector<ZipEntry> entries;
  std::set<std::string> names;
  uint64_t at = directory.offset;
  while (at < until_end.size()) {
    entries.push_back(read_entry(until_end, at, where));
    if (!names.insert(entries.back().name).second) {
      fail(where, fmt::format("the entry '{}' occurs twice", entries.back().name));
    }
  }
  if (entries.size() != directory.entries) {
    fail(where, fmt::format("expected {} entries, found {}", directory.entries, entries.size()));
  }
  return entries;
}

std::string_view zip_content(std::string_view archive, const ZipEntry& entry, const std::string& where,
                             std::string& buffer) {
  const std::string entry_where = fmt::format("{}, '{}'", where, entry.name);
  const std::string_view header =
      record(archive, entry.offset, kHeaderBytes, kHeaderMark, "the entry's header", entry_where);
  const size_t name = number(header, 26, 2);
  const uint64_t start = entry.offset + kHeaderBytes + name + number(header, 28, 2);
  if (start > archive.size() || entry.packed > archive.size() - start) {
    fail(entry_where, fmt::format("its {} bytes at {} do not lie in the archive", entry.packed, start));
  }
  if (archive.substr(entry.offset + kHeaderBytes, name) != entry.name) {
    fail(entry_where, fmt::format("the header at byte {} has another name", entry.offset));
  }
  std::string_view content = archive.substr(start, entry.packed);
  if (entry.method == kDeflated ? entry.size / kMostPerByte > entry.packed : entry.size != entry.packed) {
    fail(entry_where, fmt::format("its {} bytes cannot come of {}", entry.size, entry.packed));
  }
  if (entry.method == kDeflated) {
    buffer.resize(entry.size);
    if (!inflate_into(content, buffer)) {
      fail(entry_where,
           fmt::format("its {} deflated bytes do not give its {} bytes", entry.packed, entry.size));
    }
    content = buffer;
  }
  if (crc32_of(content) != entry.crc) {
    fail(entry_where,
         fmt::format("its bytes have the checksum {:08x}, expected {:08x}", crc32_of(content), entry.crc));
  }
  return content;
}

}  // namespace lt::inline v0::detail
