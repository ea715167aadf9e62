// Karpathy's microgpt: a step of one name by lecture 1's scalars, beside the same mathematics in Python in
// one run, and by tensors.
//
// Python and C++ take turns at the first steps (20 a turn, 5 in a quick run) from the same weights, on the
// same names. First the losses are compared, to 1e-12; then each side's median step over all turns is set
// against the other's, in processor time: neither has a second thread.

#include <fmt/core.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <ctime>
#include <nlohmann/json.hpp>

#include <libtensor/apps/microgpt/microgpt.h>
#include <libtensor/bench/common.h>
#include <libtensor/bench/python_peer.h>

using namespace lt::apps;
using namespace lt::apps::microgpt;
using lt::bench::Row;
using nlohmann::json;

namespace {

struct Task {
  Sizes sizes;
  Weights weights;
  microgpt::Names names;
};

struct Trained {
  std::vector<double> losses, seconds;
};

Task make_task() {
  const Words data = load_words(kEmbedded);
  const Tokenizer tokenizer{Vocabulary::of(data)};
  PythonRandom random(42);
  std::vector<std::string> words = data.words;
  random.shuffle(words);
  Task task;
  for (size_t i = 0; i < 1000; ++i) task.names.push_back(tokenizer.encode(words[i]));
  task.weights = draw_weights(task.sizes, random);
  return task;
}

double now() {
  timespec time{};
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
  return static_cast<double>(time.tv_sec) + 1e-9 * static_cast<double>(time.tv_nsec);
}

double median(std::vector<double> v) {
  std::nth_element(v.begin(), v.begin() + static_cast<std::ptrdiff_t>(v.size() / 2), v.end());
  return v[v.size() / 2];
}

Trained train(Model& model, const Task& task, int64_t batch, int64_t steps) {
  Adam adam(model);
  Trained trained;
  for (int64_t i = 0; i < steps; ++i) {
    const microgpt::Names names = batch_of(task.names, i, batch);
    const double start = now();
    trained.losses.push_back(model.backward(names));
    adam.update(model, i, falling(0.01, i, 1000));
    trained.seconds.push_back(now() - start);
  }
  return trained;
}

void append(std::vector<double>& all, const std::vector<double>& some) {
  all.insert(all.end(), some.begin(), some.end());
}

// Ends the program if the losses of Python and C++ differ.
void check(const std::vector<double>& ours, const std::vector<double>& theirs) {
  double worst = 0;
  for (size_t i = 0; i < ours.size(); ++i) worst = std::max(worst, std::abs(ours[i] / theirs[i] - 1));
  fmt::print(stderr, "microgpt: losses of Python and C++ agree to {:.0e}\n", worst);
  if (worst <= 1e-12) return;
  fmt::print(stderr, "microgpt: they should agree to 1e-12\n");
  std::exit(1);
}

Row by_scalars(const Task& task, bool quick) {
  const int turns = quick ? 1 : 5, steps = quick ? 5 : 20;
  lt::bench::PythonPeer python(LIBTENSOR_SOURCE_DIR "/bench/microgpt_bench.py");
  json question{{"layers", task.sizes.layers}, {"heads", task.sizes.heads}};
  question["names"] = microgpt::Names(task.names.begin(), task.names.begin() + steps);
  for (const auto& [name, numbers] : task.weights) {
    json matrix;
    for (const lt::DoubleTensor row : numbers) matrix.push_back(row.to_vector());
    question["weights"].push_back(matrix);
  }
  const bool has_python = python.greeting() && python.ask(question.dump());
  if (!has_python) fmt::print(stderr, "microgpt: no python3 to run beside: only ours is timed\n");
  Row row{.bench = "microgpt", .work = "step by scalars"};
  std::vector<double> ours, theirs;
  for (int turn = 0; turn < turns; ++turn) {
    const Scope scope;
    const auto model = scalar_gpt(task.sizes, task.weights);
    const Trained trained = train(*model, task, 1, steps);
    append(ours, trained.seconds);
    const auto answer = has_python ? python.ask(std::to_string(steps)) : std::nullopt;
    if (!answer) continue;
    const json output = json::parse(*answer);
    check(trained.losses, output["losses"]);
    append(theirs, output["seconds"]);
    row.versions["python"] = json::parse(*python.greeting())["python"];
  }
  row.ours_us = 1e6 * median(ours);
  if (!theirs.empty()) row.peers = {{"python", 1e6 * median(theirs)}};
  return row;
}

Row by_tensors(const Task& task, int64_t batch, const std::string& work, bool quick) {
  const auto model = tensor_gpt(task.sizes, task.weights);
  const Trained trained = train(*model, task, batch, quick ? 20 : 200);
  return {.bench = "microgpt", .work = work, .ours_us = 1e6 * median(trained.seconds)};
}

std::vector<Row> measure(const lt::bench::Options& options) {
  const Task task = make_task();
  std::vector<Row> rows;
  if (options.wants("step by scalars")) rows.push_back(by_scalars(task, options.quick));
  for (const auto& [work, batch] : {std::pair{"step by tensors", 1}, {"step of 32 names by tensors", 32}})
    if (options.wants(work)) rows.push_back(by_tensors(task, batch, work, options.quick));
  return rows;
}

}  // namespace

int main(int argc, char** argv) {
  const lt::bench::Options options = lt::bench::parse(argc, argv);
  lt::bench::use_threads(1);
  lt::bench::report(options.wants_threads(1) ? measure(options) : std::vector<Row>(), options);
}
