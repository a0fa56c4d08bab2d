#include <retrograph/graph/draw/graphviz.hpp>
#include <retrograph/graph/error.hpp>

#include <fmt/format.h>

#ifdef RETROGRAPH_GRAPHVIZ
#include <gvc.h>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <deque>
#include <memory>
#include <mutex>
#include <string_view>
#include <unordered_map>
#include <utility>

namespace retrograph::draw {
namespace {

/// Collects what Graphviz reports while it lives, in place of standard error.
class Complaints {
 public:
  Complaints() : former_{agseterrf(&note)} { text().clear(); }
  ~Complaints() { agseterrf(former_); }
  Complaints(const Complaints&) = delete;
  Complaints& operator=(const Complaints&) = delete;

  static std::string& text() {
    static std::string text;  // the reports come to a function without an argument
    return text;
  }

 private:
  static int note(char* report) {
    text() += report;
    return 0;
  }
  agusererrf former_;
};

/// Numbers the names of a graph in the order in which they are read. Graphviz's own numbers are addresses in
/// memory, and with them the order of boxes, and so the picture, would differ from one run to the next.
class Names {
 public:
  static Agdisc_t discipline() {
    static Agiddisc_t ids = [] {
      Agiddisc_t functions{};
      functions.open = [](Agraph_t*, Agdisc_t*) -> void* { return new Names; };
      functions.map = map;
      functions.free = [](void*, int, IDTYPE) {};
      functions.print = print;
      functions.close = [](void* names) { delete static_cast<Names*>(names); };
      functions.idregister = [](void*, int, void*) {};
      return functions;
    }();
    auto discipline = AgDefaultDisc;
    discipline.id = &ids;
    return discipline;
  }

 private:
  /// Of named things the numbers are even, of others odd.
  static long map(void* state, int, char* name, IDTYPE* id, int create) {
    auto& names = *static_cast<Names*>(state);
    if (!name) {
      *id = names.unnamed_ += 2;
      return 1;
    }
    const auto known = names.ids_.find(name);
    if (known == names.ids_.end() && !create) return 0;
    *id = known != names.ids_.end() ? known->second : names.add(name);
    return 1;
  }

  static char* print(void* state, int, IDTYPE id) {
    auto& names = *static_cast<Names*>(state);
    const auto index = id / 2 - 1;
    return id % 2 == 0 && index < names.names_.size() ? names.names_[index].data() : nullptr;
  }

  IDTYPE add(const char* name) {
    names_.emplace_back(name);
    const auto id = static_cast<IDTYPE>(2 * names_.size());
    ids_.emplace(names_.back(), id);
    return id;
  }

  std::deque<std::string> names_;  // stays where it is when it grows
  std::unordered_map<std::string_view, IDTYPE> ids_;
  IDTYPE unnamed_ = 1;
};

struct Close {
  void operator()(Agraph_t* graph) const { agclose(graph); }
  void operator()(std::FILE* file) const { std::fclose(file); }
};

using GraphHandle = std::unique_ptr<Agraph_t, Close>;

GraphHandle read_graph(std::string dot) {
  const std::unique_ptr<std::FILE, Close> file{fmemopen(dot.data(), dot.size(), "r")};
  invariant(file != nullptr, "the text of a graph cannot be read from memory");
  auto discipline = Names::discipline();
  GraphHandle graph{agread(file.get(), &discipline)};
  if (!graph) throw InternalError{"Graphviz cannot read the text of a graph: " + Complaints::text()};
  return graph;
}

/// A graph with places for its nodes, and what Graphviz lays it out with.
class Layout {
 public:
  explicit Layout(std::string dot) : graph_{read_graph(std::move(dot))} {}
  ~Layout() {
    if (laid_out_) gvFreeLayout(context(), graph_.get());
  }
  Layout(const Layout&) = delete;
  Layout& operator=(const Layout&) = delete;

  std::string draw(const std::string& format) {
    if (gvLayout(context(), graph_.get(), "dot") != 0) refuse(format);
    laid_out_ = true;
    if (format == "png") GD_drawing(graph_.get())->dpi = resolution();
    return drawn(gvRenderData, format);
  }

 private:
  /// Dots an inch: sharp on a fine screen, and fewer for a picture that would take minutes and fill the
  /// memory.
  double resolution() const {
    constexpr double points_an_inch = 72, sharp = 144, most_pixels = 32e6;
    const auto [low, high] = GD_bb(graph_.get());
    const auto area = (high.x - low.x) * (high.y - low.y);
    return std::min(sharp, points_an_inch * std::sqrt(most_pixels / std::max(area, 1.0)));
  }

  /// The type of the length differs between versions of Graphviz.
  template <class Length>
  std::string drawn(int (*render_data)(GVC_t*, Agraph_t*, const char*, char**, Length*),
                    const std::string& format) {
    char* bytes = nullptr;
    Length length = 0;
    if (render_data(context(), graph_.get(), format.c_str(), &bytes, &length) != 0 || !bytes) refuse(format);
    const std::unique_ptr<char, decltype(&gvFreeRenderData)> owner{bytes, &gvFreeRenderData};
    return {bytes, length};
  }

  [[noreturn]] static void refuse(const std::string& format) {
    auto& reason = Complaints::text();
    while (!reason.empty() && reason.back() == '\n') reason.pop_back();
    throw FileError{
        fmt::format("Graphviz cannot draw {}: {}", format, reason.empty() ? "it does not say why" : reason)};
  }

  /// Finds Graphviz's plugins once and lives as long as the program, as Graphviz would have it.
  static GVC_t* context() {
    static GVC_t* const context = gvContext();
    return context;
  }

  GraphHandle graph_;
  bool laid_out_ = false;
};

}  // namespace

bool has_graphviz() {
  return true;
}

std::string drawn_by_graphviz(std::string dot, const std::string& format) {
  static std::mutex graphviz;  // has one state for the whole program
  const std::lock_guard lock{graphviz};
  const Complaints complaints;
  return Layout{std::move(dot)}.draw(format);
}

}  // namespace retrograph::draw

#else

namespace retrograph::draw {

bool has_graphviz() {
  return false;
}

std::string drawn_by_graphviz(std::string, const std::string& format) {
  throw FileError{fmt::format("cannot draw {}: this library was built without Graphviz", format),
                  "install libgraphviz-dev and build again, or write a .dot file and run the dot program"};
}

}  // namespace retrograph::draw

#endif
