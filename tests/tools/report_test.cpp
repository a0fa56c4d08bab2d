#include <retrograph/graph/draw/render.hpp>

#include "support/matchers.hpp"
#include "support/mnist_files.hpp"
#include "tools/program.hpp"
#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <cctype>
#include <regex>
#include <set>
#include <sstream>

using namespace retrograph::test;
using nlohmann::json;

namespace {

/// A folder with a log, and reports of it.
class Run {
 public:
  std::string path(std::string_view name) const { return folder_ / name; }
  const std::filesystem::path& folder() const { return folder_.path(); }

  void train(std::vector<std::string> options) const {
    write_mnist(folder_.path(), 100, 20);
    options.insert(options.begin(),
                   {"train", "mlp", "--data", folder_.path().string(), "--log", path("run.jsonl")});
    const auto run = run_program(options);
    REQUIRE(run.errors.empty());
  }
  void write_log(const std::string& text) const { write_file(path("run.jsonl"), text); }
  std::vector<json> log() const {
    std::vector<json> lines;
    std::istringstream text{read_file(path("run.jsonl"))};
    for (std::string line; std::getline(text, line);) lines.push_back(json::parse(line));
    return lines;
  }

  ProgramRun report(std::vector<std::string> options = {}) const {
    options.insert(options.begin(), {"report", path("run.jsonl")});
    return run_program(options);
  }
  /// The text of a report that must succeed.
  std::string reported(const std::string& name, std::vector<std::string> options = {}) const {
    options.insert(options.end(), {"-o", path(name)});
    const auto run = report(options);
    CHECK(run.exit_code == 0);
    CHECK(run.errors.empty());
    CHECK(run.output == fmt::format("wrote {}\n", path(name)));
    return read_file(path(name));
  }

 private:
  TemporaryFolder folder_;
};

std::size_t count(const std::string& text, const std::string& words) {
  std::size_t number = 0;
  for (auto place = text.find(words); place != std::string::npos; place = text.find(words, place + 1))
    ++number;
  return number;
}

/// Why tags do not nest, or nothing. Text is looked at, too: it may hold no bare '<'.
std::string fault_of_nesting(const std::string& text) {
  const std::vector<std::string> empty_elements{"meta", "link", "br", "img"};
  std::vector<std::string> open;
  for (std::size_t place = text.find('<'); place != std::string::npos; place = text.find('<', place + 1)) {
    if (text.compare(place, 2, "<!") == 0) {  // a comment of Graphviz, or the doctype
      place = text.find('>', place);
      continue;
    }
    const auto end = text.find('>', place);
    if (end == std::string::npos) return "a tag has no end";
    const auto tag = text.substr(place + 1, end - place - 1);
    const bool closes = tag.starts_with('/');
    const auto name = tag.substr(closes, tag.find_first_of(" \n\t/", closes) - closes);
    if (name.empty() || !std::isalpha(static_cast<unsigned char>(name[0])))
      return fmt::format("no tag: <{}", tag);
    if (closes) {
      if (open.empty() || open.back() != name) return fmt::format("{} closes what is not open", name);
      open.pop_back();
    } else if (!tag.ends_with('/') &&
               std::find(empty_elements.begin(), empty_elements.end(), name) == empty_elements.end()) {
      open.push_back(name);
    }
  }
  return open.empty() ? "" : fmt::format("<{}> stays open", open.back());
}

void check_refused(const Run& run, const std::string& words) {
  const auto result = run.report({"-o", run.path("page.html")});
  CHECK(result.exit_code == 1);
  CHECK(result.output.empty());
  CHECK_THAT(result.errors, contains(words));
  CHECK_FALSE(std::filesystem::exists(run.path("page.html")));
}

const std::string epoch_1 = R"({"epoch":1,"train_loss":0.5,"train_accuracy":0.75})";

}  // namespace

TEST_CASE("report makes one whole page of a training") {
  const Run run;
  run.train({"--epochs", "2", "--hidden", "7", "--validation", "0.2", "--layer-rate", "output=100"});
  const auto page = run.reported("page.html");
  CHECK(page.starts_with("<!DOCTYPE html>\n<html lang=\"en\">"));
  CHECK(fault_of_nesting(page) == "");
  for (const std::string heading :
       {"Curves", "Gradient health", "Confusion matrix", "Classes", "Training", "Graph"})
    CHECK_THAT(page, contains(fmt::format("<h2>{}</h2>", heading)));
  for (const std::string words :
       {"<h1>784-7-10 relu</h1>", "Loss, in nats", "Learning rate", "Samples a second", "train mlp --data",
        "--layer-rate output=100</pre>", "hidden/weight"})
    CHECK_THAT(page, contains(words));
  const auto log = run.log();
  for (const auto& line : log)
    for (const auto& finding : line["findings"])
      CHECK_THAT(page, contains("<td class=\"words\">" + finding.get<std::string>() + "</td>"));
  CHECK(log[0]["findings"].size() > 0);
}

