"""How the page looks: on a wide screen, a narrow one, and on paper."""

from __future__ import annotations

STYLE = """
:root { color-scheme: light; }
* { box-sizing: border-box; }
html { font-size: 16px; }
body { font: 1rem/1.5 system-ui, sans-serif; color: #1a1a1a; background: #fff; margin: 0 auto;
  padding: 1rem; max-width: 1200px; overflow-wrap: anywhere; }
h1 { font-size: 1.7rem; line-height: 1.2; margin: 0.5rem 0; }
h2 { font-size: 1.25rem; margin: 2.4rem 0 0.6rem; padding-top: 0.4rem; border-top: 1px solid #ddd; }
h3 { font-size: 1.05rem; margin: 1.4rem 0 0.4rem; }
p { margin: 0.5rem 0; max-width: 75ch; } ul { margin: 0.5rem 0; padding-left: 1.3rem; max-width: 75ch; }
bdi { unicode-bidi: isolate; }
.headline { font-size: 1.25rem; line-height: 1.4; font-weight: 600; }
.note { color: #555; font-size: 0.9rem; }
.charts { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 420px), 1fr)); gap: 1rem 2rem; }
figure { margin: 0; break-inside: avoid; } figcaption { font-weight: 600; }
.alone { max-width: 640px; }
figure svg { width: 100%; height: auto; } svg text { font: 13px system-ui, sans-serif; fill: #333; }
.grid { stroke: #ddd; } .grid.zero { stroke: #777; } .line { fill: none; stroke-width: 2.2; }
.span { fill: #000; opacity: 0.07; } svg .aside { font-size: 12px; fill: #555; }
.crossed > path { fill: none; } .mark { stroke: #333; stroke-dasharray: 3 3; }
.legend { display: flex; flex-wrap: wrap; gap: 0.2rem 1.4rem; padding: 0; margin: 1rem 0 0.5rem; list-style: none; }
.legend svg { width: 44px; height: 14px; margin-right: 0.4rem; vertical-align: middle; }
.wide { overflow-x: auto; margin: 0.6rem 0; background:
  linear-gradient(to right, #fff 30%, transparent) 0 0, linear-gradient(to left, #fff 30%, transparent) 100% 0,
  radial-gradient(farthest-side at 0 50%, rgb(0 0 0 / 0.3), transparent) 0 0,
  radial-gradient(farthest-side at 100% 50%, rgb(0 0 0 / 0.3), transparent) 100% 0;
  background-repeat: no-repeat; background-size: 40px 100%, 40px 100%, 14px 100%, 14px 100%;
  background-attachment: local, local, scroll, scroll; }
table { border-collapse: collapse; font-variant-numeric: tabular-nums; }
caption { text-align: left; font-weight: 600; padding-bottom: 0.2rem; }
th, td { padding: 0.18rem 0 0.18rem 1.4rem; text-align: right; white-space: nowrap; vertical-align: baseline;
  overflow-wrap: normal; }
th { border-bottom: 1px solid #999; font-weight: 600; vertical-align: bottom; white-space: normal; max-width: 11rem;
  overflow-wrap: break-word; }
tbody tr:nth-child(even) { background: rgb(0 20 60 / 0.04); }
.range { display: inline-block; color: #555; font-size: 0.88em; }
th:first-child, td:first-child { text-align: left; padding-left: 0.4rem; }
th:last-child, td:last-child { padding-right: 0.4rem; }
td.text { text-align: left; white-space: normal; overflow-wrap: anywhere; min-width: 16ch; }
th.text { text-align: left; }
.example { border: 1px solid #ccc; border-radius: 4px; padding: 0.6rem 0.9rem; margin: 0.8rem 0; }
.example h3 { margin-top: 0.2rem; }
.sides { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 340px), 1fr)); gap: 0.4rem 1.2rem; }
.sides > div { min-width: 0; }
pre { font: 0.82rem/1.45 ui-monospace, monospace; white-space: pre-wrap; overflow-wrap: anywhere; overflow: hidden;
  unicode-bidi: isolate; background: #f6f7f9; border-left: 3px solid #ccc; margin: 0.3rem 0; padding: 0.4rem 0.6rem; }
pre.correct { border-left: 3px solid #0072b2; } pre.incorrect { border-left: 3px dashed #d55e00; }
.odd { color: #777; font-size: 0.85em; } .cut { color: #555; font-style: italic; }
dl { display: grid; grid-template-columns: max-content 1fr; gap: 0.1rem 0.8rem; margin: 0.3rem 0; font-size: 0.92rem; }
dt { color: #555; } dd { margin: 0; min-width: 0; unicode-bidi: isolate; }
@media (max-width: 600px) {
  html { font-size: 15px; } body { padding: 0.7rem; } h1 { font-size: 1.35rem; } .headline { font-size: 1.1rem; }
  th, td { font-size: 0.87rem; padding-left: 0.6rem; } .range { display: block; min-width: 0 !important; }
  .charts { gap: 1rem; }
}
@media print {
  * { print-color-adjust: exact; }
  @page { margin: 15mm; }
  html { font-size: 10.5px; } body { max-width: none; padding: 0; } p, ul { max-width: none; }
  h2 { margin-top: 1.6rem; } h2, h3 { break-after: avoid; }
  .charts, .sides { grid-template-columns: 1fr 1fr; } .wide { overflow: visible; background: none; } th, td { font-size: 0.92rem; padding-left: 0.9em; }
  th { max-width: 8em; } td:first-child { white-space: normal; overflow-wrap: anywhere; max-width: 12em; }
  tr, .example, figure { break-inside: avoid; } thead { display: table-header-group; }
}
"""
