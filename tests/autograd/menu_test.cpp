#include <gtest/gtest.h>

#include <fstream>
#include <functional>
#include <map>
#include <regex>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include <libtensor/tests/autograd/layouts.h>

// A variable speaks as a tensor: what the headers declare for tensors is named here, once, and is either
// asked of both in the same words, or has its reason.

namespace lt {
namespace {

DoubleTensor menu_numbers(const DoubleTensor& x) { return x; }
DoubleTensor menu_numbers(const DoubleVariable& x) { return x.data(); }
DoubleTensor menu_numbers(const IntTensor& x) { return x.cast<double>(); }
DoubleTensor menu_numbers(const BoolTensor& x) { return x.cast<double>(); }
DoubleTensor menu_numbers(double x) { return scalar<double>(x); }
DoubleTensor menu_numbers(const Dims& x) { return from_vector<double>({x.begin(), x.end()}, x.size()); }
DoubleTensor menu_numbers(const std::vector<double>& x) { return from_vector<double>(x, std::ssize(x)); }
template <typename X>
DoubleTensor menu_numbers(const std::vector<X>& parts) {
  std::vector<DoubleTensor> all;
  for (const X& part : parts) all.push_back(menu_numbers(part).flatten());
  return cat(all);
}
template <typename X>
DoubleTensor menu_numbers(const std::pair<X, X>& both) {
  return stack({menu_numbers(both.first), menu_numbers(both.second)});
}
template <typename X>
requires requires(const X& x) { x.indices; }
DoubleTensor menu_numbers(const X& found) {
  return stack({menu_numbers(found.values), menu_numbers(found.indices)});
}
DoubleTensor menu_numbers(const Histogram<double>& x) { return cat({x.counts, x.edges}); }

// An expression in x (2, 3), of positive numbers, that compiles for tensors and variables.
struct MenuCase {
  template <typename F>
  MenuCase(const char* of_name, F f)  // NOLINT: implicit
      : name(of_name),
        of_tensor([f](const DoubleTensor& x) { return menu_numbers(f(x)); }),
        of_variable([f](const DoubleVariable& x) { return menu_numbers(f(x)); }) {}

