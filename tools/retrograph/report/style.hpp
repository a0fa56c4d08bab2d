#pragma once

#include <string_view>

namespace retrograph::program {

/// The CSS of the report's own parts, in the colours of the page.
inline constexpr std::string_view report_style = R"(
.confusion td,.confusion thead th{text-align:center;min-width:2.6rem;padding:.3rem .35rem;border:0}
.confusion tbody tr+tr th,.confusion tbody tr+tr td{border:2px solid var(--paper)}
.confusion td{border:2px solid var(--paper);border-radius:.4rem}
caption{text-align:left;caption-side:bottom;padding-top:.5rem}
.confusion .right{background:rgb(var(--good)/var(--s))}.confusion .wrong{background:rgb(var(--bad)/var(--s))}
.confusion .none{color:var(--quiet);opacity:.6}
.bar{display:inline-block;vertical-align:middle;width:6rem;height:.55rem;border-radius:.3rem;margin-left:.6rem;
background:linear-gradient(to right,rgb(var(--good)) var(--w),var(--rule) var(--w))}
.mistakes{display:grid;grid-template-columns:repeat(auto-fill,minmax(10.5rem,1fr));gap:1rem}
.mistakes figure{margin:0;background:var(--card);border-radius:.5rem;padding:.8rem;font-size:.85rem}
.mistakes img{display:block;width:100%;image-rendering:pixelated;background:#000;border-radius:.3rem;margin-bottom:.5rem}
.mistakes figcaption{line-height:1.45;overflow-wrap:anywhere}
.chance{display:flex;justify-content:space-between;gap:.5rem;margin-top:.2rem;padding:0 .35rem;border-radius:.3rem;
white-space:nowrap;background:linear-gradient(to right,rgb(var(--c)/.45) var(--w),var(--rule) var(--w))}
.chance.right{--c:var(--good)}.chance.wrong{--c:var(--bad)}
.name,.chance span:first-child{overflow:hidden;text-overflow:ellipsis}.name{max-width:9rem}.confusion .name{max-width:6rem}
.wide tbody .name{position:sticky;left:0;background:var(--paper)}details .picture svg{max-width:none}
)";

}  // namespace retrograph::program