TEST_CASE("each element of a page has an id of its own") {
  const Run run;
  run.train({"--epochs", "1", "--hidden", "7"});
  const auto page = run.reported("page.html");
  const std::string mark = " id=\"";
  std::set<std::string> ids;
  for (auto place = page.find(mark); place != std::string::npos; place = page.find(mark, place + 1)) {
    const auto begin = place + mark.size();
    CHECK(ids.insert(page.substr(begin, page.find('"', begin) - begin)).second);
  }
}

TEST_CASE("a page fetches nothing from elsewhere") {
  const Run run;
  run.train({"--epochs", "1"});
  const auto page = run.reported("page.html");
  CHECK(count(page, "<script") == 0);
  CHECK(count(page, "@import") == 0);
  CHECK(count(page, "url(") == 0);
  CHECK(count(page, " src=") == count(page, " src=\"data:image/png;base64,"));
  CHECK(count(page, "<link") == count(page, "<link rel=\"icon\" href=\"data:,\">"));
}

TEST_CASE("a page has the confusion matrix, and precision and recall of each class, as they were logged") {
  const Run run;
  run.write_log(R"({"epoch":1,"summary":{"accuracy":0.7,"confusion":[[5,2],[1,2]],"classes":[)"
                R"({"samples":7,"precision":0.8333333,"recall":0.7142857},)"
                R"({"samples":3,"precision":0.5,"recall":null}]}})");
  const auto page = run.reported("page.html");
  for (const std::string words : {">5</td>", ">2</td>", ">1</td>", "<td>7</td><td>83.33 %<", "<td>71.43 %<",
                                  "<td>3</td><td>50.00 %<", "<td>–<", "70.00 %"})
    CHECK_THAT(page, contains(words));
  CHECK(fault_of_nesting(page) == "");
}

TEST_CASE("a page has columns of validation where some was held out") {
  const Run run;
  run.write_log(epoch_1);
  CHECK(count(run.reported("page.html"), "alidation loss") == 0);
  run.write_log(R"({"epoch":1,"validation_loss":0.5,"best":true})");
  const auto page = run.reported("page.html");
  CHECK_THAT(page, contains("<th>validation loss</th>"));
  CHECK_THAT(page, contains("★ 1</td>"));
}

TEST_CASE("a page cuts long names of classes where they are headers, and has them whole beside") {
  const Run run;
  const std::string settings =
      R"("settings":{"model":"mlp","hidden":[4],"activation":"relu","channels":[6,16],"image":[3],"classes":2,)"
      R"("mean":0,"deviation":1,"class_names":["a <b> \"c\"","d"],"table":true,"digit_side":0})";
  run.write_log(R"({"epoch":1,"training":{)" + settings +
                R"(},"summary":{"accuracy":0.5,"confusion":[[1,1],[0,0]],)"
                R"("classes":[{"samples":2},{"samples":0}]}})");
  const auto page = run.reported("page.html");
  CHECK(count(page, "title=\"a &lt;b&gt; &quot;c&quot;\">a &lt;b&gt; &quot;c&quot;</th>") == 3);
  CHECK(fault_of_nesting(page) == "");
}

TEST_CASE("a page leaves out that of three classes the label is among the first three") {
  const Run run;
  const auto write = [&](std::size_t classes) {
    const json figures{{"samples", 1}, {"precision", 1}, {"recall", 1}};
    run.write_log(json{{"epoch", 1},
                       {"summary",
                        {{"accuracy", 1},
                         {"top_3_accuracy", 1},
                         {"confusion", std::vector(classes, std::vector(classes, 1))},
                         {"classes", std::vector(classes, figures)}}}}
                      .dump());
  };
  write(3);
  CHECK(count(run.reported("page.html"), "Among the first 3") == 0);
  write(4);
  CHECK(count(run.reported("page.html"), "Among the first 3") == 1);
}

