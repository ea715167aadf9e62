#pragma once

// Python's x[1:3, -1, None, ...] as x(Slice(1, 3), -1, None, Ellipsis), under libtorch's names.

#include <cstdint>
#include <optional>

#include <libtensor/tensor/scalar.h>

namespace lt::inline v0 {

// A new axis of size 1; in a Slice, a bound left open.
struct NoneType {};
inline constexpr NoneType None;
// As many whole axes as are left.
struct EllipsisType {};
inline constexpr EllipsisType Ellipsis;

// Python's start:stop:step, each of which may be None: Slice() is ":", Slice(1) "1:", Slice(None, None, -1)
// "::-1". Negative bounds count from the end; those out of range are clipped.
class Slice {
 public:
  class Bound {
   public:
    Bound(NoneType) {}  // NOLINT: implicit
    template <StandsFor<int64_t> I>
    Bound(I value) : value_(static_cast<int64_t>(value)) {}  // NOLINT: implicit
    const std::optional<int64_t>& value() const { return value_; }

   private:
    std::optional<int64_t> value_;
  };

  explicit Slice(Bound from = None, Bound to = None, Bound by = None)
      : start(from.value()), stop(to.value()), step(by.value()) {}

  std::optional<int64_t> start, stop, step;
};

// One index of a view.
class ViewIndex {
 public:
  enum class Kind { select, slice, new_axis, ellipsis };

  template <StandsFor<int64_t> I>
  ViewIndex(I place) : kind(Kind::select), index(static_cast<int64_t>(place)) {}  // NOLINT: implicit
  ViewIndex(Slice part) : kind(Kind::slice), slice(part) {}                       // NOLINT: implicit
  ViewIndex(NoneType) : kind(Kind::new_axis) {}                                   // NOLINT: implicit
  ViewIndex(EllipsisType) : kind(Kind::ellipsis) {}                               // NOLINT: implicit

  Kind kind;
  int64_t index = 0;
  Slice slice;
};

}  // namespace lt::inline v0