  const char* name;
  std::function<DoubleTensor(const DoubleTensor&)> of_tensor;
  std::function<DoubleTensor(const DoubleVariable&)> of_variable;
};

IntTensor menu_ids() { return tensor<int64_t>({{1, 0, 1}}); }
BoolTensor menu_mask() { return tensor<bool>({{true, false, true}, {false, false, true}}); }

// clang-format off
std::vector<MenuCase> menu_of_ops() {
  using test::positive;
  return {
      {"zeros_like", [](const auto& x) { return zeros_like(x); }}, {"ones_like", [](const auto& x) { return ones_like(x); }},
      {"add", [](const auto& x) { return add(x, x); }}, {"sub", [](const auto& x) { return sub(x, x); }},
      {"mul", [](const auto& x) { return mul(x, x); }}, {"div", [](const auto& x) { return div(x, x); }},
      {"pow", [](const auto& x) { return pow(x, 2) + pow(2, x) + pow(x, x); }},
      {"atan2", [](const auto& x) { return atan2(x, x) + atan2(x, 2) + atan2(2, x); }},
      {"maximum", [](const auto& x) { return maximum(x, x) + maximum(x, 1) + maximum(1, x); }},
      {"minimum", [](const auto& x) { return minimum(x, x) + minimum(x, 1) + minimum(1, x); }},
      {"floor_divide", [](const auto& x) { return floor_divide(x, x) + floor_divide(x, 0.4); }},
      {"remainder", [](const auto& x) { return remainder(x, x) + remainder(x, 0.4); }},
      {"where", [](const auto& x) { return where(menu_mask(), x, x) + where(x > 1, x, 0) + where(x == x, 0, x); }},
      {"masked_fill", [](const auto& x) { return masked_fill(x, menu_mask(), 7); }},
      {"neg", [](const auto& x) { return neg(x); }}, {"abs", [](const auto& x) { return abs(x); }},
      {"sign", [](const auto& x) { return sign(x); }}, {"square", [](const auto& x) { return square(x); }},
      {"relu", [](const auto& x) { return relu(x); }}, {"clamp", [](const auto& x) { return clamp(x, 0.6, 1); }},
      {"exp", [](const auto& x) { return exp(x); }}, {"log", [](const auto& x) { return log(x); }},
      {"log1p", [](const auto& x) { return log1p(x); }}, {"sqrt", [](const auto& x) { return sqrt(x); }},
      {"rsqrt", [](const auto& x) { return rsqrt(x); }}, {"reciprocal", [](const auto& x) { return reciprocal(x); }},
      {"sin", [](const auto& x) { return sin(x); }}, {"cos", [](const auto& x) { return cos(x); }},
      {"tanh", [](const auto& x) { return tanh(x); }}, {"erf", [](const auto& x) { return erf(x); }},
      {"sigmoid", [](const auto& x) { return sigmoid(x); }}, {"floor", [](const auto& x) { return floor(x); }},
      {"ceil", [](const auto& x) { return ceil(x); }}, {"round", [](const auto& x) { return round(x); }},
      {"isnan", [](const auto& x) { return isnan(x); }}, {"isinf", [](const auto& x) { return isinf(x); }},
      {"isfinite", [](const auto& x) { return isfinite(x); }}, {"sum", [](const auto& x) { return sum(x, 1, true); }},
      {"mean", [](const auto& x) { return mean(x, 0); }}, {"var", [](const auto& x) { return var(x, 1, false, true); }},
      {"var_mean", [](const auto& x) { return var_mean(x, 1); }}, {"stddev", [](const auto& x) { return stddev(x, 1); }},
      {"norm", [](const auto& x) { return norm(x, 1); }}, {"logsumexp", [](const auto& x) { return logsumexp(x, {0, 1}); }},
      {"amax", [](const auto& x) { return amax(x, {0, 1}); }}, {"amin", [](const auto& x) { return amin(x, 1); }},
      {"max", [](const auto& x) { return max(x); }}, {"min", [](const auto& x) { return min(x); }},
      {"max", [](const auto& x) { return max(x, 1); }}, {"min", [](const auto& x) { return min(x, 0, true); }},
      {"argmax", [](const auto& x) { return argmax(x, 1); }}, {"argmin", [](const auto& x) { return argmin(x); }},
      {"cumsum", [](const auto& x) { return cumsum(x, 1); }}, {"sum_to", [](const auto& x) { return sum_to(x, {1, 3}); }},
      {"equal", [](const auto& x) { return equal(x, x); }}, {"allclose", [](const auto& x) { return allclose(x, x); }},
      {"matmul", [](const auto& x) { return matmul(x, x.t()); }},
      {"addmm", [](const auto& x) { return addmm(x[0], x, positive({3, 3})); }},
      {"softmax", [](const auto& x) { return softmax(x, 1); }}, {"log_softmax", [](const auto& x) { return log_softmax(x, 1); }},
      {"cat", [](const auto& x) { return cat({x, x}, 1); }}, {"stack", [](const auto& x) { return stack({x, x}); }},
      {"flip", [](const auto& x) { return flip(x, 1); }}, {"tril", [](const auto& x) { return tril(x); }},
      {"triu", [](const auto& x) { return triu(x, 1); }}, {"index", [](const auto& x) { return index(x, {menu_ids(), menu_ids()}); }},
      {"gather", [](const auto& x) { return gather(x, 0, menu_ids()); }},
      {"scatter_add", [](const auto& x) { return scatter_add(x, 0, menu_ids(), x(Slice(0, 1))); }},
      {"masked_select", [](const auto& x) { return masked_select(x, menu_mask()); }},
      {"sort", [](const auto& x) { return sort(x, 1, true); }}, {"argsort", [](const auto& x) { return argsort(x); }},
      {"topk", [](const auto& x) { return topk(x, 2); }}, {"histogram", [](const auto& x) { return histogram(x, 3); }},
      {"gelu", [](const auto& x) { return gelu(x); }}, {"embedding", [](const auto& x) { return embedding(x, menu_ids()); }},
      {"cross_entropy", [](const auto& x) { return cross_entropy(x, tensor<int64_t>({2, 0})); }},
      {"batch_norm", [](const auto& x) { return batch_norm(x, x[0], x[1]); }},
      {"layer_norm", [](const auto& x) { return layer_norm(x, x[0], x[1]); }},
      {"dropout", [](const auto& x) { Generator generator(1); return dropout(x, 0.5, generator); }},
      {"scaled_dot_product_attention", [](const auto& x) { return scaled_dot_product_attention(x, x, x); }},
      {"multi_head_attention", [](const auto& x) { return multi_head_attention(x.unsqueeze(0), {}); }},
  };
}

std::vector<MenuCase> menu_of_methods() {
  return {
      {"defined", [](const auto& x) { return x.defined(); }}, {"shape", [](const auto& x) { return x.shape(); }},
      {"strides", [](const auto& x) { return x.strides(); }}, {"stride", [](const auto& x) { return static_cast<double>(x.stride(-2)); }},
      {"dim", [](const auto& x) { return static_cast<double>(x.dim()); }}, {"size", [](const auto& x) { return static_cast<double>(x.size(1)); }},
      {"numel", [](const auto& x) { return static_cast<double>(x.numel()); }}, {"is_contiguous", [](const auto& x) { return x.t().is_contiguous(); }},
      {"item", [](const auto& x) { return x(1, Slice(0, 1)).item(); }}, {"at", [](const auto& x) { return x.at({1, -1}); }},
      {"to_vector", [](const auto& x) { return x.to_vector(); }},
      {"begin", [](const auto& x) { return *x.begin(); }}, {"end", [](const auto& x) { return x.begin() != x.end(); }},
      {"view", [](const auto& x) { return x.view({3, -1}); }}, {"reshape", [](const auto& x) { return x.t().reshape(-1); }},
      {"flatten", [](const auto& x) { return x.flatten(); }}, {"transpose", [](const auto& x) { return x.transpose(0, 1); }},
      {"t", [](const auto& x) { return x.t(); }}, {"permute", [](const auto& x) { return x.permute({1, 0}); }},
      {"select", [](const auto& x) { return x.select(1, -1); }}, {"narrow", [](const auto& x) { return x.narrow(1, 0, 2); }},
      {"slice", [](const auto& x) { return x.slice(1, 0, 3, 2); }}, {"squeeze", [](const auto& x) { return x(None).squeeze() + x(None).squeeze(0); }},
      {"unsqueeze", [](const auto& x) { return x.unsqueeze(1); }}, {"expand", [](const auto& x) { return x.expand({2, 2, 3}); }},
      {"diagonal", [](const auto& x) { return x.diagonal(); }}, {"unbind", [](const auto& x) { return x.unbind(1); }},
      {"split", [](const auto& x) { return x.split(2, 1); }}, {"contiguous", [](const auto& x) { return x.t().contiguous(); }},
      {"clone", [](const auto& x) { return x.clone(); }},
      {"sum", [](const auto& x) { return x.sum(1); }}, {"mean", [](const auto& x) { return x.mean(); }},
      {"var", [](const auto& x) { return x.var(0); }}, {"stddev", [](const auto& x) { return x.stddev(0); }},
      {"max", [](const auto& x) { return x.max(); }}, {"min", [](const auto& x) { return x.min(); }},
      {"max", [](const auto& x) { return x.max(1); }}, {"min", [](const auto& x) { return x.min(1); }},
      {"argmax", [](const auto& x) { return x.argmax(1); }}, {"argmin", [](const auto& x) { return x.argmin(); }},
      {"exp", [](const auto& x) { return x.exp(); }}, {"log", [](const auto& x) { return x.log(); }},
      {"sqrt", [](const auto& x) { return x.sqrt(); }}, {"abs", [](const auto& x) { return x.abs(); }},
      {"square", [](const auto& x) { return x.square(); }}, {"tanh", [](const auto& x) { return x.tanh(); }},
      {"sigmoid", [](const auto& x) { return x.sigmoid(); }}, {"relu", [](const auto& x) { return x.relu(); }},
      {"pow", [](const auto& x) { return x.pow(2); }}, {"matmul", [](const auto& x) { return x.matmul(x.t()); }},
      {"softmax", [](const auto& x) { return x.softmax(1); }},
      {"norm", [](const auto& x) { return x.norm(1); }}, {"logsumexp", [](const auto& x) { return x.logsumexp(1, true); }},
      {"amax", [](const auto& x) { return x.amax(0); }}, {"amin", [](const auto& x) { return x.amin({0, 1}, true); }},
      {"cumsum", [](const auto& x) { return x.cumsum(1); }}, {"neg", [](const auto& x) { return x.neg(); }},
      {"log1p", [](const auto& x) { return x.log1p(); }}, {"rsqrt", [](const auto& x) { return x.rsqrt(); }},
      {"reciprocal", [](const auto& x) { return x.reciprocal(); }}, {"sign", [](const auto& x) { return x.sign(); }},
      {"sin", [](const auto& x) { return x.sin(); }}, {"cos", [](const auto& x) { return x.cos(); }},
      {"erf", [](const auto& x) { return x.erf(); }}, {"floor", [](const auto& x) { return x.floor(); }},
      {"ceil", [](const auto& x) { return x.ceil(); }}, {"round", [](const auto& x) { return x.round(); }},
      {"clamp", [](const auto& x) { return x.clamp(0.6, 1); }}, {"add", [](const auto& x) { return x.add(x).add(1); }},
      {"sub", [](const auto& x) { return x.sub(2).sub(x); }}, {"mul", [](const auto& x) { return x.mul(x).mul(2); }},
      {"div", [](const auto& x) { return x.div(2).div(x); }}, {"maximum", [](const auto& x) { return x.maximum(1).maximum(x); }},
      {"minimum", [](const auto& x) { return x.minimum(x).minimum(1); }}, {"log_softmax", [](const auto& x) { return x.log_softmax(0); }},
      {"flip", [](const auto& x) { return x.flip({0, 1}); }}, {"tril", [](const auto& x) { return x.tril(1); }},
      {"triu", [](const auto& x) { return x.triu(); }}, {"gather", [](const auto& x) { return x.gather(0, menu_ids()); }},
      {"scatter_add", [](const auto& x) { return x.scatter_add(0, menu_ids(), x(Slice(0, 1))); }}, {"masked_fill", [](const auto& x) { return x.masked_fill(x > 1, 0); }},
      {"masked_select", [](const auto& x) { return x.masked_select(x > 1); }}, {"sort", [](const auto& x) { return x.sort(0, true).values; }},
      {"topk", [](const auto& x) { return x.topk(2).values; }}, {"argsort", [](const auto& x) { return x.argsort(); }},
      {"isnan", [](const auto& x) { return x.isnan(); }}, {"isinf", [](const auto& x) { return x.isinf(); }},
      {"isfinite", [](const auto& x) { return x.isfinite(); }}, {"equal", [](const auto& x) { return x.equal(x) ? 1.0 : 0.0; }},
      {"allclose", [](const auto& x) { return x.allclose(x, 1e-3) ? 1.0 : 0.0; }},
  };
}

std::vector<MenuCase> menu_of_operators() {
  return {
      {"arithmetic", [](const auto& x) { return (x + x) * x - x / x; }},
      {"with numbers", [](const auto& x) { return 1 - (2 + x) * 3 / (4 * x) + 5 / x - 1 + x * 2 + (x - 3); }}, {"-x", [](const auto& x) { return -x; }},
      {"compared", [](const auto& x) { return ((x == x) & (x != 1) & (x < 2) & (0 <= x)) | (x > x) | (x >= 2) | (1 > x) | (1 == x); }},
      {"x[0]", [](const auto& x) { return x[0]; }}, {"x[ids]", [](const auto& x) { return x[menu_ids()] + x[menu_ids()]; }},
      {"x[mask]", [](const auto& x) { return x[menu_mask()] + x[menu_mask()]; }},
      {"x(...)", [](const auto& x) { return x(Ellipsis, Slice(None, None, -1), None); }}, {"x(i, j)", [](const auto& x) { return x(1, 2); }},
      {"x(:, ids)", [](const auto& x) { return x(Slice(), menu_ids()) + x(Slice(), menu_ids()); }},
  };
}

// What is asked of tensors alone.
const std::set<std::string>& tensors_alone() {
  static const std::set<std::string> kReasons = {
      // makes a tensor of none: Variable(zeros({2, 3}), true)
      "empty", "full", "zeros", "ones", "from_span", "from_vector", "from_blob", "from_memory", "tensor", "scalar", "arange", "linspace", "eye",
      // of whole numbers or truth values, which have no gradient
      "logical_and", "logical_or", "logical_xor", "logical_not", "count_nonzero", "all", "any", "nonzero", "one_hot", "bincount",
      // written with operators, as PyTorch's eq, ne, lt, le
      "equals", "not_equals", "less", "less_equal",
      // what the gradient rules call
      "matmul_tn", "matmul_nt", "gelu_backward", "tanh_backward", "sigmoid_backward", "softmax_backward", "log_softmax_backward", "embedding_backward",
      "batch_norm_backward", "layer_norm_backward", "dropout_bits", "dropout_backward",
      "scaled_dot_product_attention_backward", "multi_head_attention_backward",
      // writes numbers, which v.data() has, or reads them where they lie; a gradient is of one element type
      "index_put_", "fill_", "zero_", "copy_", "add_", "data", "mutable_data", "span", "mutable_span", "storage", "storage_offset", "view_at", "cast",
  };
  return kReasons;
}
// clang-format on

// The names of functions that a header declares behind `indent`: two spaces for a class's, up to what is
// private.
std::set<std::string> declared_in(const std::string& header, const std::string& indent) {
  std::set<std::string> names;
  std::ifstream in(LIBTENSOR_SOURCE_DIR "/tensor/" + header);
  EXPECT_TRUE(in.is_open()) << header;
  const std::regex declaration(indent + "[A-Za-z][^=(/]*[ &*>:]([a-z][a-z0-9_]*)\\(.*");
  const std::regex no_declaration(R"( *(template|requires|using)\b.*|.*\boperator\b.*)");
  std::smatch found;
  for (std::string line; std::getline(in, line) && (indent.empty() || line != " private:");) {
    if (!std::regex_match(line, no_declaration) && std::regex_match(line, found, declaration))
      names.insert(found[1]);
  }
  return names;
}

void expect_spoken(const std::set<std::string>& declared, const std::vector<MenuCase>& cases) {
  std::set<std::string> spoken;
  for (const MenuCase& each : cases) spoken.insert(each.name);
  for (const std::string& name : declared) {
    EXPECT_TRUE(spoken.contains(name) != tensors_alone().contains(name))
        << name << " is asked of tensors; is it of variables?";
  }
  for (const std::string& name : spoken) EXPECT_TRUE(declared.contains(name)) << name;
}

TEST(Menu, OfTensorsIsThatOfVariables) {
  const DoubleTensor x = test::positive({2, 3});
  for (const auto& cases : {menu_of_ops(), menu_of_methods(), menu_of_operators()}) {
    for (const MenuCase& each : cases) {
      SCOPED_TRACE(each.name);
      EXPECT_TRUE(equal(each.of_variable(DoubleVariable(x, true)), each.of_tensor(x)));
    }
  }
}

TEST(Menu, LeavesOutNothingThatAHeaderDeclares) {
  std::set<std::string> ops = declared_in("ops.h", "");
  ops.merge(declared_in("creation.h", ""));
  EXPECT_GT(ops.size(), 90U);
  ops.merge(declared_in("functional.h", ""));
  ops.merge(declared_in("attention.h", ""));
  expect_spoken(ops, menu_of_ops());
  std::set<std::string> methods = declared_in("tensor.h", "  ");
  methods.merge(declared_in("methods.h", "  "));
  EXPECT_GT(methods.size(), 50U);
  expect_spoken(methods, menu_of_methods());
}

}  // namespace
}  // namespace lt
