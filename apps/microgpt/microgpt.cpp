// After the lectures, Karpathy's microgpt (2026): a GPT on lecture 1's scalars, then for speed on tensors.
//
//   microgpt                          a thousand names, one a step, on scalars; tensors beside them
//   microgpt --engine tensor          the whole training on tensors: the same losses, the same names
//   microgpt --layers 2 --steps 5000  a larger one, for longer

#include <fmt/format.h>

#include <cmath>

#include <libtensor/apps/common/memory.h>
#include <libtensor/apps/microgpt/microgpt.h>
#include <libtensor/tensor/creation.h>

using namespace lt;
using namespace lt::apps;
using namespace lt::apps::microgpt;

namespace {

// A name's ids, and what it teaches at each place.
void show_tokens(Run& run, const Tokenizer& tokenizer, const Ids& ids) {
  run.heading("Names as numbers");
  run.say(fmt::format(
      "Each of the {} letters has a number, in their order, and one more, {}, begins and ends every name. "
      "At each place of a name the model is to say what comes next.",
      tokenizer.mark(), tokenizer.mark()));
  run.cell("tokens");
  run.result("ids of the first name", fmt::format("{}", fmt::join(ids, " ")));
  std::string before;
  for (size_t t = 0; t + 1 < ids.size(); ++t) {
    before += tokenizer.letter(ids[t]);
    run.print(fmt::format("  {:<16} ---> {}", before, tokenizer.letter(ids[t + 1])));
  }
}

void show_model(Run& run, const Model& model) {
  run.heading("The model");
  run.say(fmt::format(
      "Matrices of numbers, drawn from N(0, 0.08): {} numbers for each letter (wte) and each position (wpe), "
      "and what the layers and the head at the end weigh them with.",
      model.sizes.embed));
  run.cell("weights");
  run.parameters(std::ssize(model.parameters));
  run.say(
      "Every number is a Value of lecture 1, which remembers what it was made from, so that backward finds "
      "each gradient. Attention, MLP and loss are sums, products, exp, log, powers and relu of them.");
  run.cell("Value");
  run.cell("linear, softmax, rmsnorm");
  run.say(
      "A position asks (query) and is asked (key); where these fit, its value is taken. Keys and values of "
      "the positions before are kept, so nothing can look ahead.");
  run.cell("attention");
  run.cell("gpt");
  draw_tiny_graph(run);
}

// For Steps: what is no tensor.
TrainingState state_of(Model& model, Adam& adam) {
  const auto put = [&](nn::Checkpoint& checkpoint) {
    Numbers numbers;
    for (const double* p : model.parameters) numbers.push_back(*p);
    for (const auto& [name, list] : {std::pair{"parameters", &numbers}, {"m", &adam.m}, {"v", &adam.v}})
      checkpoint.put(name, from_vector<double>(*list, std::ssize(*list)));
  };
  const auto get = [&](const nn::Checkpoint& checkpoint) {
    Numbers numbers;
    for (const auto& [name, list] : {std::pair{"parameters", &numbers}, {"m", &adam.m}, {"v", &adam.v}}) {
      DoubleTensor saved = zeros<double>(std::ssize(adam.m));
      checkpoint.get(name, saved);
      *list = saved.to_vector();
    }
    for (size_t i = 0; double* p : model.parameters) *p = numbers[i++];
  };
  return {.put = put, .get = get};
}

// false: stopped by Ctrl-C.
bool train(Run& run, const Flags& flags, Model& model, const Names& names) {
  run.heading("Training");
  run.say(
      "One name a step: forward, backward, and an update by Adam, which keeps for each parameter where its "
      "gradients point and how large they are. The rate falls to 0 over all steps.");
  run.cell(flags.engine == "scalar" ? "backward on scalars" : "gpt on tensors");
  run.cell("adam");
  run.trained();  // the rate depends on the number of steps, and so does every loss
  // cell: train
  Adam adam(model);
  Steps steps = run.steps(flags.training, state_of(model, adam));
  for (Step& step : steps) {
    // forward and backward
    step.loss(model.backward(batch_of(names, step.index(), flags.training.batch)));
    // update
    step.set_rate(falling(step.rate(), step.index(), flags.training.steps));
    adam.update(model, step.index(), step.rate());
  }
  // end
  run.cell("train");
  if (!steps.done()) return false;
  run.result("a uniform guess costs", std::log(static_cast<double>(model.sizes.vocabulary)));
  draw_curve(run, steps.losses());
  return true;
}

void refuse_what_does_not_fit(const Flags& flags) {
  const Sizes& s = flags.sizes;
  if (s.embed % s.heads != 0)
    throw UsageError(fmt::format("--embed {} cannot be shared among --heads {}", s.embed, s.heads));
  // A product and a sum for every parameter at every position, and for every pair of positions.
  const auto embed = static_cast<double>(s.embed), block = static_cast<double>(s.block);
  const double parameters = embed * (27 + 12 * static_cast<double>(s.layers) * embed);
  const double pairs = 2 * static_cast<double>(s.layers) * block * embed;
  require_memory("--layers, --embed, --block and --batch", 2.0 * sizeof(micrograd::Node) *
                                                               static_cast<double>(flags.training.batch) *
                                                               block * (parameters + pairs));
}

void lecture(Run& run, const Flags& given) {
  Flags flags = given;
  refuse_what_does_not_fit(flags);
  const Words data = run.load_words();
  const Tokenizer tokenizer{Vocabulary::of(data)};
  flags.sizes.vocabulary = tokenizer.vocabulary.size();
  // cell: data
  PythonRandom random(run.flags().seed);
  std::vector<std::string> words = data.words;
  random.shuffle(words);
  Names names;
  for (const std::string& word : words) names.push_back(tokenizer.encode(word));
  const Weights weights = draw_weights(flags.sizes, random);
  // end
  run.result("names", std::ssize(words));
  run.cell("data");
  show_tokens(run, tokenizer, names[0]);
  const Scope scope;  // the parameters'
  const bool on_scalars = flags.engine == "scalar";
  const auto model = (on_scalars ? scalar_gpt : tensor_gpt)(flags.sizes, weights);
  show_model(run, *model);
  if (!train(run, flags, *model, names)) return;
  run.heading("New names");
  run.say(fmt::format(
      "From the mark on, a letter is drawn by the model's probabilities and becomes the next input, until "
      "the mark is drawn. Temperature {}: below 1, likely letters are likelier still.",
      flags.temperature));
  if (run.given("--sample-seed")) random = PythonRandom(run.flags().sample_seed);
  // cell: inference
  std::vector<std::string> samples;
  for (int64_t i = 0; i < run.flags().samples; ++i)
    samples.push_back(sample(*model, tokenizer, flags.temperature, random));
  // end
  run.cell("sample");
  run.cell("inference");
  run.samples(samples, words);
  draw_attention(run, *model, tokenizer, words[0]);
  if (on_scalars) compare_engines(run, flags, names, weights, std::min<int64_t>(50, flags.training.steps));
  run.try_next({{"microgpt --engine tensor", "the whole training on tensors: the same losses and names"},
                {"microgpt --temperature 1", "names drawn as the model means them: more daring"},
                {"microgpt --layers 2 --steps 5000", "a deeper one, for longer"},
                {"gpt", "lecture 7: a play instead of names, and what attention is"}});
}

}  // namespace

int main(int argc, char** argv) {
  return run_app<Flags>(argc, argv,
                        {"microgpt", "A whole GPT on lecture 1's scalars; the rest is efficiency",
                         "microgpt --engine tensor --layers 2", kAppTexts},
                        declare, lecture);
}
