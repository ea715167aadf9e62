#include <gtest/gtest.h>

#include <fstream>
#include <functional>
#include <map>
#include <nlohmann/json.hpp>
#include <sstream>

#include <libtensor/autograd/ops.h>

// What PyTorch 1.13 prints is recorded by tests/golden/variables.py. Left out is the product of a matrix and
// a batch, (2, 3) @ (5, 3, 4), of which PyTorch makes another one of the transposed operands, and names its
// last copy: CloneBackward0 for our UnsafeViewBackward0.

namespace lt {
namespace {

using nlohmann::json;

template <typename T>
using PrintedOp = std::function<BasicVariable<T>(const BasicVariable<T>&, const BasicVariable<T>&)>;

const json& recorded_prints() {
  static const json kRecorded =
      json::parse(std::ifstream(LIBTENSOR_SOURCE_DIR "/tests/golden/variables.json"));
  return kRecorded;
}

IntTensor chosen_rows() { return tensor<int64_t>({0, 2}); }
IntTensor gather_places() { return tensor<int64_t>({{0, 2, 1, 1}}); }
Generator& print_generator() {
  static Generator g(1);
  return g;
}

// clang-format off
std::map<std::string, PrintedOp<float>> elementwise_ops() {
  using V = const Variable&;
  return {
      {"x + y", [](V x, V y) { return x + y; }}, {"x + 2", [](V x, V) { return x + 2; }},
      {"x - y", [](V x, V y) { return x - y; }}, {"x - 2", [](V x, V) { return x - 2; }},
      {"1 - x", [](V x, V) { return 1 - x; }}, {"x * y", [](V x, V y) { return x * y; }},
      {"x * 2", [](V x, V) { return x * 2; }}, {"x / y", [](V x, V y) { return x / y; }},
      {"x / 2", [](V x, V) { return x / 2; }}, {"-x", [](V x, V) { return -x; }},
      {"pow 2", [](V x, V) { return pow(x, 2); }}, {"pow y", [](V x, V y) { return pow(x, y); }},
      {"2 pow", [](V x, V) { return pow(2, x); }}, {"atan2", [](V x, V y) { return atan2(x, y); }},
      {"maximum", [](V x, V y) { return maximum(x, y); }}, {"minimum", [](V x, V y) { return minimum(x, y); }},
      {"where", [](V x, V y) { return where(x > 0.5, x, y); }},
      {"masked_fill", [](V x, V) { return masked_fill(x, x > 0.5, 0); }},
      {"abs", [](V x, V) { return abs(x); }}, {"square", [](V x, V) { return square(x); }},
      {"relu", [](V x, V) { return relu(x); }}, {"clamp", [](V x, V) { return clamp(x, 0, 1); }},
      {"exp", [](V x, V) { return exp(x); }}, {"log", [](V x, V) { return log(x); }},
      {"log1p", [](V x, V) { return log1p(x); }}, {"sqrt", [](V x, V) { return sqrt(x); }},
      {"rsqrt", [](V x, V) { return rsqrt(x); }}, {"reciprocal", [](V x, V) { return reciprocal(x); }},
      {"sin", [](V x, V) { return sin(x); }}, {"cos", [](V x, V) { return cos(x); }},
      {"tanh", [](V x, V) { return tanh(x); }}, {"erf", [](V x, V) { return erf(x); }},
      {"sigmoid", [](V x, V) { return sigmoid(x); }}, {"gelu", [](V x, V) { return gelu(x); }},
      {"sign", [](V x, V) { return sign(x); }}, {"floor", [](V x, V) { return floor(x); }},
      {"ceil", [](V x, V) { return ceil(x); }}, {"round", [](V x, V) { return round(x); }},
      {"dropout", [](V x, V) { return dropout(x, 0.5, print_generator()); }},
      {"2 / x", [](V x, V) { return 2 / x; }}, {"remainder", [](V x, V y) { return remainder(x, y); }},
      {"remainder 2", [](V x, V) { return remainder(x, 2); }},
  };
}

std::map<std::string, PrintedOp<float>> reductions_and_products() {
  using V = const Variable&;
  return {
      {"sum", [](V x, V) { return sum(x); }}, {"sum 1", [](V x, V) { return sum(x, 1); }},
      {"mean", [](V x, V) { return mean(x); }}, {"mean 1", [](V x, V) { return mean(x, 1); }},
      {"var", [](V x, V) { return var(x, 1); }}, {"stddev", [](V x, V) { return stddev(x, 1); }},
      {"norm", [](V x, V) { return norm(x, 1); }}, {"logsumexp", [](V x, V) { return logsumexp(x, 1); }},
      {"amax", [](V x, V) { return amax(x, 1); }}, {"amin", [](V x, V) { return amin(x, 1); }},
      {"max", [](V x, V) { return max(x, 1).values; }}, {"min", [](V x, V) { return min(x, 1).values; }},
      {"cumsum", [](V x, V) { return cumsum(x, 1); }}, {"dot", [](V x, V y) { return matmul(x[0], y[0]); }},
      {"mv", [](V x, V y) { return matmul(x, y[0]); }}, {"mm", [](V x, V y) { return matmul(x, y.t()); }},
      {"bmm", [](V x, V y) { return matmul(x(None), y.t()); }},
      {"addmm", [](V x, V y) { return addmm(y(0, Slice(None, 3)), x, y.t()); }},
      {"softmax", [](V x, V) { return softmax(x, 1); }}, {"log_softmax", [](V x, V) { return log_softmax(x, 1); }},
      {"linear", [](V x, V y) { return linear(x, y, y(0, Slice(None, 3))); }},
      {"linear 1", [](V x, V y) { return linear(x[0], y, y(0, Slice(None, 3))); }},
      {"linear 3", [](V x, V y) { return linear(x(None), y, y(0, Slice(None, 3))); }},
      {"embedding", [](V x, V) { return embedding(x, chosen_rows()); }},
      {"cross_entropy", [](V x, V) { return cross_entropy(x, arange<int64_t>(3)); }},
      {"mse_loss", [](V x, V y) { return mse_loss(x, y); }},
      {"batch_norm", [](V x, V y) { return batch_norm(x, y[0], y[1]); }},
      {"layer_norm", [](V x, V y) { return layer_norm(x, y[0], y[1]); }},
      {"max of all", [](V x, V) { return x.max(); }}, {"min of all", [](V x, V) { return min(x); }},
      {"var_mean", [](V x, V) { return var_mean(x, 1).first; }},
      {"mean of var_mean", [](V x, V) { return var_mean(x, 1).second; }},
      {"sum_to", [](V x, V) { return sum_to(x, {1, 4}); }},
      {"vecmat", [](V x, V y) { return matmul(x[0], y.t()); }},
      {"vec bmm", [](V x, V y) { return matmul(x[0], y.t()(None)); }},
      {"linear 1 without bias", [](V x, V y) { return linear(x[0], y); }},
      {"linear without bias", [](V x, V y) { return linear(x, y); }},
      {"linear 3 without bias", [](V x, V y) { return linear(x(None), y); }},
  };
}

std::map<std::string, PrintedOp<float>> views_and_gathering() {
  using V = const Variable&;
  return {
      {"view", [](V x, V) { return x.view({2, 6}); }}, {"reshape", [](V x, V) { return x.reshape({2, 6}); }},
      {"reshape, a copy", [](V x, V) { return x.t().reshape({2, 6}); }},
      {"reshape of a transposed, a view", [](V x, V) { return x.t().reshape({4, 3, 1}); }},
      {"flatten, a copy", [](V x, V) { return x.t().flatten(); }},
      {"flatten", [](V x, V) { return x.flatten(); }}, {"transpose", [](V x, V) { return x.transpose(0, 1); }},
      {"t", [](V x, V) { return x.t(); }}, {"permute", [](V x, V) { return x.permute({1, 0}); }},
      {"x[0]", [](V x, V) { return x[0]; }}, {"x[0, 1]", [](V x, V) { return x(0, 1); }},
      {"narrow", [](V x, V) { return x.narrow(0, 0, 1); }}, {"x[1:]", [](V x, V) { return x(Slice(1)); }},
      {"x[1:, 0]", [](V x, V) { return x(Slice(1), 0); }}, {"x[:, 1:]", [](V x, V) { return x(Slice(), Slice(1)); }},
      {"x[0, :]", [](V x, V) { return x(0, Slice()); }}, {"x[...]", [](V x, V) { return x(Ellipsis); }},
      {"x[:, None]", [](V x, V) { return x(Slice(), None); }}, {"squeeze", [](V x, V) { return x.squeeze(); }},
      {"squeeze 1", [](V x, V) { return x.squeeze(1); }}, {"unsqueeze", [](V x, V) { return x.unsqueeze(0); }},
      {"expand", [](V x, V) { return x.expand({2, 3, 4}); }}, {"unbind", [](V x, V) { return x.unbind()[0]; }},
      {"split", [](V x, V) { return x.split(2)[0]; }}, {"diagonal", [](V x, V) { return x.diagonal(); }},
      {"clone", [](V x, V) { return x.clone(); }}, {"contiguous", [](V x, V) { return x.t().contiguous(); }},
      {"cat", [](V x, V y) { return cat({x, y}); }}, {"stack", [](V x, V y) { return stack({x, y}); }},
      {"flip", [](V x, V) { return flip(x, 0); }}, {"tril", [](V x, V) { return tril(x); }},
      {"triu", [](V x, V) { return triu(x); }}, {"x[ids]", [](V x, V) { return x[chosen_rows()]; }},
      {"x[:, ids]", [](V x, V) { return x(Slice(), chosen_rows()); }}, {"x[mask]", [](V x, V) { return x[x > 0.5]; }},
      {"index_add", [](V x, V y) { return index_add(x, {chosen_rows()}, y(Slice(1))); }},
      {"gather", [](V x, V) { return gather(x, 0, gather_places()); }},
      {"scatter_add", [](V x, V y) { return scatter_add(x, 0, gather_places(), y); }},
      {"masked_select", [](V x, V) { return masked_select(x, x > 0.5); }},
      {"sort", [](V x, V) { return sort(x, 1).values; }}, {"topk", [](V x, V) { return topk(x, 2).values; }},
  };
}
// clang-format on

TEST(PrintVariable, NamesOpsAsPyTorchDoes) {
  std::map<std::string, PrintedOp<float>> ops = elementwise_ops();
  ops.merge(reductions_and_products());
  ops.merge(views_and_gathering());
  const Variable x(rand({3, 4}, print_generator()), true);
  const Variable y(rand({3, 4}, print_generator()), true);
  EXPECT_EQ(ops.size(), recorded_prints()["names"].size());
  for (const auto& [name, name_there] : recorded_prints()["names"].items()) {
    ASSERT_TRUE(ops.contains(name)) << name;
    const std::string text = to_string(ops.at(name)(x, y));
    const std::string expected = "grad_fn=<" + name_there.get<std::string>() + ">)";
    EXPECT_TRUE(text.ends_with(expected)) << name << ": " << text << "\nPyTorch: " << expected;
  }
}

template <typename T>
std::string printed_variable(const json& each) {
  static const std::map<std::string, std::function<BasicVariable<T>(const BasicVariable<T>&)>> kOps = {
      {"leaf", [](const auto& x) { return x; }},
      {"-x", [](const auto& x) { return -x; }},
      {"x * 2", [](const auto& x) { return x * 2; }},
      {"relu", [](const auto& x) { return relu(x); }},
      {"flatten", [](const auto& x) { return x.view(-1); }},
      {"x[ids]", [](const auto& x) { return x[zeros<int64_t>(2)]; }},
  };
  const auto sizes = each["shape"].get<std::vector<int64_t>>();
  const auto numbers =
      from_vector<T>(each["values"].get<std::vector<T>>(), Shape(std::span<const int64_t>(sizes)));
  std::ostringstream out;
  out << kOps.at(each["op"])(BasicVariable<T>(numbers, true));
  return out.str();
}

TEST(PrintVariable, WritesWhatPyTorchWrote) {
  ASSERT_EQ(recorded_prints()["prints"].size(), 60U);
  for (const json& each : recorded_prints()["prints"]) {
    EXPECT_EQ(each["dtype"] == "float32" ? printed_variable<float>(each) : printed_variable<double>(each),
              each["text"].get<std::string>())
        << each["op"];
  }
}

TEST(PrintVariable, OfAConstantIsThatOfItsNumbers) {
  const Variable x(tensor({1, 2}));
  EXPECT_EQ(to_string(x), "tensor([1., 2.])");
  EXPECT_EQ(to_string(Variable()), "tensor(undefined)");
  EXPECT_EQ(to_string(Variable(tensor(0.5), true), {.precision = 1}), "tensor(0.5, requires_grad=True)");
  EXPECT_EQ(to_string(x * 2), "tensor([2., 4.])");
  EXPECT_EQ(to_string(Variable(ones(1), true).detach()), "tensor([1.])");
  EXPECT_EQ(to_string(margin_loss(Variable(ones(2), true), ones(2))), "tensor(0., grad_fn=<MeanBackward0>)");
}

}  // namespace
}  // namespace lt
