#include "page.hpp"

#include "../chart/line_chart.hpp"
#include "markup.hpp"
#include <fmt/format.h>

namespace retrograph::program {
namespace {

constexpr std::string_view common_style = R"(
:root{color-scheme:light dark;--paper:#fff;--card:#f6f8fa;--ink:#1f2933;--quiet:#59636e;--rule:#dde2e7;
--accent:#1f6fb5;--good:31 111 181;--bad:196 84 26}
@media (prefers-color-scheme:dark){:root{--paper:#15191f;--card:#1d232b;--ink:#e6e9ed;--quiet:#a3adb8;
--rule:#333b45;--accent:#6cb2f0;--good:88 160 226;--bad:232 126 66}}
*{box-sizing:border-box}
body{margin:0 auto;padding:2rem clamp(1rem,4vw,2.5rem) 4rem;max-width:70rem;background:var(--paper);color:var(--ink);
font:1rem/1.55 system-ui,-apple-system,"Segoe UI",Helvetica,Arial,sans-serif}
h1{font-size:1.75rem;line-height:1.25;margin:.2rem 0 .4rem}h2{font-size:1.25rem;margin:2.8rem 0 .8rem}
p{margin:.5rem 0;max-width:46rem}.quiet{color:var(--quiet)}a{color:var(--accent)}
code,pre{font:.875rem/1.5 ui-monospace,SFMono-Regular,Menlo,Consolas,monospace}
pre{background:var(--card);padding:.8rem 1rem;border-radius:.5rem;white-space:pre-wrap;overflow-wrap:anywhere}
.gallery{display:grid;grid-template-columns:repeat(auto-fill,minmax(min(100%,24rem),1fr));gap:1.5rem;margin-top:1.2rem}
.gallery>*{margin:0;min-width:0}svg.chart{display:block;width:100%;height:auto}
.figures{display:grid;grid-template-columns:repeat(auto-fill,minmax(8.2rem,1fr));gap:.75rem;margin:1.4rem 0;padding:0}
.figures div{background:var(--card);border-radius:.5rem;padding:.7rem .9rem}
.figures dt{color:var(--quiet);font-size:.85rem}.figures dd{margin:0;font-size:1.25rem;font-weight:600;white-space:nowrap}
.figures small{display:block;white-space:normal;font-size:.8rem;font-weight:400;color:var(--quiet)}
.wide{overflow-x:auto}table{border-collapse:collapse;font-size:.9rem;font-variant-numeric:tabular-nums}
th,td{padding:.25rem .65rem;text-align:right;white-space:nowrap}th{font-weight:600;color:var(--quiet)}
thead th{border-bottom:1px solid var(--rule)}tbody tr+tr td,tbody tr+tr th{border-top:1px solid var(--rule)}
.words{text-align:left;white-space:normal}
details{margin:1rem 0}summary{cursor:pointer;color:var(--accent)}
.picture{background:#fff;border-radius:.5rem;padding:1rem;overflow:auto;max-height:48rem}
.picture svg{max-width:100%;height:auto}
@media print{details{display:none}section{break-inside:avoid}}
)";

}  // namespace

std::string html_page(std::string_view title, std::string_view body, std::string_view style) {
  return fmt::format(
      "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
      "<meta name=\"viewport\" content=\"width=device-width,initial-scale=1\">\n"
      "<link rel=\"icon\" href=\"data:,\">\n<title>{}</title>\n<style>{}{}{}</style>\n</head>\n"
      "<body>\n{}</body>\n</html>\n",
      escaped(title), common_style, chart_style(), style, body);
}

std::string section(std::string_view heading, std::string_view body) {
  if (body.empty()) return {};
  return fmt::format("<section>\n<h2>{}</h2>\n{}</section>\n", escaped(heading), body);
}

std::string details(std::string_view summary, std::string_view body) {
  return fmt::format("<details><summary>{}</summary>\n{}</details>\n", escaped(summary), body);
}

std::string gallery(std::string_view figures) {
  return fmt::format("<div class=\"gallery\">\n{}</div>\n", figures);
}

}  // namespace retrograph::program
