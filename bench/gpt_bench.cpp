// Lecture 7's GPT beside PyTorch's: a training step of its small setting and of its full model, what they are
// made of, and a character of text, each in turns with PyTorch in Python (gpt_bench.py). A second Python, as
// of a virtual environment with another PyTorch, is named by LIBTENSOR_PEER_PYTHON.
//
// On one thread processor time is measured, which is the same on a busy machine; on several, time. The limit
// of a step is its floor: its products' multiply-adds at the speed of the processor's, and what its other
// operations read and write, copied, both measured in the same turns.

#include <fmt/core.h>
#include <sys/resource.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <ctime>
#include <memory>
#include <nlohmann/json.hpp>

#include <libtensor/bench/common.h>
#include <libtensor/bench/python_peer.h>
#include <libtensor/nn/embedding.h>
#include <libtensor/nn/optimizer.h>
#include <libtensor/nn/transformer_block.h>
#include <libtensor/tensor/parallel.h>
#include <libtensor/tensor/random.h>

namespace {

using namespace lt;
using Work = std::function<void()>;

constexpr int64_t kVocabulary = 65;

struct Setting {
  const char* name;
  int64_t batch, block, channels, heads, layers;
  double dropout;

  int64_t positions() const { return batch * block; }
};
constexpr Setting kSmall = {"small", 16, 32, 64, 4, 4, 0};
constexpr Setting kFull = {"full", 64, 256, 384, 6, 6, 0.2};
constexpr Setting kFullKept = {"full0", 64, 256, 384, 6, 6, 0};
constexpr Setting kHeads = {"heads", 16, 64, 64, 4, 0, 0};

struct Gpt : nn::Module {
  Generator generator;
  nn::Embedding tokens, positions;
  std::vector<nn::TransformerBlock> blocks;
  nn::LayerNorm norm;
  nn::Linear head;

  Gpt(const Setting& s, bool fused)
      : generator(1337),
        tokens(kVocabulary, s.channels, generator),
        positions(s.block, s.channels, generator),
        norm(s.channels),
        head(s.channels, kVocabulary, generator) {
    for (int64_t i = 0; i < s.layers; ++i) {
      blocks.emplace_back(s.channels,
                          nn::TransformerBlockOptions{.heads = s.heads,
                                                      .fused = fused,
                                                      .qkv_bias = false,
                                                      .dropout = s.dropout,
                                                      .activation = nn::BlockActivation::relu},
                          generator);
    }
  }
  Variable logits(const IntTensor& ids) {
    Variable x = tokens(ids) + positions(arange<int64_t>(ids.size(-1)));
    for (nn::TransformerBlock& block : blocks) x = block(x);
    return head(norm(x));
  }
  // Of the character at `position`, those before it in the caches.
  Variable next(int64_t id, int64_t position, std::vector<nn::KeyValueCache>& caches) {
    Variable x = tokens(full<int64_t>({1, 1}, id)) + positions(full<int64_t>({1, 1}, position));
    for (size_t i = 0; i < blocks.size(); ++i) x = blocks[i](x, caches[i]);
    return head(norm(x));
  }
  Variable operator()(const Variable& x) override { return x; }
  std::string to_string() const override { return "Gpt()"; }
  void list(nn::Members& members) override {
    members.children = {{"tokens", &tokens}, {"positions", &positions}};
    for (size_t i = 0; i < blocks.size(); ++i)
      members.children.emplace_back(fmt::format("blocks.{}", i), &blocks[i]);
    members.children.insert(members.children.end(), {{"norm", &norm}, {"head", &head}});
  }
};

Work training_step(const Setting& s, bool fused) {
  auto net = std::make_shared<Gpt>(s, fused);
  auto optimizer = std::make_shared<nn::AdamW>(net->parameters(), 1e-3);
  const IntTensor ids = randint(0, kVocabulary, {s.batch, s.block + 1}, net->generator);
  const IntTensor x = ids.narrow(1, 0, s.block).contiguous();
  const IntTensor y = ids.narrow(1, 1, s.block).reshape(s.positions());
  return [=] {
    const Variable loss = cross_entropy(net->logits(x).view({s.positions(), kVocabulary}), y);
    optimizer->zero_grad();
    loss.backward();
    optimizer->step();
  };
}

// A character, whose block is full but for it: the caches' last place is written again and again.
Work character(const Setting& s) {
  auto net = std::make_shared<Gpt>(s, false);
  net->eval();
  auto caches = std::make_shared<std::vector<nn::KeyValueCache>>();
  for (int64_t i = 0; i < s.layers; ++i) caches->emplace_back(s.block);
  auto position = std::make_shared<int64_t>(0);
  return [=] {
    const NoGrad no_grad;
    if (*position == s.block) {
      *position = 0;
      for (nn::KeyValueCache& cache : *caches) cache.clear();
    }
    const Variable logits = net->next(1, (*position)++, *caches);
    multinomial(softmax(logits.data().view({1, kVocabulary}), 1), 1, false, net->generator);
  };
}

// f(x...) and its gradients.
template <typename F>
Work both_ways(std::vector<Variable> inputs, F f) {
  const Tensor dy = ones_like(f(inputs).data());
  return [=] {
    for (const Variable& x : inputs) x.zero_grad();
    f(inputs).backward(dy);
  };
}

using Inputs = std::vector<Variable>;

Variable drawn(const Shape& shape) { return Variable(randn(shape), true); }

Work attention(const Setting& s) {
  return both_ways({drawn({s.batch, s.block, 3 * s.channels})}, [=](const Inputs& x) {
    return multi_head_attention(x[0], {.heads = s.heads, .attention = {.is_causal = true}});
  });
}

Work adamw(const Setting& s) {
  auto net = std::make_shared<Gpt>(s, true);
  auto optimizer = std::make_shared<nn::AdamW>(net->parameters(), 1e-3);
  for (const Variable& p : net->parameters()) p.set_grad(randn(p.shape(), net->generator));
  return [=] { optimizer->step(); };
}

// The multiply-adds of a step's products, twice again as many backward, and the bytes that its other
// operations read and write at least: each value and each gradient once.
struct Floor {
  double flops, bytes;
};
Floor floor_of(const Setting& s) {
  const auto n = static_cast<double>(s.positions()), c = static_cast<double>(s.channels);
  const auto l = static_cast<double>(s.layers), t = static_cast<double>(s.block);
  const double linear = n * (l * 12 * c * c + c * kVocabulary);
  const double scores = n * l * 2 * c * (t + 1) / 2;
  const double parameters = l * 12 * c * c + c * (2 * kVocabulary + t);
  // A block: two normalisations, two residuals, an activation of 4 c; AdamW reads four arrays, writes three.
  const double values = n * (l * (2 * 2 * c + 2 * 3 * c + 2 * 4 * c) + 2 * kVocabulary);
  return {2 * 3 * (linear + scores), 4 * (2.5 * values + 7 * parameters)};
}

double now(int threads) {
  timespec time{};
  clock_gettime(threads == 1 ? CLOCK_PROCESS_CPUTIME_ID : CLOCK_MONOTONIC, &time);
  return static_cast<double>(time.tv_sec) * 1e6 + static_cast<double>(time.tv_nsec) * 1e-3;
}

double median(std::vector<double> values) {
  std::nth_element(values.begin(), values.begin() + std::ssize(values) / 2, values.end());
  return values[values.size() / 2];
}

double median_us(const Work& work, int64_t times, int threads) {
  std::vector<double> taken;
  for (int64_t i = 0; i < times; ++i) {
    const double start = now(threads);
    work();
    taken.push_back(now(threads) - start);
  }
  return median(taken);
}

double peak_mb() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return static_cast<double>(usage.ru_maxrss) / 1024;
}

