#pragma once

// What the lecture's path (gpt.cpp) and the parts beside it share.

#include <limits>
#include <string>
#include <vector>

#include <libtensor/apps/common/steps.h>
#include <libtensor/apps/common/text_data.h>
#include <libtensor/apps/gpt/model.h>

namespace lt::apps::gpt {

// The defaults are the small setting's; --preset and --stage have others.
struct Flags {
  TrainingFlags training{
      .steps = 5000, .batch = 16, .lr = 1e-3, .decay_at = std::numeric_limits<int64_t>::max()};
  Sizes sizes;
  std::string stage = "full";
  std::string preset = "small";
  int64_t eval_every = 500;
  int64_t eval_iters = 200;
  int64_t micro_batches = 1;
  bool toys = false;
  std::string exercise = "none";
  std::string pretrain;  // a file
  int64_t generate = 2000;
  std::string prompt = "\n";
  double temperature = 1;
  int64_t top_k = 0;    // 0: all
  std::string weights;  // GPT-2's; and its two files, by default beside it
  std::string vocab;
  std::string merges;
};

void declare(Options& options, Flags& flags);
// throws: UsageError for sizes that do not divide; AppError for what does not fit into memory
void refuse_what_does_not_fit(const Flags& flags);

// The text as ids: the first nine tenths to train on, the rest to validate.
//   throws: AppError for a text that is too short for one block, naming both
struct Corpus {
  Corpus(const std::string& text, int64_t block);
  Corpus(const std::string& text, int64_t block, Vocabulary known);

  Vocabulary vocabulary;
  IntTensor train, val;
};

// `size` chunks of `block` characters and of those one further on. shapes: (size, block) each
Examples get_batch(const IntTensor& data, int64_t size, int64_t block, Generator& g);

struct Trained {
  std::vector<double> losses;                           // of the minibatches
  std::vector<double> steps, train_losses, val_losses;  // the estimates
  bool done = false;                                    // not stopped by Ctrl-C
};
// The lecture's loop, with its estimates. `name` as in TrainingState.
Trained train(Run& run, const Flags& flags, Gpt& model, const Corpus& corpus, Generator& g,
              const std::string& name = "train");
// "about 3 minutes": what the training takes here, from one step that changes nothing.
std::string time_it_takes(const Flags& flags, Gpt& model, const Corpus& corpus, const Generator& g);

// The lecture's one head, and LayerNorm.
void one_head(Run& run);
void layer_norm_rows(Run& run);

// The next id, by the logits of what follows: --temperature, --top-k.
int64_t next_id(Tensor logits, const Flags& flags, Generator& g);
// Text by the weights of --weights.
void write_as_gpt2(Run& run, const Flags& flags);

// Characters after `prompt` as they are drawn; the stream moves on.
std::string generate(Run& run, const Flags& flags, Gpt& model, const Vocabulary& vocabulary, Generator& g);

// One of the models on the way.
Trained train_stage(Run& run, const Flags& flags, const Corpus& corpus);
// All seven of them, each as a part of the run. false: stopped by Ctrl-C
bool train_stages(Run& run, const Flags& flags, const Corpus& corpus);

void run_exercise(Run& run, const Flags& flags, const Corpus& corpus);

void draw_curves(Run& run, const Trained& trained);
// One head's, of one text. shapes: (T, T) each
std::string affinity_maps(const Tensor& affinities, const Tensor& weights);
void draw_attention(Run& run, Gpt& model, const Vocabulary& vocabulary, const std::string& prompt);

}  // namespace lt::apps::gpt
