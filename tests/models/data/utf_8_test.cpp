#include <retrograph/models/data/utf_8.hpp>

#include "support/catch.hpp"

using namespace retrograph;

TEST_CASE("is_utf_8 knows characters of each length, the first and the last") {
  CHECK(is_utf_8(""));
  CHECK(is_utf_8("plain"));
  CHECK(is_utf_8(std::string_view{"\0", 1}));
  for (const auto* text :
       {"\x7f", "\xc2\x80", "\xdf\xbf", "\xe0\xa0\x80", "\xed\x9f\xbf", "\xee\x80\x80", "\xef\xbf\xbf",
        "\xf0\x90\x80\x80", "\xf4\x8f\xbf\xbf", "caf\xc3\xa9 \xe2\x82\xac"})
    CHECK(is_utf_8(text));
}

TEST_CASE("is_utf_8 refuses other encodings, characters cut short, and longer ways to write one") {
  for (const auto* text : {"caf\xe9", "\x80", "\xc3", "\xe2\x82", "\xe2\x82 ", "\xf0\x9f\x98", "\xc0\xaf",
                           "\xc1\xbf", "\xe0\x9f\xbf", "\xed\xa0\x80", "\xf0\x8f\xbf\xbf", "\xf4\x90\x80\x80",
                           "\xf5\x80\x80\x80", "\xff\xfe"})
    CHECK_FALSE(is_utf_8(text));
}
