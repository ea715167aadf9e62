#pragma once

// PyTorch's recorded results of tests/golden/reduce.json, and how ours are held against them.

#include <gtest/gtest.h>

#include <cmath>
#include <cstdint>
#include <fstream>
#include <limits>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include <libtensor/tensor/ops.h>

namespace lt::test {

using Json = nlohmann::json;

inline Dims dims_of(const Json& list) {
  const auto values = list.get<std::vector<int64_t>>();
  return Dims(std::span<const int64_t>(values));
}

// NaN and infinities are recorded as text.
inline double number_of(const Json& value) {
  return value.is_string() ? std::stod(value.get<std::string>()) : value.get<double>();
}

template <typename T>
BasicTensor<T> tensor_of(const Json& recorded) {
  std::vector<T> values;
  for (const Json& value : recorded.at("values")) values.push_back(static_cast<T>(number_of(value)));
  return from_vector<T>(values, dims_of(recorded.at("shape")));
}

inline const Json& golden() {
  static const Json kGolden = [] {
    std::ifstream file(LIBTENSOR_SOURCE_DIR "/tests/golden/reduce.json");
    return Json::parse(file);
  }();
  return kGolden;
}

// Within `relative` of the recorded number, or within `absolute` of it near zero; NaN and infinities alike.
template <typename T>
void expect_near(const BasicTensor<T>& ours, const BasicTensor<T>& theirs, double relative, double absolute) {
  ASSERT_EQ(ours.shape(), theirs.shape());
  const std::vector<T> a = ours.to_vector();
  const std::vector<T> b = theirs.to_vector();
  for (size_t i = 0; i < a.size(); ++i) {
    const auto x = static_cast<double>(a[i]);
    const auto y = static_cast<double>(b[i]);
    const bool same = x == y || (std::isnan(x) && std::isnan(y));
    const bool near = std::abs(x - y) <= absolute + relative * std::abs(y);
    EXPECT_TRUE(same || near) << x << " for " << y << " at " << i;
  }
}

// Calls f(case, input) for every recorded case of an op, and fails where there is none.
template <typename F>
void for_each_recorded(const std::string& op, F f) {
  int count = 0;
  for (const Json& recorded : golden().at("cases")) {
    if (recorded.at("op") != op) continue;
    SCOPED_TRACE(op + " of " + recorded.dump().substr(0, 160));
    f(recorded, tensor_of<float>(golden().at("inputs").at(recorded.at("input").get<std::string>())));
    ++count;
  }
  EXPECT_GT(count, 0) << "nothing recorded for " << op;
}

}  // namespace lt::test
