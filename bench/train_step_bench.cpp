// The lectures' training steps beside PyTorch's, in one run.
//
// Python (with torch) and C++ take turns at the same work: a turn is some hundred steps and gives their
// median; the table shows the median turn. Without torch a line says so, and only ours is timed.

#include <fmt/core.h>

#include <algorithm>
#include <chrono>
#include <memory>
#include <nlohmann/json.hpp>

#include <libtensor/apps/common/mlp_net.h>
#include <libtensor/apps/makemore/estimates.h>
#include <libtensor/bench/common.h>
#include <libtensor/bench/python_peer.h>
#include <libtensor/nn/activation.h>
#include <libtensor/nn/batch_norm.h>
#include <libtensor/nn/embedding.h>
#include <libtensor/nn/flatten.h>
#include <libtensor/nn/linear.h>
#include <libtensor/nn/optimizer.h>
#include <libtensor/nn/sequential.h>
#include <libtensor/tensor/parallel.h>

namespace {

using namespace lt;
using lt::apps::Examples;
using Step = std::function<void()>;

constexpr int64_t kExamples = 182625;
constexpr int64_t kBatch = 32;
constexpr double kRate = 0.1;
constexpr apps::MlpScales kScales{
    .W1 = 0.1F, .b1 = 0.1F, .W2 = 0.1F, .b2 = 0.1F};  // as in train_step_bench.py

Examples examples(int64_t block, Generator& g) {
  return {randint(0, 27, {kExamples, block}, g), randint(0, 27, kExamples, g)};
}

// One SGD step on a loss; what the closures own lives as long as they.
Step descend(std::vector<Variable> parameters, std::function<Variable()> loss) {
  auto sgd = std::make_shared<nn::SGD>(std::move(parameters), kRate);
  return [sgd, loss = std::move(loss)] {
    const Variable value = loss();
    sgd->zero_grad();
    value.backward();
    sgd->step();
  };
}

std::vector<Variable> variables(const apps::MlpNet& net) {
  std::vector<Variable> all;
  for (const auto& [name, parameter] : net.parameters()) all.push_back(parameter);
  return all;
}

Step mlp(int64_t batch) {
  auto g = std::make_shared<Generator>(2147483647);
  const Examples data = examples(3, *g);
  auto net = std::make_shared<apps::MlpNet>(apps::MlpSizes{}, kScales, *g);
  return descend(variables(*net), [g, data, net, batch] {
    const auto [x, y] = apps::minibatch(data, batch, *g);
    return cross_entropy(net->logits(x), y);
  });
}

// What a recorded operation costs, forward and backward, where there is next to nothing to compute.
template <typename Op>
Step thousand(const Variable& x, Op op) {
  return [x, op] {
    Variable y = x;
    for (int i = 0; i < 1000; ++i) y = op(y, x);
    x.zero_grad();
    y.backward();
  };
}

Step additions() {
  return thousand(Variable(ones(1), true), [](const Variable& a, const Variable& b) { return a + b; });
}

Step products() {
  return thousand(Variable(ones({1, 1}), true),
                  [](const Variable& a, const Variable& b) { return matmul(a, b); });
}

Step batchnorm() {
  auto g = std::make_shared<Generator>(2147483647);
  const Examples data = examples(3, *g);
  auto net = std::make_shared<apps::MlpNet>(apps::MlpSizes{}, kScales, *g);
  const Variable gain(ones(200), true);
  const Variable bias(zeros(200), true);
  Tensor mean_running = zeros(200);
  Tensor std_running = ones(200);
  return descend({net->C, net->W1, net->W2, net->b2, gain, bias}, [=]() mutable {
    const auto [x, y] = apps::minibatch(data, kBatch, *g);
    BatchStatistics<float> batch;
    const Variable h = tanh(
        batch_norm(matmul(net->embeddings(x), net->W1), gain, bias, {.eps = 0, .unbiased = true}, &batch));
    mean_running = mean_running * 0.999F + batch.mean * 0.001F;
    std_running = std_running * 0.999F + sqrt(batch.var) * 0.001F;
    return cross_entropy(matmul(h, net->W2) + net->b2, y);
  });
}

Step modules(std::shared_ptr<nn::Embedding> table, std::shared_ptr<nn::Sequential> net, int64_t block,
             std::shared_ptr<Generator> g) {
  const Examples data = examples(block, *g);
  std::vector<Variable> parameters = net->parameters();
  parameters.push_back(table->weight);
  return descend(parameters, [=] {
    const auto [x, y] = apps::minibatch(data, kBatch, *g);
    return cross_entropy((*net)((*table)(x)), y);
  });
}

Step deep() {
  auto g = std::make_shared<Generator>(2147483647);
  auto net = std::make_shared<nn::Sequential>();
  net->append(nn::Flatten());
  for (const int64_t size : {30, 100, 100, 100, 100}) {
    net->append(nn::Linear(size, 100, {.bias = false}, *g));
    net->append(nn::BatchNorm1d(100));
    net->append(nn::Tanh());
  }
  net->append(nn::Linear(100, 27, {.bias = false}, *g));
  net->append(nn::BatchNorm1d(27));
  return modules(std::make_shared<nn::Embedding>(27, 10, *g), net, 3, g);
}

Step wavenet() {
  auto g = std::make_shared<Generator>(42);
  auto net = std::make_shared<nn::Sequential>();
  for (const int64_t size : {48, 256, 256}) {
    net->append(nn::FlattenConsecutive(2));
    net->append(nn::Linear(size, 128, {.bias = false}, *g));
    net->append(nn::BatchNorm1d(128, {.channels_last = true}));
    net->append(nn::Tanh());
  }
  net->append(nn::Linear(128, 27, *g));
  return modules(std::make_shared<nn::Embedding>(27, 24, *g), net, 8, g);
}

Step bigram_net() {
  constexpr int64_t kPairs = 228146;
  Generator g(2147483647);
  const IntTensor x = randint(0, 27, kPairs, g);
  const IntTensor y = randint(0, 27, kPairs, g);
  const Variable W(randn({27, 27}, g), true);
  return descend({W}, [=] { return cross_entropy(embedding(W, x), y) + mean(square(W)) * 0.01F; });
}

// A type of makemore's zoo: 32 rows of 16 places, every place a target.
Step zoo(const char* type) {
  auto g = std::make_shared<Generator>(3407);
  const std::shared_ptr<apps::makemore::Model> model = apps::makemore::make_model(
      type, {.vocab_size = 27, .block_size = 16, .n_layer = 4, .n_head = 4, .n_embd = 64, .n_embd2 = 64}, *g);
  const IntTensor x = randint(0, 27, {kExamples, 16}, *g);
  auto adamw = std::make_shared<nn::AdamW>(model->parameters(), 5e-4);
  return [=] {
    const IntTensor rows = x[randint(0, kExamples, kBatch, *g)];
    const Variable loss = apps::makemore::loss_of(*model, rows, rows);
    adamw->zero_grad();
    loss.backward();
    adamw->step();
  };
}

double median_step_us(const Step& step, int64_t steps) {
  std::vector<double> times;
  for (int64_t i = 0; i < steps; ++i) {
    const auto start = std::chrono::steady_clock::now();
    step();
    times.push_back(
        std::chrono::duration<double, std::micro>(std::chrono::steady_clock::now() - start).count());
  }
  std::nth_element(times.begin(), times.begin() + steps / 2, times.end());
  return times[static_cast<size_t>(steps / 2)];
}

double median(std::vector<double> values) {
  std::nth_element(values.begin(), values.begin() + std::ssize(values) / 2, values.end());
  return values[values.size() / 2];
}

struct Work {
  const char* name;
  const char* text;
  Step (*make)();
  int64_t steps;  // a turn
};

// PyTorch's median step, or nothing where there is no torch.
std::optional<double> torch_step_us(bench::PythonPeer& torch, const Work& work, int threads) {
  const auto answer = torch.ask(fmt::format("{} {} {}", work.name, work.steps, threads));
  if (!answer) return std::nullopt;
  return nlohmann::json::parse(*answer)["us"].get<double>();
}

bench::Row measure(const Work& work, int threads, bench::PythonPeer& torch, int turns) {
  set_num_threads(threads);
  const Step step = work.make();
  median_step_us(step, std::max<int64_t>(3, work.steps / 5));
  const int64_t before = memory_stats().system_allocations;
  std::vector<double> ours, theirs;
  for (int turn = 0; turn < turns; ++turn) {
    ours.push_back(median_step_us(step, work.steps));
    if (const auto us = torch_step_us(torch, work, threads)) theirs.push_back(*us);
  }
  const int64_t allocations = memory_stats().system_allocations - before;
  fmt::print(stderr, "{}: {} allocations from the system in {} steps\n", work.name, allocations,
             turns * work.steps);
  bench::Row row{.bench = "train_step", .work = work.text, .threads = threads, .ours_us = median(ours)};
  if (theirs.empty()) return row;
  row.peers = {{"torch", median(theirs)}};
  row.versions = nlohmann::json::parse(*torch.greeting()).get<std::map<std::string, std::string>>();
  return row;
}

}  // namespace