// What the floor takes now.
double floor_us(const Floor& floor, int threads) {
  static const std::vector<float> from(4 << 20);
  static std::vector<float> to(from.size());
  constexpr int64_t kBytes = 16 << 20;
  const auto speed = [&](const bench::Contender& probe) {
    probe.run();
    return median_us(probe.run, 5, threads);
  };
  const double multiply = speed(bench::fma_probe(threads)) / bench::fma_probe_flops(threads);
  const double copy = speed(bench::copy_probe(from.data(), to.data(), kBytes, threads)) / (2 * kBytes);
  return floor.flops * multiply + floor.bytes * copy;
}

struct Entry {
  std::string text;
  std::function<Work()> make;
  std::vector<std::string> questions;  // what PyTorch is asked
  int64_t times;                       // a turn
  std::optional<Floor> floor = {};
};

std::vector<Entry> entries() {
  std::vector<Entry> all = {
      {"attention of 64 heads, 64x16", [] { return attention(kHeads); }, {"part:attention:heads"}, 100}};
  for (const Setting& s : {kSmall, kFullKept, kFull}) {
    const std::string name = s.name;
    const bool small = s.batch == kSmall.batch;
    const std::string shape = fmt::format("{}x{}x{}, {} heads, {} layers, dropout {}", s.batch, s.block,
                                          s.channels, s.heads, s.layers, s.dropout);
    for (const bool fused : {false, true}) {
      all.push_back({fmt::format("step {}, {}", shape, fused ? "heads at once" : "heads apart"),
                     [=] { return training_step(s, fused); },
                     fused ? std::vector{"step:" + name + ":fused", "step:" + name + ":compiled"}
                           : std::vector{"step:" + name + ":loop"},
                     small ? 20 : 1, floor_of(s)});
    }
    if (s.dropout > 0) continue;
    const auto part = [&](const char* op, std::function<Work()> make) {
      all.push_back({fmt::format("{} of {}", op, name),
                     std::move(make),
                     {fmt::format("part:{}:{}", op, name)},
                     small ? 100 : 5});
    };
    const Shape rows = {s.positions(), s.channels}, wide = {s.positions(), 4 * s.channels};
    part("attention", [=] { return attention(s); });
    part("gelu", [=] { return both_ways({drawn(wide)}, [](const Inputs& x) { return gelu(x[0]); }); });
    part("gelu_tanh",
         [=] { return both_ways({drawn(wide)}, [](const Inputs& x) { return gelu(x[0], Gelu::tanh); }); });
    part("relu", [=] { return both_ways({drawn(wide)}, [](const Inputs& x) { return relu(x[0]); }); });
    part("layer_norm", [=] {
      return both_ways({drawn(rows), drawn(s.channels), drawn(s.channels)},
                       [](const Inputs& x) { return layer_norm(x[0], x[1], x[2]); });
    });
    part("dropout",
         [=] { return both_ways({drawn(rows)}, [](const Inputs& x) { return dropout(x[0], 0.2); }); });
    part("add", [=] {
      return both_ways({drawn(rows), drawn(rows)}, [](const Inputs& x) { return x[0] + x[1]; });
    });
    part("embedding", [=] {
      const IntTensor ids = randint(0, kVocabulary, {s.batch, s.block});
      return both_ways({drawn({kVocabulary, s.channels})},
                       [ids](const Inputs& x) { return embedding(x[0], ids); });
    });
    part("adamw", [=] { return adamw(s); });
    all.push_back({fmt::format("a character, {}", name),
                   [=] { return character(s); },
                   {fmt::format("generate:{}:loop", name)},
                   small ? 50 : 3});
  }
  return all;
}

