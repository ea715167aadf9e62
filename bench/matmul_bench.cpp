// The matrix product beside Eigen, and beside OpenBLAS and oneDNN where they were found, on the shapes of the
// lectures and on large squares. The limit is the rate of fused multiply-adds measured in the same turns.

#include <fmt/format.h>
#include <unistd.h>

#include <Eigen/Core>
#include <cmath>
#include <cstdlib>

#include <libtensor/bench/common.h>
#include <libtensor/tensor/kernels/matmul.h>

#ifdef LIBTENSOR_BENCH_OPENBLAS
#include <cblas.h>
#endif
#ifdef LIBTENSOR_BENCH_ONEDNN
#include <oneapi/dnnl/dnnl.hpp>
#endif

namespace lt::bench {
namespace {

// c (m, n) = a (m, k) @ b (k, n); a transposed operand is stored as its transpose.
struct Work {
  int64_t m, n, k;
  bool a_transposed = false;
  bool b_transposed = false;

  std::string name() const {
    return fmt::format("{}{},{}{},{}", m, a_transposed ? "t" : "", n, b_transposed ? "t" : "", k);
  }
};

struct Data {
  Floats a, b, c;
};

Contender ours(const Work& w, Data& d) {
  return {"ours", [w, &d] {
            const auto matrix = [](const Floats& x, int64_t rows, int64_t columns, bool transposed) {
              const kernels::MatrixRef<float> plain{x.data(), rows, columns, columns, 1};
              const kernels::MatrixRef<float> stored{x.data(), columns, rows, rows, 1};
              return transposed ? stored.transposed() : plain;
            };
            kernels::matmul(matrix(d.a, w.m, w.k, w.a_transposed), matrix(d.b, w.k, w.n, w.b_transposed),
                            d.c.data(), w.n);
          }};
}

Contender eigen(const Work& w, Data& d) {
  using Matrix = Eigen::Matrix<float, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
  using Map = Eigen::Map<Matrix>;
  return {"eigen", [w, &d] {
            Map a(d.a.data(), w.a_transposed ? w.k : w.m, w.a_transposed ? w.m : w.k);
            Map b(d.b.data(), w.b_transposed ? w.n : w.k, w.b_transposed ? w.k : w.n);
            Map c(d.c.data(), w.m, w.n);
            if (w.a_transposed && w.b_transposed) {
              c.noalias() = a.transpose() * b.transpose();
            } else if (w.a_transposed) {
              c.noalias() = a.transpose() * b;
            } else if (w.b_transposed) {
              c.noalias() = a * b.transpose();
            } else {
              c.noalias() = a * b;
            }
          }};
}

#ifdef LIBTENSOR_BENCH_OPENBLAS
Contender openblas(const Work& w, Data& d) {
  return {"openblas", [w, &d] {
            cblas_sgemm(CblasRowMajor, w.a_transposed ? CblasTrans : CblasNoTrans,
                        w.b_transposed ? CblasTrans : CblasNoTrans, static_cast<int>(w.m),
                        static_cast<int>(w.n), static_cast<int>(w.k), 1.0F, d.a.data(),
                        static_cast<int>(w.a_transposed ? w.m : w.k), d.b.data(),
                        static_cast<int>(w.b_transposed ? w.k : w.n), 0.0F, d.c.data(),
                        static_cast<int>(w.n));
          }};
}
#endif

#ifdef LIBTENSOR_BENCH_ONEDNN
Contender onednn(const Work& w, Data& d) {
  using dnnl::memory;
  static const dnnl::engine engine(dnnl::engine::kind::cpu, 0);
  static dnnl::stream stream(engine);
  const auto describe = [](int64_t rows, int64_t columns, bool transposed) {
    return memory::desc({rows, columns}, memory::data_type::f32,
                        transposed ? memory::format_tag::ba : memory::format_tag::ab);
  };
  const auto a = describe(w.m, w.k, w.a_transposed);
  const auto b = describe(w.k, w.n, w.b_transposed);
  const auto c = describe(w.m, w.n, false);
  const dnnl::matmul product(dnnl::matmul::primitive_desc(dnnl::matmul::desc(a, b, c), engine));
  const std::unordered_map<int, memory> arguments{{DNNL_ARG_SRC, memory(a, engine, d.a.data())},
                                                  {DNNL_ARG_WEIGHTS, memory(b, engine, d.b.data())},
                                                  {DNNL_ARG_DST, memory(c, engine, d.c.data())}};
  return {"onednn", [product, arguments] {
            product.execute(stream, arguments);
            stream.wait();
          }};
}
#endif

std::vector<Contender> contenders(const Work& w, Data& d) {
  std::vector<Contender> all{ours(w, d), eigen(w, d)};
#ifdef LIBTENSOR_BENCH_ONEDNN
  all.push_back(onednn(w, d));
#endif
#ifdef LIBTENSOR_BENCH_OPENBLAS
  all.push_back(openblas(w, d));
#endif
  return all;
}

// Sums over k of |a| <= 1 and |b| <= 1 in double, at some places of c.
void check(const Work& w, const Data& d, const std::string& who) {
  const int64_t step = std::max<int64_t>(1, w.m * w.n / 1000);
  for (int64_t at = 0; at < w.m * w.n; at += step) {
    const int64_t i = at / w.n;
    const int64_t j = at % w.n;
    double sum = 0;
    for (int64_t p = 0; p < w.k; ++p) {
      const int64_t a = w.a_transposed ? p * w.m + i : i * w.k + p;
      const int64_t b = w.b_transposed ? j * w.k + p : p * w.n + j;
      sum +=
          static_cast<double>(d.a[static_cast<size_t>(a)]) * static_cast<double>(d.b[static_cast<size_t>(b)]);
    }
    // Each of k roundings is at most half a place of a partial sum of about sqrt(k): a
    // generous multiple of that.
    const double tolerance = 1e-6 * static_cast<double>(w.k) + 1e-6;
    if (!(std::fabs(d.c[static_cast<size_t>(at)] - sum) < tolerance)) {
      fmt::print(stderr, "matmul {}: {} gives {} at ({}, {}), the plain sum is {}\n", w.name(), who,
                 d.c[static_cast<size_t>(at)], i, j, sum);
      std::exit(1);
    }
  }
}

Row measure(const Work& w, int threads, const Options& options) {
  use_threads(threads);
  Data d{numbers(w.m * w.k, 1), numbers(w.k * w.n, 2), Floats(static_cast<size_t>(w.m * w.n))};
  auto all = contenders(w, d);
  for (const auto& contender : all) {
    std::fill(d.c.begin(), d.c.end(), std::nanf(""));
    contender.run();
    check(w, d, contender.name);
  }
  all.push_back(fma_probe(threads));
  const auto us = interleave(all, options);
  Row row{"matmul", w.name(), threads, us[0], {}, 0};
  for (size_t i = 1; i + 1 < all.size(); ++i) row.peers.emplace_back(all[i].name, us[i]);
  const double flops = 2.0 * static_cast<double>(w.m) * static_cast<double>(w.n) * static_cast<double>(w.k);
  row.limit_us = flops / fma_probe_flops(threads) * us.back();
  return row;
}

std::vector<Work> works() {
  std::vector<Work> all;
  const auto with_transposes = [&all](int64_t m, int64_t n, int64_t k) {
    all.push_back({m, n, k});
    all.push_back({m, n, k, true, false});
    all.push_back({m, n, k, false, true});
  };
  // A layer's forward product, and the two of its gradient.
  const auto layer = [&all](int64_t batch, int64_t out, int64_t in) {
    all.push_back({batch, out, in});
    all.push_back({in, out, batch, true, false});
    all.push_back({batch, in, out, false, true});
  };
  layer(32, 200, 30);
  layer(32, 27, 200);
  layer(32, 100, 100);
  layer(32, 128, 256);
  layer(228146, 27, 27);
  // A matrix times a vector, and a layer's (out, in) beside one input, beside eight.
  for (const int64_t n : {256, 1000}) {
    all.push_back({n, 1, n});
    all.push_back({1, n, n, false, true});
  }
  all.push_back({8, 256, 256, false, true});
  for (const int64_t n : {64, 128, 256}) all.push_back({n, n, n});
  for (const int64_t n : {512, 1024, 2048}) with_transposes(n, n, n);
  with_transposes(1024, 3072, 768);
  return all;
}

int run(int argc, char** argv) {
  const Options options = parse(argc, argv);
#ifdef LIBTENSOR_BENCH_OPENBLAS
  fmt::print("OpenBLAS runs its {} kernels\n", openblas_get_corename());
#endif
  std::vector<Row> rows;
  for (const auto& work : works()) {
    if (work.name().find(options.filter) == std::string::npos) continue;
    for (const int threads : options.threads) rows.push_back(measure(work, threads, options));
    const Row& last = rows.back();
    fmt::print("{} {:.0f} us\n", last.work, last.ours_us);
  }
  report(rows, options);
  return 0;
}

}  // namespace
}  // namespace lt::bench

int main(int argc, char** argv) {
  // OpenBLAS picks its kernels as it is loaded, and one that does not know a new processor picks slow ones.
  // Its threads look for more work 2^26 cycles long, some 20 ms, which would take a processor from who comes
  // next: 2^20.
  if (!std::getenv("OPENBLAS_THREAD_TIMEOUT")) {
    setenv("OPENBLAS_CORETYPE", "SkylakeX", 0);
    setenv("OPENBLAS_THREAD_TIMEOUT", "20", 0);
    execv("/proc/self/exe", argv);
  }
  return lt::bench::run(argc, argv);
}
