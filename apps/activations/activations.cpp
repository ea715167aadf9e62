// Lecture 4, "Building makemore part 3: activations & gradients, BatchNorm".
//
//   activations                          the last of the five fixes: BatchNorm, 200,000 steps
//   activations --stage all              all five, one after another, with their table
//   activations --deep                   six layers and what goes on inside of them
//   activations --deep --gain 0.5 --no-batchnorm
//   activations --exercise 1             all parameters zero
//
//                                                  ours           lecture
//   loss at step 0                             3.323863          3.323863  =
//   train loss                                 2.067415          2.067415  =
//   val loss                                   2.105684          2.105684  =
//   carlah. amorie. khi. mri. reity.

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include <libtensor/apps/activations/cells.h>
#include <libtensor/apps/activations/deep.h>
#include <libtensor/apps/activations/exercises.h>
#include <libtensor/apps/activations/gains.h>
#include <libtensor/apps/activations/tour.h>
#include <libtensor/apps/common/memory.h>
#include <libtensor/apps/common/training.h>
#include <libtensor/apps/plot/chart.h>

using namespace lt;
using namespace lt::apps;
using namespace lt::apps::activations;

namespace {

struct Flags {
  Settings settings;
  std::string stage = "batchnorm";
  bool calibrate = false;
  bool deep = false;
  double gain = 1;
  bool no_batchnorm = false;
  bool linear = false;
  int64_t exercise = 0;
  double widget = 0;
};

void add_flags(Options& options, Flags& flags) {
  options.add_training(flags.settings.training);
  options.add("--stage original|softmax|tanh|kaiming|batchnorm|all", flags.stage,
              "which of the five fixes to train", {.selects = true});
  options.add("--calibrate", flags.calibrate, "batchnorm: statistics of the whole training split at the end");
  options.add("--deep", flags.deep, "the six-layer network and its diagnostics (1001 steps unless given)",
              {.selects = true});
  options.add("--gain G", flags.gain, "deep: factor of every weight but a last Linear's",
              {.min = 0, .above_min = true});
  options.add("--no-batchnorm", flags.no_batchnorm, "deep: Linear layers with biases alone");
  options.add("--linear", flags.linear, "deep: without the tanhs");
  options.add("--exercise 1|2", flags.exercise, "1: all parameters zero; 2: BatchNorm folded away",
              {.selects = true});
  options.add("--widget X0", flags.widget, "five numbers normalised, the first of them X0",
              {.selects = true});
}

// Flags that say nothing together are refused before anything is written.
void refuse_idle_flags(const Run& run, const Flags& flags) {
  int chosen = 0;
  for (const char* name : {"--stage", "--deep", "--exercise", "--widget"}) chosen += run.given(name) ? 1 : 0;
  if (chosen > 1) throw UsageError("--stage, --deep, --exercise and --widget exclude each other");
  for (const char* name : {"--gain", "--no-batchnorm", "--linear"}) {
    if (run.given(name) && !flags.deep) throw UsageError(fmt::format("{} goes with --deep alone", name));
  }
  const bool trains_stages = chosen == 0 || run.given("--stage");
  if (flags.calibrate && !(trains_stages && flags.stage == "batchnorm")) {
    throw UsageError("--calibrate goes with the batchnorm stage alone");
  }
  const bool saves = run.given("--resume") || run.given("--save") || run.given("--save-every");
  if (saves && flags.stage == "all") throw UsageError("a checkpoint holds one stage, not --stage all");
  const bool normalizes = trains_stages ? flags.stage == "batchnorm" || flags.stage == "all"
                                        : (flags.deep && !flags.no_batchnorm) || flags.exercise == 2;
  if (normalizes && flags.settings.training.batch < 2) {
    throw UsageError("--batch: '1' is too few to normalise over");
  }
}

// The lecture's number of steps where it is not the stages'.
TrainingFlags with_defaults(const Run& run, TrainingFlags training, int64_t steps, int64_t decay_at) {
  if (!run.given("--steps")) training.steps = steps;
  if (!run.given("--decay-at")) training.decay_at = decay_at;
  return training;
}

Settings deep_settings(const Run& run, Settings settings, int64_t steps = 1001) {
  settings.training = with_defaults(run, settings.training, steps, 150000);
  return settings;
}

Settings zero_settings(const Run& run, Settings settings) {
  settings.training = with_defaults(run, settings.training, 10000, 10000);
  return settings;
}

void draw_losses(Run& run, const std::vector<Trained>& trained) {
  constexpr size_t kGroup = 1000;
  plot::Chart chart("Loss, means of 1,000 minibatches", "step", "log10 loss");
  bool is_long = false;
  for (const Trained& one : trained) {
    std::vector<double> steps, logs;
    for (const double mean : means_of(one.losses, kGroup)) {
      logs.push_back(std::log10(mean));
      steps.push_back(static_cast<double>(kGroup) * (static_cast<double>(logs.size()) - 0.5));
    }
    is_long |= logs.size() >= 10;
    chart.line(steps, logs, one.stage);
  }
  if (is_long) run.figure("loss_means.svg", "log10 of the loss, averaged.", chart.size(900, 380).svg());
  const std::vector<double>& losses = trained.back().losses;
  std::vector<double> steps, logs;
  for (size_t i = 0; i < losses.size(); ++i) {
    steps.push_back(static_cast<double>(i));
    logs.push_back(std::log10(losses[i]));
  }
  plot::Chart raw(fmt::format("Loss of each minibatch: {}", trained.back().stage), "step", "log10 loss");
  run.figure("loss.svg", "log10 of each minibatch's loss.", raw.size(900, 380).line(steps, logs).svg());
}

void check_names(Run& run, const Trained& trained, const std::vector<std::string>& names) {
  std::vector<std::string> lecture;
  if (trained.stage == "batchnorm") {
    lecture = {"carlah.",   "amorie.", "khi.",    "mri.",    "reity.",
               "salaysie.", "mahnen.", "delynn.", "jareei.", "ner."};
  } else if (trained.stage == "kaiming") {
    lecture = {"carmahzaylyn.", "kiffinleige.", "tyrencessa.", "jazon.", "nadelynn."};
  }
  for (size_t i = 0; i < std::min(lecture.size(), names.size()); ++i) {
    run.check(fmt::format("{}, name {}", trained.stage, i), names[i], lecture[i]);
  }
}

void show_stages(Run& run, const Splits& data, const Flags& flags, const std::vector<std::string>& stages) {
  show_toy_loss(run);
  show_starts(run, data, flags.settings);
  draw_hockey_stick(run, data, flags.settings);
  draw_tanh_layer(run, data, flags.settings, stages.back());
  show_kaiming(run);
  std::vector<Trained> trained;
  for (const std::string& stage : stages) {
    trained.push_back(train_stage(run, data, flags.settings, stage));
    Trained& one = trained.back();
    if (one.stopped) return;
    check_names(run, one, names_of(run, data, one.net));
  }
  show_loss_log(run, trained);
  draw_losses(run, trained);
  Trained& last = trained.back();
  if (flags.calibrate || (run.flags().check && last.net.normalizes)) {
    calibrate(run, data, flags.settings, last);
  }
  run.heading("Names");
  run.samples(names_of(run, data, last.net));
}

void check_everything(Run& run, const Splits& data, const Flags& flags) {
  show_stages(run, data, flags, kStages);
  const Settings deep = deep_settings(run, flags.settings);
  show_gains(run, data, deep);
  show_deep(run, data, deep, {});
  check_gains(run, data, deep);
  show_deep(run, data, deep_settings(run, flags.settings, 200000), {});
  show_large_products(run);
  zero_initialisation(run, data, zero_settings(run, flags.settings));
  fold_batchnorm(run, data, deep);
  for (const double x0 : {0.0, 10.0}) show_widget(run, x0);
}

}  // namespace

