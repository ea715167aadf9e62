// Lecture 2, "The spelled-out intro to language modeling: building makemore", the part that learns.
// One linear layer is trained to the same table that counting gives.
//
//   bigram_net                                    100 steps on all names
//   bigram_net --words 0:1 --lr 0.1 --reg 0       the lecture's five bigrams of "emma"
//   bigram_net --order 3                          the exercise: two characters of context
//
//                                                  ours           lecture
//   loss at step 0                             3.768619          3.768619  =
//   loss at step 99                            2.490130          2.490130  =
//   mor. axx. minaymoryles. kondmaisah. anchthizarie.

#include <fmt/format.h>

#include <cmath>

#include <libtensor/apps/bigram_net/model.h>
#include <libtensor/apps/bigram_net/show.h>
#include <libtensor/apps/common/memory.h>
#include <libtensor/apps/common/training.h>

using namespace lt;
using namespace lt::apps;
using namespace lt::apps::bigram_net;

namespace {

// The five examples of the first name, one by one, as the lecture prints them before training.
void show_first_name(Run& run, const Model& model, const std::string& word, const Vocabulary& vocabulary) {
  run.heading("The untrained net on one name");
  const Data data = encode({word}, vocabulary, model.order);
  const Tensor p = softmax(model.logits(data.x).data(), 1);
  std::string text;
  for (int64_t i = 0; i < std::min<int64_t>(data.y.size(0), 12); ++i) {
    const float chance = p.at({i, data.y.at({i})});
    text += fmt::format("{} -> {}: probability {:.4f}, log {:.4f}; of all {}:\n{}\n",
                        data.text(i, vocabulary), vocabulary.symbol(data.y.at({i})), chance, std::log(chance),
                        vocabulary.size(), to_string(p[i]));
  }
  run.print(text);
  if (word == "emma" && model.order == 2 && run.flags().seed == 2147483647) {
    const std::vector<double> lecture = {0.0123, 0.0181, 0.0267, 0.0737, 0.0150};
    for (int64_t i = 0; i < 5; ++i) {
      run.check(fmt::format("emma, example {}", i), p.at({i, data.y.at({i})}),
                lecture[static_cast<size_t>(i)], within(0.5e-4));
    }
  }
  draw_one_hot(run, data, vocabulary);
}

void show_training(Run& run, const Data& data, const Vocabulary& vocabulary, const Settings& settings) {
  run.heading("Training");
  run.say(fmt::format(
      "The rows of W play log-counts: exponentials of them, divided by their sum, are "
      "probabilities. {} A one-hot row times W only picks a row of W, so the gather `W[x]` does the "
      "same with less work.",
      settings.training.batch == 0
          ? "The whole data is one batch."
          : fmt::format("Each step takes {} examples by chance.", settings.training.batch)));
  run.code(settings.one_hot
               ? "Variable logits = matmul(Variable(one_hot(x, 27).cast<float>()), W);"
               : "Variable logits = embedding(W, x);  // the rows that the one-hot product picks");
  run.code("Variable loss = cross_entropy(logits, y) + reg * mean(square(W));");
  const Trained trained = fit(run, data, vocabulary, settings);
  if (trained.stopped) return;
  compare_losses(run, settings, trained.losses);
  draw_training(run, trained.model, data, trained.losses);
  if (settings.order == 2) draw_table(run, trained.model, data, vocabulary);
  if (settings.order == 3) show_val(run, trained.model, data);
  run.heading("Names");
  run.samples(trained.model.sample(vocabulary, run.flags().samples, run.generator(run.flags().sample_seed)));
}

// An example's symbols, its logits and their gradient, and its one-hot row as integers and as floats.
void refuse_what_is_too_large(const Data& data, const Vocabulary& vocabulary, const Settings& settings) {
  const int64_t batch = settings.training.batch;
  const auto examples = static_cast<double>(batch == 0 ? data.y.numel() : batch);
  const auto columns = static_cast<double>(vocabulary.size());
  const double one_hot = settings.one_hot ? 12 * std::pow(columns, settings.order - 1) : 0;
  require_memory(settings.one_hot ? "--one-hot and --batch" : "--batch",
                 examples * (24 + 8 * columns + one_hot));
}

}  // namespace

int main(int argc, char** argv) {
  Settings settings;
  Options options("bigram_net", "Lecture 2: the bigram model as a neural network",
                  "bigram_net --reg 0 --steps 200");
  options.add_training(settings.training);
  options.add("--order 2|3", settings.order, "characters in a count: bigrams, or the exercises' trigrams",
              {.selects = true});
  options.add("--reg K", settings.reg, "of the mean of W's squares in the loss", {.min = 0});
  options.add("--one-hot", settings.one_hot, "multiply explicit one-hot rows, as the lecture",
              {.selects = true, .shows = true});
  return run_app(options, argc, argv, [&](Run& run) {
    const Words words = run.load_words();
    const Vocabulary vocabulary = Vocabulary::of(words);
    if (run.flags().check) return check_all(run, words, vocabulary, settings);
    settings.data = run.names_id(words);
    const Data data = load(run, words, vocabulary, settings.order);
    refuse_what_is_too_large(data, vocabulary, settings);
    Generator generator = run.generator(run.flags().seed);
    show_first_name(run, Model(vocabulary.size(), settings.order, generator), words.words[0], vocabulary);
    show_training(run, data, vocabulary, settings);
  });
}
