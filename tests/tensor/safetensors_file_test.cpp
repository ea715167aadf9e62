#include <fmt/format.h>
#include <gtest/gtest.h>

#include <cmath>
#include <cstring>
#include <filesystem>
#include <limits>

#include <libtensor/tensor/ops.h>
#include <libtensor/tensor/safetensors.h>
#include <libtensor/tests/expect.h>
#include <libtensor/tests/scratch.h>

// Tensors of a .safetensors file one at a time, and the types of elements that only files have.

namespace lt {
namespace {

// A file of one tensor "x" with one axis.
template <typename T>
std::string put_one(const Scratch& scratch, const std::string& dtype, const std::vector<T>& numbers) {
  const size_t bytes = numbers.size() * sizeof(T);
  const std::string header = fmt::format(R"({{"x":{{"dtype":"{}","shape":[{}],"data_offsets":[0,{}]}}}})",
                                         dtype, numbers.size(), bytes);
  const uint64_t length = header.size();
  std::string all(8 + bytes, '\0');
  std::memcpy(all.data(), &length, 8);
  std::memcpy(all.data() + 8, numbers.data(), bytes);
  return scratch.put("x.safetensors", all.insert(8, header));
}

TEST(SafetensorsFile, ListsWhatTheHeaderSaysAndReadsOneTensor) {
  const Scratch scratch;
  save_safetensors(scratch.path("x"), {{"a", arange(6).view({2, 3})}, {"b", tensor<int64_t>({7})}},
                   {{"format", "pt"}});
  const SafetensorsFile file(scratch.path("x"));
  EXPECT_EQ(file.metadata(), (Metadata{{"format", "pt"}}));
  ASSERT_EQ(file.entries().size(), 2U);
  EXPECT_EQ(file.entries().at("a").dtype, "F32");
  EXPECT_EQ(file.entries().at("a").shape, Shape({2, 3}));
  EXPECT_EQ(file.entries().at("b").dtype, "I64");
  EXPECT_TRUE(equal(file.get("a"), arange(6).view({2, 3})));
  EXPECT_EQ(file.get<int64_t>("b").at({0}), 7);
}

TEST(SafetensorsFile, TurnsHalvesIntoTheSameFloats) {
  const Scratch scratch;
  const float inf = std::numeric_limits<float>::infinity();
  // IEEE 754 binary16: 1 bit, 5 bits, 10 bits; the smallest is 2^-24, the largest 65504.
  const SafetensorsFile half(
      put_one<uint16_t>(scratch, "F16", {0x3c00, 0xc100, 0x0001, 0x7bff, 0x8000, 0xfc00, 0x3555}));
  EXPECT_TRUE(equal(half.get("x", {.convert = true}),
                    tensor({1, -2.5, 0x1p-24F, 65504, -0.0F, -inf, 0.333251953125F})));
  EXPECT_TRUE(std::signbit(half.get("x", {.convert = true}).at({4})));
  // bfloat16: the upper half of a float.
  const SafetensorsFile brain(put_one<uint16_t>(scratch, "BF16", {0x3f80, 0xc020, 0x0080, 0x7f80, 0x4049}));
  EXPECT_TRUE(equal(brain.get("x", {.convert = true}), tensor({1, -2.5, 0x1p-126F, inf, 0x1.92p1F})));
}

TEST(SafetensorsFile, ConvertsWholeNumbersWhereAskedTo) {
  const Scratch scratch;
  const SafetensorsFile file(put_one<uint8_t>(scratch, "U8", {0, 255}));
  EXPECT_EQ(file.get<int64_t>("x", {.convert = true}).to_vector(), (std::vector<int64_t>{0, 255}));
  EXPECT_EQ(error_text<IoError>([&] { file.get<bool>("x", {.convert = true}); }),
            "load_safetensors: '" + file.path() + "': 'x': element (1) is 255, which bool does not hold");
}

TEST(SafetensorsFile, NamesWhatIsMissingOrOfAnotherType) {
  const Scratch scratch;
  const SafetensorsFile half(put_one<uint16_t>(scratch, "F16", {0x3c00}));
  const std::string where = "load_safetensors: '" + half.path() + "': ";
  EXPECT_EQ(error_text<IoError>([&] { half.get("y"); }), "'" + half.path() + "': there is no tensor 'y'");
  EXPECT_EQ(error_text<IoError>([&] { half.get("x"); }), where + "'x' has dtype F16, expected F32");
  const SafetensorsFile eighth(put_one<uint8_t>(scratch, "F8_E4M3", {1}));
  EXPECT_EQ(error_text<IoError>([&] { eighth.get("x", {.convert = true}); }),
            where + "'x' has the unknown dtype F8_E4M3");
}

TEST(SafetensorsFile, SaysThatTheFileHasBecomeShorter) {
  const Scratch scratch;
  const std::string path = put_one<float>(scratch, "F32", std::vector<float>(4096, 1.0F));
  const SafetensorsFile file(path);
  std::filesystem::resize_file(path, 100);
  const size_t end = file.entries().at("x").end;
  EXPECT_EQ(error_text<IoError>([&] { file.get("x"); }),
            fmt::format("cannot read '{}': it ends before byte {}", path, end));
}

TEST(SafetensorsFile, ReadsAPipe) {
  const Scratch scratch;
  const std::string path = put_one<float>(scratch, "F32", {1, 2, 3}), pipe = scratch.path("pipe");
  ASSERT_EQ(std::system(fmt::format("mkfifo '{}' && cat '{}' > '{}' &", pipe, path, pipe).c_str()), 0);
  while (!std::filesystem::exists(pipe)) ::usleep(1000);
  EXPECT_TRUE(equal(SafetensorsFile(pipe).get("x"), tensor({1, 2, 3})));
}

TEST(SafetensorsFile, NamesAPathThatCannotBeRead) {
  const Scratch scratch;
  EXPECT_EQ(error_text<IoError>([&] { SafetensorsFile(scratch.path("none")); }),
            "cannot read '" + scratch.path("none") + "': No such file or directory");
  EXPECT_EQ(error_text<IoError>([&] { SafetensorsFile(scratch.folder()); }),
            "cannot read '" + scratch.folder() + "': Is a directory");
}

}  // namespace
}  // namespace lt
