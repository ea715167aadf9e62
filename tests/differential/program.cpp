#include <libtensor/tests/differential/program.h>

#include <algorithm>
#include <limits>
#include <string_view>

// How programs are drawn. Sizes of 0 and 1, views and special numbers come up often, since errors live there;
// a value is seldom larger than a few hundred numbers, since errors do not.

namespace lt::differential {
namespace {

std::string hex(const void* bytes, size_t count) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string out;
  out.reserve(2 * count);
  for (const auto* p = static_cast<const unsigned char*>(bytes); count > 0; ++p, --count) {
    out += kDigits[*p >> 4];
    out += kDigits[*p & 15];
  }
  return out;
}

Json sizes(const Shape& shape) { return std::vector<int64_t>(shape.begin(), shape.end()); }

// How a step names a value: "%3".
std::string reference(size_t value) { return std::string("%").append(std::to_string(value)); }

Json data(const Value& value) {
  return std::visit(
      [](const auto& x) {
        const auto dense = x.contiguous();
        return hex(dense.data(), static_cast<size_t>(dense.numel()) * sizeof(*dense.data()));
      },
      value);
}

}  // namespace

Program::Program(uint64_t seed, int64_t number)
    : random_((seed << 32) + static_cast<uint64_t>(number)), number_(number) {}

int64_t Program::between(int64_t low, int64_t high) {
  return low + static_cast<int64_t>(random_() % static_cast<uint64_t>(high - low + 1));
}

template <>
bool Program::number<bool>() {
  return chance(50);
}

template <>
int64_t Program::number<int64_t>() {
  if (chance(98)) return between(-5, 8);
  const int64_t edges[] = {std::numeric_limits<int64_t>::min(), std::numeric_limits<int64_t>::max(), 1 << 30};
  return edges[between(0, 2)];
}

// Small integers and halves (which make ties), numbers around 1, a few large ones, NaN and infinities.
template <typename T>
T Program::number() {
  using Limits = std::numeric_limits<T>;
  const int64_t kind = between(1, 100);
  if (kind <= 30) return static_cast<T>(between(-6, 6)) / 2;
  if (kind <= 95) return static_cast<T>(between(-3'000'000, 3'000'000)) / T{1'000'000};
  if (kind <= 97) return static_cast<T>(between(-20'000, 20'000)) / 100;
  const T special[] = {Limits::quiet_NaN(), Limits::infinity(), -Limits::infinity(), T{0}, -T{0}};
  return special[between(0, 4)];
}

Shape Program::shape() {
  const int64_t axes = chance(3) ? between(6, 8) : between(0, 5);
  Shape out;
  int64_t room = 200;  // numbers, so that a program's values stay small
  for (int64_t i = 0; i < axes; ++i) {
    const int64_t size = chance(4) ? 0 : chance(20) ? 1 : between(1, std::min<int64_t>(6, room));
    room /= std::max<int64_t>(size, 1);
    out.push_back(size);
  }
  return out;
}

Shape Program::mate_of(const Shape& shape) {
  if (chance(5)) return this->shape();
  if (chance(40)) return shape;
  Shape out = shape;
  while (!out.empty() && chance(25)) out.erase(0);
  for (int i = 0; i < out.size(); ++i) {
    if (chance(35)) out[i] = 1;
    if (out[i] == 1 && chance(20) && numel(out) < 200) out[i] = between(0, 4);
  }
  if (out.size() < kMaxRank && chance(10)) out.insert(0, between(1, 2));
  return out;
}

template <typename T>
BasicTensor<T> Program::leaf(const Shape& shape) {
  BasicTensor<T> x = empty<T>(shape);
  T* const place = x.mutable_data();
  for (int64_t i = 0; i < x.numel(); ++i) place[i] = number<T>();
  introduce(x);
  return x;
}

IntTensor Program::leaf_of_ids(const Shape& shape, int64_t low, int64_t high) {
  IntTensor x = empty<int64_t>(shape);
  int64_t* const place = x.mutable_data();
  for (int64_t i = 0; i < x.numel(); ++i) place[i] = between(low, std::max(low, high));
  introduce(x);
  return x;
}

