// Lecture 3, "Building makemore part 2: MLP": embeddings, a hidden layer, minibatches, splits, samples.
//
//   mlp                      the lecture's last network, trained for 200,000 steps and sampled from
//   mlp --overfit 5          the first five names by heart
//   mlp --find-lr            the sweep that chooses the learning rate
//   mlp --search             a small grid of settings, sorted by dev loss
//   mlp --init kaiming       an exercise: the same network, better begun

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include <libtensor/apps/common/curves.h>
#include <libtensor/apps/common/memory.h>
#include <libtensor/apps/mlp/mlp.h>
#include <libtensor/tensor/ops.h>

using namespace lt;
using namespace lt::apps;
using namespace lt::apps::mlp;

namespace {

// Build the dataset: the first names' windows, and how an embedding turns one into numbers.
void embed_first_names(Run& run, const std::vector<std::string>& words, const Vocabulary& vocabulary,
                       const Flags& flags) {
  run.heading("The dataset");
  run.say(fmt::format(
      "Each example is a window of {} characters and the one that follows; it slides over the name by one.",
      flags.block));
  run.cell("windows");
  const std::vector<std::string> first(words.begin(),
                                       words.begin() + std::min<std::ptrdiff_t>(5, std::ssize(words)));
  const auto [X, Y] = windows(first, vocabulary, flags.block);
  for (int64_t i = 0; i < std::min<int64_t>(X.size(0), 13); ++i) {
    run.print(fmt::format("  {} ---> {}", vocabulary.decode(X[i].to_vector()), vocabulary.symbol(Y.at({i}))));
  }
  run.heading("Embedding the characters");
  run.say(
      "Every character gets a row of numbers, learned like any weight. `C[X]` takes the rows of all "
      "windows at once. It equals the product of one-hot rows with C, without multiplying all the zeros.");
  // cell: embedding
  Generator g = run.generator(run.flags().seed);
  const Tensor C = randn({vocabulary.size(), flags.embed}, g);
  const Tensor emb = C[X];  // (32, 3, 10)
  const Tensor same = matmul(one_hot(X, vocabulary.size()).cast<float>(), C);
  const Tensor viewed = emb.view({-1, flags.block * flags.embed});  // no copy: the same storage
  const Tensor joined = cat(emb.unbind(1), 1);                      // a new one
  // end
  run.cell("embedding");
  run.result("shape of X (five names)", to_string(X.shape()));
  const auto yes = [](bool is_so) { return is_so ? "yes" : "no"; };
  run.result("shape of C[X]", to_string(emb.shape()));
  run.result("the one-hot product equals it", yes(equal(same, emb)));
  run.result("shape of its view", to_string(viewed.shape()));
  run.result("the view equals the cat of its slices", yes(equal(viewed, joined)));
  run.result("view shares C[X]'s storage", yes(viewed.storage() == emb.storage()));
  run.result("the cat shares it", yes(joined.storage() == emb.storage()));
}

// The loss by hand, and why cross_entropy is better.
void compare_losses(Run& run, const Tensor& logits, const IntTensor& Y) {
  run.heading("The loss, by hand and by cross_entropy");
  run.say(
      "exp makes counts of the logits, dividing each row by its sum makes probabilities (together: "
      "softmax), and the loss is the mean of -log of those of the right characters.");
  // cell: loss by hand
  const Tensor counts = exp(logits);
  const Tensor prob = counts / sum(counts, 1, true);
  const Tensor by_hand = -mean(log(prob(arange<int64_t>(Y.size(0)), Y)));
  const Variable loss = cross_entropy(Variable(logits), Y);
  // end
  run.cell("loss by hand");
  run.result("by hand", by_hand);
  run.result("cross_entropy", loss.item());
  run.say(
      "They agree while the logits are small. exp(100) is more than a float holds; `cross_entropy` takes "
      "the maximum off first, which changes no probability, and needs one pass forward and one backward.");
  // cell: large logits
  const Tensor large = tensor({-100, -3, 0, 100});
  const Tensor naive = exp(large) / sum(exp(large));
  const Tensor stable = softmax(large, 0);
  // end
  run.cell("large logits");
  run.result("naive: exp(100) / sum", naive.at({3}));
  run.result("softmax, the same place", stable.at({3}));
  run.result("softmax of logit 0", stable.at({2}));
}

// The lecture's network: 200,000 minibatches of 32 windows.
void train(Run& run, const Flags& flags, const Words& data, const Vocabulary& vocabulary,
           const Splits& splits) {
  const auto& [Xtr, Ytr] = splits.train;
  const int64_t inputs = flags.block * flags.embed;
  run.heading("The network");
  run.say(fmt::format(
      "The rows of a window side by side, a hidden layer of tanh units, and logits of the next character "
      "(Bengio et al., \"A neural probabilistic language model\", 2003). A table of counts for {} "
      "characters would have {:.0f} cells, most never seen; the net has few numbers and shares them: what "
      "it learns of a window holds for those with rows like it.",
      flags.block, std::pow(vocabulary.size(), flags.block + 1)));
  // cell: parameters
  Generator g = run.generator(run.flags().seed);
  Variable C(randn({vocabulary.size(), flags.embed}, g), true);
  Variable W1(randn({inputs, flags.hidden}, g), true);
  Variable b1(randn(flags.hidden, g), true);
  Variable W2(randn({flags.hidden, vocabulary.size()}, g), true);
  Variable b2(randn(vocabulary.size(), g), true);
  Parameters parameters = {{"C", C}, {"W1", W1}, {"b1", b1}, {"W2", W2}, {"b2", b2}};
  const auto forward = [&](const IntTensor& X) {
    const Variable h = tanh(matmul(C[X].view({-1, inputs}), W1) + b1);
    return matmul(h, W2) + b2;
  };
  // end
  run.cell("parameters");
  run.parameters(count_parameters(parameters));
  {
    const NoGrad no_grad;
    const IntTensor some = arange<int64_t>(std::min<int64_t>(32, Xtr.size(0)));
    compare_losses(run, forward(Xtr[some]).data(), Ytr[some]);
  }

  run.heading("Training by minibatches");
  run.say(fmt::format(
      "{} examples, drawn anew for each step, give a loss and a gradient that are near those of all {}, {} "
      "times sooner: many rough steps beat a few exact ones.",
      flags.training.batch, Xtr.size(0), std::max<int64_t>(Xtr.size(0) / flags.training.batch, 1)));
  run.result("loss of all, untrained", split_loss(forward, splits.train));
  Steps steps = run.steps(flags.training, {.parameters = parameters, .generator = &g});
  steps.watch([&] { return how_far(run, forward, splits); });
  // cell: train
  for (Step& step : steps) {
    // minibatch
    const IntTensor ix = randint(0, Xtr.size(0), flags.training.batch, g);
    // forward pass
    const Variable emb = C[Xtr[ix]];                                   // (32, 3, 10)
    const Variable h = tanh(matmul(emb.view({-1, inputs}), W1) + b1);  // (32, 200)
    const Variable logits = matmul(h, W2) + b2;                        // (32, 27)
    const Variable loss = cross_entropy(logits, Ytr[ix]);
    step.loss(loss);
    // backward pass
    for (const auto& [name, p] : parameters) p.zero_grad();
    loss.backward();
    // update
    for (auto& [name, p] : parameters) p.data() -= step.rate() * p.grad();
  }
  // end
  run.cell("train");
  if (!steps.done()) return;

  run.heading("How well it does");
  show_splits(run, forward, splits);
  draw_losses(run, steps.losses(), flags.training.decay_at);
  if (flags.embed == 2) {
    run.figure("embeddings.svg", "Characters that are used alike lie close: vowels keep to themselves.",
               map_of(C.data(), vocabulary));
  }
  show_names(run, forward, splits, data);
}

void lecture(Run& run, const Flags& flags) {
  require_memory("--batch, --hidden, --embed and --block",
                 bytes_to_train(flags.sizes(), flags.training.batch));
  const Words data = run.load_words();
  const Vocabulary vocabulary = Vocabulary::of(data);
  if (flags.overfit > 0) return overfit(run, flags, data, vocabulary);
  if (flags.find_lr) return find_learning_rate(run, flags, data, vocabulary);
  const Splits splits(run, data, flags.block);
  if (flags.search) return search(run, flags, splits);
  if (flags.is_exercise()) return improve(run, flags, data, splits);
  embed_first_names(run, data.words, vocabulary, flags);
  run.part("--overfit 5");
  Flags five;
  five.training = {.steps = 1001, .decay_at = 1001, .keep = false};
  five.overfit = 5;
  overfit(run, five, data, vocabulary);
  run.part("--find-lr");
  find_learning_rate(run, {}, data, vocabulary);
  run.part("");
  if (flags.embed != 2) embed_in_the_plane(run, splits, std::min<int64_t>(10000, flags.training.steps));
  train(run, flags, data, vocabulary, splits);
  run.try_next({{"mlp --embed 2 --hidden 300", "two numbers a character, which the report draws as a map"},
                {"mlp --init kaiming", "the same network begun well: a better loss (lecture 4 says why)"},
                {"mlp --search", "which sizes, rates and batches do best on dev"},
                {"activations", "lecture 4: what goes on inside of this network"}});
}

}  // namespace

int main(int argc, char** argv) {
  return run_app<Flags>(argc, argv,
                        {"mlp", "Lecture 3: an MLP language model after Bengio et al. 2003",
                         "mlp --hidden 300 --embed 2", kAppTexts},
                        declare, lecture);
}
