#include <libtensor/apps/makemore/estimates.h>

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>

#include <libtensor/apps/plot/chart.h>
#include <libtensor/tensor/io.h>
#include <libtensor/tensor/ops.h>

namespace lt::apps::makemore {
namespace {

constexpr int64_t kRows = 100;  // of a batch, as the zoo's

// Shuffled batches, at most eleven.
double estimate(const Run& run, Model& model, const Dataset& data, Generator& generator) {
  constexpr int64_t kBatches = 11;
  const NoGrad no_grad;
  Generator loader = data_loader(run, generator);
  const IntTensor order = randperm(data.x.size(0), loader);
  double sum = 0;
  int64_t batches = 0;
  for (; batches < kBatches && batches * kRows < order.size(0); ++batches) {
    const int64_t first = batches * kRows;
    const IntTensor ix = order.narrow(0, first, std::min(kRows, order.size(0) - first));
    sum += static_cast<double>(loss_of(model, data.x[ix], data.y[ix]).item());
  }
  return sum / static_cast<double>(batches);
}

}  // namespace

Variable loss_of(Model& model, const IntTensor& x, const IntTensor& y) {
  // cell: loss
  const Variable logits = model.forward(x);  // (n, t, vocab_size)
  return cross_entropy(logits.flatten(0, 1), y.flatten(), {.ignore_index = -1});
  // end
}

double whole_loss(Model& model, const Dataset& data) {
  const NoGrad no_grad;
  double total = 0, targets = 0;
  for (int64_t first = 0; first < data.x.size(0); first += kRows) {
    const int64_t rows = std::min(kRows, data.x.size(0) - first);
    const IntTensor y = data.y.narrow(0, first, rows);
    const auto here = static_cast<double>(sum((y >= 0).cast<int64_t>()).item());
    total += here * static_cast<double>(loss_of(model, data.x.narrow(0, first, rows), y).item());
    targets += here;
  }
  return total / targets;
}

Estimates::Estimates(Run& run, std::string type, Model& model, const Datasets& data, std::string file)
    : type_(std::move(type)), file_(std::move(file)), run_(run), model_(model), data_(data) {}

void Estimates::take(int64_t step, Generator& generator) {
  // cell: evaluate
  steps.push_back(static_cast<double>(step));
  train.push_back(estimate(run_, model_, data_.train, generator));
  test.push_back(estimate(run_, model_, data_.test, generator));
  keep_if_best(test.back());
  // end
  run_.log().write("eval", {{"type", type_}, {"step", step}, {"train", train.back()}, {"test", test.back()}});
}

void Estimates::take_aside(int64_t step, const Generator& generator) {
  Generator aside = generator;
  take(step, aside);
}

void Estimates::keep_if_best(double test_loss) {
  if (!(test_loss < best_loss_)) return;
  best_loss_ = test_loss;
  best_ = model_.state_dict();
  // An untrained one takes no trained one's place.
  if (!file_.empty() && steps.back() > 0) run_.attempt([&] { save_safetensors(file_, best_); });
}

void Estimates::put(nn::Checkpoint& checkpoint) const {
  checkpoint.put("best_loss", scalar<double>(best_loss_));
  for (const auto& [name, tensor] : best_) checkpoint.put("best." + name, tensor);
}

void Estimates::get(const nn::Checkpoint& checkpoint) {
  best_loss_ = checkpoint.get_tensor<double>("best_loss").item();
  best_ = model_.state_dict();
  for (auto& [name, tensor] : best_) checkpoint.get("best." + name, std::get<Tensor>(tensor));
  if (!file_.empty()) run_.attempt([&] { save_safetensors(file_, best_); });
}

std::string best_file(const Run& run, const Flags& flags, const std::string& type) {
  return run.path_of((flags.compare ? type + "." : "") + "best.safetensors");
}

std::string kept_file(const Run& run, const Flags& flags) {
  const std::string type = flags.type == Flags().type ? "" : "/" + flags.type;
  return (run.given("--out") ? run.flags().out : "out/makemore" + type) + "/best.safetensors";
}

void load_model(Model& model, const std::string& file) {
  if (!std::filesystem::exists(file))
    throw AppError(fmt::format("{}: is not there: it is what a run without --sample-only keeps", file));
  try {
    model.load_state_dict(load_safetensors(file).tensors);
  } catch (const ValueError& error) {
    const auto lines = split(error.what(), '\n');  // below what they are, a misfit each
    const std::string& misfit = lines.at(lines.size() > 1 ? 1 : 0);
    throw AppError(
        fmt::format("{}: of another model: {}", file, misfit.substr(misfit.find_first_not_of(' '))));
  }
}

void draw_curves(Run& run, const std::vector<Trained>& types) {
  const bool is_one = types.size() == 1;
  plot::Chart chart(is_one ? "Losses while training" : "Test losses while training", "step", "loss");
  for (const Trained& trained : types)
    chart.line(trained.steps, trained.test, is_one ? "test" : trained.type);
  if (is_one) chart.line(types[0].steps, types[0].train, "train");
  run.figure("curves.svg",
             is_one ? "Both losses while it was trained: apart where it learns its names by heart."
                    : "What each type costs on the names kept for testing.",
             chart.svg());
}

}  // namespace lt::apps::makemore