struct Peers {
  std::vector<std::pair<std::string, std::unique_ptr<bench::PythonPeer>>> all;
  std::map<std::string, std::string> versions;

  Peers() {
    const std::string script = LIBTENSOR_SOURCE_DIR "/bench/gpt_bench.py";
    add("torch", std::make_unique<bench::PythonPeer>(script));
    if (const char* python = std::getenv("LIBTENSOR_PEER_PYTHON"))
      add("torch2", std::make_unique<bench::PythonPeer>(script, std::vector<std::string>{python}));
    if (all.empty()) fmt::print(stderr, "no python3 with torch to run beside: only ours is timed\n");
  }
  void add(const std::string& name, std::unique_ptr<bench::PythonPeer> peer) {
    if (!peer->greeting()) return;
    versions[name] = nlohmann::json::parse(*peer->greeting())["torch"].get<std::string>();
    all.emplace_back(name, std::move(peer));
  }
};

bench::Row measure(const Entry& entry, int threads, Peers& peers, int turns) {
  set_num_threads(threads);
  bench::Row row{.bench = "gpt", .work = entry.text, .threads = threads};
  const Work work = entry.make();
  median_us(work, 2, threads);
  const int64_t before = memory_stats().system_allocations;
  std::vector<double> ours, floors;
  std::map<std::string, std::vector<double>> theirs;
  std::string memory = fmt::format("ours {:.0f}", peak_mb());
  for (int turn = 0; turn < turns; ++turn) {
    ours.push_back(median_us(work, entry.times, threads));
    if (entry.floor) floors.push_back(floor_us(*entry.floor, threads));
    for (auto& [name, peer] : peers.all) {
      for (const std::string& question : entry.questions) {
        const auto answer = peer->ask(fmt::format("{} {} {}", question, entry.times, threads));
        if (!answer) continue;
        const auto said = nlohmann::json::parse(*answer);
        if (!said.contains("us")) continue;  // it cannot
        const std::string column = question.ends_with("compiled") ? name + " compiled" : name;
        theirs[column].push_back(said["us"]);
        row.versions[column] = peers.versions.at(name);
        if (turn == 0) memory += fmt::format(", {} {:.0f}", column, said["peak_mb"].get<double>());
      }
    }
  }
  fmt::print(stderr, "{}: {} allocations from the system; the most memory held so far, MB: {}\n", entry.text,
             memory_stats().system_allocations - before, memory);
  row.ours_us = median(ours);
  for (const auto& [name, us] : theirs) row.peers.emplace_back(name, median(us));
  if (!floors.empty()) row.limit_us = median(floors);
  return row;
}

}  // namespace

int main(int argc, char** argv) {
  const bench::Options options = bench::parse(argc, argv);
  Peers peers;
  std::vector<bench::Row> rows;
  for (const int threads : options.threads) {
    for (const Entry& entry : entries()) {
      if (options.wants(entry.text)) rows.push_back(measure(entry, threads, peers, options.quick ? 3 : 9));
    }
  }
  bench::report(std::move(rows), options);
}
