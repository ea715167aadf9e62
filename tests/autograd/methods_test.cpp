#include <libtensor/tensor/methods.h>

#include <gtest/gtest.h>

#include <functional>

#include <libtensor/tests/autograd/layouts.h>

namespace lt {
namespace {

// A method of a tensor and of a variable, and its op.
struct MethodCase {
  template <typename F, typename G>
  MethodCase(const char* of_name, F f, G g) : name(of_name), of_tensor(f), method(f), op(g) {}

  const char* name;
  std::function<DoubleTensor(const DoubleTensor&)> of_tensor;
  std::function<DoubleVariable(const DoubleVariable&)> method, op;
};

// clang-format off
const std::vector<MethodCase>& methods() {
  static const std::vector<MethodCase> kMethods = {
      {"sum", [](const auto& x) { return x.sum(); }, [](const auto& x) { return sum(x); }},
      {"sum, keepdim", [](const auto& x) { return x.sum(1, true); }, [](const auto& x) { return sum(x, 1, true); }},
      {"mean", [](const auto& x) { return x.mean(0); }, [](const auto& x) { return mean(x, 0); }},
      {"var", [](const auto& x) { return x.var(0, false); }, [](const auto& x) { return var(x, 0, false); }},
      {"stddev", [](const auto& x) { return x.stddev(); }, [](const auto& x) { return stddev(x); }},
      {"max", [](const auto& x) { return x.max(); }, [](const auto& x) { return max(x); }},
      {"min", [](const auto& x) { return x.min(); }, [](const auto& x) { return min(x); }},
      {"max, axis", [](const auto& x) { return x.max(1).values; }, [](const auto& x) { return max(x, 1).values; }},
      {"min, axis", [](const auto& x) { return x.min(0, true).values; }, [](const auto& x) { return min(x, 0, true).values; }},
      {"exp", [](const auto& x) { return x.exp(); }, [](const auto& x) { return exp(x); }},
      {"log", [](const auto& x) { return x.log(); }, [](const auto& x) { return log(x); }},
      {"sqrt", [](const auto& x) { return x.sqrt(); }, [](const auto& x) { return sqrt(x); }},
      {"abs", [](const auto& x) { return x.abs(); }, [](const auto& x) { return abs(x); }},
      {"square", [](const auto& x) { return x.square(); }, [](const auto& x) { return square(x); }},
      {"tanh", [](const auto& x) { return x.tanh(); }, [](const auto& x) { return tanh(x); }},
      {"sigmoid", [](const auto& x) { return x.sigmoid(); }, [](const auto& x) { return sigmoid(x); }},
      {"relu", [](const auto& x) { return x.relu(); }, [](const auto& x) { return relu(x); }},
      {"pow", [](const auto& x) { return x.pow(3).pow(x); }, [](const auto& x) { return pow(pow(x, 3), x); }},
      {"matmul", [](const auto& x) { return x.matmul(x.t()); }, [](const auto& x) { return matmul(x, x.t()); }},
      {"softmax", [](const auto& x) { return x.softmax(1); }, [](const auto& x) { return softmax(x, 1); }},
  };
  return kMethods;
}
// clang-format on

TEST(Methods, OfAVariableAreItsOps) {
  const DoubleTensor x = test::positive({2, 3});
  for (const MethodCase& each : methods()) {
    SCOPED_TRACE(each.name);
    const DoubleVariable by_method = each.method(DoubleVariable(x, true));
    const DoubleVariable by_op = each.op(DoubleVariable(x, true));
    EXPECT_TRUE(equal(by_method.data(), each.of_tensor(x)));
    EXPECT_TRUE(equal(by_method.data(), by_op.data()));
    EXPECT_STREQ(by_method.op(), by_op.op());
  }
  const DoubleVariable v(x, true);
  EXPECT_TRUE(equal(v.argmax(1), argmax(x, 1)));
  EXPECT_TRUE(equal(v.argmin(), argmin(x)));
}

TEST(Methods, OfATensorTakeVariables) {
  const DoubleTensor x = test::positive({2, 3});
  test::expect_gradients([&](const auto& v) { return x.matmul(v[0].t()); }, {x.clone()});
  test::expect_gradients([&](const auto& v) { return x.pow(v[0]); }, {x.clone()});
}

}  // namespace
}  // namespace lt
