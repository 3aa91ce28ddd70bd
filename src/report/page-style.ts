/** The style of the page: light and dark, phones, and paper. */
export const PAGE_STYLE = `
:root { color-scheme: light dark; --back: #fff; --soft: #f4f6f8; --text: #1c2430; --dim: #566173; --edge: #d3d9e0; --good: #116b3a; --good-back: #e2f5e9;
  --warn: #7d4a00; --warn-back: #fff1d6; --bad: #8a1c1c; --bad-back: #fde8e8; --plain-back: #e8ecf1; --link: #0b57a4;
  --h0: #1f6fd1; --h1: #b3541e; --h2: #2a8a4a; --h3: #8a3fb0; --h4: #b8860b; --h5: #0f8a8a; --h6: #c02f6b; --h7: #5b6b2f; }
@media (prefers-color-scheme: dark) { :root { --back: #12171e; --soft: #1b222c; --text: #e6ebf2; --dim: #9fabbb; --edge: #37424f; --good: #7fe0a5; --good-back: #143322;
  --warn: #ffcf80; --warn-back: #3b2a0c; --bad: #ff9e9e; --bad-back: #401b1b; --plain-back: #28313d; --link: #7cb8ff;
  --h0: #6aaeff; --h1: #f09a62; --h2: #6fd08f; --h3: #cf92f0; --h4: #e6bf55; --h5: #55cccc; --h6: #ff86b3; --h7: #b5c97a; } }
* { box-sizing: border-box; }
body { margin: 0; background: var(--back); color: var(--text); font: 16px/1.5 system-ui, "DejaVu Sans", sans-serif; }
main { max-width: 1160px; margin: 0 auto; padding: 24px 20px 64px; }
h1 { font-size: 1.7rem; margin: 0 0 4px; } h2 { font-size: 1.25rem; margin: 40px 0 8px; } h3 { font-size: 1rem; margin: 20px 0 4px; }
h1, h2, td, li, dd { overflow-wrap: anywhere; }
p { margin: 6px 0; } a { color: var(--link); } .dim, small { color: var(--dim); }
.numbers { display: flex; flex-wrap: wrap; gap: 12px; margin: 16px 0; padding: 0; list-style: none; }
.numbers li { background: var(--soft); border: 1px solid var(--edge); border-radius: 10px; padding: 8px 16px; } .numbers b { display: block; font-size: 1.3rem; }
.look { background: var(--warn-back); border-left: 5px solid var(--warn); border-radius: 6px; padding: 8px 16px; } .look h2 { margin: 4px 0; }
ul { padding-left: 22px; margin: 6px 0; }
figure { margin: 12px 0; border: 1px solid var(--edge); border-radius: 10px; overflow-x: auto; padding: 10px; } figcaption { color: var(--dim); font-size: .9rem; }
svg { display: block; width: 100%; min-width: 720px; height: auto; font: 13px system-ui, "DejaVu Sans", sans-serif; } svg text { fill: var(--text); }
svg .strong, svg .way { font-weight: 600; } svg .small, svg .heading { fill: var(--dim); } svg .small { font-size: 11.5px; }
svg .box, svg .card { fill: var(--soft); stroke: var(--edge); } svg .unused { stroke-dasharray: 4 3; } svg .gateway { fill: var(--plain-back); stroke: var(--dim); stroke-width: 1.5; }
svg .direct { fill: none; stroke: var(--edge); stroke-dasharray: 6 4; } svg .line { fill: none; stroke-width: 1.8; opacity: .85; } svg .unchecked { stroke-dasharray: 5 4; }
svg .line:hover { stroke-width: 4; opacity: 1; }
${[0, 1, 2, 3, 4, 5, 6, 7].map(i => `svg .line.h${i} { stroke: var(--h${i}); } svg .box.h${i} { stroke: var(--h${i}); }`).join(' ')}
table { border-collapse: collapse; width: 100%; margin: 8px 0; font-size: .93rem; } caption { text-align: left; color: var(--dim); padding: 4px 0; }
th { text-align: left; font-weight: 600; border-bottom: 2px solid var(--edge); padding: 6px 10px 6px 0; }
td { border-bottom: 1px solid var(--edge); padding: 7px 10px 7px 0; vertical-align: top; min-width: 6.5em; } td:first-child { min-width: 13em; }
.access { table-layout: fixed; } .access th:nth-child(1) { width: 23%; } .access th:nth-child(2) { width: 16%; } .access th:nth-child(3) { width: 15%; } .access th:nth-child(4) { width: 22%; }
.place { display: block; color: var(--dim); font-size: .85rem; }
.tag { display: inline-block; border-radius: 6px; padding: 0 8px; font-weight: 600; background: var(--plain-back); }
.REACHES { color: var(--good); background: var(--good-back); } .DIRECT, .UNKNOWN, .expired { color: var(--warn); background: var(--warn-back); } .REFUSED, .NOWHERE, .ELSEWHERE { color: var(--dim); }
dl { display: grid; grid-template-columns: max-content 1fr; gap: 2px 14px; margin: 8px 0; } dt { color: var(--dim); } dd { margin: 0; }
section.dependency { border-top: 1px solid var(--edge); margin-top: 28px; } section.dependency h2 { margin-top: 18px; }
@media (max-width: 720px) {
  main { padding: 16px 14px 48px; } table, tbody, tr, td { display: block; width: 100%; } thead { position: absolute; left: -9999px; width: 1px; height: 1px; overflow: hidden; }
  tr { border: 1px solid var(--edge); border-radius: 8px; margin: 8px 0; padding: 4px 10px; } caption { display: block; } td, td:first-child { border: 0; padding: 3px 0 3px 6.4em; position: relative; min-width: 0; min-height: 1.9em; } td:empty { display: none; }
  td::before { content: attr(data-label); position: absolute; left: 0; color: var(--dim); font-size: .85rem; } dl { grid-template-columns: 1fr; } dd { margin-bottom: 6px; }
}
@media print { body { font-size: 10.5pt; } main { max-width: none; padding: 0; } section.dependency, tr, figure { break-inside: avoid; } figure { overflow: visible; } svg { min-width: 0; }
  .tag { border: 1px solid var(--edge); } a { color: inherit; text-decoration: none; } }
`;
