#include "trace.hpp"

#include <retrograph/graph/whole_file.hpp>

#include <nlohmann/json.hpp>

#include <algorithm>
#include <limits>
#include <set>

namespace retrograph::program {
namespace {

using Json = nlohmann::ordered_json;
constexpr int process = 1;

double microseconds(std::int64_t nanoseconds) {
  return 1e-3 * static_cast<double>(nanoseconds);
}

Json event_of(const Profile::Span& span, const Profile& profile, const Graph& graph, std::int64_t start) {
  const auto& step = profile.steps()[span.step];
  const auto whole = span.chunk == Profile::Span::whole;
  Json arguments{{"op", step.op.name()}};
  if (!whole) arguments["chunk"] = span.chunk;
  return {{"name", graph.node(step.node).full_name()},
          {"cat", whole ? "step" : "chunk"},
          {"ph", "X"},
          {"ts", microseconds(span.begin - start)},
          {"dur", microseconds(span.end - span.begin)},
          {"pid", process},
          {"tid", span.thread},
          {"args", std::move(arguments)}};
}

Json name_of_thread(int thread) {
  return {{"name", "thread_name"},
          {"ph", "M"},
          {"pid", process},
          {"tid", thread},
          {"args", {{"name", "thread " + std::to_string(thread)}}}};
}

}  // namespace

void write_trace(const std::filesystem::path& path, const Profile& profile, const Graph& graph) {
  auto start = std::numeric_limits<std::int64_t>::max();
  std::set<int> threads;
  for (const auto& span : profile.spans()) {
    start = std::min(start, span.begin);
    threads.insert(span.thread);
  }
  auto events = Json::array();
  for (const auto thread : threads) events.push_back(name_of_thread(thread));
  for (const auto& span : profile.spans()) events.push_back(event_of(span, profile, graph, start));
  write_whole_file(path, Json{{"traceEvents", std::move(events)}, {"displayTimeUnit", "ns"}}.dump() + "\n");
}

}  // namespace retrograph::program
