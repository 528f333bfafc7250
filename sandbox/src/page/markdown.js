// Discord's markdown, as much of it as a bot uses: bold, italics, underline, strike, code, quotes, lists, links, times and mentions.
import { h } from './dom.js';

const INLINE = [
  [/^```(?:\w+\n)?([\s\S]+?)```/, (m) => h('pre', {}, m[1].replace(/^\n|\n$/g, ''))],
  [/^`([^`]+)`/, (m) => h('code', {}, m[1])],
  [/^\*\*([\s\S]+?)\*\*(?!\*)/, (m, names) => h('strong', {}, inline(m[1], names))],
  [/^__([\s\S]+?)__/, (m, names) => h('u', {}, inline(m[1], names))],
  [/^~~([\s\S]+?)~~/, (m, names) => h('s', {}, inline(m[1], names))],
  [/^\*([^\s*][^*]*?)\*/, (m, names) => h('em', {}, inline(m[1], names))],
  [/^_([^\s_][^_]*?)_(?!\w)/, (m, names) => h('em', {}, inline(m[1], names))],
  [/^\\([\\*_`~|>#\-.<@:[\]()])/, (m) => m[1]],
  [/^<t:(-?\d+)(?::([tTdDfFR]))?>/, (m) => stamp(Number(m[1]), m[2] ?? 'f')],
  [/^<@&(\d+)>/, (m, names) => mention('@' + (names[m[1]] ?? 'role'))],
  [/^<@!?(\d+)>/, (m, names) => mention('@' + (names[m[1]] ?? 'somebody'))],
  [/^<#(\d+)>/, (m, names) => mention('#' + (names[m[1]] ?? 'channel'))],
  [/^<\/([^:>]+):\d+>/, (m) => mention('/' + m[1])],
  [/^\[([^\]]+)\]\(<?(https?:\/\/[^\s)>]+)>?\)/, (m) => link(m[2], m[1])],
  [/^<(https?:\/\/[^\s>]+)>/, (m) => link(m[1], m[1])],
  [/^https?:\/\/[^\s<>]+[^\s<>.,:;!?'")\]]/, (m) => link(m[0], m[0])],
];

/** Text as nodes; `names` maps ids to names. */
export function markdown(text, names) {
  const out = [];
  let quote = null;
  for (const part of text.split(/(```[\s\S]+?```)/)) {
    if (part.startsWith('```')) { out.push(...inline(part, names)); continue; }
    for (const [n, line] of part.split('\n').entries()) {
      const quoted = /^> ?(.*)$/.exec(line);
      const heading = /^(#{1,3}) (.+)$/.exec(line);
      const small = /^-# (.+)$/.exec(line);
      const item = /^\s*[-*] (.+)$/.exec(line);
      if (!quoted) quote = null;
      if (quoted) {
        if (!quote) out.push(quote = h('blockquote'));
        quote.append(h('div', {}, ...inline(quoted[1], names)));
      } else if (heading) out.push(h('div', { class: 'heading' }, ...inline(heading[2], names)));
      else if (small) out.push(h('div', {}, h('small', {}, ...inline(small[1], names))));
      else if (item) out.push(h('div', { class: 'item' }, '• ', ...inline(item[1], names)));
      else {
        const before = out.at(-1);
        if (n > 0 && !(before instanceof HTMLDivElement || before?.tagName === 'BLOCKQUOTE' || before?.tagName === 'PRE')) out.push(h('br'));
        out.push(...inline(line, names));
      }
    }
  }
  return out;
}

function inline(text, names) {
  const out = [];
  let plain = '';
  let before = '';
  while (text) {
    const hit = /[\\*_~`<[h]/.test(text[0]) && !(text[0] === '_' && /\w$/.test(before)) && first(text);
    if (hit) {
      if (plain) out.push(plain);
      plain = '';
      out.push(hit[1](hit[0], names));
      before = hit[0][0];
      text = text.slice(hit[0][0].length);
    } else {
      const length = text.codePointAt(0) > 0xffff ? 2 : 1;
      plain += text.slice(0, length);
      before = text.slice(0, length);
      text = text.slice(length);
    }
  }
  if (plain) out.push(plain);
  return out.flat();
}

function first(text) {
  for (const [pattern, build] of INLINE) {
    const match = pattern.exec(text);
    if (match) return [match, build];
  }
  return null;
}

function link(url, text) {
  return h('a', { href: url, target: '_blank', rel: 'noreferrer' }, text);
}

function mention(text) {
  return h('span', { class: 'mention' }, text);
}

const STYLES = {
  t: { timeStyle: 'short' }, T: { timeStyle: 'medium' }, d: { dateStyle: 'short' }, D: { dateStyle: 'long' },
  f: { dateStyle: 'long', timeStyle: 'short' }, F: { dateStyle: 'full', timeStyle: 'short' },
};

function stamp(seconds, style) {
  const date = new Date(seconds * 1000);
  const text = style === 'R' ? relative(seconds) : date.toLocaleString(undefined, STYLES[style]);
  return h('time', { class: 'mention', datetime: date.toISOString(), title: date.toLocaleString(), ...(style === 'R' && { 'data-relative': seconds }) }, text);
}

/** "in 2 hours", by the world's clock. */
export function relative(seconds, now = worldNow()) {
  const away = seconds - now / 1000;
  const units = [['day', 86400], ['hour', 3600], ['minute', 60], ['second', 1]];
  const [unit, size] = units.find(([, size]) => Math.abs(away) >= size) ?? units.at(-1);
  return new Intl.RelativeTimeFormat(undefined, { numeric: 'auto' }).format(Math.round(away / size), unit);
}

let ahead = 0;

/** The world's present moment in milliseconds. */
export function worldNow() {
  return Date.now() + ahead;
}

/** Sets the world's clock by an answer of the control API. */
export function setWorldNow(now) {
  ahead = new Date(now).getTime() - Date.now();
}