TEST_CASE("a page gives accuracy and loss of the weights that a training ended with") {
  const Run run;
  const auto write = [&](double accuracy) {
    run.write_log(fmt::format(R"({{"epoch":1,"test_accuracy":0.75,"test_loss":0.123,"best":true}}
{{"epoch":2,"test_accuracy":0.5,"test_loss":0.456,"best":false,"summary":{{"accuracy":{}}}}}
)",
                              accuracy));
  };
  const auto figure_of = [&](double accuracy) {
    write(accuracy);
    const auto page = run.reported("page.html");
    const auto figures =
        page.substr(page.find("class=\"figures\""), page.find("</dl>") - page.find("class=\"figures\""));
    return figures.find("0.123") != std::string::npos   ? 1
           : figures.find("0.456") != std::string::npos ? 2
                                                        : 0;
  };
  CHECK(figure_of(0.75) == 1);   // of the best epoch
  CHECK(figure_of(0.5) == 2);    // of the last
  CHECK(figure_of(0.625) == 0);  // of a mean of weights, say
}

TEST_CASE("a page shows the worst mistakes with their images from the data set") {
  const Run run;
  run.train({"--epochs", "1", "--learning-rate", "0.000001"});
  const auto mistakes = run.log().back()["summary"]["worst_mistakes"];
  REQUIRE(mistakes.size() > 0);
  const auto page = run.reported("page.html");
  CHECK(count(page, "<img alt=\"test sample ") == mistakes.size());
  for (const auto& mistake : mistakes)
    CHECK_THAT(page, contains("alt=\"test sample " + std::to_string(mistake["index"].get<int>()) +
                              "\" src=\"data:image/png;base64,iVBORw0KGgo"));

  auto log = run.log();
  log[0]["training"]["data"] = run.path("absent");
  run.write_log(log[0].dump() + "\n");
  const auto without = run.reported("page.html");
  CHECK(count(without, "<img") == 0);
  CHECK_THAT(without, contains("puts them in"));
  CHECK(run.reported("page.html", {"--data", run.folder().string()}).find("<img") != std::string::npos);
}

TEST_CASE("report refuses a data set that is not the one of the log") {
  const Run run;
  run.write_log(R"({"epoch":1,"summary":{"confusion":[[0,1],[0,1]],"classes":[{"samples":1},{"samples":1}],)"
                R"("worst_mistakes":[{"index":7,"label":0,"predicted":1,"probabilities":[0.25,0.75]}]}})");
  write_mnist(run.folder(), 10, 5);
  const auto short_one = run.report({"--data", run.folder().string()});
  CHECK(short_one.exit_code == 1);
  CHECK_THAT(short_one.errors, contains("test sample 7 is not among its 5"));
  write_mnist(run.folder(), 10, 10);
  const auto other = run.report({"--data", run.folder().string()});
  CHECK(other.exit_code == 1);
  CHECK_THAT(other.errors, contains("test sample 7 is labelled 7 there, and 0 in the log"));
}

TEST_CASE("what a log says is text in a page, never markup") {
  const Run run;
  const std::string hostile = R"(</title><script>alert('1 & \"2\"')</script>)";
  std::string log =
      R"({"epoch":1,"train_loss":1,"health":[{"layer":"NAME","steps":1,"too_large":1,"update_ratio":0.5}],)"
      R"("findings":["NAME"],"training":{"command":"NAME","program":"NAME","data":"NAME","settings":{)"
      R"("training":"NAME","model":"mlp","hidden":[3],"channels":[6,16],"activation":"relu","image":[28,28],)"
      R"("classes":2,"mean":0,"deviation":1,"class_names":["NAME","b\u0001"],"table":false,"digit_side":0}},)"
      R"("summary":{"confusion":[[1,1],[0,1]],"classes":[{"samples":1},{"samples":1}],"worst_mistakes":[)"
      R"({"index":0,"label":0,"predicted":1,"probabilities":[0.25,0.75]}]}})";
  for (auto place = log.find("NAME"); place != std::string::npos; place = log.find("NAME"))
    log.replace(place, 4, hostile);
  run.write_log(log);
  for (const auto* name : {"page.html", "curves.svg"}) {
    const auto text = run.reported(name);
    CHECK(fault_of_nesting(text) == "");
    CHECK(count(text, "<script") == 0);
    CHECK(count(text, "\x01") == 0);
    CHECK_THAT(text, contains("&lt;script&gt;alert(&#39;1 &amp; &quot;2&quot;&#39;)"));
  }
}

TEST_CASE("a report has the learning rate, with a line for each layer whose own is another") {
  const Run run;
  run.train({"--epochs", "2", "--hidden", "7", "--no-health", "--layer-rate", "hidden=0.1", "--layer-rate",
             "output=0.01", "--schedule", "cosine"});
  const auto curves = run.reported("curves.svg");
  CHECK(count(curves, ">Learning rate<") == 1);
  CHECK(count(curves, ">other layers<") == 1);
  CHECK(count(curves, ">output<") == 1);
  CHECK(count(curves, ">hidden<") == 0);
  run.train({"--epochs", "1", "--no-health"});
  CHECK(count(run.reported("curves.svg"), ">Learning rate<") == 1);
  CHECK(count(run.reported("curves.svg"), ">all layers<") == 1);
}

