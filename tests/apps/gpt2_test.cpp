#include <fmt/format.h>
#include <gtest/gtest.h>

#include <fstream>
#include <nlohmann/json.hpp>

#include <libtensor/apps/common/run.h>
#include <libtensor/apps/gpt/gpt2.h>
#include <libtensor/tensor/ops.h>
#include <libtensor/tests/expect.h>
#include <libtensor/tests/scratch.h>

// GPT-2 from its published files, beside `transformers` (tests/golden/make_gpt2.py): the model, and which
// files are refused. Its text is in tokenizer_gpt2_test.cpp, for machines with PCRE2.

namespace lt::apps::gpt {
namespace {

using nlohmann::json;

const std::string kFolder = LIBTENSOR_SOURCE_DIR "/tests/golden/gpt2/";
const std::string kFile = kFolder + "model.safetensors";
constexpr int64_t kHeads = 3;

json golden() {
  std::ifstream file(kFolder + "golden.json");
  return json::parse(file);
}

// Float32 sums of up to 96 products, through two blocks, in another order than PyTorch's: logits of up to 3.9
// differ by 1.4e-6, six units in their last place.
void expect_logits(const Tensor& ours, const json& theirs) {
  const auto expected = from_vector<float>(theirs["logits"].get<std::vector<float>>(), ours.shape());
  EXPECT_TRUE(allclose(ours, expected, 1e-5, 1e-5)) << max(abs(ours - expected)).item();
}

TEST(Gpt2, GivesTheLogitsOfTransformersInBothTypes) {
  const json recorded = golden();
  const auto ids = recorded["ids"].get<std::vector<int64_t>>();
  for (const auto& [file, type] : {std::pair("model", "F32"), std::pair("model16", "F16")}) {
    Gpt2 model(Gpt2File(kFolder + file + ".safetensors", kHeads));
    expect_logits(model.logits(ids), recorded[type]);
  }
}

TEST(Gpt2, GoesOnWithTheLikeliestTokensAndComputesEachPositionOnce) {
  const json recorded = golden();
  for (const auto& [file, type] : {std::pair("model", "F32"), std::pair("model16", "F16")}) {
    Gpt2 model(Gpt2File(kFolder + file + ".safetensors", kHeads));
    auto ids = recorded["ids"].get<std::vector<int64_t>>();
    const auto expected = recorded[type]["greedy"].get<std::vector<int64_t>>();
    for (const int64_t next : expected) {
      ids.push_back(argmax(model.next_logits(ids)).item());
      ASSERT_EQ(ids.back(), next) << type << " after " << ids.size() - 1;
    }
    EXPECT_EQ(model.computed(), std::ssize(ids) - 1);
  }
}

TEST(Gpt2, ForgetsTheOlderHalfWhenItIsFull) {
  const Gpt2File file(kFile, kHeads);  // 32 positions
  Gpt2 model(file), beside(file);
  std::vector<int64_t> ids(40, 7);  // more than fit: the last 32 are taken
  for (size_t i = 0; i < ids.size(); ++i) ids[i] = static_cast<int64_t>(i * 37 % 300);
  const auto expect_last = [&](int64_t count) {
    const Tensor all = beside.logits({ids.end() - count, ids.end()});
    EXPECT_TRUE(allclose(model.next_logits(ids), all[count - 1], 1e-5, 1e-5)) << ids.size();
  };
  expect_last(32);
  for (const int64_t count : {16, 17, 18}) {
    ids.push_back(count);
    expect_last(count);
  }
}

TEST(Gpt2, ReadsItsSizesFromShapesAndItsHeadsFromTheConfig) {
  const Gpt2Sizes sizes = Gpt2File(kFile, kHeads).sizes();
  EXPECT_EQ(sizes.vocabulary, 300);
  EXPECT_EQ(sizes.block, 32);
  EXPECT_EQ(sizes.embed, 24);
  EXPECT_EQ(sizes.layers, 2);
  EXPECT_EQ(sizes.parameters, 300 * 24 + 32 * 24 + 2 * (12 * 24 * 24 + 13 * 24) + 2 * 24);
  const Scratch scratch;
  const std::string path = scratch.path("model.safetensors");
  std::filesystem::copy_file(kFile, path);
  scratch.put("config.json", R"({"model_type": "gpt2", "n_head": 3, "activation_function": "gelu_new"})");
  EXPECT_EQ(Gpt2File(path).sizes().heads, 3);
  EXPECT_EQ(Gpt2File(path, 6).sizes().heads, 6);
}

// The same file with changes.
std::string changed(const Scratch& scratch, const std::function<void(NamedTensors&)>& change) {
  NamedTensors tensors = load_safetensors(kFile).tensors;
  change(tensors);
  save_safetensors(scratch.path("changed.safetensors"), tensors);
  return scratch.path("changed.safetensors");
}

std::string refusal(const std::function<void(NamedTensors&)>& change, int64_t heads = kHeads) {
  const Scratch scratch;
  const std::string path = changed(scratch, change);
  std::string text = "no error";
  try {
    const Gpt2File file(path, heads);
  } catch (const std::exception& error) {
    text = error.what();
  }
  return text.starts_with(path + ": ") ? text.substr(path.size() + 2) : text;
}

TEST(Gpt2, NamesTheTensorThatDoesNotFit) {
  EXPECT_EQ(refusal([](NamedTensors&) {}), "no error");
  EXPECT_EQ(refusal([](NamedTensors& all) { all.erase("wte.weight"); }),
            "the tensor 'wte.weight' is missing");
  EXPECT_EQ(refusal([](NamedTensors& all) { all.erase("h.1.mlp.c_fc.bias"); }),
            "the tensor 'h.1.mlp.c_fc.bias' is missing");
  EXPECT_EQ(refusal([](NamedTensors& all) { all["h.99.ln_1.bias"] = zeros({24}); }),
            "the tensor 'h.2.ln_1.weight' is missing");
  EXPECT_EQ(
      refusal([](NamedTensors& all) { std::erase_if(all, [](const auto& x) { return x.first[0] == 'h'; }); }),
      "the tensor 'h.0.ln_1.weight' is missing");
  EXPECT_EQ(refusal([](NamedTensors& all) {
              all["h.0.attn.c_attn.weight"] = zeros({72, 24});
            }),
            "'h.0.attn.c_attn.weight' has the shape (72, 24), expected (24, 72)");
  EXPECT_EQ(refusal([](NamedTensors& all) {
              all["wpe.weight"] = zeros({32, 25});
            }),
            "'wpe.weight' has the shape (32, 25), expected (32, 24)");
  EXPECT_EQ(refusal([](NamedTensors& all) { all["wte.weight"] = zeros({300}); }),
            "'wte.weight' has the shape (300), expected two axes");
  EXPECT_EQ(refusal([](NamedTensors& all) { all["ln_f.bias"] = zeros<double>({24}); }),
            "'ln_f.bias' has the dtype F64, expected F32, F16 or BF16");
  EXPECT_EQ(refusal([](NamedTensors& all) {
              all["score.weight"] = zeros({2, 24});
            }),
            "GPT-2 has no tensor 'score.weight'");
  EXPECT_EQ(refusal([](NamedTensors& all) { all["transformer.ln_f.bias"] = zeros({24}); }),
            "'ln_f.bias' is there twice, as 'transformer.ln_f.bias' too");
}

TEST(Gpt2, NamesHeadsThatCannotBe) {
  const auto none = [](NamedTensors&) {};
  EXPECT_EQ(refusal(none, 5), "the 24 numbers of a position cannot be shared among 5 heads");
  EXPECT_EQ(refusal(none, 0),
            "24 numbers a position are no multiple of 64, GPT-2's width of a head: --heads N says how many");
  const Scratch scratch;
  const std::string path = changed(scratch, none), config = scratch.path("config.json");
  const auto refused = [&](const std::string& text) {
    scratch.put("config.json", text);
    return error_text<IoError>([&] { Gpt2File{path}; });
  };
  EXPECT_EQ(refused("[1"), config + ": expected a JSON object");
  EXPECT_EQ(refused("{}"), config + ": n_head: expected a number of heads, found none");
  EXPECT_EQ(refused(R"({"n_head": "3"})"), config + ": n_head: expected a number of heads, found \"3\"");
  EXPECT_EQ(refused(R"({"n_head": 3, "activation_function": "relu"})"),
            config + ": activation_function: expected \"gelu_new\", found \"relu\"");
}

TEST(Gpt2, HasAHeadOfItsOwnWhereTheFileHas) {
  const Scratch scratch;
  const std::string path = changed(scratch, [](NamedTensors& all) {
    all["lm_head.weight"] = zeros({300, 24});
  });
  EXPECT_EQ(max(abs(Gpt2(Gpt2File(path, kHeads)).logits({1, 2}))).item(), 0);
}

TEST(Gpt2, RefusesATornFile) {
  const Scratch scratch;
  std::ifstream file(kFile, std::ios::binary);
  const std::string whole{std::istreambuf_iterator<char>(file), {}};
  for (const size_t length : {size_t{0}, size_t{5}, size_t{100}, whole.size() / 2, whole.size() - 1}) {
    const std::string path = scratch.put("torn", whole.substr(0, length));
    EXPECT_NE(error_text<IoError>([&] { Gpt2File(path, kHeads); }).find(path), std::string::npos) << length;
  }
}

}  // namespace
}  // namespace lt::apps::gpt
