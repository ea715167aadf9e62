#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include <libtensor/apps/common/sha256.h>
#include <libtensor/apps/common/utf8.h>
#include <libtensor/apps/tokenizer/app.h>
#include <libtensor/apps/tokenizer/model_files.h>
#include <libtensor/tensor/file.h>

namespace lt::apps::tokenizer {
namespace {

std::string pair_of(Merge merge) { return fmt::format("{} {}", merge.left, merge.right); }

// The first ten and the last on the screen, all of them in the log.
void show_merges(Run& run, const std::string& kind, const Trained& trained) {
  const Id first = trained.tokenizer.parts().first_merge();
  std::vector<std::string> pairs;
  std::string lines;
  for (size_t i = 0; i < trained.log.size(); ++i) {
    const auto& [merge, count, made] = trained.log[i];
    const Id id = first + static_cast<Id>(i);
    run.log().write("merge", {{"id", id}, {"left", merge.left}, {"right", merge.right}, {"count", count}});
    if (i < 10) pairs.push_back(pair_of(merge));
    if (i >= 10 && i + 1 < trained.log.size()) continue;
    lines += fmt::format("merge {}: ({}, {}) -> {}  [{}]  {} times\n", i + 1, merge.left, merge.right, id,
                         rendered(trained.tokenizer.bytes(id)), count);
  }
  run.print(lines);
  if (pairs.empty()) return;
  run.result(fmt::format("{}: first merges", kind), fmt::format("{}", fmt::join(pairs, ", ")));
  run.result(fmt::format("{}: merge {}", kind, first + std::ssize(trained.log) - 1),
             pair_of(trained.log.back().merge));
}

}  // namespace

Plan plan_of(const std::string& kind, const Flags& flags) {
  return {.pattern = kind == "gpt2"   ? kGpt2Pattern
                     : kind == "gpt4" ? kGpt4Pattern
                                      : "",
          .by_code_points = kind == "codepoint",
          .size = flags.vocab,
          .specials = flags.specials};
}

std::string range_of(const std::string& text, const WordRange& range) {
  size_t from = text.size(), to = text.size();
  int64_t index = 0;
  for (size_t at = 0; at < text.size() && to == text.size(); at += character_at(text, at).size(), ++index) {
    if (index == range.first) from = at;
    if (index == range.last) to = at;
  }
  if (from >= to) throw AppError(fmt::format("--chars: the text has {} characters", length(text)));
  return text.substr(from, to - from);
}

std::string chunks_shown(const std::string& pattern, std::string_view text) {
  const Pattern cut(pattern);
  std::string shown;
  for (size_t at = 0; at < text.size();) {
    const size_t length = cut.chunk_at(text, at, true);
    if (at > 0) shown += '|';
    shown += rendered(text.substr(at, length));
    at += length;
  }
  return shown;
}

std::string joined(const Ids& ids) { return fmt::format("{}", fmt::join(ids, " ")); }

Trained train_and_show(Run& run, const Flags& flags, const std::string& kind, std::string_view text) {
  const Plan plan = plan_of(kind, flags);
  // cell: train
  Trained trained = train(text, plan);
  const Ids ids = trained.tokenizer.encode(text);
  // end
  run.cell("train");
  show_merges(run, kind, trained);
  const auto made = static_cast<int64_t>(trained.log.size());
  const int64_t wanted = plan.size - trained.tokenizer.parts().first_merge() - std::ssize(plan.specials);
  if (made < wanted)
    run.notice(fmt::format("The text ran out of pairs after {} of {} merges.", made, wanted));
  const std::string list = joined(ids);
  run.log().write("tokens", {{"bytes", text.size()}, {"tokens", ids.size()}, {"sha256", sha256(list)}});
  run.result(fmt::format("{}: tokens", kind), std::ssize(ids));
  if (!ids.empty())
    run.result(fmt::format("{}: bytes per token", kind),
               static_cast<double>(text.size()) / static_cast<double>(ids.size()));
  std::vector<std::string> texts{"First Citizen:", "hello world!!!? lol123"};
  texts.insert(texts.end(), flags.texts.begin(), flags.texts.end());
  for (size_t i = 0; i < texts.size(); ++i) {
    const Ids of_text = trained.tokenizer.encode(texts[i]);
    run.result(fmt::format("{}: {}", kind, texts[i]), joined(of_text));
    if (i >= 2) run.log().write("encoded", {{"text", texts[i]}, {"ids", of_text}});
  }
  const bool is_same = trained.tokenizer.bytes(ids) == text;
  run.result(fmt::format("{}: decoding gives the text back", kind), is_same ? "yes" : "no");
  return trained;
}

void save(Run& run, const Flags& flags, const Tokenizer& tokenizer) {
  const std::string model = flags.save.empty() ? run.path_of("tokenizer.model") : flags.save;
  if (model.empty()) return;
  std::string vocab = model;
  if (vocab.ends_with(".model")) vocab.resize(vocab.size() - 6);
  vocab += ".vocab";
  const auto write = [&](const std::string& file, const std::string& text) {
    if (flags.save.empty())
      run.attempt([&] { write_file_atomically(file, text); });
    else
      write_file_atomically(file, text);
  };
  write(model, model_text(tokenizer));
  write(vocab, listing(tokenizer));
  run.say(fmt::format("The tokenizer is in `{}`, and `{}` lists its tokens.", model, vocab));
}

}  // namespace lt::apps::tokenizer
