// Softmax, log-softmax and cross-entropy (forward and backward in one pass) over rows, beside Eigen
// expressions and oneDNN, and exp, log and tanh beside Eigen's. The limit is copying as many bytes, measured
// in the same turns.

#include <fmt/format.h>

#include <Eigen/Core>
#include <cmath>

#include <libtensor/bench/common.h>
#include <libtensor/bench/torch_peer.h>
#include <libtensor/tensor/kernels/cross_entropy.h>
#include <libtensor/tensor/kernels/simd_math.h>
#include <libtensor/tensor/kernels/softmax.h>

#ifdef LIBTENSOR_BENCH_ONEDNN
#include <oneapi/dnnl/dnnl.hpp>
#endif

namespace lt::bench {
namespace {

using Matrix = Eigen::Map<Eigen::Array<float, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>>;

struct Data {
  int64_t rows, n;
  Floats x, y, losses;
  std::vector<int64_t> targets;

  Data(int64_t rows_, int64_t n_)
      : rows(rows_), n(n_), x(numbers(rows * n, 1)), y(x.size()), losses(static_cast<size_t>(rows)) {
    for (int64_t r = 0; r < rows; ++r) targets.push_back(r * 7 % n);
  }
};

void eigen_softmax(Data& d) {
  for (int64_t r = 0; r < d.rows; ++r) {
    Eigen::Map<Eigen::ArrayXf> x(d.x.data() + r * d.n, d.n);
    Eigen::Map<Eigen::ArrayXf> y(d.y.data() + r * d.n, d.n);
    y = (x - x.maxCoeff()).exp();
    y *= 1 / y.sum();
  }
}

void eigen_log_softmax(Data& d) {
  for (int64_t r = 0; r < d.rows; ++r) {
    Eigen::Map<Eigen::ArrayXf> x(d.x.data() + r * d.n, d.n);
    Eigen::Map<Eigen::ArrayXf> y(d.y.data() + r * d.n, d.n);
    y = x - x.maxCoeff();
    y -= std::log(y.exp().sum());
  }
}

void eigen_cross_entropy(Data& d) {
  const float scale = 1 / static_cast<float>(d.rows);
  eigen_softmax(d);
  for (int64_t r = 0; r < d.rows; ++r) {
    float& p = d.y[static_cast<size_t>(r * d.n + d.targets[static_cast<size_t>(r)])];
    d.losses[static_cast<size_t>(r)] = -std::log(p);
    p -= 1;
  }
  Matrix(d.y.data(), d.rows, d.n) *= scale;
}

#ifdef LIBTENSOR_BENCH_ONEDNN
template <typename Forward>
Contender onednn(Data& d) {
  using dnnl::memory;
  static const dnnl::engine engine(dnnl::engine::kind::cpu, 0);
  static dnnl::stream stream(engine);
  const memory::desc shape({d.rows, d.n}, memory::data_type::f32, memory::format_tag::ab);
  const Forward forward(typename Forward::primitive_desc(
      typename Forward::desc(dnnl::prop_kind::forward_inference, shape, 1), engine));
  const std::unordered_map<int, memory> arguments{{DNNL_ARG_SRC, memory(shape, engine, d.x.data())},
                                                  {DNNL_ARG_DST, memory(shape, engine, d.y.data())}};
  return {"onednn", [forward, arguments] {
            forward.execute(stream, arguments);
            stream.wait();
          }};
}
#endif

// All contenders fill y from x: their results are compared with the first one's, which the tests check.
Row measure(const std::string& work, int threads, Data& d, std::vector<Contender> all,
            const Options& options) {
  use_threads(threads);
  Floats first;
  for (const auto& contender : all) {
    std::fill(d.y.begin(), d.y.end(), std::nanf(""));
    contender.run();
    if (first.empty()) first = d.y;
    for (size_t i = 0; i < d.y.size(); ++i) {
      // Both are within a few float roundings of the exact value, which is below 16.
      if (!(std::fabs(d.y[i] - first[i]) < 2e-5F)) {
        fmt::print(stderr, "{}: {} gives {} at {}, ours is {}\n", work, contender.name, d.y[i], i, first[i]);
        std::exit(1);
      }
    }
  }
  all.push_back(
      copy_probe(d.x.data(), d.y.data(), static_cast<int64_t>(d.x.size() * sizeof(float)), threads));
  const auto us = interleave(all, options);
  Row row{"softmax", work, threads, us[0], {}, us.back()};
  for (size_t i = 1; i + 1 < all.size(); ++i) row.peers.emplace_back(all[i].name, us[i]);
  return row;
}

void measure_rows(int64_t rows, int64_t n, int threads, const Options& options, std::vector<Row>& table) {
  use_threads(threads);  // oneDNN's primitives keep the number that they find
  Data d(rows, n);
  const std::string size = fmt::format(" {}x{}", rows, n);
  const auto add = [&](const std::string& work, std::vector<Contender> all) {
    if ((work + size).find(options.filter) == std::string::npos) return;
    table.push_back(measure(work + size, threads, d, std::move(all), options));
  };
  std::vector<Contender> softmax{{"ours", [&d] { kernels::softmax(d.x.data(), d.y.data(), d.rows, d.n); }},
                                 {"eigen", [&d] { eigen_softmax(d); }}};
  std::vector<Contender> log_softmax{
      {"ours", [&d] { kernels::log_softmax(d.x.data(), d.y.data(), d.rows, d.n); }},
      {"eigen", [&d] { eigen_log_softmax(d); }}};
#ifdef LIBTENSOR_BENCH_ONEDNN
  softmax.push_back(onednn<dnnl::softmax_forward>(d));
  log_softmax.push_back(onednn<dnnl::logsoftmax_forward>(d));
#endif
#ifdef LIBTENSOR_BENCH_TORCH
  // y as PyTorch's result: written into, not asked for anew.
  const auto blob = [&d](Floats& values) { return at::from_blob(values.data(), {d.rows, d.n}, at::kFloat); };
  at::Tensor x = blob(d.x);
  at::Tensor y = blob(d.y);
  softmax.push_back({"torch", [=]() mutable { at::_softmax_out(y, x, 1, false); }});
  log_softmax.push_back({"torch", [=]() mutable { at::_log_softmax_out(y, x, 1, false); }});
#endif
  add("softmax", std::move(softmax));
  add("log_softmax", std::move(log_softmax));
  std::vector<Contender> cross_entropy{{"ours",
                                        [&d] {
                                          kernels::cross_entropy(d.x.data(), d.targets.data(), int64_t{-1},
                                                                 d.losses.data(), d.y.data(), d.rows, d.n);
                                        }},
                                       {"eigen", [&d] { eigen_cross_entropy(d); }}};
#ifdef LIBTENSOR_BENCH_TORCH
  const at::Tensor targets = at::from_blob(d.targets.data(), {d.rows}, at::kLong);
  cross_entropy.push_back({"torch", [=]() mutable {
                             // What autograd runs for cross_entropy, forward and backward.
                             const at::Tensor log_p = at::log_softmax(x, 1);
                             const auto [loss, weight] =
                                 at::nll_loss_forward(log_p, targets, {}, at::Reduction::Mean, -100);
                             const at::Tensor d_log_p = at::nll_loss_backward(
                                 at::ones({}), log_p, targets, {}, at::Reduction::Mean, -100, weight);
                             at::_log_softmax_backward_data_out(y, d_log_p, log_p, 1, at::kFloat);
                           }});
#endif
  add("cross_entropy", std::move(cross_entropy));
}

template <typename Ours, typename Theirs>
void measure_function(const std::string& name, Ours ours, Theirs theirs, const Options& options,
                      std::vector<Row>& table) {
  if (name.find(options.filter) == std::string::npos) return;
  Data d(1, 6400);
  for (float& x : d.x) x = 2 * x + 2.1F;  // positive, for log
  table.push_back(measure(name + " 6400", 1, d,
                          {{"ours", [&] { kernels::map(d.x.data(), d.y.data(), d.n, ours); }},
                           {"eigen",
                            [&] {
                              Eigen::Map<Eigen::ArrayXf> y(d.y.data(), d.n);
                              y = theirs(Eigen::Map<Eigen::ArrayXf>(d.x.data(), d.n));
                            }}},
                          options));
}

int run(int argc, char** argv) {
  const Options options = parse(argc, argv);
  std::vector<Row> table;
  using V = kernels::Vec<float>;
  using A = Eigen::Map<Eigen::ArrayXf>;
  measure_function(
      "exp", [](V x) { return kernels::exp(x); }, [](const A& x) { return x.exp().eval(); }, options, table);
  measure_function(
      "log", [](V x) { return kernels::log(x); }, [](const A& x) { return x.log().eval(); }, options, table);
  measure_function(
      "tanh", [](V x) { return kernels::tanh(x); }, [](const A& x) { return x.tanh().eval(); }, options,
      table);
  for (const int threads : options.threads) {
    measure_rows(32, 27, threads, options, table);
    measure_rows(4096, 27, threads, options, table);
    measure_rows(1024, 1024, threads, options, table);
    measure_rows(64, 50257, threads, options, table);
  }
  report(table, options);
  return 0;
}

}  // namespace
}  // namespace lt::bench

int main(int argc, char** argv) { return lt::bench::run(argc, argv); }
