#pragma once

// The types of numbers, and what may stand beside a tensor where an op wants one number or an axis.

#include <concepts>
#include <cstdint>
#include <limits>
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

// An object that reads as one number, such as n(0) of a tensor.
template <typename U>
concept NumberObject = std::is_class_v<U> && std::is_arithmetic_v<typename U::value_type> &&
    std::convertible_to<U, typename U::value_type>;

// Whether a U stands for a T: any number for a floating-point T, whole ones alone for int64_t, bool for bool,
// and objects that convert to a T without loss. A fraction beside whole numbers would be cut off, so it does
// not compile.
template <typename U, typename T>
concept StandsFor = (Floating<T> && (std::is_arithmetic_v<U> || NumberObject<U>)) ||
                    (std::same_as<T, int64_t> && WholeNumber<U>) || std::same_as<U, T> ||
                    (std::is_class_v<U> && requires(const U& object) { T{object}; });

namespace detail {
[[noreturn]] void throw_too_large(uint64_t value);
[[noreturn]] void throw_too_large(const char* op, double value);
}  // namespace detail

// A number of T, from any number that stands for one.
//   throws: ValueError for a whole number above the largest int64_t
template <Element T>
class Scalar {
 public:
  template <StandsFor<T> U>
  constexpr Scalar(U value) : value_(kept(value)) {}               // NOLINT: implicit, as a literal is
  constexpr operator T() const { return static_cast<T>(value_); }  // NOLINT: implicit

  // The number to store. What is finite and too large for a float is infinite in arithmetic, as PyTorch's.
  //   throws: ValueError for it, naming op
  T fitting(const char* op) const {
    if constexpr (std::same_as<T, float>) {
      const double size = value_ < 0 ? -value_ : value_;
      if (size > std::numeric_limits<float>::max() && size <= std::numeric_limits<double>::max())
        detail::throw_too_large(op, value_);
    }
    return *this;
  }

 private:
  using Kept = std::conditional_t<std::same_as<T, float>, double, T>;
  template <typename U>
  static constexpr Kept kept(U value) {
    if constexpr (NumberObject<U>) {
      return kept<typename U::value_type>(value);
    } else if constexpr (std::same_as<T, float> && std::is_floating_point_v<U>) {
      return static_cast<double>(value);
    } else {
      if constexpr (std::same_as<T, int64_t> && std::unsigned_integral<U> && sizeof(U) >= sizeof(T)) {
        if (value > static_cast<U>(std::numeric_limits<T>::max())) detail::throw_too_large(value);
      }
      return static_cast<T>(value);
    }
  }

  Kept value_;
};

// A size, an axis or a place: var(x, false) and sum(x, 1.9) do not compile.
using Whole = Scalar<int64_t>;
// A truth value: sum(x, 0, 1), whose 1 would be keepdim and not a second axis, does not compile.
using Flag = Scalar<bool>;

// A scalar operand takes its type from the tensor beside it: x + 1 works for every T.
template <Element T>
using ScalarOf = std::type_identity_t<Scalar<T>>;

}  // namespace lt::inline v0
