#pragma once

// PyTorch's recorded numbers of tests/golden/nn.json.

#include <libtensor/nn/module.h>
#include <libtensor/tests/reduce_golden.h>

namespace lt::test {

inline const Json& nn_golden(const std::string& part) {
  static const Json kGolden = [] {
    std::ifstream file(LIBTENSOR_SOURCE_DIR "/tests/golden/nn.json");
    return Json::parse(file);
  }();
  return kGolden.at(part);
}

// Every tensor of `state` is near the recorded one of that name, and there are no others.
inline void expect_state(const NamedTensors& state, const Json& recorded, double relative, double absolute) {
  EXPECT_EQ(state.size(), recorded.size());
  for (const auto& [name, numbers] : recorded.items()) {
    SCOPED_TRACE(name);
    ASSERT_TRUE(state.contains(name));
    if (const auto* counter = std::get_if<IntTensor>(&state.at(name))) {
      EXPECT_TRUE(equal(*counter, tensor_of<int64_t>(numbers)));
    } else {
      expect_near(std::get<Tensor>(state.at(name)), tensor_of<float>(numbers), relative, absolute);
    }
  }
}

// The same names, types, shapes and numbers.
inline void expect_equal(const NamedTensors& a, const NamedTensors& b) {
  ASSERT_EQ(a.size(), b.size());
  for (const auto& entry : a) {
    SCOPED_TRACE(entry.first);
    std::visit(
        [&](const auto& x) { EXPECT_TRUE(equal(x, std::get<std::decay_t<decltype(x)>>(b.at(entry.first)))); },
        entry.second);
  }
}

}  // namespace lt::test
