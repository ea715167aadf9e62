// Lecture 7, "Let's build GPT: from scratch, in code, spelled out": from a table of bigrams to a transformer.
//
//   gpt                    the notebook, its seven models, and a small transformer that writes: minutes
//   gpt --toys             the notebook alone: batches, averages of the past, one head
//   gpt --stage heads      one of the models on the way
//   gpt --preset lecture   the lecture's own transformer, of 10.8 million numbers: hours
//   gpt --generate 500     what the model that was trained last writes
//   gpt --weights FILE     GPT-2 itself, where its files are at hand

#include <fmt/format.h>

#include <cmath>
#include <filesystem>

#include <libtensor/apps/common/mlp_net.h>
#include <libtensor/apps/gpt/gpt.h>
#include <libtensor/tensor/ops.h>

using namespace lt;
using namespace lt::apps;
using namespace lt::apps::gpt;

namespace {

std::string on_one_line(const std::string& text) {
  std::string out;
  for (const char c : text) out += c == '\n' ? std::string("\\n") : std::string(1, c);
  return out;
}

std::string listed(const IntTensor& ids) { return fmt::format("{}", fmt::join(ids.to_vector(), " ")); }

// Reading and exploring the data; contexts and targets; a batch.
Examples data_and_batches(Run& run, const Text& data, const Corpus& corpus) {
  run.heading("The text as numbers");
  run.print(data.text.substr(0, data.text.find("\n\n", 150) + 1));
  run.say(
      "Every character has a number, in code order. The first nine tenths are to train on, the rest to "
      "validate: text that the model never learns from.");
  run.cell("split");
  run.result("characters", std::ssize(data.text));
  run.result("different characters", corpus.vocabulary.size());
  run.result("to train on", corpus.train.size(0));
  run.result("to validate on", corpus.val.size(0));
  const std::vector<int64_t> hii = corpus.vocabulary.encode("hii there");
  run.result("ids of `hii there`", fmt::format("{}", fmt::join(hii, " ")));

  run.heading("Contexts and targets");
  run.say("A chunk of 8 characters and the next one are 8 examples: after one character, after two, ...");
  // cell: contexts and targets
  Generator g = run.generator(run.flags().seed);
  const auto [x, y] = get_batch(corpus.train, 4, 8, g);  // (4, 8) each
  for (int64_t t = 0; t < 8; ++t) {
    const IntTensor context = x[0].slice(0, 0, t + 1);
    run.print(fmt::format("  after {:<24} comes {}", listed(context), y.at({0, t})));
  }
  // end
  run.cell("batch");
  run.cell("contexts and targets");
  Generator again = run.generator(run.flags().seed);
  run.result("offsets of four chunks", listed(randint(0, corpus.train.size(0) - 8, 4, again)));
  run.result("first row of x", listed(x[0]));
  run.result("first row of y", listed(y[0]));
  return {x, y};
}

// The simplest model: of each character, the logits of the next, in a table.
void untrained_table(Run& run, const Corpus& corpus, const Examples& batch) {
  run.heading("A table of bigrams, untrained");
  const Sizes sizes{.vocabulary = corpus.vocabulary.size(), .block = 8};
  // cell: untrained
  Generator g = run.generator(run.flags().seed);
  Gpt table("table", sizes, g);
  const Variable loss = table.loss(batch.x, batch.y);
  // end
  run.cell("untrained");
  run.result("loss of the table, untrained", loss.item());
  run.result("a uniform guess costs", std::log(static_cast<double>(sizes.vocabulary)));
  const auto characters = [&](Sampling sampling) {
    g.set_sampling(sampling);
    Generator stream = g;
    // cell: draw characters
    std::vector<int64_t> ids{0};  // a new line
    for (int64_t i = 0; i < 100; ++i) {
      const Variable logits = table(from_vector<int64_t>({ids.back()}, {1, 1}));  // (1, 1, vocabulary)
      ids.push_back(multinomial(softmax(logits.data()[0][0], 0), 1, false, stream).item());
    }
    // end
    return on_one_line(corpus.vocabulary.decode({ids.begin() + 1, ids.end()}));
  };
  run.cell("draw characters");
  run.result("100 characters, untrained", characters(g.sampling()));
  run.result("the same, drawn as by MKL", characters(Sampling::mkl));
}

// The mathematical trick in self-attention: each position averages those before it.
void averages(Run& run) {
  run.heading("Averaging the past, three ways");
  run.say(
      "A position may look at itself and at what came before. The simplest look is the mean, by a loop, "
      "by a product with a triangular matrix, and by a softmax of zeros and -inf.");
  // cell: averages
  Generator g = run.generator(run.flags().seed);
  const Tensor x = randn({4, 8, 2}, g);  // (B, T, C)
  Tensor loop = zeros({4, 8, 2});
  for (int64_t b = 0; b < 4; ++b)
    for (int64_t t = 0; t < 8; ++t) loop[b][t] = mean(x[b].slice(0, 0, t + 1), {0});
  Tensor wei = tril(ones({8, 8}));
  wei = wei / sum(wei, {1}, true);
  const Tensor product = matmul(wei, x);  // (T, T) @ (B, T, C) -> (B, T, C)
  const Tensor masked = masked_fill(zeros({8, 8}), future(8), -INFINITY);
  const Tensor by_softmax = matmul(softmax(masked, -1), x);
  // end
  run.cell("averages");
  run.print(to_string(wei.slice(0, 0, 4).slice(1, 0, 4)));
  run.result("mean of all eight, channel 0", loop.at({0, 7, 0}));
  run.result("the product equals the loop", allclose(product, loop, 0, 1e-6) ? "yes" : "no");
  run.result("the softmax equals the loop", allclose(by_softmax, loop, 0, 1e-6) ? "yes" : "no");
  run.say(
      "In the third way the zeros are affinities: how much a position wants to know of another. Let them "
      "be learned, from both positions, and it is self-attention.");
}

void toys(Run& run, const Text& data, const Corpus& corpus) {
  const Examples batch = data_and_batches(run, data, corpus);
  untrained_table(run, corpus, batch);
  averages(run);
  one_head(run);
  layer_norm_rows(run);
}

// The script that the lecture ends with.
void transformer(Run& run, const Flags& flags, const Corpus& corpus) {
  run.heading("The transformer");
  run.say(fmt::format("{} blocks of {} heads on {} numbers, {} characters of context.", flags.sizes.layers,
                      flags.sizes.heads, flags.sizes.embed, flags.sizes.block));
  for (const char* cell :
       {"attention weights", "Head", "MultiHeadAttention", "FeedForward", "Block", "GPT", "initialisation"})
    run.cell(cell);
  // cell: model
  Generator g = run.generator(run.flags().seed);
  Gpt model("full", flags.sizes, g);
  // end
  run.cell("model");
  run.parameters(count_parameters(model.parameters()));
  for (const char* cell : {"batch", "estimate", "train"}) run.cell(cell);
  if (flags.training.resume.empty() && flags.training.steps > 0) {
    run.say(fmt::format("All {} steps and their estimates take {} here. Ctrl-C saves{}.",
                        flags.training.steps, time_it_takes(flags, model, corpus, g),
                        flags.training.save_every > 0
                            ? fmt::format("; a kill loses at most {} steps", flags.training.save_every)
                            : ""));
  }
  const Trained trained = train(run, flags, model, corpus, g);
  if (!trained.done) return;
  if (!trained.steps.empty()) {
    run.split("train", trained.train_losses.back());
    run.split("val", trained.val_losses.back());
    draw_curves(run, trained);
  }
  if (run.flags().check) return;  // no figure is known of what follows
  run.heading("What each head looks at");
  run.say(
      "The report has a map of each: a row is a character, and its weights for those up to it are 1 "
      "together.");
  const std::vector<int64_t> start = corpus.val.slice(0, 0, 24).to_vector();
  draw_attention(run, model, corpus.vocabulary,
                 flags.prompt.size() > 1 ? flags.prompt : corpus.vocabulary.decode(start));
  run.heading(fmt::format("{} characters", flags.generate));
  run.cell("generate");
  if (run.given("--sample-seed")) g = run.generator(run.flags().sample_seed);
  generate(run, flags, model, corpus.vocabulary, g);
}

void lecture(Run& run, const Flags& given) {
  Flags flags = given;
  refuse_what_does_not_fit(flags);
  if (!flags.weights.empty()) return write_as_gpt2(run, flags);
  const Text data = run.load_text();
  const Corpus corpus(data.text, flags.sizes.block);
  flags.sizes.vocabulary = corpus.vocabulary.size();
  corpus.vocabulary.encode(flags.prompt);  // a character that it does not know is an error now
  const bool is_whole = flags.preset == "small" && !run.given("--generate") && flags.training.resume.empty();
  const std::string checkpoint = run.path_of("checkpoint.safetensors");
  if (flags.toys) {
    toys(run, data, corpus);
  } else if (flags.exercise != "none") {
    run_exercise(run, flags, corpus);
  } else if (flags.stage != "full") {
    train_stage(run, flags, corpus);
  } else {
    if (is_whole) {
      run.part("--toys");
      toys(run, data, corpus);
      if (!train_stages(run, flags, corpus)) return;
    } else if (flags.training.resume.empty() && std::filesystem::exists(checkpoint)) {
      flags.training.resume = checkpoint;  // the lecture's takes many sittings
    }
    transformer(run, flags, corpus);
  }
  run.try_next({{"gpt --generate 500 --prompt \"ORLANDO:\"", "what comes after that, by the trained model"},
                {"gpt --generate 500 --temperature 0.5 --top-k 5", "the same, more careful"},
                {"gpt --stage heads", "one of the models on the way, by itself"},
                {"gpt --exercise 2", "a transformer that learns to add"},
                {"gpt --preset lecture", "the lecture's own, of 10.8 million parameters: hours"}});
}

}  // namespace

int main(int argc, char** argv) {
  return run_app<Flags>(argc, argv,
                        {"gpt", "Lecture 7: a transformer that writes, from a table of bigrams on",
                         "gpt --generate 500 --prompt \"ORLANDO:\"", kAppTexts},
                        declare, lecture);
}
