#include <libtensor/apps/activations/inside.h>

#include <fmt/format.h>

#include <cmath>

#include <libtensor/apps/activations/gains.h>
#include <libtensor/apps/plot/chart.h>
#include <libtensor/nn/diagnostics.h>

// All figures are of the minibatch that the network saw last: its layers' outputs and every gradient are
// still there.

namespace lt::apps::activations {
namespace {

std::string brief(double x) { return fmt::format("{:.2f}", x); }
std::string percent(double share) { return fmt::format("{:.2f}%", 100 * share); }
std::string power(double x) { return fmt::format("{:.4e}", x); }

void add_density(plot::Chart& chart, const Tensor& x, const std::string& label) {
  const nn::Density curve = nn::density(x, 100);
  chart.line(curve.x, curve.density, label);
}

void show_activations(Run& run, const DeepNet& net, bool compare) {
  constexpr double kStd[] = {.63, .64, .65, .65, .65};
  constexpr double kSaturated[] = {2.78, 2.56, 2.25, 1.69, 1.88};
  run.heading("Activations");
  run.say("A tanh is called saturated where |t| > 0.97: there its slope is below 0.06.");
  run.code("for (const Variable& t : tanhs) spreads.push_back(nn::tensor_stats(t.data()));");
  plot::Chart chart("Activation distribution", "output of the layer", "density");
  std::vector<std::vector<std::string>> rows;
  for (size_t i = 0; i < net.hidden_layers(); ++i) {
    const Tensor& out = net.hidden(i).data();
    const nn::TensorStats spread = nn::tensor_stats(out);
    rows.push_back({net.hidden_name(i), fmt::format("{:+.4f}", spread.mean), brief(spread.std),
                    percent(spread.saturated), std::to_string(nn::dead_units(out))});
    add_density(chart, out, net.hidden_name(i));
    if (!compare) continue;
    run.check("std of " + net.hidden_name(i), spread.std, kStd[i], within(0.005001));
    run.check("saturated, " + net.hidden_name(i), 100 * spread.saturated, kSaturated[i], within(0.037));
  }
  run.table({"", "mean", "std", "saturated", "dead units"}, rows);
  run.figure("activation_distribution.svg", "Activation distribution of each layer over the last minibatch.",
             chart.size(900, 380).svg());
}

void show_gradients(Run& run, const DeepNet& net, bool compare) {
  constexpr double kStd[] = {2.6407e-3, 2.2456e-3, 2.0457e-3, 1.9831e-3, 1.9524e-3};
  run.heading("Gradients");
  run.say(
      "The same for the gradients of those outputs. They should be alike in every layer, neither fading nor "
      "exploding.");
  plot::Chart chart("Gradient distribution", "gradient of the layer's output", "density");
  std::vector<std::vector<std::string>> rows;
  for (size_t i = 0; i < net.hidden_layers(); ++i) {
    const Tensor& gradient = net.hidden(i).grad();
    const nn::TensorStats spread = nn::tensor_stats(gradient);
    rows.push_back({net.hidden_name(i), fmt::format("{:+.1e}", spread.mean), power(spread.std)});
    add_density(chart, gradient, net.hidden_name(i));
    if (compare) run.check("gradient of " + net.hidden_name(i), spread.std, kStd[i], within(0.6e-7));
  }
  run.table({"", "mean", "std"}, rows);
  run.figure("gradient_distribution.svg", "Gradient distribution of each layer's output.",
             chart.size(900, 380).svg());
}

void show_weight_gradients(Run& run, const DeepNet& net, bool compare) {
  constexpr double kStd[] = {8.0205e-3, 9.2411e-3, 7.1329e-3, 6.2343e-3, 5.7422e-3, 5.6722e-3, 1.2094e-2};
  constexpr double kRatio[] = {.00801, .0488, .0696, .0607, .0563, .0557, .116};
  run.heading("Weight gradients");
  run.say(
      "And for the parameters with two axes: C and the weights. Their gradients beside the data's scale.");
  plot::Chart chart("Weights gradient distribution", "gradient of the weight", "density");
  std::vector<std::vector<std::string>> rows;
  const auto weights = net.weights();
  for (size_t i = 0; i < weights.size(); ++i) {
    const auto& [name, weight] = weights[i];
    const nn::TensorStats spread = nn::tensor_stats(weight.grad());
    const double ratio = nn::gradient_ratio(weight.data(), weight.grad());
    const std::string shape = to_string(weight.shape());
    rows.push_back({name, shape, fmt::format("{:+.1e}", spread.mean), power(spread.std), power(ratio)});
    add_density(chart, weight.grad(), fmt::format("{} {}", i, shape));
    if (!compare) continue;
    run.check("gradient of " + name, spread.std, kStd[i], {.relative = 1e-4});
    run.check("gradient to data, " + name, ratio, kRatio[i], {.relative = 0.0063});
  }
  run.table({"", "shape", "mean", "std", "gradient / data"}, rows);
  run.figure("weight_gradient_distribution.svg", "Gradient distribution of C and of each weight.",
             chart.size(900, 380).svg());
}

// The mean of a weight's update ratios over steps 501 to 1,000; NaN where they were not all seen.
double mean_ratio(const UpdateRatios& ratios, size_t weight) {
  double sum = 0;
  int count = 0;
  for (size_t i = 0; i < ratios.steps.size(); ++i) {
    if (ratios.steps[i] < 501 || ratios.steps[i] > 1000) continue;
    sum += ratios.of_weight[weight][i];
    ++count;
  }
  return count == 500 ? sum / count : std::nan("");
}

}  // namespace

void show_update_ratios(Run& run, const DeepNet& net, const UpdateRatios& ratios) {
  run.heading("Update ratios");
  run.say(
      "How far one update moves a weight, in the weight's own scale: log10 of std(rate * gradient) / "
      "std(data). About -3 is a good pace; far below, training crawls; far above, it thrashes. As means over "
      "the steps 501 to 1,000:");
  run.code("ratios.push_back(nn::update_ratio(p.data(), p.grad(), lr));");
  const LectureRatios* lecture = lecture_ratios(net.options);
  plot::Chart chart("Update ratios", "step", "log10 of update / data");
  const auto weights = net.weights();
  for (size_t i = 0; i < weights.size(); ++i) {
    const std::string label = fmt::format("{} {}", i, to_string(weights[i].second.shape()));
    chart.line(ratios.steps, ratios.of_weight[i], label);
    const double mean = mean_ratio(ratios, i);
    if (std::isnan(mean)) continue;
    const std::string name = fmt::format("{}, mean ratio", weights[i].first);
    lecture != nullptr ? run.compare(name, mean, lecture->ratios[i], within(0.0051))
                       : run.result(name, show(mean));
  }
  chart.horizontal(-3, "-3").size(900, 420);
  run.figure("update_ratios.svg", "Update ratios of each weight: about -3 is the goal.", chart.svg());
}

void show_inside(Run& run, const DeepNet& net, const UpdateRatios& ratios, bool compare) {
  if (!net.C.grad().defined()) return;  // not one step was made
  show_activations(run, net, compare);
  show_gradients(run, net, compare);
  show_weight_gradients(run, net, compare);
  if (!ratios.steps.empty()) show_update_ratios(run, net, ratios);
}

}  // namespace lt::apps::activations
