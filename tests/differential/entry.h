#pragma once

// How the menu declares an op: op(name, types, function), whose function's parameters say what is drawn. A
// name (which compare.py knows, too) that ends in _ writes in place.

#include <string>
#include <tuple>
#include <vector>

#include <libtensor/tests/differential/arguments.h>
#include <libtensor/tests/differential/menu.h>

namespace lt::differential {

template <typename... Ts>
struct Types {};
// NOLINTBEGIN(readability-identifier-naming): words of a table
inline constexpr Types<float, double> floating;
inline constexpr Types<float, double, int64_t> number;
inline constexpr Types<float, double, int64_t, bool> every;
inline constexpr Types<int64_t> whole;
inline constexpr Types<bool> truth;
// NOLINTEND(readability-identifier-naming)

template <typename T>
Values results(const BasicTensor<T>& x) {
  return {x};
}
template <typename T>
Values results(const std::vector<BasicTensor<T>>& parts) {
  return Values(parts.begin(), parts.end());
}
template <typename T>
Values results(const ValuesAndIndices<T>& x) {
  return {x.values, x.indices};
}
template <typename T>
Values results(const Histogram<T>& x) {
  return {x.counts, x.edges};
}
template <typename T>
requires std::is_arithmetic_v<T> Values results(T x) { return {scalar<T>(x)}; }

template <typename T, typename F, typename R, typename... Args>
bool draw_and_run(Program& p, const std::string& name, R (F::*)(Args...) const) {
  const std::tuple<Args...> args{draw(p, Type<Args>{})...};  // in order: braces
  const auto call = [](const Args&... values) { return results(F().template operator()<T>(values...)); };
  return p.record(name, dtype_name<T>(), [&] { return std::apply(call, args); });
}

template <typename T, typename F>
bool run(Program& p, const std::string& name) {
  return draw_and_run<T>(p, name, &F::template operator()<T>);
}

template <typename... Ts, typename F>
Op op(const char* name, Types<Ts...>, F) {
  Op out{name, {}};
  ((out.run[Value(BasicTensor<Ts>()).index()] = run<Ts, F>), ...);
  return out;
}

}  // namespace lt::differential
