#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include <libtensor/apps/activations/activations.h>
#include <libtensor/nn/diagnostics.h>

// The stages before any training: what each changes, and what it is good for. A figure belongs to the setup
// of its stage.

namespace lt::apps::activations {
MlpScales scales_of(const std::string& stage, int64_t fan_in) {
  MlpScales by;
  if (stage == "original") return by;
  // cell: softmax
  by.W2 = 0.01F;
  by.b2 = 0;
  // end
  if (stage == "softmax") return by;
  // cell: tanh
  by.W1 = 0.2F;
  by.b1 = 0.01F;
  // end
  if (stage == "tanh") return by;
  // cell: kaiming
  by.W1 = static_cast<float>((5.0 / 3) / std::sqrt(static_cast<double>(fan_in)));
  // end
  return by;
}

void show_layer(Run& run, const Start& start) {
  const auto& [stage, by, hpreact, h, logits, loss] = start;
  // cell: saturated
  run.result(stage + ": first loss", loss);
  run.result(stage + ": lowest hpreact", amin(hpreact));
  run.result(stage + ": highest hpreact", amax(hpreact));
  run.result(stage + ": std of hpreact", hpreact.stddev());
  run.result(stage + ": saturated", count_nonzero(abs(h) > 0.99F));
  run.result(stage + ": dead units", nn::dead_units(h));  // saturated for all of the batch
  // end
  draw_tanh_layer(run, stage, hpreact, h);
}

void initial_loss(Run& run, const Start& original) {
  run.heading("Stage original: the initial loss");
  run.say(
      "The network of lecture 3. Before it has learned anything, every character should look equally "
      "likely to it, which costs -log(1/27). It pays far more: large random logits are a net that is sure "
      "of itself, and wrong.");
  run.cell("parameters");
  run.cell("forward");
  const int64_t symbols = original.logits.size(1);
  run.result(fmt::format("a uniform guess, ln {}", symbols), std::log(static_cast<double>(symbols)));
  run.result("original: first loss", original.loss);
  for (int64_t i = 0; i < std::min<int64_t>(5, symbols); ++i)
    run.result(fmt::format("first example, logit {}", i), original.logits.at({0, i}));
  run.say("Four classes instead of 27, the third of them right. Equal logits cost ln 4:");
  run.cell("four classes");
  // cell: four classes
  const auto loss_of = [](const Tensor& logits) {
    return cross_entropy(Variable(logits), scalar<int64_t>(2)).item();
  };
  run.result("loss of 0 0 0 0", loss_of(tensor({0, 0, 0, 0})));
  run.result("loss of 0 0 5 0", loss_of(tensor({0, 0, 5, 0})));
  run.result("loss of -3 5 0 2", loss_of(tensor({-3, 5, 0, 2})));
  // end
}

void softmax_stage(Run& run, const Start& softmax) {
  run.heading("Stage softmax: small logits");
  run.say(
      "W2 a hundredth of what was drawn and b2 zero: the logits are nearly equal, the loss is near that of "
      "a uniform guess. (With W2 = 0 the layers before it would get no gradient at first.)");
  run.cell("softmax");
  run.result("softmax: first loss", softmax.loss);
}

void tanh_stage(Run& run, const Start& original, const Start& tanh) {
  run.heading("Stage tanh: units that are not saturated");
  run.say(
      "On its way back through h = tanh(x) a gradient is multiplied by 1 - h*h: at |h| = 0.99 that is "
      "0.02, and next to nothing arrives. A unit that is saturated for every example is dead: it never "
      "learns.");
  run.cell("saturated");
  show_layer(run, original);
  draw_activation_functions(run);
  run.say("Smaller W1 and b1 make smaller pre-activations:");
  run.cell("tanh");
  show_layer(run, tanh);
}

void kaiming_stage(Run& run, const Start& kaiming) {
  run.heading("Stage kaiming: the scale by a rule");
  run.say(
      "0.2 was found by looking. A sum of ten products of N(0, 1) numbers has a standard deviation of "
      "sqrt(10); weights divided by sqrt(fan in) keep it at 1, in every layer (He et al., 2015).");
  run.cell("sums");
  // cell: sums
  Generator g = run.generator(run.flags().seed);
  const Tensor x = randn({1000, 10}, g);
  const Tensor w = randn({10, 200}, g);
  const Tensor y = matmul(x, w);
  run.result("std of x", x.stddev());
  run.result("std of x @ w", y.stddev());
  run.result("with w / sqrt(10)", matmul(x, w / std::sqrt(10.0F)).stddev());
  run.result("with w * 0.2", matmul(x, w * 0.2F).stddev());
  run.result("with w * 5", matmul(x, w * 5).stddev());
  // end
  draw_densities(run, "A product is wider", "value", "kaiming.svg", "x, and its product with w.",
                 {{"x", x}, {"x @ w", y}});
  run.say("A tanh squashes what it gets; a gain of 5/3 makes up for that.");
  run.cell("kaiming");
  run.result("scale of W1", kaiming.by.W1);
  show_layer(run, kaiming);
}

void show_starts(Run& run, const std::vector<Start>& starts) {
  run.heading("The five starts");
  std::vector<std::vector<std::string>> rows;
  for (const auto& [stage, by, hpreact, h, logits, loss] : starts) {
    const auto saturated = static_cast<double>(count_nonzero(abs(h) > 0.99F));
    rows.push_back({stage, fmt::format("{:.3g}", by.W1),
                    stage == "batchnorm" ? "none" : fmt::format("{:g}", by.b1), fmt::format("{:g}", by.W2),
                    fmt::format("{:g}", by.b2), fmt::format("{:.4f}", loss),
                    fmt::format("{:.1f}", 100 * saturated / static_cast<double>(h.numel())),
                    fmt::format("{:.2f}", hpreact.stddev().item())});
  }
  run.table({"stage", "W1 x", "b1 x", "W2 x", "b2 x", "loss", "saturated %", "std"}, rows);
  run.say("The loss, saturated tanhs, and the standard deviation of the pre-activations, all at step 0.");
}

}  // namespace lt::apps::activations
