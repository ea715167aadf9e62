#pragma once

// The plain composition of normalisations, and their optional operands.

#include <vector>

#include <libtensor/autograd/ops.h>

namespace lt::test {

// Operand i, or nothing.
inline DoubleVariable operand(const std::vector<DoubleVariable>& v, size_t i) {
  return v.size() > i ? v[i] : DoubleVariable();
}

inline DoubleVariable normalized(const DoubleVariable& x, const Dims& axes, bool unbiased) {
  return (x - mean(x, axes, true)) / sqrt(var(x, axes, unbiased, true) + 1e-5);
}

}  // namespace lt::test
