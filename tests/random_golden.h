#pragma once

// The recorded random streams of tests/golden/random.json, and how a draw is held against them.

#include <gtest/gtest.h>

#include <bit>
#include <cstdint>
#include <fstream>
#include <nlohmann/json.hpp>
#include <span>
#include <string>
#include <type_traits>
#include <vector>

namespace lt::test {

using Json = nlohmann::json;

inline Json read_golden(const std::string& name) {
  std::ifstream file(std::string(LIBTENSOR_SOURCE_DIR "/tests/golden/") + name);
  return Json::parse(file);
}

// The 274 recorded cases; each starts from a freshly seeded generator.
inline const Json& golden_cases() {
  static const Json kCases = read_golden("random.json").at("cases");
  return kCases;
}

// True for the cases of Python's and NumPy's streams, which are tests/apps'.
inline bool is_of_apps(const Json& recorded) {
  const std::string name = recorded.at("name");
  return name.starts_with("py_") || name.starts_with("np_") || name.starts_with("make_moons_");
}

inline std::string describe(const Json& recorded) {
  return recorded.at("name").get<std::string>() + ", seed " + recorded.at("seed").dump() + ": " +
         recorded.value("call", "");
}

// FNV-1a over numbers as little-endian bytes, continued from `digest`.
template <typename T>
uint64_t fnv1a64(std::span<const T> values, uint64_t digest = 0xcbf29ce484222325ULL) {
  const auto* bytes = reinterpret_cast<const unsigned char*>(values.data());
  for (size_t i = 0; i < values.size_bytes(); ++i) digest = (digest ^ bytes[i]) * 0x100000001b3ULL;
  return digest;
}

inline uint64_t from_hex(const std::string& text) { return std::stoull(text, nullptr, 16); }

// A number as the bits that are recorded: 32 of a float, 64 of anything else.
template <typename T>
uint64_t bits_of(T value) {
  if constexpr (std::is_same_v<T, float>) {
    return std::bit_cast<uint32_t>(value);
  } else {
    return std::bit_cast<uint64_t>(value);
  }
}

// Which elements are listed: "all", or "first 6, last 3".
inline std::vector<size_t> listed_places(const std::string& part, size_t count) {
  unsigned first = 0;
  unsigned last = 0;
  std::vector<size_t> places;
  const bool is_some = std::sscanf(part.c_str(), "first %u, last %u", &first, &last) == 2;
  EXPECT_TRUE(is_some || part == "all") << part;
  for (size_t i = 0; i < count; ++i) {
    if (!is_some || i < first || i >= count - last) places.push_back(i);
  }
  return places;
}

// Every listed number bit by bit, and the digest of all of them. Exact for doubles too: the recorded ones
// came from this C library's log, sin and cos, which are the same since glibc 2.28.
template <typename T>
void expect_recorded(const Json& recorded, const std::vector<T>& drawn) {
  ASSERT_EQ(drawn.size(), recorded.at("numel").get<size_t>());
  const std::vector<size_t> places = listed_places(recorded.at("part"), drawn.size());
  ASSERT_EQ(places.size(), recorded.at("values").size());
  for (size_t i = 0; i < places.size(); ++i) {
    const uint64_t expected = recorded.contains("hex") ? from_hex(recorded.at("hex")[i])
                                                       : bits_of(recorded.at("values")[i].get<int64_t>());
    ASSERT_EQ(bits_of(drawn[places[i]]), expected)
        << "element " << places[i] << " is " << drawn[places[i]] << ", not " << recorded.at("values")[i];
  }
  if (!recorded.contains("fnv1a64")) {
    ASSERT_EQ(recorded.at("part"), "all");
    return;
  }
  EXPECT_EQ(fnv1a64(std::span<const T>(drawn)), from_hex(recorded.at("fnv1a64")));
}

}  // namespace lt::test
