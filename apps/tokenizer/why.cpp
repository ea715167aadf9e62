#include <fmt/format.h>

#include <algorithm>
#include <set>

#include <libtensor/apps/common/utf8.h>
#include <libtensor/apps/tokenizer/app.h>
#include <libtensor/apps/tokenizer/model_files.h>

// Every answer is what the tokenizer that was just trained does.

namespace lt::apps::tokenizer {
namespace {

// "the| king": tokens with | between.
std::string tokens_shown(const Tokenizer& tokenizer, const std::string& text) {
  std::string shown;
  for (const Id id : tokenizer.encode(text)) {
    if (!shown.empty()) shown += '|';
    shown += rendered(tokenizer.bytes(id));
  }
  return shown;
}

std::ptrdiff_t count(const Tokenizer& tokenizer, const std::string& text) {
  return std::ssize(tokenizer.encode(text));
}

void spell(Run& run, const Tokenizer& tokenizer) {
  Id longest = 256;
  const Id end = tokenizer.parts().first_merge() + static_cast<Id>(tokenizer.parts().merges.size());
  for (Id id = 256; id < end; ++id)
    if (tokenizer.bytes(id).size() > tokenizer.bytes(longest).size()) longest = id;
  if (longest >= end) return;
  const std::string& word = tokenizer.bytes(longest);
  const std::string backward(word.rbegin(), word.rend());
  run.say(
      fmt::format("Why can a model not spell, nor turn a word around? The longest token here, `{}`, is the "
                  "one id {}: the model "
                  "sees no letters in it. Backward it is `{}`: other ids.",
                  rendered(word), longest, tokens_shown(tokenizer, backward)));
  run.result("ids of the longest token", count(tokenizer, word));
  run.result("ids of it backward", count(tokenizer, backward));
}

void speak_other_languages(Run& run, const Tokenizer& tokenizer) {
  run.say(
      "Why is it worse in other languages? The same sentence in six: this tokenizer saw English alone, so "
      "other "
      "letters stay bytes, and a text of the same length in words fills several times the context.");
  std::vector<std::vector<std::string>> rows;
  for (const auto& [language, text] :
       std::initializer_list<std::pair<const char*, const char*>>{{"English", "The weather is fine today."},
                                                                  {"German", "Das Wetter ist heute schön."},
                                                                  {"Greek", "Ο καιρός είναι καλός σήμερα."},
                                                                  {"Russian", "Сегодня хорошая погода."},
                                                                  {"Korean", "오늘은 날씨가 좋습니다."},
                                                                  {"Japanese", "今日は天気がいいです。"}}) {
    rows.push_back({language, std::to_string(length(text)), std::to_string(std::string_view(text).size()),
                    std::to_string(count(tokenizer, text))});
  }
  run.table({"", "characters", "bytes", "tokens"}, rows);
}

void compute(Run& run, const Tokenizer& tokenizer, std::string_view text) {
  run.say(
      "Why is it bad at simple arithmetic? A number is cut where a text happened to make merges, or after "
      "three "
      "digits from the left, and never as one adds, from the right:");
  run.result("1275 + 6773 in GPT-2's chunks", chunks_shown(kGpt2Pattern, "1275 + 6773"));
  run.result("in GPT-4's", chunks_shown(kGpt4Pattern, "1275 + 6773"));
  run.say(
      "Why had GPT-2 trouble with Python? Indentation. A tokenizer whose text had none makes every space of "
      "it a "
      "token; one that saw code has tokens for it. Trained on this text, and on this text with eight spaces "
      "before every line:");
  const std::string line = "        return x";
  std::string indented;
  for (const std::string& one : split(std::string(text.substr(0, 20000)), '\n'))
    indented.append(8, ' ').append(one).append("\n");
  const Tokenizer of_code = train(indented, {.pattern = kGpt4Pattern, .size = tokenizer.size()}).tokenizer;
  run.result("ids of an indented line", count(tokenizer, line));
  run.result("where lines were indented", count(of_code, line));
}

void prompt(Run& run, const Tokenizer& tokenizer) {
  run.say(
      "Why not end a prompt with a space? A space belongs to the word after it. A prompt that ends with one "
      "puts "
      "the model where it has hardly ever been: after a space that is a token by itself.");
  run.result("the king", tokens_shown(tokenizer, "the king"));
  run.result("the, and a space", tokens_shown(tokenizer, "the "));
  run.say("Why YAML rather than JSON? Quotes and brackets are tokens too. The same record in both, in ids:");
  run.result("JSON", count(tokenizer, R"({"king": {"name": "Henry", "son": "Edward"}})"));
  run.result("YAML", count(tokenizer, "king:\n  name: Henry\n  son: Edward\n"));
}

// Tokens that the one text made and another never uses: their rows of an embedding would stay as they were
// drawn.
void find_unseen(Run& run, const Tokenizer& tokenizer, std::string_view text) {
  const Ids ids = tokenizer.encode(text.substr(text.size() - text.size() / 10));
  const std::set<Id> seen(ids.begin(), ids.end());
  const Id first = tokenizer.parts().first_merge();
  std::string unseen;
  int64_t missing = 0;
  for (Id id = first; id < first + std::ssize(tokenizer.parts().merges); ++id) {
    if (seen.contains(id)) continue;
    if (missing++ < 5)
      unseen += fmt::format("{}[{}]", unseen.empty() ? "" : " ", rendered(tokenizer.bytes(id)));
  }
  run.say(
      "Why did ` SolidGoldMagikarp` drive GPT mad? It was a token of the tokenizer's text that the model's "
      "text never "
      "had: its embedding was never trained. Were the model's text only the last tenth of ours, of the "
      "merges so "
      "many would never be met:");
  run.result("merged tokens never met", missing);
  if (missing > 0) run.result("such as", unseen);
}

}  // namespace

void answer_why(Run& run, const Tokenizer& tokenizer, std::string_view text) {
  run.heading("Why?");
  spell(run, tokenizer);
  speak_other_languages(run, tokenizer);
  compute(run, tokenizer, text);
  prompt(run, tokenizer);
  find_unseen(run, tokenizer, text);
}

}  // namespace lt::apps::tokenizer
