#pragma once

// Private to tensor/zip_*.cpp: the format of a zip archive, PKWARE's APPNOTE 6.3. Numbers are little-endian.
//
//   for each entry: a header with its name, and its bytes
//   the directory: for each entry what the header says, and where that is
//   the end record: where the directory is; in front of it, where 32 bits are too few, the same in 64 bits
//   and a locator that says where that is

#include <cstddef>
#include <cstdint>

namespace lt::inline v0::detail::zip {

inline constexpr uint32_t kHeaderMark = 0x04034b50;
inline constexpr uint32_t kDirectoryMark = 0x02014b50;
inline constexpr uint32_t kEndMark = 0x06054b50;
inline constexpr uint32_t kEnd64Mark = 0x06064b50;
inline constexpr uint32_t kLocator64Mark = 0x07064b50;
inline constexpr size_t kHeaderBytes = 30;
inline constexpr size_t kDirectoryBytes = 46;
inline constexpr size_t kEndBytes = 22;
inline constexpr size_t kEnd64Bytes = 56;
inline constexpr size_t kLocator64Bytes = 20;
inline constexpr uint16_t kStored = 0;
inline constexpr uint16_t kDeflated = 8;
inline constexpr uint16_t kExtra64 = 1;        // the kind of an extra field
inline constexpr uint64_t kIn64 = 0xffffffff;  // "look into the extra field"

}  // namespace lt::inline v0::detail::zip
