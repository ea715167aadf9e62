// Lecture 3, "Building makemore part 2: MLP": embeddings, a hidden layer, minibatches, splits, samples.
//
//   mlp                      the lecture's last network, trained for 200,000 steps and sampled from
//   mlp --overfit 5          the first 32 examples by heart
//   mlp --find-lr            the sweep that chooses the learning rate
//   mlp --search             a small grid of settings, sorted by dev loss
//
//                                                  ours           lecture
//   parameters                                    11897             11897  =
//   loss at step 0                            27.881729         27.881731  =

#include <fmt/format.h>

#include <libtensor/apps/common/chart.h>
#include <libtensor/apps/common/memory.h>
#include <libtensor/apps/common/training.h>
#include <libtensor/apps/mlp/lessons.h>
#include <libtensor/apps/mlp/search.h>

using namespace lt;
using namespace lt::apps;

namespace {

// The minibatch losses and split losses that the lecture's own network prints, where its settings are ours.
void compare_steps(Run& run, const mlp::Settings& settings, const std::vector<double>& losses) {
  if (!settings.is_lecture(run)) return;
  const std::vector<std::pair<size_t, std::pair<double, Tolerance>>> lecture = {{0, {27.881731, kSingle}},
                                                                                {1, {24.003197, kSingle}},
                                                                                {2, {24.807373, kSingle}},
                                                                                {10, {16.6944, within(1e-3)}},
                                                                                {100, {7.94, within(0.01)}}};
  for (const auto& [step, figure] : lecture) {
    if (step < losses.size()) {
      run.compare(fmt::format("loss at step {}", step), losses[step], figure.first, figure.second);
    }
  }
}

void show_losses(Run& run, const mlp::Settings& settings, const mlp::Trained& net) {
  const std::vector<std::pair<const char*, std::pair<double, double>>> splits = {
      {"train", {net.train_loss, 2.1274}},
      {"val", {net.val_loss, 2.1659}},
      {"test", {net.test_loss, 2.1656}}};
  for (const auto& [name, figures] : splits) {
    if (std::isnan(figures.first)) continue;
    run.log().write("split", {{"name", name}, {"loss", static_cast<float>(figures.first)}});
    const std::string label = fmt::format("{} loss", name);
    if (settings.is_lecture(run) && settings.training.steps == 200000) {
      run.compare(label, figures.first, figures.second, within(0.02));
    } else {
      run.result(label, show(figures.first));
    }
  }
  run.say("A uniform guess costs ln 27 = 3.2958; the best bigram table about 2.45.");
}

void draw(Run& run, const mlp::Trained& net, const Vocabulary& vocabulary, int64_t decay_at) {
  std::vector<double> steps, logs;
  for (size_t i = 0; i < net.losses.size(); ++i) {
    steps.push_back(static_cast<double>(i));
    logs.push_back(std::log10(net.losses[i]));
  }
  Chart curve("Loss of each minibatch", "step", "log10 loss");
  curve.line(steps, logs);
  if (decay_at < std::ssize(net.losses)) curve.vertical(static_cast<double>(decay_at), "a tenth of the rate");
  run.figure("loss.svg", "log10 of each minibatch's loss: noisy, and lower once the rate falls.",
             curve.svg());
  if (net.net.sizes.embed != 2) return;
  std::vector<double> x, y;
  std::vector<std::string> texts;
  for (int64_t i = 0; i < vocabulary.size(); ++i) {
    x.push_back(net.net.C.data().at({i, 0}));
    y.push_back(net.net.C.data().at({i, 1}));
    texts.push_back(vocabulary.symbol(i));
  }
  Chart embeddings("The embedding of each character");
  embeddings.size(640, 640).grid().scatter(x, y, "", "", texts);
  run.figure("embeddings.svg", "The 2-d embeddings: characters that are used alike lie close.",
             embeddings.svg());
}

void show_network(Run& run, const mlp::Data& data, const mlp::Settings& settings) {
  run.heading("The network");
  run.code(
      "Variable emb = embedding(C, x).view({-1, block * embed});\n"
      "Variable h = tanh(matmul(emb, W1) + b1);\n"
      "Variable logits = matmul(h, W2) + b2;\n"
      "Variable loss = cross_entropy(logits, y);");
  const mlp::Trained net = mlp::train_net(run, data, settings);
  compare_steps(run, settings, net.losses);
  if (net.stopped) return;
  show_losses(run, settings, net);
  draw(run, net, data.vocabulary, settings.training.decay_at);
  run.heading("Names");
  run.samples(sample_names([&](const IntTensor& x) { return net.net.logits(x); }, data.vocabulary,
                           settings.sizes.block, run.flags().samples,
                           run.generator(run.flags().sample_seed)));
}

}  // namespace

int main(int argc, char** argv) {
  mlp::Settings settings;
  mlp::Lessons lessons;
  Options options("mlp", "Lecture 3: an MLP language model after Bengio et al. 2003",
                  "mlp --hidden 300 --embed 2");
  options.flags.samples = 20;
  options.flags.sample_seed = 2147483657;
  mlp::add_flags(options, settings, lessons);
  return run_app(options, argc, argv, [&](Run& run) {
    mlp::refuse_idle_flags(run, lessons);
    require_memory("--batch, --hidden, --embed and --block",
                   bytes_to_train(settings.sizes, settings.training.batch));
    const Words words = run.load_words();
    const mlp::Data data(run, words, settings.sizes.block);
    settings.sizes.vocabulary = data.vocabulary.size();
    settings.data = run.names_id(words);
    mlp::show_windows(run, words.words, data.vocabulary, settings.sizes.block);
    mlp::show_embedding(run, data.train, settings.sizes);
    mlp::show_stable_loss(run);
    if (lessons.overfit > 0) return mlp::overfit(run, words, data.vocabulary, settings, lessons.overfit);
    if (lessons.find_lr)
      return mlp::find_learning_rate(run, data.all(words), settings.sizes, settings.training.log_every);
    if (lessons.search) return mlp::search(run, data, settings);
    if (run.flags().check) {
      mlp::overfit(run, words, data.vocabulary, settings, 5);
      mlp::find_learning_rate(run, data.all(words), settings.sizes, settings.training.log_every);
      mlp::check_other_nets(run, data, settings);
    }
    show_network(run, data, settings);
  });
}
