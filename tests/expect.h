#pragma once

// What the tests of every room share: the text of an error, tensors compared bit by bit, common numbers.

#include <gtest/gtest.h>

#include <limits>
#include <string>
#include <utility>

#include <libtensor/tensor/ops.h>
#include <libtensor/tensor/parallel.h>

namespace lt {

// The text of the error E that f throws; "no error" where it throws none.
template <typename E, typename F>
std::string error_text(F&& f) {
  try {
    std::forward<F>(f)();
  } catch (const E& error) {
    return error.what();
  }
  return "no error";
}

}  // namespace lt

namespace lt::test {

inline constexpr float kInf = std::numeric_limits<float>::infinity();
inline constexpr float kNan = std::numeric_limits<float>::quiet_NaN();

// 0, 1, 2, ... in this shape.
inline IntTensor counting(const Shape& shape) { return arange<int64_t>(numel(shape)).view(shape); }

// Restores the number of threads at the end of a test that changes it.
class Threads : public testing::Test {
 protected:
  ~Threads() override { set_num_threads(before_); }

 private:
  int before_ = num_threads();
};

// The bytes of the numbers in row-major order: equal only where every bit is, NaN included.
template <typename T>
std::string bits(const BasicTensor<T>& x) {
  const BasicTensor<T> dense = x.contiguous();
  return {reinterpret_cast<const char*>(dense.data()), static_cast<size_t>(dense.numel()) * sizeof(T)};
}

}  // namespace lt::test
