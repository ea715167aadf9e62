#include <fmt/format.h>

#include <array>

#include <libtensor/apps/common/curves.h>
#include <libtensor/apps/micrograd/graph.h>
#include <libtensor/apps/micrograd/micrograd.h>
#include <libtensor/autograd/ops.h>
#include <libtensor/tensor/ops.h>

// The lecture's second half: tanh taken apart, the same on tensors, and a network.

namespace lt::apps::micrograd {
namespace {

void tanh_apart(Run& run) {
  const Scope scope;
  run.heading("tanh taken apart");
  run.say(
      "How much one operation does is up to you, as long as it knows its slope: tanh(n) is (e - 1) / (e + "
      "1) with e = exp(2*n), and the gradients are the same.");
  const Value x1(2, "x1"), x2(0, "x2"), w1(-3, "w1"), w2(1, "w2"), b(6.8813735870195432, "b");
  // cell: tanh apart
  const Value n = (x1 * w1 + x2 * w2 + b).label("n");
  const Value e = exp(2 * n).label("e");
  const Value o = ((e - 1) / (e + 1)).label("o");
  o.backward();
  // end
  run.cell("tanh apart");
  run.result("o", o.data());
  show_slopes(run, {x1, w1, x2, w2, b});
  draw(run, "neuron_split", "The neuron, its tanh taken apart.", o);
}

void on_tensors(Run& run) {
  run.heading("The same on tensors");
  run.say(
      "PyTorch does this for whole tensors of numbers at once, and so do this library's Variables. Tensors "
      "hold float32 unless told otherwise: the bias was rounded on its way in, which shows from the "
      "seventh digit on.");
  // cell: tensors
  DoubleVariable x1(tensor({2.0F}).cast<double>(), true), x2(tensor({0.0F}).cast<double>(), true);
  DoubleVariable w1(tensor({-3.0F}).cast<double>(), true), w2(tensor({1.0F}).cast<double>(), true);
  DoubleVariable b(tensor({6.8813735870195432F}).cast<double>(), true);
  const DoubleVariable n = x1 * w1 + x2 * w2 + b;
  const DoubleVariable o = tanh(n);
  o.backward();
  // end
  run.cell("tensors");
  run.result("float32: o", o.item());
  run.result("float32: do/dx1", x1.grad().item());
  run.result("float32: do/dw1", w1.grad().item());
  run.result("float32: do/dx2", x2.grad().item());
  run.result("float32: do/dw2", w2.grad().item());
  run.result("float32: do/db", b.grad().item());
}

// cell: examples
constexpr std::array<std::array<double, 3>, 4> xs = {  // NOLINT(readability-identifier-naming)
    {{2.0, 3.0, -1.0}, {3.0, -1.0, 0.5}, {0.5, 1.0, 1.0}, {1.0, 1.0, -1.0}}};
constexpr std::array<double, 4> ys = {1.0, -1.0, -1.0, 1.0};  // NOLINT(readability-identifier-naming)
// end

// cell: loss
Value squared_error(MLP& n) {
  Value loss = 0;
  for (size_t i = 0; i < xs.size(); ++i) loss += pow(n(xs[i])[0] - ys[i], 2);
  return loss;
}
// end

void show_outputs(Run& run, MLP& n) {
  const Scope scope;
  for (size_t i = 0; i < xs.size(); ++i) {
    run.result(fmt::format("[{}] should say {}", fmt::join(xs[i], ", "), ys[i]), n(xs[i])[0].data());
  }
}

void one_step(Run& run, const Flags& flags) {
  const Scope scope;
  PythonRandom random(run.flags().seed);
  MLP n(3, flags.sizes(), kLecture, random);
  run.say(
      "Training by hand: forward, backward, and each parameter a little against its gradient, here of one "
      "weight.");
  const Value w = n.layers[0].neurons[0].w[0];
  run.result("layers[0].neurons[0].w[0]", w.data());
  // cell: one step
  const Value loss = squared_error(n);
  loss.backward();
  for (const Value p : n.parameters()) p.data() += -0.1 * p.grad();
  const Value next = squared_error(n);
  // end
  run.cell("one step");
  run.result("its gradient", w.grad());
  run.result("the weight after the step", w.data());
  run.result("loss before the step", loss.data());
  run.result("loss after the step", next.data());
}

// The losses of a run that does not zero its gradients beside those of one that does.
void forget_to_zero(Run& run, const Flags& flags, const std::vector<double>& zeroed) {
  run.heading("A bug: gradients that are not zeroed");
  run.say(
      "Without `zero_grad`, each step adds its gradients to those of all steps before, and steps grow and "
      "grow. On four points the loss still falls, but by leaps that nobody chose, and it may leap up again.");
  PythonRandom random(run.flags().seed);
  MLP n(3, flags.sizes(), kLecture, random);
  std::vector<std::vector<std::string>> rows;
  for (int64_t k = 0; k < std::min<int64_t>(20, std::ssize(zeroed)); ++k) {
    const Scope forget;
    const Value loss = squared_error(n);
    loss.backward();
    for (const Value p : n.parameters()) p.data() -= flags.training.lr * p.grad();
    if (k < 2 || k % 3 == 2 || k == 19)
      rows.push_back({std::to_string(k), show(zeroed[static_cast<size_t>(k)]), show(loss.data())});
  }
  run.table({"step", "loss, gradients zeroed", "loss, not zeroed"}, rows);
}

}  // namespace

TrainingState state_of(const MLP& model, const std::string& name) {
  const auto put = [&model](nn::Checkpoint& checkpoint) {
    std::vector<double> data, grad;
    for (const Value p : model.parameters()) {
      data.push_back(p.data());
      grad.push_back(p.grad());
    }
    checkpoint.put("data", from_vector<double>(data, std::ssize(data)));
    checkpoint.put("grad", from_vector<double>(grad, std::ssize(grad)));
  };
  const auto get = [&model](const nn::Checkpoint& checkpoint) {
    DoubleTensor data = zeros<double>(std::ssize(model.parameters())), grad = data.clone();
    checkpoint.get("data", data);
    checkpoint.get("grad", grad);
    for (int64_t i = 0; const Value p : model.parameters()) {
      p.data() = data.at({i});
      p.grad() = grad.at({i++});
    }
  };
  return {.put = put, .get = get, .name = name};
}

void second_half(Run& run) {
  tanh_apart(run);
  on_tensors(run);
}

void four(Run& run, const Flags& flags) {
  const Scope scope;
  run.heading("Neurons, layers, a network");
  run.say(
      "Neurons side by side make a layer, layers in a row make a network (MLP, multi-layer perceptron). "
      "Weights and biases are drawn by Python's `random`, uniform between -1 and 1; every neuron ends in a "
      "tanh.");
  run.cell("classes");
  run.cell("Neuron, Layer, MLP");
  // cell: MLP
  PythonRandom random(run.flags().seed);
  MLP n(3, flags.sizes(), kLecture, random);  // 3 inputs, layers of 4, 4 and 1
  // end
  run.cell("MLP");
  for (size_t i = 0; i < n.layers.size(); ++i) {
    const auto neurons = std::ssize(n.layers[i].neurons), weights = std::ssize(n.layers[i].neurons[0].w);
    run.result(fmt::format("layer {}: {} * ({} + 1)", i + 1, neurons, weights), neurons * (weights + 1));
  }
  run.parameters(std::ssize(n.parameters()));
  run.heading("Four examples, learned by heart");
  run.say(
      "Each example is three numbers and what the network should say to them. The loss is one number for "
      "how far it is from that: the sum of the squared errors.");
  run.cell("examples");
  run.cell("loss");
  run.result("untrained, [2, 3, -1]", n(xs[0])[0].data());
  one_step(run, flags);

  run.say(flags.no_zero_grad
              ? kPilingUp
              : "The same again and again: forward, backward, update. The gradients of a step are "
                "zeroed before the next one adds its own.");
  run.cell("train");
  Steps steps = run.steps(flags.training, state_of(n, "four"));
  // cell: train
  for (Step& step : steps) {
    const Scope forget;  // at its end, what this step has made
    // forward pass
    const Value loss = squared_error(n);
    step.loss(loss.data());
    // backward pass
    if (!flags.no_zero_grad) n.zero_grad();
    loss.backward();
    // update
    for (const Value p : n.parameters()) p.data() -= step.rate() * p.grad();
  }
  // end
  if (!steps.done()) return;
  show_outputs(run, n);
  draw_losses(run, steps.losses(), flags.training.decay_at, "four_loss.svg");
  if (!flags.no_zero_grad) forget_to_zero(run, flags, steps.losses());
}

}  // namespace lt::apps::micrograd
