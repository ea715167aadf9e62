#pragma once

// A random expression over the ops of autograd/ops.h: leaves, then steps on values drawn before. Each draw of
// an argument records it, so that compare.py can take the same step in PyTorch. A step that fails, or whose
// numbers are not of moderate size, is forgotten.

#include <cmath>
#include <cstdint>
#include <nlohmann/json.hpp>
#include <random>
#include <string>
#include <vector>

#include <libtensor/autograd/ops.h>

namespace lt::differential {

using Json = nlohmann::ordered_json;

template <typename T>
class Program {
 public:
  using V = BasicVariable<T>;

  explicit Program(uint64_t seed) : random_(seed) { any_leaf(); }

  // --- arguments of the step that is being drawn ---

  V any() {  // a value, late ones more often
    const auto count = static_cast<int64_t>(values_.size());
    return take(chance(60) ? count - 1 : between(0, count - 1));
  }
  V leaf_like(const Shape& shape) {  // a value of this shape
    for (size_t i = 0; i < values_.size(); ++i) {
      if (values_[i].shape() == shape && chance(40)) return take(static_cast<int64_t>(i));
    }
    return take(introduce(shape));
  }
  V mate(const V& x) {  // broadcasts with x
    Shape shape = x.shape();
    for (int64_t drop = between(0, shape.size()); drop > 0 && chance(40); --drop) shape.erase(0);
    for (int i = 0; i < shape.size(); ++i) shape[i] = chance(25) ? 1 : shape[i];  // NOLINT: no references
    return leaf_like(shape);
  }
  int64_t axis(const V& x) { return axis(x.dim()); }
  int64_t axis(int rank) {
    const int64_t most = std::max(rank, 1);
    return integer(-most, most - 1);
  }
  int64_t integer(int64_t low, int64_t high) { return keep(between(low, high)); }
  bool flag() { return keep(chance(50)); }
  T number() { return static_cast<T>(keep(static_cast<double>(between(-8, 8)) / 4)); }
  Dims dims(const Dims& values) {
    arguments.push_back(Json(std::vector<int64_t>(values.begin(), values.end())));
    return values;
  }
  Dims axes(const V& x) {  // some, maybe none, which means all
    Dims chosen;
    for (int i = 0; i < x.dim(); ++i) {
      if (chance(40)) chosen.push_back(chance(50) ? i : i - x.dim());
    }
    return dims(chosen);
  }
  IntTensor ids(const Shape& shape, int64_t low, int64_t high) {
    std::vector<int64_t> values(static_cast<size_t>(numel(shape)));
    for (int64_t& value : values) value = between(low, high);
    arguments.push_back({{"ids", values}, {"shape", std::vector<int64_t>(shape.begin(), shape.end())}});
    return from_vector<int64_t>(values, shape);
  }
  BoolTensor mask(const Shape& shape) { return ids(shape, 0, 1).template cast<bool>(); }

  int64_t between(int64_t low, int64_t high) {
    if (high < low) throw IndexError("nothing to draw from");
    return low + static_cast<int64_t>(random_() % static_cast<uint64_t>(high - low + 1));
  }
  bool chance(int percent) { return between(1, 100) <= percent; }

  // --- steps ---

  template <typename F>
  void step(const std::string& op, const F& f) {
    arguments = Json::array();
    try {
      const V y = f(*this);
      const BasicTensor<T> size = abs(y.data());
      if (y.numel() > 300 || !all(size < T{100}).item()) return;
      steps_.push_back({{"op", op}, {"args", arguments}, {"to", values_.size()}});
      values_.push_back(y);
    } catch (const ShapeError&) {  // drawn to fit, but for some
    } catch (const IndexError&) {
    }
  }

  // Runs backward from the last value, with a random seed; the program with its results.
  Json text() {
    const V& y = values_.back();
    const BasicTensor<T> seed = draw(y.shape());
    if (y.requires_grad()) y.backward(seed);
    Json out = {
        {"dtype", dtype_name<T>()}, {"steps", steps_}, {"y", describe(y.data())}, {"seed", describe(seed)}};
    out["leaves"] = Json::array();
    for (size_t i = 0; i < values_.size(); ++i) {
      if (!values_[i].is_leaf()) continue;
      const BasicTensor<T>& grad = values_[i].grad();
      out["leaves"].push_back({{"at", i}, {"data", describe(values_[i].data())}});
      out["leaves"].back()["grad"] = grad.defined() ? describe(grad) : Json();
    }
    return out;
  }

  Json arguments;

 private:
  template <typename A>
  A keep(A value) {
    arguments.push_back(value);
    return value;
  }
  V take(int64_t place) {
    arguments.push_back({{"value", place}});
    return values_[static_cast<size_t>(place)];
  }
  void any_leaf() {
    Shape shape;
    for (int64_t rank = between(0, 3); rank > 0; --rank) shape.push_back(between(1, 4));
    introduce(shape);
  }
  // Coarse numbers now and then, so that some are equal.
  BasicTensor<T> draw(const Shape& shape) {
    const bool coarse = chance(20);
    std::vector<T> values(static_cast<size_t>(numel(shape)));
    for (T& value : values) {
      value = coarse ? static_cast<T>(between(-2, 2))
                     : static_cast<T>(static_cast<float>(between(-2'000'000, 2'000'000))) / T{1'000'000};
    }
    return from_vector<T>(values, shape);
  }
  // A new leaf, dense or transposed in memory.
  int64_t introduce(const Shape& shape) {
    BasicTensor<T> x = draw(shape);
    if (x.dim() > 1 && chance(30)) x = x.transpose(0, -1).clone().transpose(0, -1);
    values_.emplace_back(x, true);
    return static_cast<int64_t>(values_.size()) - 1;
  }
  static Json describe(const BasicTensor<T>& x) {
    return {{"shape", std::vector<int64_t>(x.shape().begin(), x.shape().end())}, {"values", x.to_vector()}};
  }

  std::mt19937_64 random_;
  std::vector<V> values_;
  Json steps_ = Json::array();
};

}  // namespace lt::differential
