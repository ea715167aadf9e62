// The zoo of makemore: six models of names, from a table of bigrams to a transformer, on one training loop.
//
//   makemore                     a transformer
//   makemore --type gru          another of the six types
//   makemore --compare           all six, and their test losses in one figure
//   makemore --sample-only       more names of the best model of a run before

#include <fmt/format.h>

#include <algorithm>

#include <libtensor/apps/common/curves.h>
#include <libtensor/apps/common/memory.h>
#include <libtensor/apps/makemore/estimates.h>
#include <libtensor/nn/optimizer.h>
#include <libtensor/tensor/ops.h>

using namespace lt;
using namespace lt::apps;
using namespace lt::apps::makemore;

namespace {

void show_data(Run& run, const Datasets& data) {
  run.heading("Names as rows");
  run.say(fmt::format(
      "A name is one example: a row of {} places, as many as the longest name and its end need. At each "
      "place the model sees x up to there and predicts y. Where the name is over, y is -1: no target.",
      data.block_size));
  run.cell("rows");
  run.print(fmt::format("  {}\n  x {}\n  y {}", data.train.words[0],
                        fmt::join(data.train.x[0].to_vector(), " "),
                        fmt::join(data.train.y[0].to_vector(), " ")));
  run.heading("Train and test");
  run.say(
      "A random tenth of the names, at most a thousand, is kept for testing. The file has some names more "
      "than once, so a test name can be one to train on too.");
  run.cell("split");
  run.result("names to train on", data.train.x.size(0));
  run.result("names to test on", data.test.x.size(0));
  run.result("test names in train too", std::ranges::count_if(data.test.words, [&](const auto& word) {
               return data.train.known.contains(word);
             }));
  run.result("the first to train on", data.train.first_words(5));
  run.result("the first to test on", data.test.first_words(4));
}

// What is known once all steps are made, and the best model's names.
Trained show_outcome(Run& run, const Flags& flags, const std::string& type, Model& model,
                     const Datasets& data, Estimates& estimates, const Generator& g) {
  run.heading("How well it does");
  run.say(
      "An estimate is the mean over up to 1,100 names; the test loss is that of all names kept for testing.");
  run.cell("evaluate");
  estimates.take_aside(flags.training.steps, g);
  const double test_loss = whole_loss(model, data.test);
  estimates.keep_if_best(test_loss);
  for (const auto& [name, loss] : {std::pair{"train", estimates.train.back()}, {"test", test_loss}}) {
    run.log().write("split", {{"stage", type}, {"name", name}, {"loss", static_cast<float>(loss)}});
    run.result(fmt::format("{} loss", name), loss);
  }
  model.load_state_dict(estimates.best());
  show_places(run, model, data);
  show_names(run, flags, model, data);
  return {.type = type,
          .parameters = model.num_parameters(),
          .test_loss = test_loss,
          .steps = estimates.steps,
          .train = estimates.train,
          .test = estimates.test};
}

// The zoo's loop, the same for every type.
std::optional<Trained> train(Run& run, const Flags& flags, const std::string& type, const Datasets& data,
                             Generator& g) {
  run.heading(fmt::format("The model: {}", type));
  run.say(about(type));
  run.cell(type == "gru" ? "rnn" : type);
  const auto model = make_model(type, config_of(flags, data), g);
  run.parameters(model->num_parameters());
  const double untrained = whole_loss(*model, data.test);
  run.result("test loss untrained", untrained);

  run.heading("Training");
  run.say(
      "AdamW (Loshchilov and Hutter 2019) divides each gradient by its usual size, so that all weights move "
      "about as far, and pulls them a little towards 0. Every 500 steps the losses of train and test are "
      "estimated, and the best model so far is kept; every 200 steps ten names show what it has learned.");
  run.cell("loss");
  // cell: optimizer
  nn::AdamW optimizer(model->parameters(), flags.training.lr,
                      {.beta1 = 0.9, .beta2 = 0.99, .weight_decay = flags.weight_decay});
  Estimates estimates(run, type, *model, data, best_file(run, flags, type));
  estimates.take_aside(0, g);
  Generator loader = data_loader(run, g);
  // end
  run.cell("optimizer");
  Steps steps = run.steps(
      flags.training,
      {.parameters = model->named_parameters(),
       .generator = &g,
       .optimizer = &optimizer,
       .series = {{"steps", &estimates.steps}, {"train", &estimates.train}, {"test", &estimates.test}},
       .put = [&](nn::Checkpoint& to) { to.put("loader", loader), estimates.put(to); },
       .get = [&](const nn::Checkpoint& from) { from.get("loader", loader), estimates.get(from); },
       .name = flags.compare ? type : "train",
       .resumes = !flags.compare});
  // cell: train
  for (Step& step : steps) {
    // a batch of names, drawn with replacement
    const IntTensor ix = randint(0, data.train.x.size(0), flags.training.batch, loader);
    const Variable loss = loss_of(*model, data.train.x[ix], data.train.y[ix]);
    step.loss(loss);
    // backward pass and update
    model->zero_grad();
    loss.backward();
    optimizer.lr = step.rate();
    optimizer.step();
    // how far it is, and the best model so far
    if (step.index() > 0 && step.index() % 500 == 0) {
      estimates.take(step.index(), g);
      step.show("train estimate", estimates.train.back());
      step.show("test estimate", estimates.test.back());
    }
    if (step.index() > 0 && step.index() % 200 == 0) {
      const auto names = generate(*model, data, 10, flags.top_k, g);
      step.clear_bar();
      if (!flags.compare) show_marks(run, step.index(), data, names);
    }
  }
  // end
  run.cell("train");
  if (!steps.done()) return {};
  if (!flags.compare) draw_losses(run, steps.losses(), flags.training.decay_at);
  Trained trained = show_outcome(run, flags, type, *model, data, estimates, g);
  trained.untrained = untrained;
  return trained;
}

// All six, each from the same seed, as if it were the only one. False if stopped before the last.
bool compare(Run& run, const Flags& flags, const Datasets& data, const Generator& g) {
  std::vector<Trained> types;
  for (const std::string type : kTypes) {
    run.part(type == Flags().type ? Run::kNoFlags : "--type " + type);
    Generator own = g;
    const auto trained = train(run, flags, type, data, own);
    if (!trained) return false;
    types.push_back(*trained);
  }
  run.part("");
  run.heading("All six");
  std::ranges::sort(types, std::greater(), &Trained::test_loss);
  std::vector<std::vector<std::string>> rows;
  for (const Trained& t : types) {
    rows.push_back({t.type, std::to_string(t.parameters), fmt::format("{:.4f}", t.untrained),
                    fmt::format("{:.4f}", t.test_loss)});
  }
  run.table({"type", "parameters", "untrained", fmt::format("after {} steps", flags.training.steps)}, rows);
  run.result("the best type", types.back().type);
  draw_curves(run, types);
  return true;
}

// More names of a model that a run before has kept.
void sample_only(Run& run, const Flags& flags, const Datasets& data, Generator& g) {
  const auto model = make_model(flags.type, config_of(flags, data), g);
  const std::string file = kept_file(run, flags);
  load_model(*model, file);
  run.say(fmt::format("The model: {}.", file));
  show_names(run, flags, *model, data);
}

void lecture(Run& run, const Flags& flags) {
  refuse_sizes(run, flags);
  const Words words = run.load_words();
  Generator g = run.generator(run.flags().seed);
  const Datasets data(run, words, g);
  require_memory("--batch and the --n- flags", bytes_to_train(flags, config_of(flags, data)));
  if (flags.sample_only) return sample_only(run, flags, data, g);
  show_data(run, data);
  if (flags.compare) {
    if (!compare(run, flags, data, g)) return;
  } else if (const auto trained = train(run, flags, flags.type, data, g)) {
    draw_curves(run, {*trained});
  } else {
    return;
  }
  show_next(run, flags);
}

}  // namespace

int main(int argc, char** argv) {
  return run_app<Flags>(argc, argv,
                        {"makemore", "The zoo: six models of names on one training loop",
                         "makemore --type gru --n-embd2 128", kAppTexts},
                        declare, lecture);
}
