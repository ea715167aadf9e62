#include <fmt/format.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <cstring>

#include <libtensor/tensor/file.h>
#include <libtensor/tensor/io.h>
#include <libtensor/tensor/ops.h>
#include <libtensor/tests/expect.h>
#include <libtensor/tests/scratch.h>

namespace lt {
namespace {

std::string recorded_safetensors(const std::string& name) {
  return LIBTENSOR_SOURCE_DIR "/tests/golden/safetensors/" + name;
}

// What tests/golden/safetensors.py writes and expects.
NamedTensors mixed() {
  return {{"weight", arange(6).view({2, 3}) / 4},
          {"wide", tensor<double>({0.1, -1e300})},
          {"ids", from_vector<int64_t>({-1, INT64_MAX}, {2, 1})},
          {"mask", tensor<bool>({true, false, true})},
          {"scalar", scalar(2.5)},
          {"nothing", zeros({0, 3})},
          {"name with \"quotes\" and \xc3\xa9", tensor({1})}};
}
const Metadata kMetadata = {{"format", "pt"}, {"step", "12"}};

bool same(const AnyTensor& a, const AnyTensor& b) {
  return std::visit(
      [&]<typename T>(const BasicTensor<T>& x) {
        const auto* y = std::get_if<BasicTensor<T>>(&b);
        return y != nullptr && equal(x, *y);
      },
      a);
}

void expect_mixed(const TensorFile& file) {
  const NamedTensors expected = mixed();
  EXPECT_EQ(file.metadata, kMetadata);
  ASSERT_EQ(file.tensors.size(), expected.size());
  for (const auto& [name, x] : expected) EXPECT_TRUE(same(file.tensors.at(name), x)) << name;
}

// A file made by hand.
std::string file_bytes(const std::string& header, const std::string& numbers) {
  const uint64_t length = header.size();
  std::string bytes(8, '\0');
  std::memcpy(bytes.data(), &length, 8);
  return bytes + header + numbers;
}

// The text of the refusal of such a file, after its name.
std::string refusal(const std::string& header, const std::string& numbers) {
  const Scratch scratch;
  const std::string path = scratch.put("x.safetensors", file_bytes(header, numbers));
  const std::string text = error_text<IoError>([&] { load_safetensors(path); });
  const std::string start = "load_safetensors: '" + path + "': ";
  return text.starts_with(start) ? text.substr(start.size()) : text;
}

std::string entry(const std::string& name, const std::string& dtype, const std::string& shape,
                  const std::string& offsets) {
  return fmt::format(R"("{}":{{"dtype":"{}","shape":{},"data_offsets":{}}})", name, dtype, shape, offsets);
}

std::string header_of(const std::vector<std::string>& entries) {
  return fmt::format("{{{}}}", fmt::join(entries, ","));
}

TEST(Safetensors, KeepsEveryTensorAndTheMetadata) {
  const Scratch scratch;
  save_safetensors(scratch.path("x"), mixed(), kMetadata);
  expect_mixed(load_safetensors(scratch.path("x")));
}

TEST(Safetensors, ReadsWhatAnIndependentWriterWrote) {
  expect_mixed(load_safetensors(recorded_safetensors("mixed.safetensors")));
}

TEST(Safetensors, IsReadByAnIndependentReader) {
  const Scratch scratch;
  if (std::system("/usr/bin/python3 -c 'import numpy' 2>/dev/null") != 0)
    GTEST_SKIP() << "NumPy is not installed";
  save_safetensors(scratch.path("ours.safetensors"), mixed(), kMetadata);
  const std::string script = LIBTENSOR_SOURCE_DIR "/tests/golden/safetensors.py";
  EXPECT_EQ(std::system(("/usr/bin/python3 " + script + " check " + scratch.folder()).c_str()), 0);
}

TEST(Safetensors, WritesAnAlignedHeaderAndTheWidestElementsFirst) {
  const Scratch scratch;
  save_safetensors(scratch.path("x"),
                   {{"a", tensor<bool>({true})}, {"b", scalar(1)}, {"c", scalar<double>(2)}});
  const std::string bytes = read_file(scratch.path("x"));
  const std::string header = R"({"c":{"dtype":"F64","shape":[],"data_offsets":[0,8]},)"
                             R"("b":{"dtype":"F32","shape":[],"data_offsets":[8,12]},)"
                             R"("a":{"dtype":"BOOL","shape":[1],"data_offsets":[12,13]}})";
  EXPECT_EQ(bytes.substr(8, header.size()), header);
  EXPECT_EQ((bytes.size() - 13) % 8, 0U);
}

TEST(Safetensors, HoldsNoTensorsAtAll) {
  const Scratch scratch;
  save_safetensors(scratch.path("x"), {});
  EXPECT_EQ(read_file(scratch.path("x")), file_bytes("{}      ", ""));
  EXPECT_TRUE(load_safetensors(scratch.path("x")).tensors.empty());
}

TEST(Safetensors, WritesAViewInItsOwnOrder) {
  const Scratch scratch;
  const Tensor x = arange(6).view({2, 3}).t();
  save_safetensors(scratch.path("x"), {{"x", x}});
  EXPECT_TRUE(equal(load_safetensors(scratch.path("x")).get("x"), x));
}

TEST(Safetensors, GetNamesWhatIsMissingOrOfAnotherType) {
  const std::string path = recorded_safetensors("mixed.safetensors");
  const TensorFile file = load_safetensors(path);
  EXPECT_EQ(file.get<int64_t>("ids").at({1, 0}), INT64_MAX);
  EXPECT_EQ(error_text<IoError>([&] { file.get("bias"); }), "'" + path + "': there is no tensor 'bias'");
  EXPECT_EQ(
      error_text<IoError>([&] { file.get("ids"); }),
      "'" + path + "': the tensor 'ids' is int64, expected float32 (read <int64_t>, then cast<float>())");
}

TEST(Safetensors, RefusesToWriteWhatNoReaderWouldTake) {
  const Scratch scratch;
  const std::string path = scratch.path("x");
  EXPECT_EQ(error_text<ValueError>([&] {
              save_safetensors(path, {{"__metadata__", scalar(1)}});
            }),
            "save_safetensors: __metadata__ cannot be a tensor's name");
  EXPECT_EQ(error_text<ValueError>([&] {
              save_safetensors(path, {{"\xff", scalar(1)}});
            }),
            "save_safetensors: '" + path + "': a name or a metadata text is not UTF-8");
  EXPECT_TRUE(scratch.names().empty());
}

TEST(Safetensors, NamesADtypeThatItDoesNotKnow) {
  const std::string path = recorded_safetensors("int32.safetensors");
  EXPECT_EQ(
      error_text<IoError>([&] { load_safetensors(path); }),
      "load_safetensors: '" + path + "': 'short' has dtype I32, but only F32, F64, I64 and BOOL are known");
}

TEST(Safetensors, BoundsTheHeaderBeforeItIsRead) {
  const Scratch scratch;
  const std::string shorter = scratch.put("short", "1234567");
  EXPECT_EQ(
      error_text<IoError>([&] { load_safetensors(shorter); }),
      "load_safetensors: '" + shorter + "': expected the header's length in 8 bytes, but the file has 7");
  const std::string huge = scratch.put("huge", std::string(8, '\xff') + "{}");
  EXPECT_EQ(error_text<IoError>([&] { load_safetensors(huge); }),
            "load_safetensors: '" + huge +
                "': a header of 18446744073709551615 bytes, but the format allows 100000000");
  const std::string past = scratch.put("past", std::string("\3\0\0\0\0\0\0\0{}", 10));
  EXPECT_EQ(error_text<IoError>([&] { load_safetensors(past); }),
            "load_safetensors: '" + past + "': a header of 3 bytes, but the file has 2 behind byte 8");
}

TEST(Safetensors, NamesTheByteWhereTheJsonBreaks) {
  EXPECT_EQ(refusal(" {}", ""), "byte 8: expected '{', the start of the JSON header");
  EXPECT_EQ(refusal("{\"a\":}", ""), "byte 14: the header is not JSON");
  EXPECT_EQ(refusal("{\"\xff\":1}", ""), "byte 11: the header is not JSON");
}

TEST(Safetensors, RefusesAKeyThatOccursTwice) {
  const std::string one = entry("a", "F32", "[]", "[0,4]");
  EXPECT_EQ(refusal(header_of({one, one}), "1234"), "the key 'a' occurs twice in the header");
  EXPECT_EQ(refusal("{\"a\":{\"dtype\":\"F32\",\"dtype\":\"F64\"}}", ""),
            "the key 'dtype' occurs twice in the header");
}

TEST(Safetensors, ChecksEveryFieldOfAnEntry) {
  EXPECT_EQ(refusal("{\"a\":1}", ""), "'a': expected an object with dtype, shape and data_offsets");
  EXPECT_EQ(refusal("{\"a\":{\"dtype\":1,\"shape\":[],\"data_offsets\":[0,4]}}", ""),
            "'a': expected the dtype as text");
  EXPECT_EQ(refusal(header_of({entry("a", "F32", "[-1]", "[0,4]")}), "1234"),
            "'a': expected a list of sizes as the shape");
  EXPECT_EQ(refusal(header_of({entry("a", "F32", "[1e0]", "[0,4]")}), "1234"),
            "'a': expected a list of sizes as the shape");
  EXPECT_EQ(refusal(header_of({entry("a", "F32", "[1]", "[0,4,8]")}), "1234"),
            "'a': expected two rising data_offsets");
  EXPECT_EQ(refusal(header_of({entry("a", "F32", "[1]", "[4,0]")}), "1234"),
            "'a': expected two rising data_offsets");
  EXPECT_EQ(refusal(header_of({entry("a", "F32", "[1]", "[0,18446744073709551615]")}), "1234"),
            "'a': expected two data_offsets");
  EXPECT_EQ(refusal(header_of({entry("a", "F32", "[1,1,1,1,1,1,1,1,1]", "[0,4]")}), "1234"),
            "'a': 9 axes, but at most 8 are known");
  EXPECT_EQ(refusal("{\"__metadata__\":{\"a\":1}}", ""), "'__metadata__': expected an object of texts");
}

TEST(Safetensors, RefusesAShapeThatDoesNotFillItsBytes) {
  EXPECT_EQ(refusal(header_of({entry("a", "F32", "[2]", "[0,4]")}), "1234"),
            "'a' of dtype F32 and shape (2) does not fit its 4 bytes");
  EXPECT_EQ(refusal(header_of({entry("a", "F32", "[0,4294967296,4294967296]", "[0,0]")}), ""),
            "'a' of dtype F32 and shape (0, 4294967296, 4294967296) does not fit its 0 bytes");
}

TEST(Safetensors, RefusesHolesOverlapsAndBytesOutsideTheFile) {
  const auto two = [](const std::string& a, const std::string& b) {
    return refusal(header_of({entry("a", "F32", "[1]", a), entry("b", "F32", "[1]", b)}), "12345678");
  };
  EXPECT_EQ(two("[4,8]", "[0,4]"), "no error");
  EXPECT_EQ(two("[0,4]", "[3,7]"),
            "'b' lies at bytes 3..7 of the numbers; expected it to start at 4 and to end by 8");
  EXPECT_EQ(two("[0,4]", "[5,9]"),
            "'b' lies at bytes 5..9 of the numbers; expected it to start at 4 and to end by 8");
  EXPECT_EQ(two("[0,4]", "[4,9]"),
            "'b' lies at bytes 4..9 of the numbers; expected it to start at 4 and to end by 8");
  EXPECT_EQ(refusal(header_of({entry("a", "F32", "[1]", "[0,4]")}), "12345"),
            "the tensors end at byte 4 of the numbers, the file at 5");
}

TEST(Safetensors, SurvivesDeepNesting) {
  const std::string deep = "{\"a\":" + std::string(100'000, '[') + std::string(100'000, ']') + "}";
  EXPECT_EQ(refusal(deep, ""), "'a': expected an object with dtype, shape and data_offsets");
}

TEST(Safetensors, RefusesAFileTornAtAnyByte) {
  const Scratch scratch;
  const std::string whole = read_file(recorded_safetensors("mixed.safetensors"));
  for (size_t length = 0; length < whole.size(); ++length) {
    const std::string path = scratch.put("torn", whole.substr(0, length));
    EXPECT_NE(error_text<IoError>([&] { load_safetensors(path); }).find(path), std::string::npos) << length;
  }
}

TEST(Safetensors, ReadsOrRefusesAFileWithAnyOneByteChanged) {
  const Scratch scratch;
  const std::string whole = read_file(recorded_safetensors("mixed.safetensors"));
  int refused = 0;
  for (size_t at = 0; at < whole.size(); ++at) {
    std::string changed = whole;
    changed[at] = static_cast<char>(changed[at] ^ 0x15);
    const std::string path = scratch.put("changed", changed);
    refused += error_text<IoError>([&] { load_safetensors(path); }) != "no error";
  }
  EXPECT_GT(refused, 300);  // all but changes within names, metadata and numbers
}

TEST(Safetensors, NamesAPathThatCannotBeWritten) {
  const Scratch scratch;
  const std::string path = scratch.path("missing/x");
  EXPECT_EQ(error_text<IoError>([&] { save_safetensors(path, mixed()); }),
            "cannot write '" + path + "': No such file or directory");
}

}  // namespace
}  // namespace lt