int main(int argc, char** argv) {
  const bench::Options options = bench::parse(argc, argv);
  const Work works[] = {
      {"mlp:32", "lecture 3: MLP 3x10-200-27", [] { return mlp(32); }, 500},
      {"batchnorm", "lecture 4: with batch norm", batchnorm, 500},
      {"deep", "lecture 4: six layers, modules", deep, 300},
      {"wavenet", "lecture 6: tree of 76,579", wavenet, 200},
      {"bigram_net", "lecture 2: bigram net, 228,146", bigram_net, 5},
      {"mlp:256", "the MLP, batch 256", [] { return mlp(256); }, 100},
      {"mlp:2048", "the MLP, batch 2048", [] { return mlp(2048); }, 20},
      {"mlp:8192", "the MLP, batch 8192", [] { return mlp(8192); }, 10},
      {"zoo:bigram", "makemore: bigram table", [] { return zoo("bigram"); }, 200},
      {"zoo:bow", "makemore: bag of words", [] { return zoo("bow"); }, 200},
      {"zoo:mlp", "makemore: MLP 16x64-64-27", [] { return zoo("mlp"); }, 100},
      {"zoo:rnn", "makemore: RNN, 16 steps", [] { return zoo("rnn"); }, 200},
      {"zoo:gru", "makemore: GRU, 16 steps", [] { return zoo("gru"); }, 100},
      {"zoo:transformer", "makemore: transformer, 4 blocks", [] { return zoo("transformer"); }, 30},
      {"additions", "1,000 additions of one number", additions, 50},
      {"products", "1,000 matrix products, 1x1", products, 50}};
  bench::PythonPeer torch(LIBTENSOR_SOURCE_DIR "/bench/train_step_bench.py");
  if (!torch.greeting()) fmt::print(stderr, "no python3 with torch to run beside: only ours is timed\n");
  std::vector<bench::Row> rows;
  for (const int threads : options.threads) {
    for (const Work& work : works) {
      if (options.wants(work.text)) rows.push_back(measure(work, threads, torch, options.quick ? 3 : 9));
    }
  }
  bench::report(std::move(rows), options);
}
