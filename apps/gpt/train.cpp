#include <fmt/format.h>

#include <chrono>
#include <cmath>

#include <libtensor/apps/common/mlp_net.h>
#include <libtensor/apps/gpt/gpt.h>
#include <libtensor/nn/optimizer.h>
#include <libtensor/tensor/ops.h>

// The second half of the lecture's script: batches, estimates, the loop.

namespace lt::apps::gpt {

Corpus::Corpus(const std::string& text, int64_t block) : Corpus(text, block, Vocabulary::of_text(text)) {}

Corpus::Corpus(const std::string& text, int64_t block, Vocabulary known) : vocabulary(std::move(known)) {
  // cell: split
  const std::vector<int64_t> ids = vocabulary.encode(text);
  const IntTensor data = from_vector<int64_t>(ids, std::ssize(ids));
  const auto n = static_cast<int64_t>(0.9 * static_cast<double>(ids.size()));
  train = data.narrow(0, 0, n);
  val = data.narrow(0, n, data.size(0) - n);
  // end
  if (val.size(0) <= block || train.size(0) <= block) {
    throw AppError(
        fmt::format("the text has {} characters, of which {} are kept to validate on: too few for --block {}",
                    ids.size(), val.size(0), block));
  }
}

// cell: batch
Examples get_batch(const IntTensor& data, int64_t size, int64_t block, Generator& g) {
  const IntTensor ix = randint(0, data.size(0) - block, size, g);  // where the chunks begin
  const IntTensor at = ix.unsqueeze(1) + arange<int64_t>(block);   // (size, block)
  return {data[at], data[at + 1]};
}
// end

namespace {

// cell: estimate
// The mean loss of so many batches: what one batch says is noisy.
double estimate(const Flags& flags, Gpt& model, const IntTensor& data, Generator& g) {
  const NoGrad no_grad;
  model.train(false);
  double sum = 0;
  for (int64_t k = 0; k < flags.eval_iters; ++k) {
    const auto [xb, yb] = get_batch(data, flags.training.batch, model.sizes.block, g);
    sum += static_cast<double>(model.loss(xb, yb).item());
  }
  model.train(true);
  return sum / static_cast<double>(flags.eval_iters);
}
// end

}  // namespace

Trained train(Run& run, const Flags& flags, Gpt& model, const Corpus& corpus, Generator& g,
              const std::string& name) {
  const int64_t batch = flags.training.batch, part = batch / flags.micro_batches;
  const auto share = static_cast<float>(1.0 / static_cast<double>(flags.micro_batches));
  Trained trained;
  nn::AdamW optimizer(variables(model.parameters()), flags.training.lr);
  Steps steps = run.steps(
      flags.training,
      {.parameters = model.parameters(),
       .generator = &g,
       .optimizer = &optimizer,
       .series = {{"steps", &trained.steps}, {"train", &trained.train_losses}, {"val", &trained.val_losses}},
       .name = name,
       .tokens = batch * model.sizes.block});
  for (size_t i = 0; i < trained.steps.size(); ++i) {  // of a run that goes on
    run.result(fmt::format("train loss at step {}", trained.steps[i]), trained.train_losses[i]);
    run.result(fmt::format("val loss at step {}", trained.steps[i]), trained.val_losses[i]);
  }
  // cell: train
  for (Step& step : steps) {
    if (step.index() % flags.eval_every == 0 || step.index() == flags.training.steps - 1) {
      trained.steps.push_back(static_cast<double>(step.index()));
      trained.train_losses.push_back(estimate(flags, model, corpus.train, g));
      trained.val_losses.push_back(estimate(flags, model, corpus.val, g));
      step.show("train loss", trained.train_losses.back());
      step.show("val loss", trained.val_losses.back());
      run.log().write("eval", {{"step", step.index()},
                               {"train", trained.train_losses.back()},
                               {"val", trained.val_losses.back()}});
    }
    const auto [xb, yb] = get_batch(corpus.train, batch, model.sizes.block, g);
    optimizer.zero_grad();
    double all = 0;
    for (int64_t at = 0; at < batch; at += part) {  // in one piece, but for --micro-batches
      const Variable loss = model.loss(xb.narrow(0, at, part), yb.narrow(0, at, part)) * share;
      loss.backward();
      all += static_cast<double>(loss.item());
    }
    step.loss(all);
    optimizer.lr = step.rate();
    optimizer.step();
  }
  // end
  trained.losses = steps.losses();
  trained.done = steps.done();
  return trained;
}

std::string time_it_takes(const Flags& flags, Gpt& model, const Corpus& corpus, const Generator& g) {
  using Clock = std::chrono::steady_clock;
  Generator same = g;  // not moved on
  const auto [xb, yb] = get_batch(corpus.train, flags.training.batch, model.sizes.block, same);
  model.train(false);
  const auto seconds = [&](const auto& work) {
    const auto start = Clock::now();
    work();
    return std::chrono::duration<double>(Clock::now() - start).count();
  };
  const auto forward = [&, x = xb, y = yb] {
    const NoGrad no_grad;
    return model.loss(x, y);
  };
  if (flags.preset == "small") forward();  // memory comes from the system once
  const double one = seconds(forward);
  const double step = seconds([&, x = xb, y = yb] { model.loss(x, y).backward(); });
  for (const auto& [name, p] : model.parameters()) p.zero_grad();
  model.train(true);
  const auto left = static_cast<double>(flags.training.steps);
  const double estimates = std::ceil(left / static_cast<double>(flags.eval_every)) + 1;
  const double all = left * step + 2 * estimates * static_cast<double>(flags.eval_iters) * one;
  return all < 120    ? fmt::format("about {:.0f} seconds", all)
         : all < 7200 ? fmt::format("about {:.0f} minutes", all / 60)
                      : fmt::format("about {:.0f} hours", all / 3600);
}

}  // namespace lt::apps::gpt
