// Elementwise ops with broadcasting, and reductions, over a million numbers, beside Eigen's expressions and
// PyTorch. The limit is moving as many bytes as the work must read and write, at the rate of a copy that is
// measured in the same turns.

#include <fmt/format.h>

#include <Eigen/Core>
#include <cmath>
#include <map>

#include <libtensor/bench/common.h>
#include <libtensor/bench/torch_peer.h>
#include <libtensor/tensor/ops.h>

namespace lt::bench {
namespace {

constexpr int64_t kSide = 1024;

using Array = Eigen::Array<float, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
using Operand = Eigen::Map<const Array>;

Tensor filled(const Shape& shape, uint32_t seed) {
  const Floats values = numbers(numel(shape), seed);
  return from_vector(std::vector<float>(values.begin(), values.end()), shape);
}

struct Data {
  Tensor a = filled({kSide, kSide}, 1), b = filled({kSide, kSide}, 2);
  Tensor row = filled({kSide}, 3), column = filled({kSide, 1}, 4);
};

struct EigenData {
  Operand a, b, row, column;
  explicit EigenData(const Data& d)
      : a(d.a.data(), kSide, kSide),
        b(d.b.data(), kSide, kSide),
        row(d.row.data(), 1, kSide),
        column(d.column.data(), kSide, 1) {}
};

struct Work {
  const char* name;
  double matrices;  // operands and results of a megabyte's size that are read or written
  std::function<Tensor(const Data&)> ours;
  std::function<void(const EigenData&, Array&)> eigen;
};

std::vector<Work> works() {
  return {
      {"a + b", 3, [](const Data& d) { return d.a + d.b; },
       [](const EigenData& d, Array& out) { out = d.a + d.b; }},
      {"a * 3", 2, [](const Data& d) { return d.a * 3.0F; },
       [](const EigenData& d, Array& out) { out = d.a * 3.0F; }},
      {"a + row", 2, [](const Data& d) { return d.a + d.row; },
       [](const EigenData& d, Array& out) { out = d.a.rowwise() + d.row.row(0); }},
      {"a + column", 2, [](const Data& d) { return d.a + d.column; },
       [](const EigenData& d, Array& out) { out = d.a.colwise() + d.column.col(0); }},
      {"a.t()", 2, [](const Data& d) { return d.a.t().contiguous(); },
       [](const EigenData& d, Array& out) { out = d.a.transpose(); }},
      {"a + b.t()", 3, [](const Data& d) { return d.a + d.b.t(); },
       [](const EigenData& d, Array& out) { out = d.a + d.b.transpose(); }},
      {"where(a < b)", 3, [](const Data& d) { return where(d.a < d.b, d.a, d.b); },
       [](const EigenData& d, Array& out) { out = (d.a < d.b).select(d.a, d.b); }},
      {"relu(a)", 2, [](const Data& d) { return relu(d.a); },
       [](const EigenData& d, Array& out) { out = d.a.max(0.0F); }},
      {"exp(a)", 2, [](const Data& d) { return exp(d.a); },
       [](const EigenData& d, Array& out) { out = d.a.exp(); }},
      {"tanh(a)", 2, [](const Data& d) { return tanh(d.a); },
       [](const EigenData& d, Array& out) { out = d.a.tanh(); }},
      {"sum(a)", 1, [](const Data& d) { return sum(d.a); },
       [](const EigenData& d, Array& out) { out.resize(1, 1), out(0, 0) = d.a.sum(); }},
      {"sum(a, 0)", 1, [](const Data& d) { return sum(d.a, 0); },
       [](const EigenData& d, Array& out) { out = d.a.colwise().sum(); }},
      {"sum(a, 1)", 1, [](const Data& d) { return sum(d.a, 1); },
       [](const EigenData& d, Array& out) { out = d.a.rowwise().sum(); }},
      {"amax(a, 1)", 1, [](const Data& d) { return amax(d.a, 1); },
       [](const EigenData& d, Array& out) { out = d.a.rowwise().maxCoeff(); }},
      // The mean must be known before the deviations: the matrix is read twice.
      {"var(a, 0)", 2, [](const Data& d) { return var(d.a, 0); },
       [](const EigenData& d, Array& out) {
         const Array mean = d.a.colwise().mean();
         out = (d.a.rowwise() - mean.row(0)).square().colwise().sum() / (kSide - 1);
       }},
  };
}

#ifdef LIBTENSOR_BENCH_TORCH
std::function<at::Tensor()> torch_work(const std::string& name, const Data& d) {
  const at::Tensor a = torch_view(d.a), b = torch_view(d.b), row = torch_view(d.row),
                   column = torch_view(d.column);
  const std::map<std::string, std::function<at::Tensor()>> all = {
      {"a + b", [=] { return a + b; }},
      {"a * 3", [=] { return a * 3; }},
      {"a + row", [=] { return a + row; }},
      {"a + column", [=] { return a + column; }},
      {"a.t()", [=] { return a.t().contiguous(); }},
      {"a + b.t()", [=] { return a + b.t(); }},
      {"where(a < b)", [=] { return at::where(a < b, a, b); }},
      {"relu(a)", [=] { return at::relu(a); }},
      {"exp(a)", [=] { return at::exp(a); }},
      {"tanh(a)", [=] { return at::tanh(a); }},
      {"sum(a)", [=] { return at::sum(a); }},
      {"sum(a, 0)", [=] { return at::sum(a, 0); }},
      {"sum(a, 1)", [=] { return at::sum(a, 1); }},
      {"amax(a, 1)", [=] { return at::amax(a, 1); }},
      {"var(a, 0)", [=] { return at::var(a, 0); }},
  };
  return all.at(name);
}
#endif

void check(const std::string& name, const Tensor& ours, const Array& eigen) {
  // Eigen sums a million numbers of size 1 one after the other in eight lanes or more: some 1e-7 of each.
  const double tolerance = 1e-2;
  for (int64_t i = 0; i < ours.numel(); ++i) {
    const double want = static_cast<double>(eigen.data()[i]);
    if (!(std::fabs(static_cast<double>(ours.data()[i]) - want) < tolerance)) {
      fmt::print(stderr, "{}: ours gives {} at {}, Eigen {}\n", name, ours.data()[i], i, want);
      std::exit(1);
    }
  }
}

Row measure(const Work& work, const Data& d, int threads, const Options& options) {
  use_threads(threads);
  const EigenData operands(d);
  Tensor ours;
  Array eigen;
  std::vector<Contender> all{{"ours",
                              [&] {
                                ours = Tensor();  // its memory is free again, as in a training step
                                ours = work.ours(d);
                              }},
                             {"eigen", [&] { work.eigen(operands, eigen); }}};
#ifdef LIBTENSOR_BENCH_TORCH
  at::Tensor torch;
  all.push_back({"torch", [&torch, run = torch_work(work.name, d)] {
                   torch = at::Tensor();
                   torch = run();
                 }});
#endif
  for (const auto& contender : all) contender.run();
  check(work.name, ours, eigen);
  Tensor copied = empty<float>({kSide, kSide});
  all.push_back(copy_probe(d.a.data(), copied.mutable_data(),
                           kSide * kSide * static_cast<int64_t>(sizeof(float)), threads));
  const auto us = interleave(all, options);
  Row row{"elementwise", work.name, threads, us[0], {}, us.back() * work.matrices / 2};
  for (size_t i = 1; i + 1 < all.size(); ++i) row.peers.emplace_back(all[i].name, us[i]);
  return row;
}

}  // namespace
}  // namespace lt::bench

int main(int argc, char** argv) {
  using namespace lt::bench;
  const Options options = parse(argc, argv);
  const Data data;
  std::vector<Row> table;
  for (const int threads : options.threads) {
    for (const Work& work : works()) {
      if (std::string(work.name).find(options.filter) == std::string::npos) continue;
      table.push_back(measure(work, data, threads, options));
    }
  }
  report(table, options);
}
