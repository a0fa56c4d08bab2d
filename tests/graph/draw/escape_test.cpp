#include <retrograph/graph/draw/escape.hpp>

#include "support/catch.hpp"

using namespace retrograph::draw;

TEST_CASE("An id keeps quotes and backslashes apart from the quotes around it") {
  CHECK(dot_string("hidden/weight") == R"("hidden/weight")");
  CHECK(dot_string(R"(say "hi")") == R"("say \"hi\"")");
  CHECK(dot_string(R"(ends in \)") == R"("ends in \\")");
  CHECK(dot_string("two\nlines") == R"("two\nlines")");
  CHECK(dot_string(R"(two\nlines)") == R"("two\\nlines")");
  CHECK(dot_string("a & <b>") == R"("a & <b>")");
}

TEST_CASE("Attributes that Graphviz reads for entities have their ampersands escaped") {
  CHECK(dot_lines("a &lt; b\nc") == R"("a &amp;lt; b\nc")");
}

TEST_CASE("Text in an HTML-like label is no markup") {
  CHECK(html_text(R"(a<b> & "c")") == "a&lt;b&gt; &amp; &quot;c&quot;");
}

TEST_CASE("Letters of all alphabets pass through") {
  CHECK(dot_string("größe/α/重み/🙂") == "\"größe/α/重み/🙂\"");
  CHECK(html_text("größe α 重み 🙂") == "größe α 重み 🙂");
}

TEST_CASE("A space of no width keeps Graphviz from putting names in place of escapes") {
  CHECK(html_text(R"(\N)") == R"(\&#8203;N)");
  CHECK(dot_lines(R"(\N)") == R"("\\&#8203;N")");
}

TEST_CASE("Bytes that are no character of UTF-8 are told by their number") {
  CHECK(dot_string("a\xFF") == R"("a\xFF")");
  CHECK(dot_string("\xC3") == R"("\xC3")");                          // cut short
  CHECK(dot_string("\xC0\xAF") == R"("\xC0\xAF")");                  // "/" in two bytes
  CHECK(dot_string("\xED\xA0\x80") == R"("\xED\xA0\x80")");          // half of a pair of UTF-16
  CHECK(dot_string("\xF4\x90\x80\x80") == R"("\xF4\x90\x80\x80")");  // beyond the last character
  CHECK(dot_string("\xEF\xBF\xBF") == R"("\xEF\xBF\xBF")");          // no character
}

TEST_CASE("Control characters are told by their number, and none is lost") {
  CHECK(dot_string(std::string_view{"a\0b\x1B\x7F", 5}) == R"("a\x00b\x1B\x7F")");
  CHECK(dot_string(R"(\x1B)") == R"("\\x1B")");
  CHECK(dot_lines("\t") == R"("\\&#8203;x09")");
  CHECK(html_text("\t\n") == R"(\&#8203;x09\&#8203;n)");
}

TEST_CASE("A long text is cut between characters") {
  CHECK(shortened("weight", 6) == "weight");
  CHECK(shortened("weights", 6) == "weight…");
  CHECK(shortened("größen", 4) == "größ…");
}
