#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sstream>

#include <libtensor/apps/common/utf8.h>
#include <libtensor/apps/tokenizer/encoder.h>
#include <libtensor/apps/tokenizer/model_files.h>
#include <libtensor/tests/apps/app_run.h>

// gpt --weights: text by GPT-2's files, beside `transformers` (tests/golden/make_gpt2.py).

namespace lt::apps::gpt {
namespace {

using nlohmann::json;
using testing::HasSubstr;

const std::string kFolder = LIBTENSOR_SOURCE_DIR "/tests/golden/gpt2/";
const std::string kApp = "gpt --weights '" + kFolder + "model.safetensors' --heads 3 ";

TEST(Gpt2Text, HasTheTokensOfTransformers) {
  const tokenizer::Tokenizer tokenizer = tokenizer::load_gpt2(kFolder + "vocab.json", kFolder + "merges.txt");
  const json golden = json::parse(slurp(kFolder + "golden.json"));
  for (const json& each : golden["texts"]) {
    tokenizer::Encoder encoder(tokenizer, {.mode = tokenizer::AllowedSpecial::Mode::all});
    tokenizer::Ids ids;
    encoder.push(each["text"].get<std::string>(), ids);
    encoder.finish(ids);
    EXPECT_EQ(json(ids), each["ids"]) << each["text"];
  }
}

TEST(Gpt2Text, GoesOnFromAPromptAsTransformersDoes) {
  const Scratch scratch;
  const json recorded = json::parse(slurp(kFolder + "golden.json"));
  const tokenizer::Tokenizer tokenizer = tokenizer::load_gpt2(kFolder + "vocab.json", kFolder + "merges.txt");
  const auto ids = recorded["ids"].get<tokenizer::Ids>();
  const std::string prompt = tokenizer.bytes(ids);
  const Outcome run =
      run_in(scratch, kApp + fmt::format("--prompt '{}' --top-k 1 --generate 20 --out o", prompt));
  ASSERT_EQ(run.code, 0) << run.err;
  EXPECT_THAT(run.out, HasSubstr("2 blocks of 3 heads on 24 numbers, 32 positions, 300 tokens."));
  EXPECT_THAT(run.out, HasSubstr(prompt));
  const json encoded = events_of(scratch.path("o/log.jsonl"), "encoded").at(0);
  EXPECT_EQ(encoded["ids"], recorded["ids"]);
  const auto greedy = recorded["F32"]["greedy"].get<tokenizer::Ids>();
  EXPECT_EQ(events_of(scratch.path("o/log.jsonl"), "sample").at(0)["text"],
            tokenizer::repaired(prompt + tokenizer.bytes(greedy)));
}

TEST(Gpt2Text, TakesItsFilesWhereverTheyAreAndDrawsBySeed) {
  const Scratch scratch;
  const std::string app = kApp + fmt::format("--vocab '{0}vocab.json' --merges '{0}merges.txt' ", kFolder) +
                          "--no-out --quiet --generate 200 --temperature 0.8 --prompt 'I ' --seed ";
  const Outcome one = run_in(scratch, app + "1 --threads 1");
  ASSERT_EQ(one.code, 0) << one.err;
  EXPECT_EQ(run_in(scratch, app + "1 --threads 2").out, one.out);
  EXPECT_NE(run_in(scratch, app + "2").out, one.out);
  std::istringstream lines(one.out);  // a byte that is a control character is spelled out
  for (std::string line; std::getline(lines, line);) EXPECT_LE(display_width(line), 80) << line;
  EXPECT_EQ(run_in(scratch, kApp + "--no-out --quiet --generate 3").code, 0);  // a document's start
}

TEST(Gpt2Text, RefusesWhatDoesNotFitInOneLine) {
  const Scratch scratch;
  const auto refused = [&](const std::string& command, int code, const std::string& text) {
    const Outcome run = run_in(scratch, command);
    EXPECT_EQ(run.code, code) << command;
    EXPECT_EQ(run.err, "gpt: " + text + "\n");
  };
  const std::string hint = " (--help lists the flags)";
  refused("gpt --vocab v.json", 2, "--vocab needs --weights" + hint);
  refused(kApp + "--steps 3", 2, "--steps has no effect with --weights" + hint);
  refused("gpt --weights none", 1, "cannot read 'none': No such file or directory");
  const json vocab = json::parse(slurp(kFolder + "vocab.json"));
  json more = vocab;
  more["<|pad|>"] = 300;
  scratch.put("more.json", more.dump());
  const std::string merges = "--merges '" + kFolder + "merges.txt' ";
  refused(kApp + merges + "--vocab more.json", 1,
          "more.json has 301 tokens, but the table 'wte.weight' of " + kFolder +
              "model.safetensors has 300 rows");
  json fewer = vocab;
  fewer.erase("<|endoftext|>");
  fewer["<|pad|>"] = 299;
  scratch.put("fewer.json", fewer.dump());
  refused(kApp + merges + "--no-out --quiet --vocab fewer.json", 1,
          "--prompt: a text, for these tokens have no <|endoftext|> to begin with");
  scratch.put("merges.txt", "#version: 0.2\nt h\n");
  refused(kApp + "--merges merges.txt", 1, kFolder + "vocab.json: 'th': expected the id 256, found none");
  EXPECT_EQ(scratch.names(), (std::vector<std::string>{"fewer.json", "merges.txt", "more.json"}));
}

}  // namespace
}  // namespace lt::apps::gpt
