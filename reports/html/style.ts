/** The style sheet of the report: light, dark, narrow and print. */

const COLOURS = `
:root{--paper:#f7f7f5;--panel:#fff;--ink:#191c20;--muted:#5a636e;--hair:#e2e4e7;--grid:#d9dce0;--good:#0a6b52;--bad:#a03203;--warn:#7a5a00;
--good-fill:#d3ebe2;--bad-fill:#f8d5c4;--warn-fill:#efe3bd;--usual-fill:#e3e8ec;
--s0:#0067a3;--s1:#b75500;--s2:#00795c;--s3:#a2378b;--s4:#5f5300;--s5:#5352c6;--s6:#b0273b;--s7:#32727f}
@media (prefers-color-scheme:dark){:root{--paper:#101316;--panel:#171b1f;--ink:#e8ebee;--muted:#9da7b1;--hair:#2a3036;--grid:#333a41;--good:#52cda6;--bad:#ff9063;--warn:#dcbb55;
--good-fill:#143f33;--bad-fill:#60290f;--warn-fill:#453812;--usual-fill:#2a3138;
--s0:#5fb8f0;--s1:#f0a04b;--s2:#45cfa5;--s3:#e58fd0;--s4:#cdbf55;--s5:#a5a4ff;--s6:#ff8794;--s7:#74c6d5}}
@media print{:root{--paper:#fff}}
`;

const PAGE = `
*{box-sizing:border-box}
html{-webkit-text-size-adjust:100%}
body{margin:0;background:var(--paper);color:var(--ink);font:14px/1.45 ui-sans-serif,system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue","Liberation Sans",Arial,sans-serif;font-variant-numeric:tabular-nums}
main{max-width:1360px;margin:0 auto;padding:28px 32px 48px}
section{margin-top:34px}
h2{font-size:15px;font-weight:650;margin:0 0 10px;letter-spacing:.01em}
p{margin:0 0 8px;max-width:90ch}
code{font:12px/1.4 ui-monospace,SFMono-Regular,Menlo,Consolas,"Liberation Mono",monospace;overflow-wrap:anywhere}
small,.detail,.fine,.error,.seen{color:var(--muted);font-size:12px;font-weight:400}
.fine{margin-top:8px}
.detail,.seen,.part,th small{display:block}
.bad{color:var(--bad)}.none{color:var(--muted)}
.verdict{border-top:6px solid var(--verdict);background:var(--panel);padding:20px 24px 18px;border-radius:4px;box-shadow:0 0 0 1px var(--hair)}
.verdict.passed{--verdict:var(--good)}.verdict.failed{--verdict:var(--bad)}.verdict.inconclusive{--verdict:var(--warn)}
.run{font-size:15px;font-weight:600;color:var(--muted);margin:0}
.variant{display:inline-block;font-size:12px;font-weight:500;color:var(--ink);border:1px solid var(--muted);border-radius:10px;padding:0 8px;margin-left:6px}
h1{display:flex;align-items:center;gap:14px;font-size:34px;line-height:1.15;font-weight:400;margin:8px 0 10px;letter-spacing:-.012em}
h1 strong{font-weight:700;color:var(--verdict)}
.badge{flex:none;width:42px;height:42px;border-radius:50%;background:var(--verdict);color:var(--panel);font-size:24px;font-weight:700;line-height:42px;text-align:center}
.why{margin:0 0 12px;padding:0 0 0 18px;max-width:100ch;font-size:15px}
.description{color:var(--muted)}
.warning{border-left:4px solid var(--bad);background:var(--bad-fill);padding:8px 12px;max-width:none}
.facts{display:flex;flex-wrap:wrap;gap:6px 30px;margin:12px 0 0}
.facts dt{font-size:12px;color:var(--muted)}.facts dd{margin:0;overflow-wrap:anywhere}
`;

