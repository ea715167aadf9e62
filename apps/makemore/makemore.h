#pragma once

// The zoo: six models of the next character, their data, and one training loop for all.

#include <limits>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include <libtensor/apps/common/steps.h>
#include <libtensor/nn/module.h>

namespace lt::apps::makemore {

// The defaults are the zoo's.
struct Flags {
  TrainingFlags training{
      .steps = 3000, .batch = 32, .lr = 5e-4, .decay_at = std::numeric_limits<int64_t>::max()};
  std::string type = "transformer";
  int64_t n_layer = 4;
  int64_t n_head = 4;
  int64_t n_embd = 64;
  int64_t n_embd2 = 64;
  double weight_decay = 0.01;
  int64_t top_k = 0;  // 0: all
  bool sample_only = false;
  bool compare = false;
};

void declare(Options& options, Flags& flags);
//   throws: UsageError where the heads do not divide the embedding, and for a size that the type has not
void refuse_sizes(const Run& run, const Flags& flags);

struct ModelConfig {
  int64_t vocab_size;
  int64_t block_size;  // places in a row: the longest name and its end
  int64_t n_layer, n_head, n_embd, n_embd2;
};

// Logits of the next character at each place, from the characters up to it. Parameters bear the zoo's names.
//   shapes: idx (n, t), t <= block_size -> (n, t, vocab_size)
struct Model : nn::Module {
  virtual Variable forward(const IntTensor& idx) = 0;
  Variable operator()(const Variable& ids) override { return forward(ids.data().cast<int64_t>()); }
  std::string to_string() const override { return "Model"; }
};

// "bigram", "bow", "mlp", "rnn", "gru", "transformer", its parameters drawn from the generator.
std::unique_ptr<Model> make_model(const std::string& type, const ModelConfig& config, Generator& generator);
// What a type is, in two sentences.
std::string about(const std::string& type);
inline constexpr const char* kTypes[] = {"bigram", "bow", "rnn", "mlp", "gru", "transformer"};
// What training the type, or the largest of all six, holds at once, about.
double bytes_to_train(const Flags& flags, const ModelConfig& config);

// Names as rows of equal length: x is 0 and the letters, then 0s; y the letters and 0, then -1: no target.
struct Dataset {
  Dataset(std::vector<std::string> names, const Vocabulary& vocabulary, int64_t block_size);

  std::string first_words(int64_t count) const;

  IntTensor x, y;  // (names, block_size)
  std::vector<std::string> words;
  std::set<std::string> known;  // the same, to look up
};

// A random tenth of the names, at most a thousand, is kept for testing: the last of a permutation.
struct Datasets {
  Datasets(Run& run, const Words& data, Generator& generator);

  Vocabulary vocabulary;
  int64_t block_size;
  Dataset train, test;
};

ModelConfig config_of(const Flags& flags, const Datasets& data);

// The stream from which a DataLoader of PyTorch draws its examples: one word for workers that draw nothing,
// and one that seeds it.
Generator data_loader(const Run& run, Generator& generator);
// Names drawn character by character, all at once; those without an end stop where the rows do.
std::vector<std::string> generate(Model& model, const Datasets& data, int64_t how_many, int64_t top_k,
                                  Generator& generator);
// Whether a name, with its final ".", is "new", "in train" or "in test".
std::string mark_of(const Datasets& data, const std::string& name);
// Names by their marks, a line each; names of the model, as many as --samples asks for; and a name of the
// test set, if there is one that is not in train too, as the model meets it, place by place.
void show_marks(Run& run, int64_t step, const Datasets& data, const std::vector<std::string>& names);
void show_names(Run& run, const Flags& flags, Model& model, const Datasets& data);
void show_places(Run& run, Model& model, const Datasets& data);
// What a run with other flags shows.
void show_next(Run& run, const Flags& flags);

}  // namespace lt::apps::makemore
