#include <libtensor/apps/activations/tour.h>

#include <fmt/format.h>

#include <cmath>

#include <libtensor/apps/plot/chart.h>
#include <libtensor/apps/plot/heat_map.h>
#include <libtensor/nn/diagnostics.h>
#include <libtensor/nn/optimizer.h>

// Every stage starts from the same seed; what differs is the scale of its parameters.

namespace lt::apps::activations {
namespace {

constexpr double kSaturated = 0.99;
constexpr int64_t kBatch = 32;  // whatever --batch says: the pictures are of the lecture's size

struct Start {
  StageNet::Pass pass;
  double loss;
};

Start start_of(const Run& run, const Splits& data, const Settings& settings, const std::string& stage) {
  Generator generator = run.generator(run.flags().seed);
  StageNet net(stage, settings.sizes, generator);
  const auto [x, y] = minibatch(data.train, kBatch, generator);
  const StageNet::Pass pass = net.forward(x, true);
  return {pass, cross_entropy(pass.logits, y).item()};
}

std::string histogram(const std::string& title, const Tensor& x) {
  return plot::Chart(title, "value", "count")
      .size(440, 300)
      .histogram(x.cast<double>().to_vector(), 50)
      .svg();
}

int64_t count_saturated(const Tensor& h) { return count_nonzero(abs(h) > static_cast<float>(kSaturated)); }

// A row for each example, a column for each unit; white where saturated.
std::string saturation_image(const std::string& title, const Tensor& h) {
  return plot::svg(
      plot::HeatMap{.title = title,
                    .rows = h.size(0),
                    .columns = h.size(1),
                    .values = (abs(h) > static_cast<float>(kSaturated)).cast<double>().to_vector(),
                    .palette = plot::Palette::kBlackWhite,
                    .cell = 4});
}

void compare_first_logits(Run& run, const Tensor& logits) {
  const double lecture[] = {-2.3527, 36.4366, -10.7306, 5.7165, 18.6409};
  for (int64_t i = 0; i < 5; ++i) {
    run.compare(fmt::format("first example, logit {}", i), logits.at({0, i}), lecture[i], within(1e-4));
  }
}

void check_preactivations(Run& run, const std::string& stage, const Tensor& hpreact) {
  const bool is_tanh = stage == "tanh";
  if (!is_tanh && stage != "original") return;
  const double low = amin(hpreact).item();
  const double high = amax(hpreact).item();
  run.check(stage + ": lowest pre-activation", low, is_tanh ? -3.76 : -19.06, within(0.0051));
  run.check(stage + ": highest pre-activation", high, is_tanh ? 3.42 : 18.05, within(0.0051));
  run.check(stage + ": std of pre-activations", nn::tensor_stats(hpreact).std, is_tanh ? 1.00 : 5.18,
            within(0.0051));
}

std::vector<double> first_losses(const Run& run, const Splits& data, const Settings& settings,
                                 const std::string& stage, int64_t steps) {
  Generator generator = run.generator(run.flags().seed);
  StageNet net(stage, settings.sizes, generator);
  nn::SGD sgd(variables(net.parameters()), 0.1);
  std::vector<double> losses;
  for (int64_t step = 0; step < steps; ++step) {
    const auto [x, y] = minibatch(data.train, kBatch, generator);
    const Variable loss = cross_entropy(net.forward(x, true).logits, y);
    losses.push_back(std::log10(loss.item()));
    sgd.zero_grad();
    loss.backward();
    sgd.step();
  }
  return losses;
}

}  // namespace

void show_starts(Run& run, const Splits& data, const Settings& settings) {
  run.heading("Five starts");
  run.say(
      "The same net and seed, its parameters scaled ever better. A unit whose tanh is saturated (|h| > 0.99) "
      "passes hardly any gradient; one that is so for every example of the batch is dead.");
  run.code(
      "Variable h = tanh(hpreact);\n"
      "count_nonzero(abs(h.data()) > 0.99F);\n"
      "nn::dead_units(h.data());");
  const std::pair<double, double> lecture[] = {
      {27.8817, 3901}, {3.322059, 3901}, {3.313459, 63}, {3.317901, 521}, {3.323863, 27}};
  std::vector<std::vector<std::string>> rows;
  for (size_t i = 0; i < kStages.size(); ++i) {
    const auto& stage = kStages[i];
    const Start start = start_of(run, data, settings, stage);
    const Tensor& hpreact = start.pass.hpreact.data();
    const Tensor& h = start.pass.h.data();
    const int64_t saturated = count_saturated(h);
    const int64_t dead = nn::dead_units(h, kSaturated);
    rows.push_back({stage, show(start.loss), show(lecture[i].first), std::to_string(saturated),
                    show(lecture[i].second), std::to_string(dead),
                    fmt::format("{:.2f} to {:.2f}", amin(hpreact).item(), amax(hpreact).item()),
                    fmt::format("{:.2f}", nn::tensor_stats(hpreact).std)});
    run.check(stage + ": first loss", start.loss, lecture[i].first, i == 0 ? within(0.5e-4) : kTrained);
    run.check(stage + ": saturated", static_cast<double>(saturated), lecture[i].second, within(2));
    run.check(stage + ": dead units", static_cast<double>(dead), 0, kExact);
    check_preactivations(run, stage, hpreact);
  }
  run.table({"stage", "first loss", "lecture", "saturated", "lecture", "dead", "pre-activations", "std"},
            rows);
  if (data.vocabulary.size() >= 5) {
    compare_first_logits(run, start_of(run, data, settings, "original").pass.logits.data());
  }
}

void draw_tanh_layer(Run& run, const Splits& data, const Settings& settings, const std::string& stage) {
  std::vector<std::string> names = {"original"};
  if (stage != "original") names.push_back(stage);
  std::vector<std::string> before, after, images;
  for (const std::string& name : names) {
    const Start start = start_of(run, data, settings, name);
    before.push_back(histogram(fmt::format("{}: pre-activations", name), start.pass.hpreact.data()));
    after.push_back(histogram(fmt::format("{}: h", name), start.pass.h.data()));
    images.push_back(saturation_image(fmt::format("{}: |h| > 0.99", name), start.pass.h.data()));
  }
  run.figure("preactivations.svg", "What enters the tanh, on the first minibatch.",
             plot::side_by_side(before));
  run.figure("activations.svg", "What leaves it: piled up at -1 and 1 where the weights are too large.",
             plot::side_by_side(after));
  for (size_t i = 0; i < names.size(); ++i) {
    run.figure(fmt::format("saturated_{}.svg", names[i]),
               fmt::format("{}: white where a unit (column) is saturated for an example (row).", names[i]),
               images[i]);
  }
}

void draw_hockey_stick(Run& run, const Splits& data, const Settings& settings) {
  constexpr int64_t kSteps = 1000;
  std::vector<double> steps;
  for (int64_t i = 0; i < kSteps; ++i) steps.push_back(static_cast<double>(i));
  plot::Chart chart("The first thousand steps", "step", "log10 loss");
  for (const std::string stage : {"original", "softmax"}) {
    chart.line(steps, first_losses(run, data, settings, stage, kSteps), stage);
  }
  run.figure("hockey_stick.svg",
             "The original net spends its first steps squashing wild logits; with small ones the hockey "
             "stick is gone.",
             chart.size(900, 380).svg());
}

}  // namespace lt::apps::activations
