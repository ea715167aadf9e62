#pragma once

// Private to tensor/: zip archives in memory, as far as an .npz needs them: entries stored or deflated, with
// sizes of 64 bits; no encryption, no parts on several disks.

#include <cstdint>
#include <list>
#include <string>
#include <string_view>
#include <vector>

namespace lt::inline v0::detail {

// An entry as the archive's directory describes it.
struct ZipEntry {
  std::string name;
  uint16_t method = 0;
  uint32_t crc = 0;
  uint64_t packed = 0;  // bytes in the archive
  uint64_t size = 0;    // bytes of the content
  uint64_t offset = 0;  // of its header in the archive
};

// What a whole archive holds, in the directory's order; each name once.
//   where: the archive, for error texts
//   throws: IoError for what is torn, malformed, or beyond what is said above
std::vector<ZipEntry> zip_entries(std::string_view archive, const std::string& where);

// The content of an entry, whose checksum is right: in the archive, or unpacked into `buffer`.
//   throws: IoError naming the entry
std::string_view zip_content(std::string_view archive, const ZipEntry& entry, const std::string& where,
                             std::string& buffer);

// Puts an archive together. What is stored is not copied, and must live until the parts are written.
class ZipWriter {
 public:
  explicit ZipWriter(bool compress) : compress_(compress) {}
  // The content is start, then rest. throws: ValueError for a name of more than 65535 bytes
  void add(const std::string& name, std::string start, std::string_view rest);
  // The archive, whole: nothing may be added after it.
  std::vector<std::string_view> finish();

 private:
  void append(std::string bytes);
  void append_view(std::string_view bytes);

  bool compress_;
  std::list<std::string> owned_;  // what parts_ shows of ours: never moved
  std::vector<std::string_view> parts_;
  uint64_t written_ = 0;
  uint64_t entries_ = 0;
  std::string directory_;
};

}  // namespace lt::inline v0::detail
