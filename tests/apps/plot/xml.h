#pragma once

#include <gtest/gtest.h>

#include <cstdint>
#include <regex>
#include <string>
#include <vector>

namespace lt::plot {

inline int64_t count_of(const std::string& text, const std::string& part) {
  int64_t count = 0;
  for (size_t at = text.find(part); at != std::string::npos; at = text.find(part, at + 1)) ++count;
  return count;
}

// Every element that opens closes, in order; attributes are quoted; no number is NaN or infinite.
inline void expect_well_formed(const std::string& xml) {
  std::vector<std::string> open;
  const std::regex tag(R"(<(/?)([a-zA-Z]+)((?: [a-zA-Z0-9:-]+="[^"<]*")*) ?(/?)>)");
  std::string between;
  auto last = xml.begin();
  for (std::sregex_iterator it(xml.begin(), xml.end(), tag), end; it != end; ++it) {
    between.append(last, xml.begin() + it->position());
    last = xml.begin() + it->position() + it->length();
    if ((*it)[1].length() > 0) {
      ASSERT_FALSE(open.empty());
      ASSERT_EQ(open.back(), (*it)[2].str());
      open.pop_back();
    } else if ((*it)[4].length() == 0) {
      open.push_back((*it)[2].str());
    }
  }
  between.append(last, xml.end());
  EXPECT_TRUE(open.empty());
  EXPECT_EQ(between.find('<'), std::string::npos);
  EXPECT_FALSE(std::regex_search(xml, std::regex("[\"ML, ]-?(nan|inf)[\"L, ]")));
}

}  // namespace lt::plot