TEST_CASE("numbers that are not finite are gaps in curves") {
  const Run run;
  run.write_log(R"({"epoch":1,"train_loss":2,"train_accuracy":0.5}
{"epoch":2,"train_loss":null,"train_accuracy":"nan"}
{"epoch":3,"train_loss":"inf","train_accuracy":0.5}
{"epoch":4,"train_loss":1e308,"train_accuracy":0.5}
{"epoch":5,"train_loss":1,"train_accuracy":0.75})");
  const auto curves = run.reported("curves.svg");
  CHECK(fault_of_nesting(curves) == "");
  for (const std::string word : {"nan", "inf", "NaN", "Infinity"}) CHECK(count(curves, word) == 0);
  // Loss has epochs 1 and 5, accuracy 1, 3, 4 and 5: four pieces, of which one is longer than a point.
  CHECK(count(curves, "<circle") == 6);
  CHECK(count(curves, "d=\"M") == 2);
  const auto only = Run{};
  only.write_log(R"({"epoch":1,"train_loss":null})");
  CHECK(fault_of_nesting(only.reported("page.html")) == "");
}

TEST_CASE("of several logs, the accuracies stand side by side, with what was trained and how it ended") {
  const Run run;
  run.write_log(epoch_1 + "\n" +
                R"({"epoch":2,"train_accuracy":0.75,"test_accuracy":0.625,)"
                R"("training":{"data":"/some/digits/","settings":{"training":"784-7-10 relu, sgd 0.1",)"
                R"("model":"mlp","hidden":[7],"channels":[6,16],"activation":"relu","image":[28,28],)"
                R"("classes":10,"mean":0,"deviation":1,"table":false,"digit_side":0,)"
                R"("class_names":["0","1","2","3","4","5","6","7","8","9"]}}})");
  write_file(run.path("other.jsonl"), epoch_1);
  const auto curves = run.reported("curves.svg", {run.path("other.jsonl")});
  CHECK(fault_of_nesting(curves) == "");
  CHECK(count(curves, "class=\"title\"") == 2);
  CHECK_THAT(curves, contains(">784-7-10 relu, digits: 62.50 % right</text>"));
  CHECK_THAT(curves, contains(">other.jsonl</text>"));
  CHECK(count(curves, ">training</text>") == 2);
  CHECK(count(curves, ">test</text>") == 1);
  CHECK(count(curves, "nats") == 0);

  write_file(run.path("other.jsonl"), "[2]");
  const auto result = run.report({run.path("other.jsonl"), "-o", run.path("both.svg")});
  CHECK(result.exit_code == 1);
  CHECK_THAT(result.errors,
             contains(fmt::format("'{}', line 1: is no JSON object", run.path("other.jsonl"))));
}

TEST_CASE("numbers beside an axis are within their chart, however long") {
  const Run run;
  run.write_log(R"({"epoch":1,"train_loss":0.00101})"
                "\n"
                R"({"epoch":2,"train_loss":0.00102})");
  const auto curves = run.reported("curves.svg");
  const std::regex mark{"class=\"tick y\" x=\"([0-9.]+)\" y=\"[0-9.]+\">(0[0-9.]+)<"};
  const std::sregex_iterator begin{curves.begin(), curves.end(), mark}, end;
  CHECK(std::distance(begin, end) > 2);
  std::size_t longest = 0;
  for (auto each = begin; each != end; ++each) {
    const auto text = (*each)[2].str();
    longest = std::max(longest, text.size());
    // They end there, in letters of 12 pixels, of which digits are some 7 wide.
    CHECK(std::stod((*each)[1]) >= 7 * static_cast<double>(text.size()));
  }
  CHECK(longest > 7);
}

TEST_CASE("a log of a training under way, or of an old program, makes a page of what it has") {
  const Run run;
  run.write_log(epoch_1 + "\n" + R"({"epoch":2,"train_loss":0.25,"some day":{"new":[1]}})" + "\n");
  const auto page = run.reported("page.html");
  CHECK(fault_of_nesting(page) == "");
  CHECK_THAT(page, contains("This training is not over"));
  CHECK_THAT(page, contains("<h1>run.jsonl</h1>"));
  for (const std::string heading : {"Gradient health", "Confusion matrix", "Worst mistakes", "Graph"})
    CHECK(count(page, fmt::format("<h2>{}", heading)) == 0);
}

