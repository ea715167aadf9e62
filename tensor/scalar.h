#pragma once

// The types of numbers, and what may stand beside a tensor where an op wants one number or an axis.

#include <concepts>
#include <cstdint>
#include <type_traits>

#include <libtensor/version.h>

namespace lt::inline v0 {

// What a tensor holds: float, double, int64_t or bool.
template <typename T>
concept Floating = std::same_as<T, float> || std::same_as<T, double>;
template <typename T>
concept Number = Floating<T> || std::same_as<T, int64_t>;
template <typename T>
concept Element = Number<T> || std::same_as<T, bool>;

// A whole number that is no truth value.
template <typename U>
concept WholeNumber = std::integral<U> && !std::same_as<U, bool>;

// Whether a U stands for a T: any number for a floating-point T, whole ones alone for int64_t, bool for bool,
// and objects that convert to a T without loss. A fraction beside whole numbers would be cut off, so it does
// not compile.
template <typename U, typename T>
concept StandsFor = (Floating<T> && std::is_arithmetic_v<U>) ||
                    (std::same_as<T, int64_t> && WholeNumber<U>) || std::same_as<U, T> ||
                    (std::is_class_v<U> && requires(const U& object) { T{object}; });

// A number of T, from any number that stands for one.
template <Element T>
class Scalar {
 public:
  template <StandsFor<T> U>
  constexpr Scalar(U value) : value_(static_cast<T>(value)) {}  // NOLINT: implicit, as a literal is
  constexpr operator T() const { return value_; }               // NOLINT: implicit

 private:
  T value_;
};

// A size, an axis or a place: var(x, false) and sum(x, 1.9) do not compile.
using Whole = Scalar<int64_t>;
// A truth value: sum(x, 0, 1), whose 1 would be keepdim and not a second axis, does not compile.
using Flag = Scalar<bool>;

// A scalar operand takes its type from the tensor beside it: x + 1 works for every T.
template <Element T>
using ScalarOf = std::type_identity_t<Scalar<T>>;

}  // namespace lt::inline v0
