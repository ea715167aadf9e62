#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <filesystem>

#include <libtensor/apps/common/memory.h>
#include <libtensor/apps/common/stop.h>
#include <libtensor/apps/common/utf8.h>
#include <libtensor/apps/gpt/gpt.h>
#include <libtensor/apps/gpt/gpt2.h>
#include <libtensor/apps/gpt/stream.h>
#include <libtensor/apps/tokenizer/encoder.h>
#include <libtensor/apps/tokenizer/model_files.h>

// GPT-2's weights, and lecture 8's tokenizer with GPT-2's merges.

namespace lt::apps::gpt {

#ifndef LIBTENSOR_HAS_TOKENIZER

void write_as_gpt2(Run&, const Flags&) {
  throw AppError("--weights: this program was built without PCRE2, which GPT-2's tokenizer needs");
}

#else
namespace {

using tokenizer::Id;
using tokenizer::Tokenizer;

constexpr const char* kEnd = "<|endoftext|>";  // between documents

double seconds_since(std::chrono::steady_clock::time_point start) {
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

// The two files are named, or lie beside the weights.
Tokenizer load_tokenizer(const Flags& flags, const Gpt2Sizes& sizes) {
  const std::filesystem::path folder = std::filesystem::path(flags.weights).parent_path();
  const auto named = [&](const std::string& file, const char* usual) {
    return file.empty() ? (folder / usual).string() : file;
  };
  const std::string vocab = named(flags.vocab, "vocab.json");
  Tokenizer known = tokenizer::load_gpt2(vocab, named(flags.merges, "merges.txt"));
  if (known.size() != sizes.vocabulary)
    throw AppError(fmt::format("{} has {} tokens, but the table 'wte.weight' of {} has {} rows", vocab,
                               known.size(), flags.weights, sizes.vocabulary));
  return known;
}

// -1 where there is no such token.
Id end_of_document(const Tokenizer& tokenizer) {
  for (const tokenizer::Special& special : tokenizer.parts().specials)
    if (special.name == kEnd) return special.id;
  return -1;
}

std::vector<int64_t> encoded(const Tokenizer& tokenizer, const std::string& text) {
  tokenizer::Encoder encoder(tokenizer, {.mode = tokenizer::AllowedSpecial::Mode::all});
  tokenizer::Ids ids;
  encoder.push(text, ids);
  encoder.finish(ids);
  return {ids.begin(), ids.end()};
}

// Tokens as text: one may end in the midst of a character.
class TokenStream {
 public:
  TokenStream(Run& run, const Tokenizer& tokenizer) : stream_(run), tokenizer_(tokenizer) {}
  void write(int64_t id) {
    bytes_ += tokenizer_.bytes(static_cast<Id>(id));
    write_bytes(whole_characters(bytes_));
  }
  // All of the text; what is no UTF-8 in it is U+FFFD.
  const std::string& finish() {
    write_bytes(bytes_.size());
    return text_;
  }

 private:
  void write_bytes(size_t count) {
    const std::string text = tokenizer::repaired(std::string_view(bytes_).substr(0, count));
    bytes_.erase(0, count);
    stream_.write(printable(text));  // a byte may be a control character
    text_ += text;
  }

  Stream stream_;
  const Tokenizer& tokenizer_;
  std::string bytes_, text_;
};

void continue_text(Run& run, const Flags& flags, Gpt2& model, const Tokenizer& tokenizer) {
  const Id end = end_of_document(tokenizer);
  const std::string prompt = run.given("--prompt") ? flags.prompt : "";
  std::vector<int64_t> ids = encoded(tokenizer, prompt);
  run.log().write("encoded", {{"text", tokenizer::repaired(prompt)}, {"ids", ids}});
  TokenStream stream(run, tokenizer);
  for (const int64_t id : ids) stream.write(id);
  if (ids.empty() && end < 0)
    throw AppError(fmt::format("--prompt: a text, for these tokens have no {} to begin with", kEnd));
  if (ids.empty()) ids.push_back(end);
  Generator g = run.generator(run.given("--sample-seed") ? run.flags().sample_seed : run.flags().seed);
  const auto start = std::chrono::steady_clock::now();
  int64_t made = 0;
  for (; made < flags.generate && !stop_requested(); ++made) {
    ids.push_back(next_id(model.next_logits(ids), flags, g));
    if (ids.back() == end) break;
    stream.write(ids.back());
  }
  const std::string text = stream.finish();
  run.stream("\n");
  run.streamed(text);
  const double speed = static_cast<double>(made) / seconds_since(start);
  run.set_speed(speed);
  run.say(fmt::format("{} tokens, {:.1f} a second.{}", made, speed,
                      ids.back() == end ? " The model ended the document." : ""));
}

}  // namespace

void write_as_gpt2(Run& run, const Flags& flags) {
  const Gpt2File file(flags.weights, run.given("--heads") ? flags.sizes.heads : 0);
  const Gpt2Sizes& sizes = file.sizes();
  require_memory("--weights", 4.0 * static_cast<double>(sizes.parameters));
  const Tokenizer tokenizer = load_tokenizer(flags, sizes);
  run.start();
  run.heading("GPT-2");
  run.say(fmt::format("{} blocks of {} heads on {} numbers, {} positions, {} tokens.", sizes.layers,
                      sizes.heads, sizes.embed, sizes.block, sizes.vocabulary));
  run.parameters(sizes.parameters);
  run.cell("GPT-2");
  const auto start = std::chrono::steady_clock::now();
  Gpt2 model(file);
  run.say(fmt::format("Read in {:.1f} seconds.", seconds_since(start)));
  continue_text(run, flags, model, tokenizer);
}

#endif

}  // namespace lt::apps::gpt
