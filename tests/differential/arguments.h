#pragma once

// The kinds of argument that an op of the menu takes besides tensors. An op's function names them
// as its parameters' types; each is drawn to fit the step's subject, but for a few in a hundred,
// which should be errors.

#include <cmath>
#include <type_traits>
#include <utility>
#include <vector>

#include <libtensor/tests/differential/program.h>

namespace lt::differential {

template <int kind>
struct Number {
  int64_t value;
  operator int64_t() const { return value; }  // NOLINT: implicit
};
using Axis = Number<0>;      // of the subject
using NewAxis = Number<1>;   // to insert
using Position = Number<2>;  // along the axis drawn before; negative counts from the end
using Length = Number<3>;    // along the axis drawn before
using Stride = Number<4>;    // of a slice
using Small = Number<5>;     // -3..3
using Count = Number<6>;     // -1..8

struct Flag {
  bool value;
  operator bool() const { return value; }  // NOLINT: implicit
};
template <typename T>
struct Scalar {
  T value;
  operator T() const { return value; }  // NOLINT: implicit
};
// A scalar that every type holds exactly.
template <typename T>
struct Exact : Scalar<T> {};

// A number as people write it: tenths and twentieths, which no float holds, beside floating-point numbers.
template <typename T>
struct Decimal {
  std::conditional_t<std::is_integral_v<T>, int64_t, double> value;
  operator decltype(value)() const { return value; }  // NOLINT: implicit
};

struct Axes : Dims {};         // a set of the subject's axes
struct Order : Dims {};        // all of them, permuted
struct NewShape : Shape {};    // as many elements as the subject, maybe with a -1
struct Stretched : Shape {};   // what the subject expands to
struct Shrunk : Shape {};      // what the subject was broadcast from
struct FreshShape : Shape {};  // any

template <typename T>
struct Mate : BasicTensor<T> {};  // broadcasts with the subject
template <typename T>
struct Factor : BasicTensor<T> {};  // a matrix that the subject can be multiplied by
template <typename T>
struct Source : BasicTensor<T> {};      // of the subject's shape
struct MaskOf : BoolTensor {};          // of the subject's shape, or of its first axes
struct RowIds : IntTensor {};           // of rows of the subject
struct PlaceIds : IntTensor {};         // for gather along the axis drawn before; becomes the subject
struct ClassIds : IntTensor {};         // 0 and more
using IdList = std::vector<IntTensor>;  // for index; what it selects becomes the subject
template <typename T>
using Parts = std::vector<BasicTensor<T>>;  // of the subject's shape, but for the axis drawn before
template <typename T>
struct Likes {
  std::vector<BasicTensor<T>> parts;  // of the subject's shape
};

template <typename A>
struct Type {};

Axis draw(Program& p, Type<Axis>);
NewAxis draw(Program& p, Type<NewAxis>);
Position draw(Program& p, Type<Position>);
Length draw(Program& p, Type<Length>);
Stride draw(Program& p, Type<Stride>);
Small draw(Program& p, Type<Small>);
Count draw(Program& p, Type<Count>);
Flag draw(Program& p, Type<Flag>);
Axes draw(Program& p, Type<Axes>);
Order draw(Program& p, Type<Order>);
NewShape draw(Program& p, Type<NewShape>);
Stretched draw(Program& p, Type<Stretched>);
Shrunk draw(Program& p, Type<Shrunk>);
FreshShape draw(Program& p, Type<FreshShape>);
MaskOf draw(Program& p, Type<MaskOf>);
RowIds draw(Program& p, Type<RowIds>);
PlaceIds draw(Program& p, Type<PlaceIds>);
ClassIds draw(Program& p, Type<ClassIds>);
IdList draw(Program& p, Type<IdList>);
// The shape of a matrix (or batch, or vector) by which one of shape `left` can be multiplied.
Shape factor_of(Program& p, const Shape& left);
// `shape`, with another size along the axis drawn last.
Shape part_of(Program& p, const Shape& shape);

template <typename T>
Scalar<T> draw(Program& p, Type<Scalar<T>>) {
  const T value = p.number<T>();
  const bool special = !std::isfinite(static_cast<double>(value));
  p.arguments.push_back(special ? Json(std::to_string(value)) : Json(value));  // JSON has no NaN
  return {value};
}
template <typename T>
Exact<T> draw(Program& p, Type<Exact<T>>) {
  const T value = static_cast<T>(p.between(-16, 16)) / T{std::is_integral_v<T> ? 2 : 4};
  p.arguments.push_back(value);
  return {{value}};
}
template <typename T>
Decimal<T> draw(Program& p, Type<Decimal<T>>) {
  Decimal<T> out{};
  if constexpr (std::is_integral_v<T>) {
    out.value = p.between(-8, 8);
  } else {
    out.value = static_cast<double>(p.between(-40, 40)) / (p.chance(50) ? 10 : 20);
  }
  p.arguments.push_back(out.value);
  return out;
}
template <typename T>
BasicTensor<T> draw(Program& p, Type<BasicTensor<T>>) {
  return p.any<T>();
}
template <typename T>
Mate<T> draw(Program& p, Type<Mate<T>>) {
  return {p.mate<T>()};
}
template <typename T>
Factor<T> draw(Program& p, Type<Factor<T>>) {
  return {p.leaf<T>(factor_of(p, p.subject))};
}
template <typename T>
Source<T> draw(Program& p, Type<Source<T>>) {
  return {p.leaf<T>(p.chance(97) ? p.subject : p.shape())};
}
template <typename T>
std::vector<BasicTensor<T>> draw_some(Program& p, bool same) {
  std::vector<BasicTensor<T>> parts;
  Json names = Json::array();
  for (int64_t i = p.between(0, 2); i >= 0; --i) {
    parts.push_back(p.leaf<T>(same ? p.subject : part_of(p, p.subject)));
    names.push_back(p.arguments.back());
    p.arguments.erase(p.arguments.size() - 1);
  }
  p.arguments.push_back(names);
  return parts;
}
template <typename T>
Parts<T> draw(Program& p, Type<Parts<T>>) {
  return draw_some<T>(p, p.chance(3));
}
template <typename T>
Likes<T> draw(Program& p, Type<Likes<T>>) {
  return {draw_some<T>(p, p.chance(95))};
}

}  // namespace lt::differential