const TABLES = `
table{border-collapse:collapse;width:100%;background:var(--panel);box-shadow:0 0 0 1px var(--hair);border-radius:4px}
th,td{text-align:left;vertical-align:top;padding:8px 12px;border-top:1px solid var(--hair);font-weight:400}
thead th{border-top:0;font-size:12px;font-weight:600;color:var(--muted);white-space:nowrap}
td{white-space:nowrap}td.prose,td.clauses{white-space:normal}
tbody th b{font-weight:650}tbody th code{display:block;color:var(--muted);margin-top:2px}
.error{white-space:nowrap}
.pill{display:inline-block;border-radius:11px;padding:1px 10px 1px 8px;font-size:12px;font-weight:600;white-space:nowrap}
.pill.held{background:var(--good-fill);color:var(--good)}.pill.broken{background:var(--bad-fill);color:var(--bad)}.pill.unknown{background:var(--warn-fill);color:var(--warn)}
.sign{font-weight:700}.sign.held{color:var(--good)}.sign.broken{color:var(--bad)}.sign.unknown{color:var(--warn)}
.clauses ul{list-style:none;margin:0;padding:0}.clauses li{display:flex;gap:8px}.clauses li+li{margin-top:4px}
.clause{font-weight:600}.never{color:var(--good)}
.objectives tbody th{width:26%}.objectives td.clauses{width:34%}.faults td.prose{min-width:170px}.faults>tbody>tr>th{min-width:150px}
.dot{display:inline-block;width:10px;height:10px;border-radius:2px;background:var(--colour);margin-right:7px}
details{margin-top:6px}summary{cursor:pointer;color:var(--muted);font-size:12px}
.acts{margin-top:6px;font-size:12px;box-shadow:none}.acts th,.acts td{padding:3px 14px 3px 0;white-space:nowrap}
.effects{margin:6px 0 0;padding-left:16px;font-size:12px;color:var(--muted);white-space:normal}
.load td,.load thead th:not(:first-child){text-align:right}
.load tbody tr:not(.whole) th{padding-left:28px;color:var(--muted)}
.load tbody tr:not(.whole) th,.load tbody tr:not(.whole) td{border-top:0;padding-top:1px;padding-bottom:3px}
.load .whole td{font-weight:600}.load .whole td .error{font-weight:400}.load td.some{color:var(--bad)}
.hypothesis .pill{margin-top:4px}
.screenshots{display:grid;grid-template-columns:repeat(auto-fill,minmax(320px,1fr));gap:16px}
.screenshots figure{margin:0;padding:8px;background:var(--panel);box-shadow:0 0 0 1px var(--hair);border-radius:4px}
.screenshots img{display:block;width:100%;height:auto;margin-bottom:6px}
.screenshots figcaption{font-size:12px;overflow-wrap:anywhere}.screenshots time{color:var(--muted)}
.happenings{list-style:none;margin:0;padding:8px 12px;background:var(--panel);box-shadow:0 0 0 1px var(--hair);border-radius:4px}
.happenings li{display:grid;grid-template-columns:64px 74px 1fr;padding:2px 0;overflow-wrap:anywhere}
.happenings time,.happenings b{color:var(--muted);font-weight:400}
.happenings .error b,.happenings .error span{color:var(--bad)}.happenings .warning{border:0;background:none}.happenings .warning b{color:var(--warn);font-weight:600}
`;

