#include <fmt/format.h>

#include <cmath>
#include <random>

#include <libtensor/apps/common/mlp_net.h>
#include <libtensor/apps/gpt/gpt.h>
#include <libtensor/autograd/gradcheck.h>
#include <libtensor/nn/optimizer.h>
#include <libtensor/tensor/ops.h>

namespace lt::apps::gpt {
namespace {

// cell: all heads as one
// Every head's key, query and value are rows of one matrix each, and heads are an axis. shapes: as the module
Variable all_heads_at_once(MultiHeadAttention& mha, const Variable& x) {
  const int64_t B = x.size(0), T = x.size(1), C = x.size(2), H = std::ssize(mha.heads);
  const auto project = [&](nn::Linear Head::*part) {
    std::vector<Variable> rows;
    for (Head& head : mha.heads) rows.push_back((head.*part).weight);
    return linear(x, cat(rows, 0)).view({B, T, H, C / H}).transpose(1, 2);  // (B, H, T, C / H)
  };
  const Variable q = project(&Head::query), k = project(&Head::key), v = project(&Head::value);
  const Variable weights = attention_weights(q, k, mha.heads[0].scale);  // (B, H, T, T)
  return (*mha.proj)(matmul(weights, v).transpose(1, 2).reshape({B, T, C}));
}
// end

void heads_as_one(Run& run) {
  run.heading("Exercise 1: all heads as one operation");
  run.cell("all heads as one");
  Generator g = run.generator(run.flags().seed);
  const Variable x(randn({4, 8, 32}, g), true);
  MultiHeadAttention mha(32, 4, 1 / std::sqrt(8.0), 0, true, g);
  const Variable loop = mha(x), once = all_heads_at_once(mha, x);
  mean(square(loop)).backward();
  const Tensor by_loop = x.grad().clone();
  x.zero_grad();
  mean(square(once)).backward();
  const auto near = [](const Tensor& a, const Tensor& b) {
    return allclose(a, b, 1e-5, 1e-6) ? "yes" : "no";
  };
  run.result("shape of both", to_string(once.shape()));
  run.result("largest difference", max(abs(loop.data() - once.data())));
  run.result("equal to rounding", near(loop.data(), once.data()));
  run.result("and their gradients of x", near(by_loop, x.grad()));
}

// "12+34=640": two numbers and their sum, whose digits stand the other way round, so that each carry is known
// when it is needed.
constexpr int64_t kAsked = 6, kDigits = 3;  // characters up to =, and after it
IntTensor problem(int64_t a, int64_t b) {
  const std::string text = fmt::format("{:02}+{:02}={:03}", a, b, a + b);
  std::vector<int64_t> ids;
  for (const char c : text.substr(0, kAsked)) ids.push_back(c == '+' ? 10 : c == '=' ? 11 : c - '0');
  for (int64_t i = 1; i <= kDigits; ++i) ids.push_back(text[text.size() - static_cast<size_t>(i)] - '0');
  return from_vector<int64_t>(ids, std::ssize(ids));
}

// cell: addition
// A loss on the answer alone: targets of what is given are -1, which does not count.
Examples sums(const IntTensor& problems) {
  const int64_t T = problems.size(1);
  IntTensor y = problems.slice(1, 1, T).clone();
  y.slice(1, 0, kAsked - 1).fill_(-1);
  return {problems.slice(1, 0, T - 1), y};
}
// end

// How many of the answers are right, each digit the likeliest after those before it.
int64_t count_right(Gpt& model, const IntTensor& problems) {
  const NoGrad no_grad;
  IntTensor ids = problems.slice(1, 0, kAsked);
  for (int64_t i = 0; i < kDigits; ++i) {
    const Tensor last = model(ids).data().select(1, ids.size(1) - 1);
    ids = cat({ids, argmax(last, 1).unsqueeze(1)}, 1);
  }
  return count_nonzero(all(ids == problems, 1));
}

void addition(Run& run, const Flags& flags) {
  run.heading("Exercise 2: data of your own, addition");
  run.say(
      "A problem is a text such as `12+34=640`: the sum's digits stand the other way round, as one adds "
      "by hand. The model learns from nine tenths of all problems, and is asked the rest.");
  run.cell("addition");
  Generator g = run.generator(run.flags().seed);
  std::vector<IntTensor> all;
  for (int64_t i = 0; i < 10000; ++i) all.push_back(problem(i / 100, i % 100));
  const IntTensor shuffled = stack(all, 0)[randperm(10000, g)];
  const IntTensor train = shuffled.slice(0, 0, 9000), test = shuffled.slice(0, 9000, 10000);
  Sizes sizes = flags.sizes;
  sizes.vocabulary = 12;
  sizes.block = kAsked + kDigits - 1;
  Gpt model("full", sizes, g);
  run.parameters(count_parameters(model.parameters()));
  run.result("asked problems", test.size(0));
  run.result("right before training", count_right(model, test));
  nn::AdamW optimizer(variables(model.parameters()), flags.training.lr);
  Steps steps =
      run.steps(flags.training, {.parameters = model.parameters(), .generator = &g, .optimizer = &optimizer});
  for (Step& step : steps) {
    const auto [x, y] = sums(train[randint(0, train.size(0), flags.training.batch, g)]);
    const Variable loss = model.loss(x, y);
    step.loss(loss);
    optimizer.zero_grad();
    loss.backward();
    optimizer.lr = step.rate();
    optimizer.step();
  }
  if (!steps.done()) return;
  model.train(false);
  run.result("right after training", count_right(model, test));
}

// The same number of steps on the text at hand, from the start and from what another text has taught.
void finetune(Run& run, const Flags& flags, const Corpus& corpus) {
  run.heading("Exercise 3: learn from much text, then from this one");
  Flags own = flags;
  own.training.keep = false;
  std::string letters;  // of both texts, so that one vocabulary serves both
  const Text large = load_text(flags.pretrain);
  for (int64_t id = 0; id < corpus.vocabulary.size(); ++id) letters += corpus.vocabulary.symbol(id);
  const Vocabulary both = Vocabulary::of_text(large.text + letters);
  const Corpus first(large.text, flags.sizes.block, both);
  const auto again = [&](const IntTensor& ids) {
    return both.encode(corpus.vocabulary.decode(ids.to_vector()));
  };
  Corpus second = first;
  const std::vector<int64_t> to_train = again(corpus.train), to_validate = again(corpus.val);
  second.train = from_vector<int64_t>(to_train, std::ssize(to_train));
  second.val = from_vector<int64_t>(to_validate, std::ssize(to_validate));
  own.sizes.vocabulary = both.size();
  Generator g = run.generator(run.flags().seed), h = g;
  Gpt pretrained("full", own.sizes, g), fresh("full", own.sizes, h);
  run.say(fmt::format("First `{}`, {} characters:", flags.pretrain, large.text.size()));
  if (!train(run, own, pretrained, first, g, "pretrain").done) return;
  run.say("Then the text at hand, from there and from the start:");
  const Trained tuned = train(run, own, pretrained, second, g, "finetune");
  const Trained alone = train(run, own, fresh, second, h, "from the start");
  if (!tuned.done || !alone.done) return;
  run.table({"val loss", "at first", "at the end"},
            {{"pretrained", show(tuned.val_losses.front()), show(tuned.val_losses.back())},
             {"from the start", show(alone.val_losses.front()), show(alone.val_losses.back())}});
}

void gated(Run& run, const Flags& flags, const Corpus& corpus) {
  run.heading("Exercise 4: SwiGLU, of a later paper");
  run.say(
      "Shazeer (\"GLU Variants Improve Transformer\", 2020) lets one Linear of the feed-forward open and "
      "close another's numbers. As many parameters, the same steps:");
  run.cell("FeedForward");
  run.cell("SwiGLU");
  std::vector<std::vector<std::string>> rows;
  for (const char* stage : {"full", "swiglu"}) {
    Flags own = flags;
    own.training.keep = false;
    Generator g = run.generator(run.flags().seed);
    Gpt model(stage, own.sizes, g);
    const Trained trained = train(run, own, model, corpus, g, stage);
    if (!trained.done) return;
    rows.push_back({stage, std::to_string(count_parameters(model.parameters())),
                    show(trained.train_losses.back()), show(trained.val_losses.back())});
  }
  run.table({"feed-forward", "parameters", "train", "val"}, rows);
}

void gpt2_layers(Run& run) {
  run.heading("GPT-2's layers, and their gradients");
  run.say(
      "GPT-2 bends by GELU, x times the part of a normal distribution below x, written with a tanh: "
      "0.5 x (1 + tanh(sqrt(2/pi) (x + 0.044715 x^3))). Each layer's gradient against finite differences, "
      "in double:");
  Generator g = run.generator(run.flags().seed);
  const auto drawn = [&](const Shape& shape) { return randn(shape, g).cast<double>(); };
  const auto check = [&](const char* name, const GradcheckFunction& f,
                         const std::vector<DoubleTensor>& inputs) {
    const GradcheckResult result = gradcheck(f, inputs);
    run.result(name, result.ok ? "right" : result.message);
  };
  // cell: GPT-2's layers
  const auto written_out = [](const DoubleVariable& x) {
    return 0.5 * x * (1 + tanh(std::sqrt(2 / M_PI) * (x + 0.044715 * pow(x, 3))));
  };
  const auto attention = [](const std::vector<DoubleVariable>& in) {  // q, k, v
    const DoubleVariable wei = matmul(in[0], in[1].transpose(-2, -1)) / 2;
    return matmul(softmax(masked_fill(wei, future(5), -INFINITY), -1), in[2]);
  };
  // end
  run.cell("GPT-2's layers");
  const DoubleTensor x = drawn({3, 4});
  run.result(
      "gelu equals it written out",
      allclose(gelu(DoubleVariable(x), Gelu::tanh).data(), written_out(x).data(), 0, 1e-14) ? "yes" : "no");
  check("gelu, by tanh", [](const auto& in) { return gelu(in[0], Gelu::tanh); }, {x});
  check("gelu, exact", [](const auto& in) { return gelu(in[0]); }, {x});
  check("layer_norm", [](const auto& in) { return layer_norm(in[0], in[1], in[2]); },
        {x, drawn({4}), drawn({4})});
  check("linear", [](const auto& in) { return linear(in[0], in[1], in[2]); }, {x, drawn({5, 4}), drawn({5})});
  const IntTensor ids = randint(0, 6, {2, 3}, g);
  check("embedding", [&](const auto& in) { return embedding(in[0], ids); }, {drawn({6, 4})});
  check("attention", attention, {drawn({2, 5, 4}), drawn({2, 5, 4}), drawn({2, 5, 4})});
  check("cross_entropy", [&](const auto& in) { return cross_entropy(in[0], ids.view({-1})); },
        {drawn({6, 6})});
}

}  // namespace

void run_exercise(Run& run, const Flags& flags, const Corpus& corpus) {
  if (flags.exercise == "1") heads_as_one(run);
  if (flags.exercise == "2") addition(run, flags);
  if (flags.exercise == "3") finetune(run, flags, corpus);
  if (flags.exercise == "4") gated(run, flags, corpus);
  if (flags.exercise == "gpt2") gpt2_layers(run);
}

}  // namespace lt::apps::gpt
