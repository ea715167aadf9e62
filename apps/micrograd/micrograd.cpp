// Lecture 1: a scalar engine that shows its own graph, and the two networks trained with it.
//
//   micrograd                                        all of the lecture
//   micrograd --task moons --hidden 8 --noise 0.3
//
// Two moons
//   step             loss         lecture  accuracy
//   0      0.895844102868  0.895844102868      50 %
//   99     0.010978370135  0.010978370135     100 %

#include <libtensor/apps/common/memory.h>
#include <libtensor/apps/common/stop.h>
#include <libtensor/apps/micrograd/lecture.h>

using namespace lt::apps;
using namespace lt::apps::micrograd;

namespace {

void declare(Options& options, Settings& settings) {
  TrainingFlags& training = settings.training;
  options.flags.seed = 1337;
  training.batch = 0;
  training.lr = 0;  // the task's own
  options.add("--task all|expression|four|moons|exercise", settings.task, "which part of the lecture",
              {.selects = true});
  options.add("--hidden N,N", settings.hidden, "sizes of the hidden layers: of the four; of the moons",
              {.unset = "4,4; 16,16", .min = 1, .max = 4096});
  options.add("--points N", settings.points, "moons: how many", {.min = 2, .max = 1e6});
  options.add("--noise STD", settings.noise, "moons: of the noise", {.min = 0, .max = 1e6});
  options.add("--no-zero-grad", settings.no_zero_grad, "let gradients pile up: the lecture's bug");
  options.add("--steps N", training.steps, "updates: of the four; of the moons",
              {.unset = "20; 100", .min = 0, .shows = true});
  options.add("--batch N", training.batch, "moons: points in a minibatch; 0: all", {.min = 0});
  options.add("--lr RATE", training.lr, "learning rate: of the four; of the moons (falling to a tenth)",
              {.unset = "0.1; 1", .min = 0, .above_min = true});
  options.add("--decay-at STEP", training.decay_at, "from this step on, a tenth of the rate; 0: never",
              {.min = 0});
  training.log_every = 1;
  options.add_checkpoint(training);
}

// The settings of one training task: what was not on the command line is the lecture's.
Settings of_task(const Options& options, Settings settings, const std::string& task) {
  const bool is_four = task == "four";
  if (!options.given("--steps")) settings.training.steps = is_four ? 20 : 100;
  if (!options.given("--lr")) settings.training.lr = is_four ? 0.1 : 1;
  if (!options.given("--hidden"))
    settings.hidden = is_four ? std::vector<int64_t>{4, 4} : std::vector<int64_t>{16, 16};
  return settings;
}

void refuse_what_does_not_fit(const Options& options, const std::string& task) {
  const auto refuse = [&](const char* flag, const std::string& why) {
    if (options.given(flag)) throw UsageError(std::string(flag) + ": " + why);
  };
  if (task != "four" && task != "moons")
    for (const char* flag : {"--save", "--resume", "--save-every"})
      refuse(flag, "needs --task four or --task moons");
  if (task == "four") refuse("--batch", "the four examples are always taken together");
  if ((task == "moons" || task == "all") && options.flags.seed >> 32)
    throw UsageError("--seed: NumPy's stream, which the moons are drawn from, takes 0 to 4294967295");
}

// A step puts a product and a sum for each parameter and example on the tape; parameters and their squares
// are about one example more.
double bytes_to_train(const std::vector<int64_t>& hidden, double inputs, double examples) {
  double parameters = 0;
  for (const int64_t outputs : hidden) {
    parameters += (inputs + 1) * static_cast<double>(outputs);
    inputs = static_cast<double>(outputs);
  }
  return 2 * sizeof(Node) * (parameters + inputs + 1) * (examples + 1);
}

void refuse_what_is_too_large(const Settings& settings, const std::string& task) {
  if (task == "four") require_memory("--hidden", bytes_to_train(settings.hidden, 3, 4));
  if (task == "moons") {
    const double bytes = bytes_to_train(settings.hidden, 2, static_cast<double>(settings.points));
    require_memory("--points and --hidden", bytes);
  }
}

void lecture(Run& run, const Options& options, Settings& settings) {
  const std::string& task = settings.task;
  const bool all = task == "all";
  refuse_what_does_not_fit(options, task);
  if (task == "four" || task == "moons") settings = of_task(options, settings, task);
  for (const char* one : {"four", "moons"})
    if (all || task == one) refuse_what_is_too_large(of_task(options, settings, one), one);
  run.start();
  if (all || task == "expression") expression(run);
  if (all || task == "four") {
    Settings own = of_task(options, settings, "four");
    if (run.flags().check) own.training.steps = 100;
    four(run, own, run.flags().seed);
    if (run.flags().check) four(run, own, 42);
  }
  if (stop_requested()) return;
  if (all || task == "moons") moons(run, of_task(options, settings, "moons"));
  if (all || task == "exercise") exercise(run);
}

}  // namespace

int main(int argc, char** argv) {
  Options options("micrograd",
                  "Lecture 1: a scalar engine that shows its own graph, and networks trained with it",
                  "micrograd --task moons --hidden 16,16 --noise 0.2");
  Settings settings;
  declare(options, settings);
  return run_app(options, argc, argv, [&](Run& run) { lecture(run, options, settings); });
}
