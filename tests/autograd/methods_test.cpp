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

IntTensor method_ids() { return tensor<int64_t>({{2, 0}, {1, 1}}); }

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
      {"norm", [](const auto& x) { return x.norm(1); }, [](const auto& x) { return norm(x, 1); }},
      {"logsumexp", [](const auto& x) { return x.logsumexp(1, true); }, [](const auto& x) { return logsumexp(x, 1, true); }},
      {"amax", [](const auto& x) { return x.amax(0); }, [](const auto& x) { return amax(x, 0); }},
      {"amin", [](const auto& x) { return x.amin({0, 1}, true); }, [](const auto& x) { return amin(x, {0, 1}, true); }},
      {"cumsum", [](const auto& x) { return x.cumsum(1); }, [](const auto& x) { return cumsum(x, 1); }},
      {"neg", [](const auto& x) { return x.neg(); }, [](const auto& x) { return neg(x); }},
      {"log1p", [](const auto& x) { return x.log1p(); }, [](const auto& x) { return log1p(x); }},
      {"rsqrt", [](const auto& x) { return x.rsqrt(); }, [](const auto& x) { return rsqrt(x); }},
      {"reciprocal", [](const auto& x) { return x.reciprocal(); }, [](const auto& x) { return reciprocal(x); }},
      {"sign", [](const auto& x) { return x.sign(); }, [](const auto& x) { return sign(x); }},
      {"sin", [](const auto& x) { return x.sin(); }, [](const auto& x) { return sin(x); }},
      {"cos", [](const auto& x) { return x.cos(); }, [](const auto& x) { return cos(x); }},
      {"erf", [](const auto& x) { return x.erf(); }, [](const auto& x) { return erf(x); }},
      {"floor", [](const auto& x) { return x.floor(); }, [](const auto& x) { return floor(x); }},
      {"ceil", [](const auto& x) { return x.ceil(); }, [](const auto& x) { return ceil(x); }},
      {"round", [](const auto& x) { return x.round(); }, [](const auto& x) { return round(x); }},
      {"clamp", [](const auto& x) { return x.clamp(0.6, 1); }, [](const auto& x) { return clamp(x, 0.6, 1); }},
      {"add", [](const auto& x) { return x.add(x).add(1); }, [](const auto& x) { return (x + x) + 1; }},
      {"sub", [](const auto& x) { return x.sub(2).sub(x); }, [](const auto& x) { return (x - 2) - x; }},
      {"mul", [](const auto& x) { return x.mul(x).mul(2); }, [](const auto& x) { return (x * x) * 2; }},
      {"div", [](const auto& x) { return x.div(2).div(x); }, [](const auto& x) { return (x / 2) / x; }},
      {"maximum", [](const auto& x) { return x.maximum(1).maximum(x); }, [](const auto& x) { return maximum(maximum(x, 1), x); }},
      {"minimum", [](const auto& x) { return x.minimum(x).minimum(1); }, [](const auto& x) { return minimum(minimum(x, x), 1); }},
      {"log_softmax", [](const auto& x) { return x.log_softmax(0); }, [](const auto& x) { return log_softmax(x, 0); }},
      {"flip", [](const auto& x) { return x.flip({0, 1}); }, [](const auto& x) { return flip(x, {0, 1}); }},
      {"tril", [](const auto& x) { return x.tril(1); }, [](const auto& x) { return tril(x, 1); }},
      {"triu", [](const auto& x) { return x.triu(); }, [](const auto& x) { return triu(x); }},
      {"gather", [](const auto& x) { return x.gather(1, method_ids()); }, [](const auto& x) { return gather(x, 1, method_ids()); }},
      {"scatter_add", [](const auto& x) { return x.scatter_add(1, method_ids(), x); }, [](const auto& x) { return scatter_add(x, 1, method_ids(), x); }},
      {"masked_fill", [](const auto& x) { return x.masked_fill(x > 1, 0); }, [](const auto& x) { return masked_fill(x, x > 1, 0); }},
      {"masked_select", [](const auto& x) { return x.masked_select(x > 1); }, [](const auto& x) { return masked_select(x, x > 1); }},
      {"sort", [](const auto& x) { return x.sort(0, true).values; }, [](const auto& x) { return sort(x, 0, true).values; }},
      {"topk", [](const auto& x) { return x.topk(2).values; }, [](const auto& x) { return topk(x, 2).values; }},
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
  EXPECT_TRUE(equal(v.argsort(0, true), argsort(x, 0, true)));
  EXPECT_TRUE(v.isfinite().all().item() && !v.isnan().any().item() && !v.isinf().any().item());
}

TEST(Methods, OfATensorTakeVariables) {
  const DoubleTensor x = test::positive({2, 3});
  test::expect_gradients([&](const auto& v) { return x.matmul(v[0].t()); }, {x.clone()});
  test::expect_gradients([&](const auto& v) { return x.pow(v[0]); }, {x.clone()});
  test::expect_gradients([&](const auto& v) { return x.mul(v[0]).scatter_add(1, method_ids(), v[0]); },
                         {x.clone()});
}

}  // namespace
}  // namespace lt