void Program::introduce(const Value& value) {
  steps_.push_back(
      {{"op", "leaf"}, {"args", Json::array()}, {"out", Json::array({keep(value, count_of(value))})}});
  arguments.push_back(reference(values_.size() - 1));
}

int Program::latest(unsigned types) {
  int found = -1;
  for (size_t i = 0; i < values_.size(); ++i) {
    if ((types >> values_[i].index() & 1U) == 0 || count_of(values_[i]) > kMostNumbers) continue;
    if (found < 0 || chance(60)) found = static_cast<int>(i);
  }
  return found;
}

template <typename T>
BasicTensor<T> Program::any() {
  const int found = latest(1U << Value(BasicTensor<T>()).index());
  const bool make = found < 0 || chance(20);
  BasicTensor<T> x = make ? leaf<T>(shape()) : std::get<BasicTensor<T>>(values_[static_cast<size_t>(found)]);
  if (!make) arguments.push_back(reference(static_cast<size_t>(found)));
  subject = x.shape();
  look_along(0);
  return x;
}

template <typename T>
BasicTensor<T> Program::mate() {
  const auto fits = [&](const Value& value) {
    const auto* x = std::get_if<BasicTensor<T>>(&value);
    if (x == nullptr || x->numel() > kMostNumbers) return false;
    try {
      return numel(broadcast_shapes(subject, x->shape(), "mate")) <= kMostNumbers;
    } catch (const ShapeError&) {
      return false;
    }
  };
  std::vector<size_t> found;
  for (size_t i = 0; i < values_.size(); ++i) {
    if (fits(values_[i])) found.push_back(i);
  }
  if (found.empty() || chance(50)) return leaf<T>(mate_of(subject));
  const size_t i = found[static_cast<size_t>(between(0, static_cast<int64_t>(found.size()) - 1))];
  arguments.push_back(reference(i));
  return std::get<BasicTensor<T>>(values_[i]);
}

void Program::look_along(int axis) {
  along = axis;
  extent = rank() == 0 ? 1 : subject[axis];
}

Json Program::keep(const Value& value, int64_t most) {
  Json out = std::visit([](const auto& x) { return Json{{"shape", sizes(x.shape())}}; }, value);
  constexpr const char* kNames[] = {"float32", "float64", "int64", "bool"};
  out["dtype"] = kNames[value.index()];
  if (count_of(value) <= most) out["data"] = data(value);
  values_.push_back(value);
  return out;
}

Json Program::text() const {
  Json out = {{"program", number_}, {"steps", steps_}};
  if (!wrote_) return out;
  out["after"] = Json::array();
  for (const Value& value : values_) {
    out["after"].push_back(count_of(value) <= kMostNumbers ? data(value) : Json());
  }
  return out;
}

bool Program::record(const std::string& op, const char* dtype, const std::function<Values()>& f) {
  Json step = {{"op", op}, {"dtype", dtype}, {"args", std::move(arguments)}};
  arguments = Json::array();
  const auto failed = [&](const char* type, const std::exception& error) {
    step["error"] = std::string(type) + ": " + error.what();
    steps_.push_back(std::move(step));
    return false;
  };
  try {
    const Values results = f();
    step["out"] = Json::array();
    for (const Value& result : results) step["out"].push_back(keep(result));
  } catch (const ShapeError& error) {
    return failed("ShapeError", error);
  } catch (const IndexError& error) {
    return failed("IndexError", error);
  } catch (const ValueError& error) {
    return failed("ValueError", error);
  }
  wrote_ |= op.ends_with('_');
  steps_.push_back(std::move(step));
  return true;
}

template Tensor Program::leaf(const Shape&);
template DoubleTensor Program::leaf(const Shape&);
template IntTensor Program::leaf(const Shape&);
template BoolTensor Program::leaf(const Shape&);
template Tensor Program::any();
template DoubleTensor Program::any();
template IntTensor Program::any();
template BoolTensor Program::any();
template Tensor Program::mate();
template DoubleTensor Program::mate();
template IntTensor Program::mate();
template BoolTensor Program::mate();
template float Program::number();
template double Program::number();

}  // namespace lt::differential
