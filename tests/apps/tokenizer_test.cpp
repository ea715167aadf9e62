// Byte-pair encoding beside the plain way of lecture 8, which counts everything anew for each merge.

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <random>

#include <libtensor/apps/tokenizer/encoder.h>
#include <libtensor/apps/tokenizer/model.h>
#include <libtensor/apps/tokenizer/model_files.h>
#include <libtensor/tests/apps/app_run.h>
#include <libtensor/tests/expect.h>

namespace lt::apps::tokenizer {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

std::string random_text(std::mt19937& random, size_t length, std::string_view letters) {
  std::string text;
  while (text.size() < length) text += letters[random() % letters.size()];
  return text;
}

std::string random_bytes(std::mt19937& random, size_t length) {
  std::string bytes;
  while (bytes.size() < length) bytes += static_cast<char>(random() & 0xff);
  return bytes;
}

void replace_plainly(Ids& ids, Merge pair, Id id) {
  Ids out;
  for (size_t i = 0; i < ids.size(); ++i) {
    const bool is_pair = i + 1 < ids.size() && Merge{ids[i], ids[i + 1]} == pair;
    out.push_back(is_pair ? id : ids[i]);
    i += is_pair ? 1 : 0;
  }
  ids = out;
}

std::vector<Merge> learn_plainly(std::vector<Chunk> chunks, int64_t most) {
  std::vector<Merge> merges;
  while (std::ssize(merges) < most) {
    std::map<std::pair<Id, Id>, int64_t> counts;
    std::vector<Merge> met;
    for (const Chunk& chunk : chunks) {
      for (size_t i = 0; i + 1 < chunk.ids.size(); ++i) {
        int64_t& count = counts[{chunk.ids[i], chunk.ids[i + 1]}];
        if (count == 0) met.push_back({chunk.ids[i], chunk.ids[i + 1]});
        count += chunk.count;
      }
    }
    if (met.empty()) break;
    const auto best = std::ranges::max_element(met, {}, [&](Merge m) {
      return counts[{m.left, m.right}];
    });  // of equals the first
    merges.push_back(*best);
    for (Chunk& chunk : chunks)
      replace_plainly(chunk.ids, merges.back(), 255 + static_cast<Id>(merges.size()));
  }
  return merges;
}

Ids merge_plainly(Ids ids, const std::vector<Merge>& merges) {
  for (size_t rank = 0; rank < merges.size(); ++rank)
    replace_plainly(ids, merges[rank], 256 + static_cast<Id>(rank));
  return ids;
}

Ids encoded(const Tokenizer& tokenizer, std::string_view text, AllowedSpecial::Mode mode) {
  Encoder encoder(tokenizer, {.mode = mode});
  Ids ids;
  encoder.push(text, ids);
  encoder.finish(ids);
  return ids;
}

std::string chunks(const char* expression, std::string_view text) {
  const Pattern pattern(expression);
  std::string shown;
  for (size_t at = 0; at < text.size();) {
    const size_t length = pattern.chunk_at(text, at, true);
    shown += (at > 0 ? "|" : "") + std::string(text.substr(at, length));
    at += length;
  }
  return shown;
}

TEST(Bpe, LearnsWhatCountingAnewLearnsTiesAndRunsAmongIt) {
  std::mt19937 random(1);
  for (int round = 0; round < 300; ++round) {
    const std::string_view letters = std::string_view("aabc").substr(0, 1 + random() % 4);
    std::vector<Chunk> text(1 + random() % 4);
    for (Chunk& chunk : text) {
      for (const char c : random_text(random, random() % 40, letters)) chunk.ids.push_back(c);
      chunk.count = 1 + random() % 3;
    }
    std::vector<Merge> merges;
    for (const Learned& learned : learn(text, 256, 12)) merges.push_back(learned.merge);
    const std::vector<Merge> plainly = learn_plainly(text, 12);
    ASSERT_TRUE(merges == plainly) << "round " << round;
    const PairMap ranks = ranks_of(merges);
    for (const size_t length : {5u, 63u, 64u, 65u, 300u}) {  // short chunks and long ones go two ways
      Ids ids;
      for (const char c : random_text(random, length, letters)) ids.push_back(c);
      const Ids expected = merge_plainly(ids, merges);
      merge_all(ranks, 256, ids);
      ASSERT_EQ(ids, expected) << "round " << round;
    }
  }
}

TEST(Bpe, CountsPairsAndWhatBecameOfThem) {
  const std::vector<Chunk> text{{{7, 7, 7}, 2}, {{7, 7}, 1}};
  const std::vector<Learned> log = learn(text, 256, 9);
  ASSERT_EQ(log.size(), 2U);  // then no pair is left
  EXPECT_EQ(log[0].count, 5);
  EXPECT_EQ(log[0].made, 3);
  EXPECT_TRUE((log[1].merge == Merge{256, 7}));
}

TEST(Tokenizer, GivesTheLecturesExample) {
  const Trained trained = train("aaabdaaabac", {.size = 259});
  EXPECT_THAT(trained.tokenizer.encode("aaabdaaabac"), ElementsAre(258, 100, 258, 97, 99));
  EXPECT_EQ(trained.tokenizer.decode({258, 100, 258, 97, 99}), "aaabdaaabac");
  EXPECT_TRUE(trained.tokenizer.encode("").empty());
}

TEST(Tokenizer, CutsAsGpt2AndGpt4) {
  const std::string text = "Hello've world123 how's are you!!!?   \n\n  HELLO'LL 12345";
  EXPECT_EQ(chunks(kGpt2Pattern, text),
            "Hello|'ve| world|123| how|'s| are| you|!!!?|   \n\n | HELLO|'|LL| 12345");
  EXPECT_EQ(chunks(kGpt4Pattern, text),
            "Hello|'ve| world|123| how|'s| are| you|!!!?|   \n\n| | HELLO|'LL| |123|45");
  EXPECT_EQ(chunks(kGpt4Pattern, "안녕 세상٣٤٥٦ naïve\u00a0x"), "안녕| 세상|٣٤٥|٦| naïve|\u00a0x");
  EXPECT_EQ(chunks(kGpt2Pattern, "a\xff\xfe b\xe2\x82"), "a|\xff\xfe| b|\xe2\x82");
}

TEST(Tokenizer, TakesPatternsWithGroupsAndGivesUpWhereTheyTakeForEver) {
  EXPECT_EQ(chunks("(a)(b)?|(c+)", "abacca"), "ab|a|cc|a");
  EXPECT_EQ(chunks("b+", "aabba"), "aa|bb|a");  // what is in no match is a chunk too
  EXPECT_EQ(error_text<ValueError>([] { chunks("(a+)+$", std::string(100, 'a') + "x"); }),
            "pattern: match limit exceeded");
}

TEST(Tokenizer, AnyBytesComeBackAndAStreamGivesTheSameIds) {
  std::mt19937 random(2);
  const std::string text = "To be, or not to be: that is the question.\n\n  안녕하세요 😉 naïve 12345's\r\n";
  std::string known;
  for (int i = 0; i < 8; ++i) known += text;
  for (const char* pattern : {"", kGpt2Pattern, kGpt4Pattern}) {
    for (const bool by_code_points : {false, true}) {
      const Tokenizer tokenizer =
          train(known, {.pattern = pattern, .by_code_points = by_code_points, .size = 340}).tokenizer;
      for (int round = 0; round < 60; ++round) {
        std::string bytes;
        while (bytes.size() < 400) {
          bytes += random() % 2 ? random_bytes(random, random() % 9)
                                : text.substr(random() % text.size(), random() % 30);
          if (random() % 9 == 0) bytes += std::string(random() % 300, " \na"[random() % 3]);
        }
        const Ids ids = tokenizer.encode(bytes);
        ASSERT_EQ(tokenizer.bytes(ids), bytes);
        Encoder encoder(tokenizer, {});
        Ids streamed;
        for (size_t at = 0; at < bytes.size();) {
          const size_t length = random() % 40;
          encoder.push(std::string_view(bytes).substr(at, length), streamed);
          at += length;
        }
        encoder.finish(streamed);
        ASSERT_EQ(streamed, ids) << pattern << " round " << round;
      }
    }
  }
}

TEST(Tokenizer, TakesALongChunkInNoTime) {
  const std::string run(1 << 18, 'a');
  for (const char* pattern : {"", kGpt2Pattern, kGpt4Pattern}) {
    const Tokenizer tokenizer = train(run, {.pattern = pattern, .size = 300}).tokenizer;
    EXPECT_THAT(tokenizer.encode(run), ElementsAre(273));  // the 18th doubling
    EXPECT_EQ(tokenizer.encode(std::string(1 << 18, ' ')).size(), size_t{1} << 18);
  }
}

TEST(Tokenizer, KnowsSpecialTokensAsItIsTold) {
  using enum AllowedSpecial::Mode;
  const Tokenizer tokenizer = train("abab", {.size = 259, .specials = {"<|end|>", "<|x|>"}}).tokenizer;
  EXPECT_EQ(tokenizer.size(), 259);
  EXPECT_THAT(encoded(tokenizer, "ab<|end|>ab<|x|>", all), ElementsAre(256, 257, 256, 258));
  EXPECT_EQ(encoded(tokenizer, "<|end|>", none).size(), 7U);
  EXPECT_THAT(encoded(tokenizer, "a<|en", none_raise), ElementsAre('a', '<', '|', 'e', 'n'));
  EXPECT_EQ(error_text<ValueError>([&] { encoded(tokenizer, "ab<|end|>", none_raise); }),
            "byte 3 of the text begins the special token <|end|>, which is not allowed in it");
  Encoder of_one(tokenizer, {.mode = some, .names = {"<|x|>"}});
  Ids ids;
  for (const char c : std::string("<|x|><|end|>")) of_one.push({&c, 1}, ids);
  of_one.finish(ids);
  EXPECT_THAT(ids, ElementsAre(258, '<', '|', 'e', 'n', 'd', '|', '>'));
  EXPECT_EQ(error_text<ValueError>(
                [&] { Encoder(tokenizer, {.mode = AllowedSpecial::Mode::some, .names = {"<|y|>"}}); }),
            "'<|y|>' is no special token of this tokenizer");
}

TEST(Tokenizer, ByCodePointsNeverCutsACharacterThatItKnows) {
  const std::string text = "ααβ ααβ ααβ";
  const Tokenizer tokenizer = train(text, {.by_code_points = true, .size = 260}).tokenizer;
  EXPECT_THAT(tokenizer.parts().characters, ElementsAre("α", "β"));
  EXPECT_EQ(tokenizer.encode("ααβ").size(), 1U);
  EXPECT_THAT(tokenizer.encode("é"), ElementsAre(0xc3, 0xa9));  // rare: its bytes
  EXPECT_EQ(tokenizer.bytes(256), "α");
}

TEST(Tokenizer, RepairsTextAsPythonDoes) {
  EXPECT_EQ(repaired("a\x80z"), "a\uFFFDz");
  EXPECT_EQ(repaired("\xe2\x82"), "\uFFFD");  // one that was begun
  EXPECT_EQ(repaired("\xe2\x82\xf0\x9f\x98"), "\uFFFD\uFFFD");
  EXPECT_EQ(repaired("\xed\xa0\x80"), "\uFFFD\uFFFD\uFFFD");  // a surrogate
  EXPECT_EQ(repaired("\xc0\xaf\xff"), "\uFFFD\uFFFD\uFFFD");
  EXPECT_EQ(repaired("é😉"), "é😉");
}

TEST(Tokenizer, IsSavedAndLoaded) {
  const Scratch scratch;
  const std::string text = "the theme, the thesis: ααα";
  for (const Plan& plan :
       {Plan{.size = 270}, Plan{.pattern = kGpt4Pattern, .size = 262, .specials = {"<|a b|>"}},
        Plan{.by_code_points = true, .size = 262}}) {
    const Tokenizer tokenizer = train(text, plan).tokenizer;
    const Tokenizer loaded = load_model(scratch.put("m", model_text(tokenizer)));
    EXPECT_EQ(model_text(loaded), model_text(tokenizer));
    EXPECT_EQ(loaded.encode(text), tokenizer.encode(text));
  }
  const Tokenizer theirs = load_model(scratch.put("m", "minbpe v1\n\n1\n<|end|> 258\n97 98\n256 97\n"));
  EXPECT_THAT(encoded(theirs, "aba<|end|>", AllowedSpecial::Mode::all), ElementsAre(257, 258));
  EXPECT_THAT(listing(theirs), HasSubstr("[\\u000a] 10\n"));
  EXPECT_THAT(listing(theirs), HasSubstr("[a][b] -> [ab] 256\n[ab][a] -> [aba] 257\n[<|end|>] 258\n"));
}

TEST(Tokenizer, ATornModelIsOneClearError) {
  const Scratch scratch;
  const std::string file = scratch.path("m");
  const auto error = [&](const std::string& text) {
    scratch.put("m", text);
    return error_text<IoError>([&] { load_model(file); });
  };
  EXPECT_EQ(error("gzip\n"), file + ":1: expected 'libtensor bpe v1' or 'minbpe v1', found 'gzip'");
  EXPECT_EQ(
      error("minbpe v1\n(\n0\n"),
      file + ":2: expected a regular expression, found pattern: byte 2 of '(': missing closing parenthesis");
  EXPECT_EQ(error("minbpe v1\n\nx\n"), file + ":3: expected how many special tokens there are, found 'x'");
  EXPECT_EQ(error("minbpe v1\n\n1\n<|x|>\n"),
            file + ":4: expected a special token's name, a space and its id, found '<|x|>'");
  EXPECT_EQ(error("minbpe v1\n\n0\n97 98\n97 257\n"),
            file + ":5: expected the two ids, below 257, of the merge that makes it, found '97 257'");
  EXPECT_EQ(
      error("minbpe v1\n\n0\n97 98\n97 2"),
      file +
          ":5: expected the two ids, below 257, of the merge that makes it, found '97 2' and no line's end");
  EXPECT_EQ(error("minbpe v1\n\n0\n97 98\n97 98\n"), file + ": merge 97 98 is made twice");
  EXPECT_EQ(error("minbpe v1\n\n1\n<|x|> 7\n"),
            file + ": special token '<|x|>' 7: the id is another token's");
  const std::string whole =
      model_text(train("abab αα αα", {.by_code_points = true, .size = 300, .specials = {"<|x|>"}}).tokenizer);
  EXPECT_EQ(error(whole + "1 2\n"), fmt::format("{}:{}: expected the end of the file, found '1 2'", file,
                                                1 + std::count(whole.begin(), whole.end(), '\n')));
  for (size_t length = 0; length < whole.size(); ++length)
    EXPECT_NE(error(whole.substr(0, length)), "no error") << length;
  std::string bomb = "minbpe v1\n\n0\n97 97\n";
  for (int id = 256; id < 300; ++id) bomb += fmt::format("{} {}\n", id, id);
  EXPECT_THAT(error(bomb), HasSubstr("makes a token of more than 268435456 bytes"));
}

// The two files with bytes in their own order, as GPT-2's: the characters of ! to ~ first, then the others.
TEST(Tokenizer, LoadsGpt2sTwoFiles) {
  const Scratch scratch;
  nlohmann::json vocab;
  int next = 0, other = 0x100;
  const auto name = [](int code) {
    return code < 0x80
               ? std::string(1, static_cast<char>(code))
               : std::string{static_cast<char>(0xc0 | code >> 6), static_cast<char>(0x80 | (code & 63))};
  };
  const auto is_itself = [](int b) { return (b > 0x20 && b < 0x7f) || (b > 0xa0 && b != 0xad); };
  for (int b = 0; b < 256; ++b) {
    if (is_itself(b)) vocab[name(b)] = next++;
  }
  for (int b = 0; b < 256; ++b) {
    if (!is_itself(b)) vocab[name(other++)] = next++;
  }
  vocab["\u0120t"] = 256;
  vocab["\u0120th"] = 257;
  vocab["<|endoftext|>"] = 258;
  const std::string json = scratch.put("vocab.json", vocab.dump()), merges = scratch.path("merges.txt");
  scratch.put("merges.txt", "#version: 0.2\n\u0120 t\n\u0120t h\n");
  const Tokenizer tokenizer = load_gpt2(json, merges);
  EXPECT_THAT(encoded(tokenizer, "! the<|endoftext|>", AllowedSpecial::Mode::all),
              ElementsAre(0, 257, 68, 258));
  EXPECT_EQ(tokenizer.bytes({0, 257, 68, 258}), "! the<|endoftext|>");
  EXPECT_EQ(error_text<ValueError>([&] { model_text(tokenizer); }),
            "tokenizer: a model file has no place for an order of bytes");
  scratch.put("merges.txt", "\u0120t h\n");
  EXPECT_EQ(error_text<IoError>([&] { load_gpt2(json, merges); }),
            json + ": '\u0120th': expected the id 256, found 257");
  scratch.put("merges.txt", "\u0120t\n");
  EXPECT_EQ(error_text<IoError>([&] { load_gpt2(json, merges); }),
            merges + ":1: expected two tokens with a space between, found '\u0120t'");
}

}  // namespace
}  // namespace lt::apps::tokenizer
