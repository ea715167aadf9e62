// Lecture 8, "Let's build the GPT Tokenizer": byte-pair encoding, from two loops to what GPT-4 has.
//
//   tokenizer                              the lecture
//   tokenizer train --kind gpt4 --vocab 1024 --save my.model
//   tokenizer encode --model my.model FILE     ids, by spaces; without FILE, or for -, standard input
//   tokenizer decode --model my.model FILE     the bytes again

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include <libtensor/apps/common/utf8.h>
#include <libtensor/apps/tokenizer/app.h>

using namespace lt;
using namespace lt::apps;
using namespace lt::apps::tokenizer;

namespace {

// cell: get_stats
// How often each pair of neighbours occurs, and where the first is.
std::map<std::pair<Id, Id>, std::pair<int64_t, int64_t>> get_stats(const Ids& ids) {
  std::map<std::pair<Id, Id>, std::pair<int64_t, int64_t>> stats;
  for (size_t i = 0; i + 1 < ids.size(); ++i) {
    auto& [count, first] = stats[{ids[i], ids[i + 1]}];
    if (count++ == 0) first = static_cast<int64_t>(i);
  }
  return stats;
}

// Every such pair, from left to right, as one new id.
Ids merge(const Ids& ids, std::pair<Id, Id> pair, Id idx) {
  Ids newids;
  for (size_t i = 0; i < ids.size(); ++i) {
    const bool is_pair = i + 1 < ids.size() && ids[i] == pair.first && ids[i + 1] == pair.second;
    newids.push_back(is_pair ? idx : ids[i]);
    if (is_pair) ++i;
  }
  return newids;
}
// end

// cell: by hand
// The most frequent pair again and again; of equals the one met first.
std::vector<Merge> train_by_hand(Ids& ids, int64_t num_merges) {
  std::vector<Merge> merges;
  for (Id idx = 256; std::ssize(merges) < num_merges && ids.size() > 1; ++idx) {
    const auto stats = get_stats(ids);
    const auto top = std::ranges::max_element(stats, [](const auto& a, const auto& b) {
      return a.second.first != b.second.first ? a.second.first < b.second.first
                                              : a.second.second > b.second.second;
    });
    const std::pair<Id, Id> pair = top->first;
    ids = merge(ids, pair, idx);
    merges.push_back({pair.first, pair.second});
  }
  return merges;
}
// end

Ids bytes_of(std::string_view text) {
  Ids ids;
  for (const char c : text) ids.push_back(static_cast<unsigned char>(c));
  return ids;
}

void look_at_bytes(Run& run) {
  run.heading("Strings, code points, bytes");
  run.say(
      "A string is a row of Unicode code points, of which there are some 150,000 and more each year: too "
      "many "
      "for a vocabulary. UTF-8 writes each as one to four bytes, so 256 ids are enough for any text; but it "
      "is "
      "then long, and a transformer looks back only so far. Byte-pair encoding makes it shorter.");
  const std::string text = "안녕하세요 👋 (hello in Korean!)";
  run.print(text);
  run.result("code points", length(text));
  run.result("bytes in UTF-8", std::ssize(text));
  run.result("the first code point", code_point(text));
  run.result("its bytes", joined(bytes_of(text.substr(0, 3))));
}

void merge_by_hand(Run& run, std::string_view text) {
  run.heading("Byte-pair encoding by hand");
  run.say(
      "Count how often each pair of neighbours occurs; make the most frequent one a new id, from 256 on; and "
      "again. Three times with `aaabdaaabac`:");
  run.cell("get_stats");
  run.cell("by hand");
  Ids ids = bytes_of("aaabdaaabac");
  for (const auto& [left, right] : train_by_hand(ids, 3)) run.print(fmt::format("({}, {})", left, right));
  run.result("aaabdaaabac after 3 merges", joined(ids));
  run.say(
      "This looks at the whole text for each merge. The library below it keeps, for every pair, its count "
      "and "
      "its places, so a merge costs only what it changes. The merges are the same:");
  const std::string_view some = text.substr(0, 20000);
  // cell: the same
  Ids slow = bytes_of(some);
  const std::vector<Merge> by_hand = train_by_hand(slow, 20);
  const Tokenizer fast = train(some, {.size = 276}).tokenizer;
  const bool is_same = by_hand == fast.parts().merges && slow == fast.encode(some);
  // end
  run.cell("the same");
  run.result("20 merges by both ways agree", is_same ? "yes" : "no");
}

void decode_anything(Run& run, const Tokenizer& tokenizer) {
  run.heading("Decoding");
  run.say(
      "Decoding joins the tokens' bytes. Not every row of ids is UTF-8: a model may say byte 128 where no "
      "character begins with it, and U+FFFD stands for what cannot be read. The other way round nothing is "
      "lost.");
  // cell: decode
  const std::string broken = tokenizer.decode({128});
  const std::string text = "hello world!!!? (안녕하세요!) lol123 😉";
  const bool is_same = tokenizer.decode(tokenizer.encode(text)) == text;
  // end
  run.cell("decode");
  run.result("id 128 alone", fmt::format("U+{:04X}", code_point(broken)));
  run.result("decode(encode(text)) is the text", is_same ? "yes" : "no");
  run.result("ids of the empty text", std::ssize(tokenizer.encode("")));
}

// What a pattern may match, a line each.
std::string alternatives(std::string_view pattern) {
  std::string lines = "   ";
  int depth = 0;
  for (const char c : pattern) {
    depth += c == '(' ? 1 : c == ')' ? -1 : 0;
    lines += c == '|' && depth == 0 ? "\n  |" : std::string(1, c);
  }
  return lines + "\n";
}

void cut_into_chunks(Run& run) {
  run.heading("Chunks by a regular expression");
  run.say(
      "Left alone, merges join words with what follows: `dog.`, `dog!` and `dog?` become three tokens. So "
      "GPT-2 "
      "cuts the text first, by a regular expression, and merges nothing across a cut: a contraction, a space "
      "and letters, a space and digits, a space and other signs, white space. GPT-4's expression knows "
      "contractions in capitals too, and takes at most three digits:");
  run.print(fmt::format("GPT-2:\n{}GPT-4:\n{}", alternatives(kGpt2Pattern), alternatives(kGpt4Pattern)));
  const std::string text = "Hello've world123 how's are you!!!?   \n\n  HELLO'LL 12345";
  run.result("GPT-2's chunks", chunks_shown(kGpt2Pattern, text));
  run.result("GPT-4's chunks", chunks_shown(kGpt4Pattern, text));
}

void add_special_tokens(Run& run, const Flags& flags, std::string_view text) {
  run.heading("Special tokens");
  run.say(
      "Some ids come from no merge: `<|endoftext|>` says where a document ends. Its name in a text becomes "
      "its "
      "id only if that is allowed, for whoever writes the text could else steer the model; unless told, an "
      "encoder refuses such a text (`none_raise`).");
  // cell: special tokens
  const Plan plan{.pattern = kGpt4Pattern, .size = flags.vocab + 1, .specials = {"<|endoftext|>"}};
  const Tokenizer tokenizer = train(text, plan).tokenizer;
  using enum AllowedSpecial::Mode;
  const std::string document = "a<|endoftext|>b";
  Ids with, without;
  for (const auto& [mode, ids] : {std::pair(all, &with), std::pair(none, &without)}) {
    Encoder encoder(tokenizer, {.mode = mode});
    encoder.push(document, *ids);
    encoder.finish(*ids);
  }
  // end
  run.cell("special tokens");
  run.result("a<|endoftext|>b, all allowed", joined(with));
  run.result("the same as plain text", joined(without));
}

void fall_back_to_bytes(Run& run) {
  run.heading("Characters for bytes");
  run.say(
      "SentencePiece, which Llama has, begins with the characters of its text, each an id, and merges these. "
      "A "
      "character too rare for an id is spelled by its bytes: none is unknown, and no token is half a "
      "character. "
      "The same text and vocabulary both ways:");
  // cell: code points
  const std::string text = "안녕하세요 안녕하세요 안녕히 가세요";
  const Tokenizer by_bytes = train(text, {.size = 276}).tokenizer;
  const Tokenizer by_characters = train(text, {.by_code_points = true, .size = 276}).tokenizer;
  // end
  run.cell("code points");
  run.result("ids of 안녕 by bytes", joined(by_bytes.encode("안녕")));
  run.result("by characters", joined(by_characters.encode("안녕")));
  run.result("ids of 녕 by bytes", joined(by_bytes.encode("녕")));
  run.result("녕 by characters", joined(by_characters.encode("녕")));
  run.result("é, which it never saw", joined(by_characters.encode("é")));
}

void lecture(Run& run, const Flags& flags) {
  const auto specials = std::ssize(flags.specials);
  if (flags.vocab < 256 + specials)
    throw UsageError(
        fmt::format("--vocab {}: 256 bytes and {} special tokens are more", flags.vocab, specials));
  const Text data = run.load_text();
  const std::string text = range_of(data.text, flags.chars);
  if (text.size() < data.text.size()) run.say(fmt::format("{} of its characters are taken.", length(text)));
  if (flags.kind != "all") {
    run.heading(fmt::format("Training: {}", flags.kind));
    const Tokenizer tokenizer = train_and_show(run, flags, flags.kind, text).tokenizer;
    show_tokens(run, tokenizer, text, "tokens.svg",
                fmt::format("Tokens of the text's beginning: {}", flags.kind));
    save(run, flags, tokenizer);
    return;
  }
  look_at_bytes(run);
  merge_by_hand(run, text);
  run.heading("Training on bytes");
  const Tokenizer basic = train_and_show(run, flags, "basic", text).tokenizer;
  decode_anything(run, basic);
  cut_into_chunks(run);
  run.heading("Training on chunks, as GPT-4");
  const Tokenizer gpt4 = train_and_show(run, flags, "gpt4", text).tokenizer;
  show_tokens(run, basic, text, "basic.svg", "Merges that know no words run over spaces and line ends.");
  show_tokens(run, gpt4, text, "gpt4.svg",
              "With GPT-4's chunks a token stays inside of a word, its space before it.");
  add_special_tokens(run, flags, text);
  fall_back_to_bytes(run);
  draw_sizes(run, flags, text);
  answer_why(run, gpt4, text);
  save(run, flags, gpt4);
  run.try_next({{"tokenizer train --kind gpt2 --vocab 2048", "GPT-2's chunks, and a larger vocabulary"},
                {"tokenizer train --kind codepoint", "characters for bytes, the rare ones by their bytes"},
                {"tokenizer encode --model out/tokenizer/tokenizer.model FILE", "ids of a file of yours"},
                {"gpt", "lecture 7: the model that reads them"}});
}

}  // namespace

int main(int argc, char** argv) {
  const std::string_view word = argc > 1 ? argv[1] : "";
  if (word == "encode" || word == "decode") return encode_or_decode(argc - 1, argv + 1, word == "decode");
  std::vector<char*> arguments(argv, argv + argc);
  std::string one = "--kind=basic";  // train is one kind, if not told which
  if (word == "train") arguments[1] = one.data();
  AppTexts texts = kAppTexts;
  texts.made_with = "Python";
  return run_app<Flags>(argc, arguments.data(),
                        {"tokenizer", "Lecture 8: the GPT tokenizer, byte-pair encoding",
                         "tokenizer train --kind gpt4 --vocab 1024 --save my.model", texts},
                        declare, lecture);
}
