/** The report's looks: light and dark, wide and narrow, screen and paper. No font, image or file from outside. */
import { dark, light, type Theme } from './drawing/theme.ts';

function variables(theme: Theme): string {
  return Object.entries(theme)
    .map(([name, color]) => `--${name}: ${color};`)
    .join(' ');
}

const lightVariables = `${variables(light)}
  --good: #00664b; --good-paper: #e3f5ee; --bad: #a33c00; --bad-paper: #fdece2; --unknown: #7a5b00; --unknown-paper: #fdf4d8;`;

export const pageStyle = `
:root {
  color-scheme: light dark;
  ${lightVariables}
}
@media (prefers-color-scheme: dark) {
  :root {
    ${variables(dark)}
    --good: #56d3aa; --good-paper: #10302a; --bad: #ff9a5c; --bad-paper: #3a2015; --unknown: #f0c94a; --unknown-paper: #332a10;
  }
}
* { box-sizing: border-box; }
body { margin: 0; background: var(--paper); color: var(--text); font: 16px/1.5 system-ui, sans-serif; }
main { max-width: 76rem; margin: 0 auto; padding: 1.5rem 1rem 4rem; }
h1 { font-size: 1.5rem; margin: 0 0 .25rem; overflow-wrap: anywhere; }
h2 { font-size: 1.15rem; margin: 2.5rem 0 .75rem; }
h3 { font-size: 1rem; margin: 0 0 .25rem; } :is(p, .scroll, .charts) + h3 { margin-top: 1.75rem; }
p { margin: .35rem 0; max-width: 52rem; }
.quiet { color: var(--quiet); }
code, .mono { font-family: ui-monospace, monospace; font-size: .9em; overflow-wrap: anywhere; }
.banner { border-left: .5rem solid; border-radius: .25rem; padding: .9rem 1.1rem; margin: 1.25rem 0; }
.banner > :first-child { margin-top: 0; }
.banner strong { font-size: 1.3rem; display: block; }
.good { color: var(--good); } .bad { color: var(--bad); } .unknown { color: var(--unknown); }
.banner.good { background: var(--good-paper); border-color: var(--good); }
.banner.bad { background: var(--bad-paper); border-color: var(--bad); }
.banner.unknown { background: var(--unknown-paper); border-color: var(--unknown); }
.banner p { color: var(--text); }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; font-size: .9rem; width: 100%; }
th, td { text-align: left; vertical-align: top; padding: .4rem .7rem .4rem 0; border-bottom: 1px solid var(--line); }
th { color: var(--quiet); font-weight: 600; white-space: nowrap; }
td.number, th.number { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
td.trial, #cells td:first-child { white-space: nowrap; } td.trial + td { min-width: 13rem; }
.dense th.number { white-space: normal; } .dense td.trial + td + td:not(.number) { min-width: 9rem; }
td:not(.number) > small { min-width: 11rem; } td small { display: block; color: var(--quiet); }
caption { text-align: left; color: var(--quiet); padding: .3rem 0; caption-side: bottom; }
figure { margin: 0; min-width: 0; background: var(--card); border-radius: .5rem; padding: 1rem; }
.charts { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 30rem), 1fr)); gap: 1rem; }
.charts figure:last-child:nth-child(odd) { grid-column: 1 / -1; }
.canvas { position: relative; height: 20rem; margin-top: .5rem; }
figcaption { color: var(--quiet); font-size: .9rem; }
[hidden] { display: none !important; }
.chooser { display: block; margin: .5rem 0; } select { font: inherit; max-width: 100%; color: inherit; background: var(--card); border: 1px solid var(--line); border-radius: .25rem; padding: .2rem; }
:focus-visible { outline: 2px solid #0072b2; outline-offset: 2px; }
details { margin-top: .75rem; font-size: .9rem; }
summary { cursor: pointer; color: var(--quiet); }
.item { border-left: .25rem solid var(--line); padding: .1rem 0 .1rem .9rem; margin: .9rem 0; }
.item.bad { border-color: var(--bad); color: inherit; } .item.unknown { border-color: var(--unknown); color: inherit; }
dl { display: grid; grid-template-columns: max-content 1fr; gap: .25rem 1.25rem; font-size: .9rem; margin: 0; }
dt { color: var(--quiet); } dd { margin: 0; overflow-wrap: anywhere; }
@media (max-width: 40rem) {
  dl { grid-template-columns: 1fr; gap: 0; } dd { margin-bottom: .5rem; }
  .canvas { height: 25rem; } .scroll table { min-width: 48rem; } details .scroll table { min-width: 0; } #trials { min-width: 48rem !important; }
}
@media print {
  :root { color-scheme: light; ${lightVariables} }
  body { font-size: 11pt; } main { max-width: none; padding: 0; }
  figure, .item, tr { break-inside: avoid; }
  details > summary { display: none; } details::details-content { content-visibility: visible; display: block; }
}
`;