TEST_CASE("a line that a training was killed in is not of its report") {
  const Run run;
  run.write_log(epoch_1 + "\n" + R"({"epoch":2,"train_lo)");
  const auto page = run.reported("page.html");
  CHECK_THAT(page, contains("This training is not over"));
  CHECK_THAT(page, contains("<dt>Epochs</dt><dd>1<"));
  run.write_log(epoch_1);  // whole, though its end of line is missing
  CHECK_THAT(run.reported("page.html"), contains("<dt>Epochs</dt><dd>1<"));
  std::filesystem::remove(run.path("page.html"));
  run.write_log("no log at all");
  check_refused(run, "line 1: is no JSON object");
}

TEST_CASE("a page stands beside its log unless it is sent elsewhere") {
  const Run run;
  run.write_log(epoch_1);
  const auto result = run.report();
  CHECK(result.exit_code == 0);
  CHECK(read_file(run.path("run.html")).starts_with("<!DOCTYPE html>"));
}

TEST_CASE("report names the line of a log that is broken") {
  const Run run;
  const auto check_line_2 = [&](const std::string& line, const std::string& words) {
    run.write_log(epoch_1 + "\n" + line + "\n");
    check_refused(run, fmt::format("'{}', line 2: {}", run.path("run.jsonl"), words));
  };
  check_line_2(R"({"epoch":2,"train_)", "is no JSON object");
  check_line_2("", "is no JSON object");
  check_line_2("[2]", "is no JSON object");
  check_line_2(R"({"train_loss":1})", "there is no \"epoch\"");
  check_line_2(R"({"epoch":"two"})", "\"epoch\" is no integer");
  check_line_2(R"({"epoch":1})", "epoch 1 comes after epoch 1");
  check_line_2(R"({"epoch":2,"train_loss":"low"})", "\"train_loss\" is no number");
  check_line_2(R"({"epoch":2,"health":{}})", "\"health\" is no list");
  check_line_2(R"({"epoch":2,"findings":[1]})", "\"findings\" is not what a log has there");
  check_line_2(R"({"epoch":2,"summary":{"confusion":[[1,0]],"classes":[{},{}]}})",
               "the confusion matrix has 1 rows for 2 classes");
  check_line_2(
      R"({"epoch":2,"summary":{"confusion":[[1]],"classes":[{}],"worst_mistakes":[{"index":0,"label":1,)"
      R"("predicted":0,"probabilities":[1]}]}})",
      "the mistake of sample 0 is not of 1 classes");
  for (const std::string model : {R"("mlp","hidden":[-3])", R"("cnn","hidden":[3])"})
    check_line_2(R"({"epoch":2,"training":{"settings":{"model":)" + model +
                     R"(,"activation":"relu","channels":[6,16],"image":[28,28],"classes":2,"mean":0,)"
                     R"("deviation":1,"class_names":["a","b"],"table":false,"digit_side":0}}})",
                 "\"settings\" are of a model that cannot be");
  run.write_log("");
  check_refused(run, "has no line");
  std::filesystem::remove(run.path("run.jsonl"));
  check_refused(run, fmt::format("cannot read '{}': No such file", run.path("run.jsonl")));
}

TEST_CASE("report draws one of the pairs that lbfgs remembers, as ten would take a minute") {
  if (!retrograph::can_render()) return;
  const Run run;
  run.train({"--optimizer", "lbfgs", "--epochs", "1"});
  const auto page = run.reported("page.html");
  CHECK(count(page, "/weight/gradient_change_1") > 0);
  CHECK(count(page, "gradient_change_2") == 0);
}

TEST_CASE("report draws its curves as a PNG, where librsvg is") {
  const Run run;
  run.write_log(epoch_1);
  const auto result = run.report({"-o", run.path("curves.png")});
  if (result.exit_code == 0)
    CHECK(read_file(run.path("curves.png")).starts_with("\x89PNG\r\n\x1a\n"));
  else
    CHECK_THAT(result.errors, contains("built without librsvg (package librsvg2-dev)"));
}

TEST_CASE("the command of a training is noted as a shell takes it") {
  const Run run;
  run.train({"--epochs", "1", "--save", run.path("it's a name")});
  const std::string command = run.log()[0]["training"]["command"];
  CHECK_THAT(command, contains("retrograph train mlp --data " + run.folder().string()));
  CHECK_THAT(command, contains("--save '" + run.path("it'\\''s a name") + "'"));
}
