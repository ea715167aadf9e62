#pragma once

// What the tests of every room share: the text of an error, and tensors compared bit by bit.

#include <gtest/gtest.h>

#include <string>

#include "tensor/parallel.h"
#include "tensor/tensor.h"

// The statement throws `type` with exactly this text. (A macro, so that a failure names the test's own line.)
#define EXPECT_THROW_TEXT(statement, type, text)               \
  try {                                                        \
    static_cast<void>(statement);                              \
    ADD_FAILURE() << "nothing was thrown";                     \
  } catch (const type& error) {                                \
    EXPECT_EQ(std::string(error.what()), text);                \
  } catch (const std::exception& error) {                      \
    ADD_FAILURE() << "not a " #type ", but: " << error.what(); \
  }                                                            \
  static_assert(true, "asks for a semicolon")

namespace lt::test {

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
