// Rows gathered from a table by id, and added back to it, beside PyTorch and, for gathering, a loop of memcpy
// (what no gather beats but by luck). The limit is copying as many bytes from one place to another.

#include <fmt/format.h>

#include <cstring>

#include <libtensor/bench/common.h>
#include <libtensor/bench/torch_peer.h>
#include <libtensor/tensor/ops.h>
#include <libtensor/tensor/random.h>

namespace lt::bench {
namespace {

struct Work {
  int64_t table, width, ids;  // rows of the table, numbers in each, rows gathered
};

struct Data {
  Tensor table, values;
  IntTensor ids;

  explicit Data(const Work& w) {
    Generator g(1);
    table = randn({w.table, w.width}, g);
    values = randn({w.ids, w.width}, g);
    ids = randint(0, w.table, w.ids, g);
  }
};

void check_gather(const Data& d, const Tensor& out) {
  const int64_t width = d.table.size(1);
  for (int64_t i = 0; i < d.ids.numel(); ++i) {
    const float* want = d.table.data() + d.ids.data()[i] * width;
    if (std::memcmp(out.data() + i * width, want, static_cast<size_t>(width) * sizeof(float)) != 0) {
      fmt::print(stderr, "gather: row {} is not row {} of the table\n", i, d.ids.data()[i]);
      std::exit(1);
    }
  }
}

void check_scatter(const Data& d, const Tensor& got) {
  DoubleTensor want = zeros<double>(d.table.shape());
  const int64_t width = d.table.size(1);
  for (int64_t i = 0; i < d.ids.numel(); ++i) {
    for (int64_t j = 0; j < width; ++j) {
      want.mutable_data()[d.ids.data()[i] * width + j] += static_cast<double>(d.values.data()[i * width + j]);
    }
  }
  // Thousands of numbers of size 1 are added to one place, each sum rounded to 2^-24 of itself.
  if (!allclose(got.cast<double>(), want, 1e-4, 1e-3)) {
    fmt::print(stderr, "scatter_add: not the sums of a plain loop\n");
    std::exit(1);
  }
}

std::string work_name(const std::string& op, const Work& w) {
  return fmt::format("{} {} of {}x{}", op, w.ids, w.table, w.width);
}

Row timed(const std::string& op, const Work& w, const Data& d, std::vector<Contender> all, int threads,
          const Options& options) {
  Tensor copied = empty(d.values.shape());
  all.push_back(copy_probe(d.values.data(), copied.mutable_data(),
                           d.values.numel() * static_cast<int64_t>(sizeof(float)), threads));
  const auto us = interleave(all, options);
  Row row{"gather", work_name(op, w), threads, us[0], {}, us.back()};
  for (size_t i = 1; i + 1 < all.size(); ++i) row.peers.emplace_back(all[i].name, us[i]);
  return row;
}

Row gather(const Work& w, Data& d, int threads, const Options& options) {
  check_gather(d, d.table[d.ids]);
  const int64_t width = w.width;
  Tensor copied = empty({w.ids, width});
  std::vector<Contender> all{{"ours", [&] { (void)d.table[d.ids]; }},
                             {"memcpy", [&, to = copied.mutable_data()] {
                                for (int64_t i = 0; i < w.ids; ++i) {
                                  std::memcpy(to + i * width, d.table.data() + d.ids.data()[i] * width,
                                              static_cast<size_t>(width) * sizeof(float));
                                }
                              }}};
#ifdef LIBTENSOR_BENCH_TORCH
  all.push_back({"torch", [table = torch_view(d.table), ids = torch_view(d.ids)] {
                   return (void)at::index_select(table, 0, ids);
                 }});
#endif
  return timed("gather", w, d, all, threads, options);
}

Row scatter(const Work& w, Data& d, int threads, const Options& options) {
  Tensor sums = zeros(d.table.shape());
  std::vector<Contender> all{{"ours", [&] { index_put_(sums, {d.ids}, d.values, true); }}};
#ifdef LIBTENSOR_BENCH_TORCH
  at::Tensor theirs = at::zeros({w.table, w.width});
  all.push_back({"torch", [&theirs, values = torch_view(d.values), ids = torch_view(d.ids)] {
                   theirs.index_add_(0, ids, values);
                 }});
#endif
  all[0].run();
  check_scatter(d, sums);
  return timed("scatter_add", w, d, all, threads, options);
}

}  // namespace
}  // namespace lt::bench

int main(int argc, char** argv) {
  using namespace lt::bench;
  const Options options = parse(argc, argv);
  std::vector<Row> table;
  for (const int threads : options.threads) {
    use_threads(threads);
    for (const Work& w : {Work{27, 10, 96}, Work{27, 24, 256}, Work{27, 27, 228146}, Work{50257, 64, 4096}}) {
      Data d(w);
      if (options.wants(work_name("gather", w))) table.push_back(gather(w, d, threads, options));
      if (options.wants(work_name("scatter_add", w))) table.push_back(scatter(w, d, threads, options));
    }
  }
  report(table, options);
}
