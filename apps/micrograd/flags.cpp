#include <libtensor/apps/common/memory.h>
#include <libtensor/apps/micrograd/micrograd.h>

namespace lt::apps::micrograd {
namespace {

// A step puts a product and a sum for each parameter and example on the tape; parameters and their squares
// are about one example more.
double bytes_to_train(const std::vector<int64_t>& sizes, double inputs, double examples) {
  double parameters = 0;
  for (const int64_t outputs : sizes) {
    parameters += (inputs + 1) * static_cast<double>(outputs);
    inputs = static_cast<double>(outputs);
  }
  return 2 * sizeof(Node) * parameters * (examples + 1);
}

}  // namespace

void declare(Options& options, Flags& flags) {
  TrainingFlags& training = flags.training;
  options.flags.seed = 1337;
  options.add(
      "--task all|expression|four|moons|exercise", flags.task, "which part of the lecture",
      {.selects = true, .defaults = "||--steps 20 --lr 0.1 --hidden 4,4|--steps 100 --lr 1 --hidden 16,16|"});
  options.add("--expr TEXT", flags.expr, "an expression, as \"tanh(2*a+b)\": its graph and its gradients",
              {.selects = true});
  options.add("--at NAME=VALUE", flags.at, "values of its names, also without --at: a=2 b=-3",
              {.selects = true, .words = true, .needs = {"--expr"}});
  options.add("--hidden N,N", flags.hidden, "sizes of the hidden layers: of the four; of the moons",
              {.group = "Model", .unset = "4,4; 16,16", .min = 1, .max = 4096});
  options.add("--points N", flags.points, "moons: how many", {.group = "Model", .min = 2, .max = 1e6});
  options.add("--noise STD", flags.noise, "moons: standard deviation of the noise",
              {.group = "Model", .min = 0, .max = 1e6});
  options.add("--no-zero-grad", flags.no_zero_grad, "let gradients pile up: the lecture's bug",
              {.group = "Training"});
  options.add("--steps N", training.steps, "updates: of the four; of the moons",
              {.group = "Training", .unset = "20; 100", .min = 0, .shows = true});
  options.add("--batch N", training.batch, "moons: points in a minibatch",
              {.group = "Training", .unset = "all", .min = 1});
  options.add("--lr RATE", training.lr, "learning rate: of the four; of the moons (falling to a tenth)",
              {.group = "Training", .unset = "0.1; 1", .min = 0, .above_min = true});
  options.add("--decay-at STEP", training.decay_at, "from this step on, a tenth of the rate",
              {.group = "Training", .unset = "never", .min = 0});
  options.add_checkpoint(training);
  const std::vector<std::string> of_trainings = {"--hidden", "--no-zero-grad", "--steps",
                                                 "--lr",     "--decay-at",     "--log-every"};
  const std::vector<std::string> of_moons = {"--points", "--noise", "--batch"},
                                 of_one = {"--save", "--resume", "--save-every"};
  for (const char* task : {"--task all", "--task expression", "--task exercise"})
    options.idle_beside(task, of_one);
  for (const char* task : {"--task expression", "--task exercise", "--expr"}) {
    options.idle_beside(task, of_trainings);
    options.idle_beside(task, of_moons);
  }
  // There is no text to read, nothing is sampled, and numbers come from Python's and NumPy's streams.
  options.leave_out({"--data", "--words", "--samples", "--sample-seed", "--sampling", "--profile"});
  options.idle_beside("--task four", of_moons);
  options.idle_beside("--expr", {"--task"});
}

Flags flags_of(const Run& run, Flags flags, const std::string& task) {
  const bool is_four = task == "four";
  if (!run.given("--steps")) flags.training.steps = is_four ? 20 : 100;
  if (!run.given("--lr")) flags.training.lr = is_four ? 0.1 : 1;
  if (!run.given("--hidden"))
    flags.hidden = is_four ? std::vector<int64_t>{4, 4} : std::vector<int64_t>{16, 16};
  return flags;
}

void refuse_what_does_not_fit(const Run& run, const Flags& flags) {
  const std::string task = flags.expr.empty() ? flags.task : "expr";
  if ((task == "moons" || task == "all") && run.flags().seed >> 32)
    throw UsageError("--seed: NumPy's stream, which the moons are drawn from, takes 0 to 4294967295");
  if (task == "four" || task == "all")
    require_memory("--hidden", bytes_to_train(flags_of(run, flags, "four").sizes(), 3, 4));
  if (task == "moons" || task == "all")
    require_memory("--points and --hidden", bytes_to_train(flags_of(run, flags, "moons").sizes(), 2,
                                                           static_cast<double>(flags.points)));
}

}  // namespace lt::apps::micrograd
