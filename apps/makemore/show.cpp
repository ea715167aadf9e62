#include <fmt/format.h>

#include <algorithm>

#include <libtensor/apps/common/utf8.h>
#include <libtensor/apps/makemore/makemore.h>
#include <libtensor/tensor/ops.h>

namespace lt::apps::makemore {

std::string mark_of(const Datasets& data, const std::string& name) {
  const std::string word = name.substr(0, name.size() - 1);
  return data.train.known.contains(word) ? "in train" : data.test.known.contains(word) ? "in test" : "new";
}

void show_marks(Run& run, int64_t step, const Datasets& data, const std::vector<std::string>& names) {
  std::string text;
  for (const char* mark : {"new", "in train", "in test"}) {
    std::string list;
    for (const std::string& name : names)
      if (mark_of(data, name) == mark) list += (list.empty() ? "" : " ") + brief(name, 40);
    if (list.empty()) continue;
    const auto lines = split(wrapped(list, 56), '\n');
    text += fmt::format("{:<12} {:<9} {}\n", text.empty() ? fmt::format("step {}", step) : "", mark,
                        fmt::join(lines, fmt::format("\n{:23}", "")));
  }
  run.print(text);
}

void show_names(Run& run, const Flags& flags, Model& model, const Datasets& data) {
  run.heading("Names of the best model");
  run.say(
      "All names grow together, a character at a time, each drawn by the probabilities at its last place.");
  run.cell("generate");
  Generator g = run.generator(run.flags().sample_seed);
  const auto names = generate(model, data, run.flags().samples, flags.top_k, g);
  run.samples(names, [&](const std::string& name) { return mark_of(data, name); });
  const auto is_new = [&](const std::string& name) { return mark_of(data, name) == "new"; };
  run.result("names that are new",
             fmt::format("{} of {}", std::ranges::count_if(names, is_new), names.size()));
}

void show_places(Run& run, Model& model, const Datasets& data) {
  const NoGrad no_grad;
  const auto unknown = std::ranges::find_if_not(
      data.test.words, [&](const std::string& word) { return data.train.known.contains(word); });
  const auto i = unknown == data.test.words.end() ? 0 : unknown - data.test.words.begin();
  // cell: places
  const IntTensor x = data.test.x[i], y = data.test.y[i];
  const Tensor p = softmax(model.forward(x.unsqueeze(0)).data()[0], 1);  // (t, vocab_size)
  std::string seen, text;
  for (int64_t t = 0; t < data.block_size && y.at({t}) >= 0; ++t) {
    const int64_t right = y.at({t}), likeliest = argmax(p[t]).item();
    seen += data.vocabulary.symbol(x.at({t}));
    text += fmt::format("  {:<{}} {}  {:.4f}   {}  {:.4f}\n", seen, data.block_size + 1,
                        data.vocabulary.symbol(right), p.at({t, right}), data.vocabulary.symbol(likeliest),
                        p.at({t, likeliest}));
  }
  // end
  run.heading("A test name, place by place");
  run.say(
      "What the best model sees, what comes and how likely it held that, and what it held likeliest. The "
      "loss is the mean of -log of the former.");
  run.cell("places");
  run.print(text);
}

void show_next(Run& run, const Flags& flags) {
  const std::string again =
      flags.type == Flags().type ? "makemore --sample-only" : "makemore --sample-only --type " + flags.type;
  std::vector<std::pair<std::string, std::string>> commands;
  if (!flags.compare)
    commands = {{"makemore --compare", "all six types, and their test losses in one figure"}};
  if (flags.type != "gru") commands.emplace_back("makemore --type gru", "a recurrent network with gates");
  if (flags.type != "rnn")
    commands.emplace_back("makemore --type rnn", "the same without gates: how much do they help?");
  if (!flags.compare) {
    commands.emplace_back(again + " --samples 50", "more names of the best model");
    commands.emplace_back(again + " --top-k 3", "the likeliest names: fewer surprises, more that are known");
  }
  run.try_next(commands);
}

}  // namespace lt::apps::makemore