int main(int argc, char** argv) {
  Flags flags;
  Options options("activations", "Lecture 4: activations, gradients and BatchNorm", "activations --deep");
  options.flags.samples = 20;
  options.flags.sample_seed = 2147483657;
  add_flags(options, flags);
  return run_app(options, argc, argv, [&](Run& run) {
    refuse_idle_flags(run, flags);
    Settings& settings = flags.settings;
    const double of_example = flags.deep || flags.exercise == 2 ? 14000 : 4400;  // bytes, as measured
    require_memory("--batch", of_example * static_cast<double>(settings.training.batch));
    if (flags.deep || flags.exercise == 2) settings = deep_settings(run, settings);
    if (flags.exercise == 1) settings = zero_settings(run, settings);
    const Words words = run.load_words();
    if (run.given("--widget")) return show_widget(run, flags.widget);
    const Splits data(run, words, settings.sizes.block);
    settings.sizes.vocabulary = data.vocabulary.size();
    settings.data = run.names_id(words);
    if (flags.exercise == 1) return zero_initialisation(run, data, settings);
    if (flags.exercise == 2) return fold_batchnorm(run, data, settings);
    if (flags.deep) {
      show_gains(run, data, settings);
      show_deep(run, data, settings, {!flags.no_batchnorm, !flags.linear, flags.gain});
      return show_large_products(run);
    }
    if (run.flags().check && !run.given("--stage")) return check_everything(run, data, flags);
    show_stages(run, data, flags, flags.stage == "all" ? kStages : std::vector<std::string>{flags.stage});
  });
}