const FIGURE = `
.figure{--left:190px;--right:168px;position:relative;background:var(--panel);box-shadow:0 0 0 1px var(--hair);border-radius:4px;padding:6px 16px 8px;font-size:12px;line-height:1.25}
.row{display:grid;grid-template-columns:var(--left) minmax(0,1fr) var(--right);position:relative;padding:2px 0}
.label{padding-right:14px;min-width:0;overflow:hidden}
.label .name{font-weight:600;overflow-wrap:anywhere}.label .detail{font-size:11px}
.lane .label{display:flex;gap:6px;align-items:center;white-space:nowrap}
.lane .name{overflow:hidden;text-overflow:ellipsis;font-weight:500;flex:0 1 auto}.lane .label .detail{overflow:hidden;text-overflow:ellipsis;min-width:0;flex:0 2 auto}
.track{position:relative;min-width:0}
.track>svg{display:block;width:100%;height:100%;overflow:visible}
.right{position:relative;padding-left:10px}
.group{position:relative;padding:14px 0 3px;display:flex;gap:10px;align-items:baseline}
.group h3{margin:0;font-size:12px;font-weight:700}.group p{margin:0;font-size:11px;color:var(--muted)}
.bands{position:absolute;left:calc(16px + var(--left));right:calc(16px + var(--right));top:26px;bottom:30px;pointer-events:none}
.band{position:absolute;top:0;bottom:0;background:color-mix(in srgb,var(--colour) 13%,transparent);box-shadow:inset 1px 0 0 var(--colour),inset -1px 0 0 var(--colour);print-color-adjust:exact;-webkit-print-color-adjust:exact}
.band.instant{width:2px;margin-left:-1px;background:var(--colour)}
.band.unproven{background:repeating-linear-gradient(135deg,color-mix(in srgb,var(--colour) 16%,transparent) 0 5px,transparent 5px 10px)}
.gridline{position:absolute;top:0;bottom:0;width:1px;margin-left:-.5px;background:var(--hair)}
.axis .label .detail{white-space:nowrap}
.axis .track{height:18px}.axis.bottom{margin-top:8px}
.tick{position:absolute;transform:translateX(-50%);font-weight:500;color:var(--muted);white-space:nowrap;font-size:11.5px;line-height:18px}
.segment,.mark{position:absolute;top:0;height:100%;font-style:normal;print-color-adjust:exact;-webkit-print-color-adjust:exact}
.segment{overflow:hidden;white-space:nowrap;text-overflow:ellipsis;text-indent:4px;font-size:11px;line-height:18px;min-width:1px;border-radius:1px}
.segment.phase{background:var(--usual-fill);box-shadow:inset 1px 0 0 var(--panel)}.segment.phase.method{background:color-mix(in srgb,var(--ink) 22%,var(--panel))}
.segment.fault{background:var(--colour);color:#fff;text-shadow:0 0 2px #000,0 0 3px #000;line-height:22px;font-weight:600;text-indent:12px;min-width:3px}
.beside{position:absolute;padding-left:10px;line-height:22px;font-size:11px;font-weight:600;white-space:nowrap}
.segment.fault.unproven{background:repeating-linear-gradient(135deg,var(--colour) 0 6px,color-mix(in srgb,var(--colour) 55%,#000) 6px 12px)}
.segment.good,.segment.usual{background:var(--good-fill);color:var(--good)}.segment.usual{background:var(--usual-fill);color:var(--muted)}
.segment.not-good{background:var(--bad-fill);color:var(--bad);box-shadow:inset 0 -3px 0 var(--bad);font-weight:600}
.segment.changed{background:var(--warn-fill);color:var(--warn);box-shadow:inset 0 -3px 0 var(--warn)}
.segment.unknown{color:var(--muted);background:repeating-linear-gradient(135deg,var(--usual-fill) 0 4px,transparent 4px 8px)}
.mark{width:0;border-left:1.5px solid var(--ink);margin-left:-.75px}
.mark b{position:absolute;left:0;transform:translateX(-50%);font-size:9px;line-height:1;color:var(--ink);top:-4px}
.mark.asked{border-left-style:dotted;top:-2px}.fault-lane .mark b{font-size:11px;top:-6px}.mark.asked b{margin-left:-7px}.fault-lane{padding-top:8px}
.mark.instant b{top:2px;background:var(--ink);color:var(--panel);border-radius:7px;min-width:13px;line-height:13px;text-align:center;font-size:9px}
.mark.happening{border-left-color:var(--muted)}.mark.sign{border-left:0}.mark.sign b{font-size:12px;top:3px}.mark.stop b{color:var(--bad)}
.judged .segment{text-indent:10px}
.curve{fill:none;vector-effect:non-scaling-stroke;stroke-linejoin:round;stroke-linecap:round;stroke-width:1.3}
.grid{stroke:var(--grid);stroke-width:1;vector-effect:non-scaling-stroke}
.panel{padding:12px 0 8px}.panel.low{padding:10px 0 8px}
.direct i{font-style:normal;color:var(--muted)}
.panel .label{padding-right:58px}
.panel .label .detail{margin-top:2px}
.value{position:absolute;right:100%;margin-right:8px;transform:translateY(-50%);font-weight:400;color:var(--muted);font-size:11px;white-space:nowrap}
.peak{position:absolute;transform:translateY(-100%);padding:0 5px;font-size:11px;font-weight:600;white-space:nowrap}
.direct{position:absolute;left:10px;right:0;overflow:hidden;text-overflow:ellipsis;white-space:nowrap;line-height:14px;font-size:11px}
.swatch{width:14px;height:4px;margin-right:5px;vertical-align:middle}.swatch line{stroke-width:2.5}
.range{color:var(--muted);font-size:11px;line-height:30px;white-space:nowrap}
.cursor{position:absolute;top:0;bottom:0;width:0;border-left:1px solid var(--ink);pointer-events:none}.cursor[hidden]{display:none}
.cursor b{position:absolute;top:0;left:4px;background:var(--ink);color:var(--panel);font-weight:500;padding:1px 6px;border-radius:3px;white-space:nowrap}.cursor.flipped b{left:auto;right:4px}
`;

