// What text from outside looks like when it is shown, and which names are read.
#include "host/base/text.hpp"

#include <gtest/gtest.h>

namespace proofcard {
namespace {

TEST(Printable, KeepsWhatShowsAsItself) {
  for (const std::string text : {"", "conv1/weight: \"x\" <&> ~", "größe", "重み", "emoji \xf0\x9f\x98\x80",
                                 "\xf0\x90\x8d\x88", "last before surrogates \xed\x9f\xbf"}) {
    EXPECT_EQ(printable(text), text);
  }
}

TEST(Printable, ReplacesControlsAndWhatDoesNotShow) {
  for (const std::string& text : std::initializer_list<std::string>{"\n",
                                                                    "\r",
                                                                    "\t",
                                                                    "\x1b",
                                                                    "\x7f",
                                                                    std::string(1, '\0'),
                                                                    "\xc2\x80",
                                                                    "\xc2\x9b",
                                                                    "\xc2\xa0",
                                                                    "\xe2\x80\xa8",
                                                                    "\xe2\x80\xa9",
                                                                    "\xe2\x80\xae",
                                                                    "\xe2\x81\xa6",
                                                                    "\xd8\x9c",
                                                                    "\xe2\x80\x8b",
                                                                    "\xe2\x80\x8f",
                                                                    "\xe3\x80\x80",
                                                                    "\xe2\xa0\x80",
                                                                    "\xef\xbb\xbf",
                                                                    "\xef\xbf\xbf",
                                                                    "\xf3\xa0\x81\x81",
                                                                    "\xf4\x8f\xbf\xbf"}) {
    EXPECT_EQ(printable("a" + text + "b"), "a?b") << ::testing::PrintToString(text);
    EXPECT_EQ(printable_lines("a" + text + "b"), text == "\n" ? "a\nb" : "a?b") << ::testing::PrintToString(text);
    EXPECT_FALSE(is_name("a" + text + "b")) << ::testing::PrintToString(text);
    EXPECT_EQ(to_name("a" + text + "b"), "a?b") << ::testing::PrintToString(text);
  }
}

// Examples of RFC 3629, section 10, and the Unicode standard, table 3-8.
TEST(Printable, ReplacesEachByteThatIsNotUtf8) {
  EXPECT_EQ(printable("\x80"), "?");
  EXPECT_EQ(printable("\xff\xfe"), "??");
  EXPECT_EQ(printable("\xc0\x80"), "??");                 // overlong NUL
  EXPECT_EQ(printable("\x2f\xc0\xae\x2e\x2f"), "/??./");  // overlong "."
  EXPECT_EQ(printable("\xe0\x80\x9b"), "???");            // overlong C1
  EXPECT_EQ(printable("\xf0\x82\x82\xac"), "????");       // overlong euro sign
  EXPECT_EQ(printable("\xed\xa0\x80"), "???");            // surrogate
  EXPECT_EQ(printable("\xf4\x90\x80\x80"), "????");       // above 0x10ffff
  EXPECT_EQ(printable("\xf5\x80\x80\x80"), "????");
  EXPECT_EQ(printable("\xe2\x82"), "??");        // cut off
  EXPECT_EQ(printable("\xe2\x82z"), "??z");      // followed by another character
  EXPECT_EQ(printable("\xe2\x1b[0m"), "??[0m");  // an escape where a second byte should be
}

TEST(Printable, ShortensBetweenCharacters) {
  EXPECT_EQ(printable("abcdef", 6), "abcdef");
  EXPECT_EQ(printable("abcdefg", 6), "abc...");
  EXPECT_EQ(printable("ab\xe9\x87\x8d\xe9\x87\x8d", 7), "ab...");
  EXPECT_EQ(printable("ab\xe9\x87\x8d\xe9\x87\x8d", 8), "ab\xe9\x87\x8d\xe9\x87\x8d");
}

TEST(Hex, IsReadAsItIsWritten) {
  const Bytes bytes{0x00, 0x0f, 0xa5, 0xff};
  EXPECT_EQ(hex(bytes), "000fa5ff");
  EXPECT_EQ(from_hex("000fa5ff"), bytes);
  EXPECT_EQ(from_hex("000FA5FF"), bytes);
  EXPECT_EQ(from_hex(""), Bytes());
  for (const char* const text : {"0", "000", "0g", "g0", "+1", "-1", " 1", "0x12", "1 "}) {
    EXPECT_EQ(from_hex(text), std::nullopt) << text;
  }
  // Where another digit follows in memory, too.
  EXPECT_EQ(from_hex(std::string_view("0011").substr(0, 3)), std::nullopt);
}

TEST(Names, AreMadeFromAnything) {
  EXPECT_EQ(to_name(""), "");
  EXPECT_EQ(to_name("   "), "");
  EXPECT_EQ(to_name("  a   b  "), "a b");
  EXPECT_EQ(to_name("say \"hi\""), "say 'hi'");
  EXPECT_EQ(to_name("abc defg", 7), "abc ...");
  for (const std::string text : {"", " ", "a  b", "\"", "\n\n", "\xff\xff  \xff", "  x\xc2\x85 \" "}) {
    EXPECT_TRUE(is_name(to_name(text))) << ::testing::PrintToString(text);
  }
  for (const std::string text : {" a", "a ", "a  b", "a\"b"}) {
    EXPECT_FALSE(is_name(text)) << ::testing::PrintToString(text);
  }
}

TEST(Names, AreCheckedWhenRead) {
  const auto read = [](const std::string& text, std::size_t max_bytes) {
    ByteWriter out;
    out.u8(7);
    out.string(text);
    const Bytes bytes = out.take();
    ByteReader in(bytes, "file");
    EXPECT_TRUE(in.u8("before").ok());
    return read_name(in, "tensor.name", max_bytes);
  };
  const auto name = read("größe", 7);
  ASSERT_TRUE(name.ok()) << name.error().message();
  EXPECT_EQ(*name, "größe");
  EXPECT_FALSE(read("größe", 6).ok());
  const auto bad = read("x\x1b[2Jy", 512);
  ASSERT_FALSE(bad.ok());
  EXPECT_EQ(bad.error().kind, ErrorKind::kBadInput);
  EXPECT_EQ(bad.error().message(),
            "file: tensor.name at byte 9: expected printable text in UTF-8 without quotation marks, found other "
            "characters");
}

}  // namespace
}  // namespace proofcard
