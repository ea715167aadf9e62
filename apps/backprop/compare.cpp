#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include <libtensor/apps/backprop/backprop.h>
#include <libtensor/tensor/ops.h>

// The network's start, and gradients by hand beside those of autograd.

namespace lt::apps::backprop {

Net::Net(const MlpSizes& n, Generator& g, bool trained) {
  const int64_t inputs = n.block * n.embed;
  // cell: parameters
  const float gain = (5.0F / 3) / std::sqrt(static_cast<float>(inputs));
  C = Variable(randn({n.vocabulary, n.embed}, g), trained);
  W1 = Variable(randn({inputs, n.hidden}, g) * gain, trained);
  b1 = Variable(randn(n.hidden, g) * 0.1F, trained);
  W2 = Variable(randn({n.hidden, n.vocabulary}, g) * 0.1F, trained);
  b2 = Variable(randn(n.vocabulary, g) * 0.1F, trained);
  bngain = Variable(randn({1, n.hidden}, g) * 0.1F + 1, trained);
  bnbias = Variable(randn({1, n.hidden}, g) * 0.1F, trained);
  // end
}

Parameters Net::parameters() const {
  return {{"C", C}, {"W1", W1}, {"b1", b1}, {"W2", W2}, {"b2", b2}, {"bngain", bngain}, {"bnbias", bnbias}};
}

void show_start(Run& run, const Net& net, const IntTensor& ix, const Variable& loss) {
  run.say(
      "Many biases would start at 0; here they are drawn too, as is the gain: a gradient that is wrong by a "
      "term with one of them in it would otherwise look right.");
  run.cell("parameters");
  run.result("parameters", count_parameters(net.parameters()));
  std::string rows;
  for (int64_t i = 0; i < std::min<int64_t>(5, ix.size(0)); ++i) rows += fmt::format("{} ", ix.at({i}));
  run.result("first rows of the batch", rows.substr(0, rows.size() - 1));
  run.result("loss", loss.item());
}

void show_norms(Run& run, const std::vector<Tensor>& gradients) {
  const char* const names[] = {"C", "W1", "b1", "W2", "b2", "bngain", "bnbias"};
  for (size_t i = 0; i < gradients.size(); ++i) {
    const auto size = static_cast<double>(norm(gradients[i]).item());
    run.log().write("gradient", {{"step", 0}, {"name", names[i]}, {"norm", static_cast<float>(size)}});
    run.result(fmt::format("norm of d{} at step 0", names[i]), size);
  }
}

void GradientTable::cmp(const std::string& name, const Variable& d, const Variable& x) {
  // cell: cmp
  const Tensor ours = d.data(), autograd = x.grad();
  const bool exact = equal(ours, autograd);
  const bool approximate = allclose(ours, autograd);
  const double largest = amax(abs(ours - autograd)).item();
  // end
  const double size = norm(ours).item();
  run_.log().write("gradient", {{"step", 0}, {"name", name}, {"norm", static_cast<float>(size)}});
  largest_ = std::max(largest_, largest);
  rows_.push_back({name + " " + to_string(x.shape()), exact ? "yes" : "no", approximate ? "yes" : "no",
                   apps::show(largest), run_.marked("norm of d" + name, size)});
}

void GradientTable::show() {
  run_.table({"gradient of", "exact", "approximate", "largest difference", "norm"}, rows_);
  run_.result("largest difference of all", largest_);
}

}  // namespace lt::apps::backprop