const NARROW = `
@media screen and (max-width:940px){
table.stacking,.stacking tbody,.stacking tr,.stacking th,.stacking td{display:block;width:auto}
.stacking thead{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%)}
.stacking tr{border-top:1px solid var(--hair);padding:8px 0}.stacking th,.stacking td,.load tbody tr:not(.whole) th{border:0;padding:2px 12px}.objectives tbody th,.objectives td.clauses{width:auto}
.stacking td{position:relative;padding-left:124px;text-align:left;white-space:normal}
.stacking td::before{content:attr(data-label);color:var(--muted);font-size:12px;position:absolute;left:12px}
.acts{display:block;overflow-x:auto}.acts tbody,.acts thead{display:table-row-group;position:static}.acts tr{display:table-row}.acts th,.acts td{display:table-cell}.stacking .acts td{padding-left:0}.acts td::before{content:none}
.load tbody tr:not(.whole){border:0;padding:0 0 4px}.load td{display:inline-block;padding:0 6px 0 12px}.load td::before{content:attr(data-label) " ";position:static}}
@media screen and (max-width:1000px) and (min-width:761px){.figure{--left:150px;--right:120px}}
@media screen and (max-width:760px){
main{padding:12px 12px 32px}h1{font-size:24px;gap:10px}.badge{width:32px;height:32px;line-height:32px;font-size:18px}.verdict{padding:14px 14px 12px}
.figure{--left:0px;--right:0px;padding:6px 10px 8px}.bands{left:10px;right:10px}
.row{display:block}.label,.panel .label{padding:0}.lane .label{white-space:normal;flex-wrap:wrap;gap:0 6px;margin-top:4px}.lane .label .detail{display:inline}
.axis .label{display:none}.fault-lane .track{margin-top:8px}.tick.odd{display:none}.tick.first{transform:none}.tick.last{transform:translateX(-100%)}.bands{top:24px}
.value{right:auto;left:1px;margin:0;transform:translateY(-100%);font-size:10px;text-shadow:0 0 2px var(--panel),0 0 3px var(--panel)}
.panel .right{display:flex;flex-wrap:wrap;gap:0 12px;padding:4px 0 0}.direct{position:static}.lane .right{padding:0}.range{line-height:1.3}
.panel .track{margin-top:12px}
.happenings li{grid-template-columns:56px 60px 1fr}}
`;

const PRINT = `
@media print{@page{margin:12mm}main{padding:0;max-width:none;zoom:.7}section{margin-top:22px}.cursor{display:none}
.row,tr,.verdict,h2{break-inside:avoid}h2{break-after:avoid}.figure{--left:160px;--right:140px}.pill,.badge,.warning{print-color-adjust:exact;-webkit-print-color-adjust:exact}}
`;

/** All of it. */
export const STYLE = [COLOURS, PAGE, TABLES, FIGURE, NARROW, PRINT].join('').replaceAll('\n', '');
