// Draws expressions, differentiates them and writes them with their gradients, one a line of JSON, for
// compare.py to differentiate again in PyTorch.
//
//   differential_gradients [--seed S] [--programs N]

#include <cstdlib>
#include <functional>
#include <iostream>

#include <libtensor/tests/differential_grad/program.h>

namespace lt::differential {
namespace {

template <typename T>
struct Op {
  const char* name;
  std::function<BasicVariable<T>(Program<T>&)> run;
};

// Arguments are drawn in the order in which compare.py names them. Where an op has a domain, the operand is
// moved into it, here and there alike: inside(x) = |x| + 1/2.
template <typename T>
BasicVariable<T> inside(const BasicVariable<T>& x) {
  return abs(x) + T{0.5};
}

// clang-format off
template <typename T>
std::vector<Op<T>> elementwise() {
  using P = Program<T>;
  return {
      {"add", [](P& p) { auto x = p.any(); return add(x, p.mate(x)); }},
      {"sub", [](P& p) { auto x = p.any(); return sub(x, p.mate(x)); }},
      {"mul", [](P& p) { auto x = p.any(); return mul(x, p.mate(x)); }},
      {"div", [](P& p) { auto x = p.any(); return div(x, inside(p.mate(x))); }},
      {"pow", [](P& p) { auto x = p.any(); return pow(inside(x), p.mate(x)); }},
      {"atan2", [](P& p) { auto x = p.any(); return atan2(x, inside(p.mate(x))); }},
      {"maximum", [](P& p) { auto x = p.any(); return maximum(x, p.mate(x)); }},
      {"minimum", [](P& p) { auto x = p.any(); return minimum(x, p.mate(x)); }},
      {"remainder", [](P& p) { auto x = p.any(); return remainder(x, inside(p.mate(x))); }},
      {"remainder_scalar", [](P& p) { auto x = p.any(); return remainder(x, std::abs(p.number()) + T{0.5}); }},
      {"where", [](P& p) { auto x = p.any(); auto y = p.mate(x); return where(p.mask(x.shape()), x, y); }},
      {"masked_fill", [](P& p) { auto x = p.any(); auto m = p.mask(x.shape()); return masked_fill(x, m, p.number()); }},
      {"add_scalar", [](P& p) { auto x = p.any(); return x + p.number(); }},
      {"mul_scalar", [](P& p) { auto x = p.any(); return x * p.number(); }},
      {"rsub_scalar", [](P& p) { auto x = p.any(); return p.number() - x; }},
      {"sub_scalar", [](P& p) { auto x = p.any(); return x - p.number(); }},
      {"maximum_scalar", [](P& p) { auto x = p.any(); return maximum(x, p.number()); }},
      {"where_scalar", [](P& p) { auto x = p.any(); auto m = p.mask(x.shape()); return where(m, p.number(), x); }},
      {"sign", [](P& p) { return sign(p.any()); }},
      {"rdiv_scalar", [](P& p) { auto x = p.any(); return p.number() / inside(x); }},
      {"neg", [](P& p) { return neg(p.any()); }},
      {"abs", [](P& p) { return abs(p.any()); }},
      {"square", [](P& p) { return square(p.any()); }},
      {"relu", [](P& p) { return relu(p.any()); }},
      {"clamp", [](P& p) { return clamp(p.any(), -1, 1); }},
      {"pow_scalar", [](P& p) { auto x = inside(p.any()); return pow(x, p.number()); }},
      {"exp", [](P& p) { return exp(p.any()); }},
      {"log", [](P& p) { return log(inside(p.any())); }},
      {"log1p", [](P& p) { return log1p(inside(p.any())); }},
      {"sqrt", [](P& p) { return sqrt(inside(p.any())); }},
      {"rsqrt", [](P& p) { return rsqrt(inside(p.any())); }},
      {"reciprocal", [](P& p) { return reciprocal(inside(p.any())); }},
      {"sin", [](P& p) { return sin(p.any()); }},
      {"cos", [](P& p) { return cos(p.any()); }},
      {"tanh", [](P& p) { return tanh(p.any()); }},
      {"erf", [](P& p) { return erf(p.any()); }},
      {"sigmoid", [](P& p) { return sigmoid(p.any()); }},
      {"gelu", [](P& p) { auto x = p.any(); return gelu(x, p.flag() ? Gelu::tanh : Gelu::none); }},
  };
}

template <typename T>
std::vector<Op<T>> reductions() {
  using P = Program<T>;
  return {
      {"sum", [](P& p) { auto x = p.any(); auto a = p.axes(x); return sum(x, a, p.flag()); }},
      {"mean", [](P& p) { auto x = p.any(); auto a = p.axes(x); return mean(x, a, p.flag()); }},
      {"var", [](P& p) { auto x = p.any(); auto a = p.axes(x); auto u = p.flag(); return var(x, a, u, p.flag()); }},
      {"stddev", [](P& p) { auto x = p.any(); auto a = p.axes(x); auto u = p.flag(); return stddev(x, a, u, p.flag()); }},
      {"norm", [](P& p) { auto x = p.any(); auto a = p.axes(x); return norm(x, a, p.flag()); }},
      {"logsumexp", [](P& p) { auto x = p.any(); auto a = p.axes(x); return logsumexp(x, a, p.flag()); }},
      {"amax", [](P& p) { auto x = p.any(); auto a = p.axes(x); return amax(x, a, p.flag()); }},
      {"amin", [](P& p) { auto x = p.any(); auto a = p.axes(x); return amin(x, a, p.flag()); }},
      {"max", [](P& p) { auto x = p.any(); auto a = p.axis(x); return max(x, a, p.flag()).values; }},
      {"min", [](P& p) { auto x = p.any(); auto a = p.axis(x); return min(x, a, p.flag()).values; }},
      {"max_of_all", [](P& p) { return p.any().max(); }},
      {"min_of_all", [](P& p) { return p.any().min(); }},
      {"var_mean", [](P& p) { auto x = p.any(); auto a = p.axes(x); auto [v, m] = var_mean(x, a, true, p.flag()); return v - m; }},
      {"sum_to", [](P& p) { auto x = p.any(); Shape s = x.shape(); for (int i = 0; i < s.size(); ++i) s[i] = p.chance(40) ? 1 : s[i]; return sum_to(x, p.dims(s)); }},  // NOLINT: no references
      {"cumsum", [](P& p) { auto x = p.any(); return cumsum(x, p.axis(x)); }},
      {"softmax", [](P& p) { auto x = p.any(); return softmax(x, p.axis(x)); }},
      {"log_softmax", [](P& p) { auto x = p.any(); return log_softmax(x, p.axis(x)); }},
  };
}

template <typename T>
std::vector<Op<T>> views() {
  using P = Program<T>;
  return {
      {"reshape", [](P& p) { auto x = p.any(); return x.reshape(p.dims(p.chance(50) ? Dims{-1} : Dims{x.numel(), 1})); }},
      {"view", [](P& p) { auto x = p.any(); return x.view(p.dims(p.chance(50) ? Dims{-1} : Dims{1, x.numel()})); }},
      {"flatten", [](P& p) { auto x = p.any(); auto a = p.axis(x); return x.flatten(a, p.axis(x)); }},
      {"transpose", [](P& p) { auto x = p.any(); auto a = p.axis(x); return x.transpose(a, p.axis(x)); }},
      {"t", [](P& p) { return p.any().t(); }},
      {"at", [](P& p) { auto x = p.any(); auto i = p.integer(-2, 1); return x(Ellipsis, Slice(i, None, p.integer(1, 3)), None); }},
      {"columns", [](P& p) { auto x = p.any(); auto n = x.size(1); return x(Slice(), p.ids({3}, -n, n - 1)); }},
      {"rows", [](P& p) { auto x = p.any(); auto n = x.size(0); return x[p.ids({2, 2}, -n, n - 1)]; }},
      {"masked_rows", [](P& p) { auto x = p.any(); return x[p.mask(x.size(0))]; }},
      {"squeeze_all", [](P& p) { return p.any().squeeze(); }},
      {"permute", [](P& p) { auto x = p.any(); Dims a; for (int64_t n = x.dim(), k = p.between(0, n), i = 0; i < n; ++i) a.push_back((i + k) % n); return x.permute(p.dims(a)); }},
      {"select", [](P& p) { auto x = p.any(); auto a = p.axis(x); auto n = x.size(a); return x.select(a, p.integer(-n, n - 1)); }},
      {"narrow", [](P& p) { auto x = p.any(); auto a = p.axis(x); auto i = p.integer(0, x.size(a) - 1); return x.narrow(a, i, p.integer(1, x.size(a) - i)); }},
      {"slice", [](P& p) { auto x = p.any(); auto a = p.axis(x); auto i = p.integer(-2, 1); auto j = p.integer(1, 5); return x.slice(a, i, j, p.integer(1, 3)); }},
      {"squeeze", [](P& p) { auto x = p.any(); return x.squeeze(p.axis(x)); }},
      {"unsqueeze", [](P& p) { auto x = p.any(); return x.unsqueeze(p.axis(x.dim() + 1)); }},
      {"expand", [](P& p) { auto x = p.any(); Shape s = x.shape(); for (int i = 0; i < s.size(); ++i) s[i] = s[i] == 1 ? p.between(1, 3) : s[i]; s.insert(0, 2); return x.expand(p.dims(s)); }},  // NOLINT: no references
      {"diagonal", [](P& p) { return p.any().diagonal(); }},
      {"clone", [](P& p) { return p.any().clone(); }},
      {"unbind", [](P& p) { auto x = p.any(); auto a = p.axis(x); return x.unbind(a).at(static_cast<size_t>(p.integer(0, x.size(a) - 1))); }},
      {"split", [](P& p) { auto x = p.any(); auto n = p.integer(1, 3); return x.split(n, p.axis(x)).back(); }},
      {"flip", [](P& p) { auto x = p.any(); return flip(x, p.axes(x)); }},
      {"tril", [](P& p) { auto x = p.any(); return tril(x, p.integer(-1, 1)); }},
      {"triu", [](P& p) { auto x = p.any(); return triu(x, p.integer(-1, 1)); }},
      {"cat", [](P& p) { auto x = p.any(); auto y = p.leaf_like(x.shape()); return cat<T>({x, y, x}, p.axis(x)); }},
      {"stack", [](P& p) { auto x = p.any(); auto y = p.leaf_like(x.shape()); return stack<T>({x, y}, p.axis(x.dim() + 1)); }},
  };
}

template <typename T>
std::vector<Op<T>> products() {
  using P = Program<T>;
  return {
      {"matmul", [](P& p) { auto x = p.any(); return matmul(x, p.leaf_like(p.chance(40) ? Shape{x.size(-1)} : Shape{x.size(-1), p.between(1, 3)})); }},
      {"matmul_left", [](P& p) { auto x = p.any(); auto k = x.size(x.dim() > 1 ? -2 : -1); return matmul(p.leaf_like(p.chance(40) ? Shape{k} : Shape{p.between(1, 3), k}), x); }},
      {"addmm", [](P& p) { auto n = p.between(1, 4); auto k = p.between(1, 3); auto b = p.leaf_like(n); auto x = p.leaf_like({p.between(1, 3), k}); return addmm(b, x, p.leaf_like({k, n})); }},
      {"linear", [](P& p) { auto x = p.any(); auto n = p.between(1, 4); auto w = p.leaf_like({n, x.size(-1)}); return linear(x, w, p.leaf_like(n)); }},
      {"rnn_cell", [](P& p) { auto n = p.between(1, 3), i = p.between(1, 3), h = p.between(1, 3); auto x = p.leaf_like({n, i}); auto s = p.leaf_like({n, h}); auto w = p.leaf_like({h, i + h}); return rnn_cell(x, s, w, p.leaf_like(h)); }},
      {"gru_cell", [](P& p) { auto n = p.between(1, 3), i = p.between(1, 3), h = p.between(1, 3); auto x = p.leaf_like({n, i}); auto s = p.leaf_like({n, h}); auto gate = [&] { auto w = p.leaf_like({h, i + h}); return Gate<T>{w, p.leaf_like(h)}; }; auto z = gate(); auto r = gate(); return gru_cell(x, s, z, r, gate()); }},
      {"linear_plain", [](P& p) { auto x = p.any(); return linear(x, p.leaf_like({p.between(1, 4), x.size(-1)})); }},
      {"embedding", [](P& p) { auto x = p.any(); auto n = x.size(0); return embedding(x, p.ids({2, 2}, 0, n - 1)); }},
      {"index", [](P& p) { auto x = p.any(); auto n = x.size(0); return index(x, {p.ids({3}, -n, n - 1)}); }},
      {"index_add", [](P& p) { auto x = p.any(); auto n = x.size(0); auto i = p.ids({1}, -n, n - 1); Shape s = x.shape(); s[0] = 1; return index_add(x, {i}, p.leaf_like(s)); }},
      {"gather", [](P& p) { auto x = p.any(); auto a = p.axis(x); return gather(x, a, p.ids(x.shape(), 0, x.size(a) - 1)); }},
      {"scatter_add", [](P& p) { auto x = p.any(); auto a = p.axis(x); auto i = p.ids(x.shape(), 0, x.size(a) - 1); return scatter_add(x, a, i, p.leaf_like(x.shape())); }},
      {"masked_select", [](P& p) { auto x = p.any(); auto y = p.mate(x); return masked_select(y, p.mask(x.shape())); }},
      {"sort", [](P& p) { auto x = p.any(); auto a = p.axis(x); return sort(x, a, p.flag()).values; }},
      {"topk", [](P& p) { auto x = p.any(); auto a = p.axis(x); return topk(x, p.integer(1, x.size(a)), a).values; }},
      {"cross_entropy", [](P& p) { auto x = p.any(); return cross_entropy(x, p.ids(x.dim() == 1 ? Shape() : Shape{x.size(0)}, 0, x.size(-1) - 1), {.ignore_index = 2}); }},
      {"cross_entropy_options", [](P& p) { auto x = p.any(); auto ids = p.ids(x.dim() == 1 ? Shape() : Shape{x.size(0)}, 0, x.size(-1) - 1); auto w = p.leaf_like(x.size(-1)); auto r = static_cast<Reduction>(p.integer(0, 2)); auto s = p.integer(0, 2); return cross_entropy(x, ids, {inside(w).data(), 2, r, static_cast<double>(s) / 4}); }},
      {"mse_loss", [](P& p) { auto x = p.any(); return mse_loss(x, p.leaf_like(x.shape())); }},
      {"mse_loss_options", [](P& p) { auto x = p.any(); auto y = p.leaf_like(x.shape()); return mse_loss(x, y, {static_cast<Reduction>(p.integer(0, 2))}); }},
      {"margin_loss", [](P& p) { auto x = p.any(); return margin_loss(x, p.ids(x.shape(), 0, 1).template cast<T>() * T{2} - T{1}); }},
      {"batch_norm", [](P& p) { auto x = p.any(); auto w = p.leaf_like(x.size(-1)); return batch_norm(x, w, p.leaf_like(x.size(-1)), {.eps = 0.1}); }},
      {"layer_norm", [](P& p) { auto x = p.any(); auto w = p.leaf_like(x.size(-1)); return layer_norm(x, w, p.leaf_like(x.size(-1)), {.eps = 0.1}); }},
  };
}
// clang-format on

template <typename T>
Json run_program(uint64_t seed) {
  static const std::vector<std::vector<Op<T>>> kMenu = {elementwise<T>(), reductions<T>(), views<T>(),
                                                        products<T>()};
  Program<T> p(seed);
  for (int64_t steps = p.between(3, 8); steps > 0; --steps) {
    const auto& family = kMenu[static_cast<size_t>(p.between(0, 3))];
    const Op<T>& op = family[static_cast<size_t>(p.between(0, static_cast<int64_t>(family.size()) - 1))];
    p.step(op.name, op.run);
  }
  return p.text();
}

}  // namespace
}  // namespace lt::differential

int main(int argc, char** argv) {
  int64_t seed = 1;
  int64_t programs = 4000;
  for (int i = 1; i + 1 < argc; i += 2) {
    (std::string(argv[i]) == "--seed" ? seed : programs) = std::stoll(argv[i + 1]);
  }
  for (int64_t i = 0; i < programs; ++i) {
    const auto number = static_cast<uint64_t>(seed * 1'000'000'007 + i);
    std::cout << (i % 2 == 0 ? lt::differential::run_program<double>(number)
                             : lt::differential::run_program<float>(number))
              << '\n';
  }
  return std::cout.flush() ? EXIT_SUCCESS : EXIT_FAILURE;
}
