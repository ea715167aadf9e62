#include <libtensor/nn/checkpoint.h>

#include <gtest/gtest.h>

#include <fstream>
#include <sstream>

#include <libtensor/nn/linear.h>
#include <libtensor/tests/expect.h>
#include <libtensor/tests/scratch.h>

namespace lt::nn {
namespace {

// A fraction would be cut off.
template <typename T>
concept IsPut = requires(Checkpoint checkpoint, T value) {
  checkpoint.put("name", value);
};
static_assert(IsPut<int> && IsPut<int64_t> && IsPut<size_t> && !IsPut<double> && !IsPut<float> &&
              !IsPut<bool>);

// A run that can stop anywhere: a layer, an optimiser with momentum, and a generator that draws its data.
struct Training {
  Generator generator{5};
  Linear layer{3, 2, {}, generator};
  Adam optimizer{layer.parameters(), 0.01};
  int64_t step = 0;

  void train(int steps) {
    for (; steps > 0; --steps, ++step) {
      optimizer.zero_grad();
      mean(square(layer(Variable(randn({4, 3}, generator))) - 1.0F)).backward();
      optimizer.step();
    }
  }
  Checkpoint checkpoint() {
    Checkpoint c;
    c.put("model", layer);
    c.put("optimizer", optimizer);
    c.put("generator", generator);
    c.put("step", step);
    c.put("corpus", std::string("names"));
    return c;
  }
  void resume(const Checkpoint& c) {
    c.get("model", layer);
    c.get("optimizer", optimizer);
    c.get("generator", generator);
    step = c.get_int("step");
  }
};

std::string bytes_of(const std::string& path) {
  std::ostringstream out;
  out << std::ifstream(path, std::ios::binary).rdbuf();
  return out.str();
}

TEST(Checkpoint, ResumesToTheBitsOfAnUninterruptedRun) {
  const Scratch scratch;
  Training straight;
  straight.train(7);  // the generator then keeps the second normal of a pair
  straight.checkpoint().save(scratch.path("run"));
  straight.train(7);
  Training resumed;
  resumed.train(3);
  resumed.resume(Checkpoint(scratch.path("run")));
  EXPECT_EQ(resumed.step, 7);
  resumed.train(7);
  EXPECT_TRUE(equal(straight.layer.weight.data(), resumed.layer.weight.data()));
  EXPECT_TRUE(equal(straight.layer.bias.data(), resumed.layer.bias.data()));
  EXPECT_EQ(straight.generator.state(), resumed.generator.state());
  EXPECT_EQ(Checkpoint(scratch.path("run")).get_text("corpus"), "names");
}

TEST(Checkpoint, PutsCopiesAway) {
  Tensor x = ones(2);
  Checkpoint c;
  c.put("x", x);
  x.fill_(5);
  EXPECT_EQ(c.get_tensor<float>("x").to_vector(), (std::vector<float>{1, 1}));
  c.get("x", x);
  EXPECT_EQ(x.to_vector(), (std::vector<float>{1, 1}));
}

TEST(Checkpoint, NamesTheFileAndWhatDoesNotFit) {
  const Scratch scratch;
  const std::string path = scratch.path("run");
  const std::string file = "'" + path + "': ";
  Training run;
  run.checkpoint().save(path);
  const Checkpoint c(path);
  const auto text = [](const auto& f) { return error_text<IoError>(f); };
  Tensor x = zeros(3);
  EXPECT_EQ(text([&] { c.get("nothing", x); }), file + "there is no tensor 'nothing'");
  EXPECT_EQ(text([&] { c.get("model.bias", x); }), file + "'model.bias' has shape (2), expected (3)");
  EXPECT_EQ(text([&] { c.get_text("nothing"); }), file + "there is no text 'nothing'");
  EXPECT_EQ(text([&] { c.get("model.bias", run.generator); }),
            file + "the tensor 'model.bias' is float32, expected int64 (read <float>, then cast<int64_t>())");
  Linear other(4, 2);
  EXPECT_EQ(text([&] { c.get("model", other); }), file +
                                                      "load_state_dict: the state does not fit the module:\n"
                                                      "  shape (2, 3) where (2, 4) is wanted: weight");
  SGD sgd(run.layer.parameters(), 0.1, {.momentum = 0.9});
  EXPECT_EQ(text([&] { c.get("optimizer", sgd); }),
            file +
                "load_state_dict: the state does not fit the optimiser:\n"
                "  missing: 0.momentum_buffer\n  missing: 1.momentum_buffer");
  EXPECT_EQ(text([] { Checkpoint("/nowhere/run"); }),
            "cannot read '/nowhere/run': No such file or directory");
}

TEST(Checkpoint, RefusesAGeneratorStateThatIsNone) {
  const Generator generator(1);
  Checkpoint c;
  c.put("generator", generator);
  IntTensor words = c.get_tensor<int64_t>("generator").clone();
  words.fill_(-1);
  Checkpoint wrong;
  wrong.put("generator", words);
  Generator other(2);
  const std::string before = other.state();
  EXPECT_NE(error_text<IoError>([&] { wrong.get("generator", other); }), "no error");
  EXPECT_EQ(other.state(), before);
}

// Of two parts of one name the file would hold the last alone, and a module would not find its own.
TEST(Checkpoint, RefusesASecondPartOfOneName) {
  Linear layer(3, 2);
  const SGD sgd(layer.parameters(), 0.1);
  Checkpoint c;
  c.put("x", ones(2));
  c.put("net", layer);
  c.put("best.loss", 1);
  const auto text = [](const std::string& name) {
    return "checkpoint: there is a part '" + name + "' already";
  };
  EXPECT_EQ(error_text<ValueError>([&] { c.put("x", zeros(2)); }), text("x"));
  EXPECT_EQ(error_text<ValueError>([&] { c.put("x", 1); }), text("x"));
  EXPECT_EQ(error_text<ValueError>([&] { c.put("x", std::string("a")); }), text("x"));
  EXPECT_EQ(error_text<ValueError>([&] { c.put("x", Generator(1)); }), text("x"));
  EXPECT_EQ(error_text<ValueError>([&] { c.put("net", layer); }), text("net"));
  EXPECT_EQ(error_text<ValueError>([&] { c.put("net", sgd); }), text("net"));
  EXPECT_EQ(error_text<ValueError>([&] { c.put("net.bias", zeros(2)); }), text("net.bias"));
  EXPECT_EQ(error_text<ValueError>([&] { c.put("best", layer); }), text("best.loss"));
  EXPECT_EQ(error_text<ValueError>([&] { c.put("fnv1a64", std::string("a")); }), text("fnv1a64"));
  EXPECT_EQ(c.get_tensor<float>("x").to_vector(), (std::vector<float>{1, 1}));
}

TEST(Checkpoint, OfAFileMayHaveItsPartsReplaced) {
  const Scratch scratch;
  Linear two(3, 2), none(3, 2, {.bias = false});
  Checkpoint c;
  c.put("net", two);
  c.put("x", ones(2));
  c.save(scratch.path("run"));
  Checkpoint again(scratch.path("run"));
  again.put("net", none);
  again.put("x", std::string("text"));
  again.get("net", none);  // nothing of the old one stands beside it
  EXPECT_EQ(again.get_text("x"), "text");
  EXPECT_EQ(error_text<IoError>([&] { again.get_tensor<float>("x"); }),
            "'" + scratch.path("run") + "': there is no tensor 'x'");
}

TEST(Checkpoint, AFailedSaveLeavesTheOldFileWhole) {
  const Scratch scratch;
  Checkpoint good;
  good.put("x", ones(2));
  good.save(scratch.path("run"));
  const std::string before = bytes_of(scratch.path("run"));
  Checkpoint bad;
  bad.put("text", std::string("\xff"));  // no file holds what is not UTF-8
  EXPECT_THROW(bad.save(scratch.path("run")), ValueError);
  EXPECT_EQ(bytes_of(scratch.path("run")), before);
  EXPECT_EQ(scratch.names(), (std::vector<std::string>{"run"}));
}

TEST(Checkpoint, RefusesAFileTornAtAnyByte) {
  const Scratch scratch;
  Linear layer(3, 2);
  Checkpoint c;
  c.put("model", layer);
  c.put("step", int64_t{7});
  c.save(scratch.path("run"));
  const std::string whole = bytes_of(scratch.path("run"));
  ASSERT_GT(whole.size(), 100U);
  for (size_t length = 0; length < whole.size(); ++length) {
    const std::string torn = scratch.put("torn", whole.substr(0, length));
    EXPECT_TRUE(
        error_text<IoError>([&] { Checkpoint{torn}; }).starts_with("load_safetensors: '" + torn + "': "))
        << length;
  }
}

TEST(Checkpoint, RefusesAFileOfWhichOneBitOfANumberOrTextHasFlipped) {
  const Scratch scratch;
  Checkpoint c;
  c.put("w", tensor({1, 2}));
  c.put("step", int64_t{7});
  c.put("corpus", std::string("names"));
  c.save(scratch.path("run"));
  const std::string whole = bytes_of(scratch.path("run"));
  const size_t numbers = whole.size() - 2 * sizeof(float) - sizeof(int64_t);
  for (size_t at = whole.find("names"); at < whole.size(); at = at + 1 < numbers ? numbers : at + 1) {
    for (int bit = 0; bit < 7; ++bit) {
      std::string flipped = whole;
      flipped[at] = static_cast<char>(flipped[at] ^ (1 << bit));
      const std::string path = scratch.put("flipped", flipped);
      EXPECT_NE(error_text<IoError>([&] { Checkpoint{path}; }), "no error") << at;
    }
  }
  std::string flipped = whole;
  flipped.back() = static_cast<char>(flipped.back() ^ 1);
  const std::string path = scratch.put("flipped", flipped);
  EXPECT_TRUE(error_text<IoError>([&] {
                Checkpoint{path};
              }).starts_with("'" + path + "': changed since it was saved: its hash is "));
}

TEST(Checkpoint, ReadsAnotherProgramsFileWhichHasNoHash) {
  const Scratch scratch;
  save_safetensors(scratch.path("run"), {{"w", AnyTensor(tensor({1, 2}))}}, {{"corpus", "names"}});
  EXPECT_EQ(Checkpoint(scratch.path("run")).get_text("corpus"), "names");
}

TEST(Checkpoint, IsHashedAnewWhenItIsSavedWithOtherNumbers) {
  const Scratch scratch;
  Checkpoint c;
  c.put("w", ones(2));
  c.save(scratch.path("run"));
  Checkpoint again(scratch.path("run"));
  again.put("w", zeros(2));
  again.save(scratch.path("run"));
  EXPECT_EQ(Checkpoint(scratch.path("run")).get_tensor<float>("w").to_vector(), (std::vector<float>{0, 0}));
}

}  // namespace
}  // namespace lt::nn
