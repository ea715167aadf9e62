#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include <libtensor/apps/activations/mlp.h>
#include <libtensor/nn/diagnostics.h>

// The stages before any training: what each changes, and what it is good for. A figure belongs to the setup
// of its stage.

namespace lt::apps::activations {
namespace {

// How the tanh layer stands: lines and pictures.
void show_layer(Run& run, const First& first) {
  const std::string& stage = first.net.stage;
  const Tensor hpreact = first.net.hpreact.data(), h = first.net.h.data();
  // cell: saturated
  run.result(stage + ": first loss", first.loss.item());
  run.result(stage + ": lowest hpreact", amin(hpreact));
  run.result(stage + ": highest hpreact", amax(hpreact));
  run.result(stage + ": std of hpreact", hpreact.stddev());
  run.result(fmt::format("{}: saturated of {}", stage, h.numel()), count_nonzero(abs(h) > 0.99F));
  run.result(stage + ": dead units", nn::dead_units(h));  // saturated for all of the batch
  // end
  draw_tanh_layer(run, stage, hpreact, h);
}

}  // namespace

void initial_loss(Run& run, const First& original) {
  run.heading("Stage original: the initial loss");
  run.say(
      "The network of lecture 3. Before it has learned anything, every character should look equally "
      "likely to it, which costs -log(1/27). It pays far more: large random logits are a net that is sure "
      "of itself, and wrong.");
  run.cell("parameters");
  run.cell("forward");
  const int64_t symbols = original.logits.size(1);
  run.result(fmt::format("a uniform guess, ln {}", symbols), std::log(static_cast<double>(symbols)));
  run.result("original: first loss", original.loss.item());
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

void softmax_stage(Run& run, const First& softmax) {
  run.heading("Stage softmax: small logits");
  run.say(
      "W2 a hundredth of what was drawn and b2 zero: the logits are nearly equal, the loss is near that of "
      "a uniform guess. (With W2 = 0 the layers before it would get no gradient at first.)");
  run.cell("softmax");
  run.result("softmax: first loss", softmax.loss.item());
}

void tanh_stage(Run& run, const First& original, const First& tanh) {
  run.heading("Stage tanh: units that are not saturated");
  const Tensor& h = original.net.h.data();
  run.say(fmt::format(
      "On its way back through h = tanh(x) a gradient is multiplied by 1 - h*h: at |h| = 0.99 that is "
      "0.02, and next to nothing arrives. So a number with |h| above 0.99 is called saturated. h has {} of "
      "them: {} examples times {} units. A unit that is saturated for every example is dead: it never "
      "learns.",
      h.numel(), h.size(0), h.size(1)));
  run.cell("saturated");
  show_layer(run, original);
  draw_activation_functions(run);
  run.say("Smaller W1 and b1 make smaller pre-activations:");
  run.cell("tanh");
  show_layer(run, tanh);
}

void kaiming_stage(Run& run, const First& kaiming) {
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
  run.result("scale of W1", kaiming.net.by.W1);
  show_layer(run, kaiming);
}

void batchnorm_stage(Run& run, First first, const First& kaiming) {
  run.heading("Stage batchnorm: batch normalisation");
  run.say(
      "If pre-activations should have mean 0 and standard deviation 1, make them so (Ioffe and Szegedy, "
      "2015): from each unit subtract its mean over the batch, divide by its standard deviation. It can "
      "all be differentiated. bngain and bnbias are trained, so that the net may move away from 0 and 1 "
      "again.");
  run.cell("batch normalisation");
  Mlp& net = first.net;
  show_layer(run, first);
  const Tensor before = matmul(net.C[first.batch.x].view({-1, net.W1.size(0)}), net.W1).data();
  run.result("unit 0: bnmeani", net.bnmeani.at({0, 0}));
  run.result("unit 0: bnstdi", net.bnstdi.at({0, 0}));
  run.result("unit 0: bngain", net.bngain.at({0, 0}));
  run.result("unit 0: bnbias", net.bnbias.at({0, 0}));
  run.result("unit 0, first example: before", before.at({0, 0}));
  run.result("unit 0, first example: after", net.hpreact.at({0, 0}));
  run.say(
      "b1 is gone: what is added to a unit in all examples, the mean takes away again. So its gradient is "
      "nothing, and bnbias does its work.");
  run.cell("idle b1");
  // cell: idle b1
  const Variable b1(zeros(net.W1.size(1)), true);
  const Variable h = tanh(net.normalize(Variable(before) + b1, true));
  cross_entropy(matmul(h, net.W2) + net.b2, first.batch.y).backward();
  run.result("largest gradient of b1", amax(abs(b1.grad())));
  // end
  kaiming.loss.backward();
  run.result("the same in stage kaiming", amax(abs(kaiming.net.b1.grad())));
  run.say(
      "Now an example's logits depend on the others of its batch. That jitter keeps the net from "
      "overfitting, but one window alone has no standard deviation. So running averages are kept (0.999 of "
      "the old, 0.001 of the batch's), and when the net is evaluated they stand for the batch's.");
  run.cell("couples");
  // cell: couples
  const auto first_logit_among = [&](int64_t examples, bool training) {
    return net.logits(first.batch.x.narrow(0, 0, examples), training).at({0, 0});
  };
  run.result("first logit, in its batch", first_logit_among(first.batch.x.size(0), true));
  run.result("beside one other", first_logit_among(2, true));
  run.result("alone, by running averages", first_logit_among(1, false));
  run.result("alone, by its own std", first_logit_among(1, true));
  // end
  draw_widget(run);
}

void show_starts(Run& run, const std::vector<First>& starts) {
  run.heading("The five starts");
  std::vector<std::vector<std::string>> rows;
  for (const First& first : starts) {
    const Mlp& net = first.net;
    const double saturated = 100 * mean((abs(net.h.data()) > 0.99F).cast<double>()).item();
    rows.push_back({net.stage, fmt::format("{:.3g}", net.by.W1),
                    net.batchnorm ? "none" : fmt::format("{:g}", net.by.b1), fmt::format("{:g}", net.by.W2),
                    fmt::format("{:g}", net.by.b2), fmt::format("{:.4f}", first.loss.item()),
                    fmt::format("{:.1f}", saturated),
                    fmt::format("{:.2f}", net.hpreact.data().stddev().item())});
  }
  run.table({"stage", "W1 x", "b1 x", "W2 x", "b2 x", "loss", "saturated %", "std"}, rows);
  run.say("The loss, saturated tanhs, and the standard deviation of the pre-activations, all at step 0.");
}

}  // namespace lt::apps::activations
