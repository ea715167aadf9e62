#include <gtest/gtest.h>

#include <functional>
#include <map>

#include <libtensor/autograd/ops.h>
#include <libtensor/tests/expect.h>
#include <libtensor/tests/reduce_golden.h>

// What PyTorch gives at the edges of the numbers, tests/golden/extremes.json, and what is right where it
// gives less.

namespace lt {
namespace {

using test::Json;
using Inputs = std::vector<Variable>;
using Compute = std::function<Variable(const Inputs&, const Json&)>;

template <typename F>
Compute unary_op(F f) {
  return [f](const Inputs& x, const Json&) { return f(x[0]); };
}
template <typename F>
Compute binary_op(F f) {
  return [f](const Inputs& x, const Json&) { return f(x[0], x[1]); };
}

// A weight for each column, so that the gradient of a sum is not that of a constant.
Variable weigh(const Variable& y) { return y * arange(1, static_cast<float>(y.size(1) + 1)); }

CrossEntropyOptions<float> options_of(const Json& c) {
  const std::map<std::string, Reduction> reductions = {
      {"none", Reduction::none}, {"mean", Reduction::mean}, {"sum", Reduction::sum}};
  CrossEntropyOptions<float> options{.ignore_index = c.at("ignored"),
                                     .reduction = reductions.at(c.at("reduction")),
                                     .label_smoothing = c.at("smoothing")};
  if (c.at("weight").is_array())
    options.weight = from_vector<float>(c.at("weight").get<std::vector<float>>(), 3);
  return options;
}

// clang-format off
const std::map<std::string, Compute>& extreme_ops() {
  static const std::map<std::string, Compute> kOps = {
      {"neg", unary_op([](const auto& x) { return neg(x); })},
      {"abs", unary_op([](const auto& x) { return abs(x); })},
      {"square", unary_op([](const auto& x) { return square(x); })},
      {"relu", unary_op([](const auto& x) { return relu(x); })},
      {"exp", unary_op([](const auto& x) { return exp(x); })},
      {"log", unary_op([](const auto& x) { return log(x); })},
      {"log1p", unary_op([](const auto& x) { return log1p(x); })},
      {"sqrt", unary_op([](const auto& x) { return sqrt(x); })},
      {"rsqrt", unary_op([](const auto& x) { return rsqrt(x); })},
      {"reciprocal", unary_op([](const auto& x) { return reciprocal(x); })},
      {"sin", unary_op([](const auto& x) { return sin(x); })},
      {"cos", unary_op([](const auto& x) { return cos(x); })},
      {"tanh", unary_op([](const auto& x) { return tanh(x); })},
      {"erf", unary_op([](const auto& x) { return erf(x); })},
      {"sigmoid", unary_op([](const auto& x) { return sigmoid(x); })},
      {"gelu", unary_op([](const auto& x) { return gelu(x); })},
      {"gelu_tanh", unary_op([](const auto& x) { return gelu(x, Gelu::tanh); })},
      {"clamp", [](const Inputs& x, const Json& c) { return clamp(x[0], c.at("low"), c.at("high")); }},
      {"pow_scalar", [](const Inputs& x, const Json& c) { return pow(x[0], c.at("exponent").get<float>()); }},
      {"add", binary_op([](const auto& x, const auto& y) { return x + y; })},
      {"sub", binary_op([](const auto& x, const auto& y) { return x - y; })},
      {"mul", binary_op([](const auto& x, const auto& y) { return x * y; })},
      {"div", binary_op([](const auto& x, const auto& y) { return x / y; })},
      {"pow", binary_op([](const auto& x, const auto& y) { return pow(x, y); })},
      {"atan2", binary_op([](const auto& x, const auto& y) { return atan2(x, y); })},
      {"maximum", binary_op([](const auto& x, const auto& y) { return maximum(x, y); })},
      {"minimum", binary_op([](const auto& x, const auto& y) { return minimum(x, y); })},
      {"where", binary_op([](const auto& x, const auto& y) { return where(x.data() > y.data(), x, y); })},
      {"mse_loss", binary_op([](const auto& x, const auto& y) { return mse_loss(x, y); })},
      {"sum", unary_op([](const auto& x) { return sum(x, 1); })},
      {"mean", unary_op([](const auto& x) { return mean(x, 1); })},
      {"amax", unary_op([](const auto& x) { return amax(x, 1); })},
      {"amin", unary_op([](const auto& x) { return amin(x, 1); })},
      {"norm", unary_op([](const auto& x) { return norm(x, 1); })},
      {"logsumexp", unary_op([](const auto& x) { return logsumexp(x, 1); })},
      {"var", [](const Inputs& x, const Json& c) { return var(x[0], 1, c.at("unbiased").get<bool>()); }},
      {"stddev", [](const Inputs& x, const Json& c) { return stddev(x[0], 1, c.at("unbiased").get<bool>()); }},
      {"max", unary_op([](const auto& x) { return max(x, 1).values; })},
      {"min", unary_op([](const auto& x) { return min(x, 1).values; })},
      {"cumsum", unary_op([](const auto& x) { return cumsum(x, 1); })},
      {"softmax", unary_op([](const auto& x) { return weigh(softmax(x, 1)); })},
      {"log_softmax", unary_op([](const auto& x) { return weigh(log_softmax(x, 1)); })},
      {"sort", [](const Inputs& x, const Json& c) { return weigh(sort(x[0], 1, c.at("descending").get<bool>()).values); }},
      {"cross_entropy", [](const Inputs& x, const Json& c) { return cross_entropy(x[0], from_vector<int64_t>(c.at("targets"), 4)); }},
      {"cross_entropy_options", [](const Inputs& x, const Json& c) { return cross_entropy(x[0], tensor<int64_t>({2, 1, 0, 0}), options_of(c)); }},
  };
  return kOps;
}
// clang-format on

// A few roundings of the recorded number; what a float holds as a subnormal may be 0.
TEST(Extremes, ValuesAndGradientsArePyTorchs) {
  std::ifstream file(LIBTENSOR_SOURCE_DIR "/tests/golden/extremes.json");
  const Json golden = Json::parse(file);
  for (const Json& recorded : golden.at("cases")) {
    Json arguments = recorded;
    for (const char* numbers : {"y", "grads"}) arguments.erase(numbers);
    SCOPED_TRACE(arguments.dump());
    Inputs inputs;
    for (const std::string name : recorded.at("inputs"))
      inputs.emplace_back(test::tensor_of<float>(golden.at("inputs").at(name)), true);
    const Variable y = extreme_ops().at(recorded.at("op"))(inputs, recorded);
    y.backward(ones_like(y.data()));
    test::expect_near(y.data(), test::tensor_of<float>(recorded.at("y")), 1e-5, 1e-37);
    for (size_t i = 0; i < inputs.size(); ++i) {
      SCOPED_TRACE("gradient " + std::to_string(i));
      test::expect_near(inputs[i].grad(), test::tensor_of<float>(recorded.at("grads").at(i)), 1e-5, 1e-37);
    }
  }
}

Variable gradient_at(float x, const std::function<Variable(const Variable&)>& f) {
  Variable v(tensor({x}), true);
  sum(f(v)).backward();
  return v;
}

TEST(Extremes, GeluAndItsGradientHaveTheirLimits) {
  for (const Gelu form : {Gelu::none, Gelu::tanh}) {
    for (const float far : {1e18F, 1e20F, 3e38F, test::kInf}) {
      const auto f = [form](const Variable& v) { return gelu(v, form); };
      EXPECT_EQ(gelu(tensor({far, -far}), form).to_vector(), (std::vector<float>{far, 0}));
      EXPECT_EQ(gradient_at(far, f).grad().item(), 1);
      EXPECT_EQ(gradient_at(-far, f).grad().item(), 0);
    }
    EXPECT_TRUE(std::isnan(gelu(tensor({test::kNan}), form).item()));
  }
}

// By scaling with powers of two, so that 3, 4, 5 stay exact.
template <typename T>
void expect_norms_and_gradients(T unit) {
  const BasicVariable<T> x(tensor<T>({3, 4, 0}) * unit, true);
  const BasicVariable<T> y = norm(x);
  EXPECT_EQ(y.item(), 5 * unit) << unit;
  y.backward();
  test::expect_near(x.grad(), tensor<T>({T{3} / 5, T{4} / 5, 0}), 1e-6, 0);
}

TEST(Extremes, NormsOutliveTheirSquares) {
  for (const int power : {-120, -70, 0, 64, 124}) expect_norms_and_gradients(std::ldexp(1.0F, power));
  for (const int power : {-1000, -600, 0, 600, 1000}) expect_norms_and_gradients(std::ldexp(1.0, power));
  EXPECT_EQ(norm(tensor({1e20F, 1, 1})).item(), 1e20F);
  EXPECT_FLOAT_EQ(norm(tensor({3e-25F, 4e-25F})).item(), 5e-25F);
  EXPECT_EQ(norm(tensor({{1e20F, 0}, {3, 4}, {0, 0}, {test::kInf, 1}}), 1).to_vector(),
            (std::vector<float>{1e20F, 5, 0, test::kInf}));
  EXPECT_EQ(norm(tensor({3e38F, 3e38F})).item(), test::kInf);  // more than a float holds
  EXPECT_TRUE(std::isnan(norm(tensor({1e20F, test::kNan})).item()));
  EXPECT_EQ(norm(empty(0)).item(), 0);
}

TEST(Extremes, NormAndStandardDeviationOfNothingButZerosHaveNoGradient) {
  Variable x(zeros(3), true);
  norm(x).backward();
  EXPECT_EQ(x.grad().to_vector(), std::vector<float>(3, 0));
  x.zero_grad();
  stddev(x).backward();
  EXPECT_EQ(x.grad().to_vector(), std::vector<float>(3, 0));
}

TEST(Extremes, AVarianceOfEqualNumbersIsZeroAndSoIsItsGradient) {
  for (const float value : {100.1F, 1e10F, 3e38F, -1e-30F}) {
    for (const Shape& shape : {Shape(1000), Shape({3, 1000}), Shape({1000, 3})}) {
      const int64_t axis = shape.size() == 2 && shape[1] == 3 ? 0 : -1;
      const Variable x(full(shape, value), true);
      const auto [variance, mean] = var_mean(x.data(), axis);
      EXPECT_TRUE(equal(variance, zeros_like(variance))) << value << shape;
      EXPECT_TRUE(equal(mean, zeros_like(mean) + value)) << value << shape;
      EXPECT_TRUE(equal(stddev(x.data(), axis), zeros_like(variance)));
      sum(var(x, axis)).backward();
      EXPECT_TRUE(equal(x.grad(), zeros(shape))) << value << shape;
    }
  }
}

TEST(Extremes, NormalisingEqualNumbersGivesTheBias) {
  for (const float value : {100.1F, 1e10F, 3e38F, -7.7e-5F}) {
    const Tensor bias = arange(1, 6);
    const Variable x(full({1000, 5}, value), true);
    const Variable y = batch_norm(x, {}, Variable(bias));
    EXPECT_TRUE(equal(y.data(), bias.expand({1000, 5}).clone())) << value;
    for (const int64_t n : {5, 64, 1000}) {
      const Variable rows(full({3, n}, value), true);
      const Variable z = layer_norm(rows, {}, Variable(ones(n)));
      EXPECT_TRUE(equal(z.data(), ones({3, n}))) << value << " " << n;
      z.backward(ones({3, n}));
      EXPECT_TRUE(all(isfinite(rows.grad())).item());
    }
  }
}

// Numbers a few roundings apart around 1e8: PyTorch's variance, to a rounding.
TEST(Extremes, AVarianceOfNearlyEqualNumbersIsExact) {
  std::vector<float> values;
  for (int i = 0; i < 1000; ++i) values.push_back(1e8F + static_cast<float>(i % 3 * 8));
  double sum_of_squares = 0;
  double total = 0;
  for (const float value : values) total += static_cast<double>(value) - 1e8;
  for (const float value : values) {
    const double distance = static_cast<double>(value) - 1e8 - total / 1000;
    sum_of_squares += distance * distance;
  }
  const double expected = sum_of_squares / 999;
  EXPECT_NEAR(static_cast<double>(var(from_vector<float>(values, 1000)).item()), expected, 1e-6 * expected);
}

}  // namespace
}  // namespace lt
