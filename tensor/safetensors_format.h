#pragma once

// Private to tensor/: names in .safetensors files, for reader and writer.

#include <cstddef>
#include <cstdint>

#include <libtensor/version.h>

namespace lt::inline v0::detail {

inline constexpr size_t kLengthBytes = 8;
inline constexpr const char* kMetadata = "__metadata__";

// What a type of element is called.
template <typename T>
constexpr const char* kDtype = "";
template <>
inline constexpr const char* kDtype<float> = "F32";
template <>
inline constexpr const char* kDtype<double> = "F64";
template <>
inline constexpr const char* kDtype<int64_t> = "I64";
template <>
inline constexpr const char* kDtype<bool> = "BOOL";

}  // namespace lt::inline v0::detail
