#pragma once

// A random program: a list of steps over a list of values. Each step is one op of the menu (menu.cpp) on
// values drawn before it, or a leaf: new random numbers. A step runs as soon as it is drawn, and its text,
// results or error are kept for compare.py.

#include <cstdint>
#include <functional>
#include <nlohmann/json.hpp>
#include <random>
#include <string>
#include <variant>
#include <vector>

#include <libtensor/tensor/ops.h>

namespace lt::differential {

using Json = nlohmann::ordered_json;
using Value = std::variant<Tensor, DoubleTensor, IntTensor, BoolTensor>;
using Values = std::vector<Value>;

// Results with more numbers than this are neither recorded nor used again.
inline constexpr int64_t kMostNumbers = 2048;

inline int64_t count_of(const Value& value) {
  return std::visit([](const auto& x) { return x.numel(); }, value);
}

class Program {
 public:
  Program(uint64_t seed, int64_t number);

  // --- draws ---

  int64_t between(int64_t low, int64_t high);  // both included
  bool chance(int percent) { return between(1, 100) <= percent; }
  template <typename T>
  T number();
  Shape shape();
  // A shape that broadcasts with `shape`, but for one in twenty.
  Shape mate_of(const Shape& shape);

  // --- values ---

  // A new value of random numbers. Its step is recorded, and the argument that names it.
  template <typename T>
  BasicTensor<T> leaf(const Shape& shape);
  IntTensor leaf_of_ids(const Shape& shape, int64_t low, int64_t high);
  // A value of type T: one of the program's, late ones more often, or a leaf. It becomes the subject.
  template <typename T>
  BasicTensor<T> any();
  // A value of type T whose shape broadcasts with the subject's: one of the program's, or a leaf.
  template <typename T>
  BasicTensor<T> mate();
  // What the step's other arguments are drawn to fit: its first tensor's shape, and
  // the axis drawn last with its size.
  Shape subject;
  int along = 0;
  int64_t extent = 1;
  int rank() const { return subject.size(); }
  void look_along(int axis);
  // Where a value of one of the given types (bits by index in Value) was made last; -1 where none was.
  int latest(unsigned types);
  const Values& values() const { return values_; }

  // --- steps ---

  Json arguments = Json::array();  // of the step that is being drawn
  // Runs f() -> Values as a step on `arguments`, and keeps its results or its error. True where it succeeded.
  bool record(const std::string& op, const char* dtype, const std::function<Values()>& f);
  // The program, its results and, where a step wrote in place, what became of every value.
  Json text() const;

 private:
  void introduce(const Value& value);  // as a leaf, and the next argument
  Json keep(const Value& value, int64_t most = kMostNumbers);

  std::mt19937_64 random_;
  Json number_;
  Json steps_ = Json::array();
  Values values_;
  bool wrote_ = false;
};

}  // namespace lt::differential
