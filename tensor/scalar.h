#pragma once

// Numbers beside tensors: what may stand where an op wants a number of T, or an axis.

#include <concepts>
#include <cstdint>
#include <type_traits>

namespace lt {

// A whole number that is no truth value.
template <typename U>
concept WholeNumber = std::integral<U> && !std::same_as<U, bool>;

// Whether a U stands for a T: any number for a floating-point T, whole ones alone for int64_t, and bool for
// bool. A fraction beside whole numbers would be cut off, so it does not compile.
template <typename U, typename T>
concept StandsFor = (std::floating_point<T> && std::is_arithmetic_v<U>) ||
                    (std::same_as<T, int64_t> && WholeNumber<U>) || std::same_as<U, T>;

// A number of T, from any number that stands for one.
template <typename T>
class Scalar {
 public:
  template <StandsFor<T> U>
  constexpr Scalar(U value) : value_(static_cast<T>(value)) {}  // NOLINT: implicit, as a literal is
  constexpr operator T() const { return value_; }               // NOLINT: implicit

 private:
  T value_;
};

// A scalar operand takes its type from the tensor beside it: x + 1 works for every T.
template <typename T>
using ScalarOf = std::type_identity_t<Scalar<T>>;

}  // namespace lt
