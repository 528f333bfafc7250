// Typing a slash command: the registered commands as suggestions, the options of the chosen one as a hint.
import { ask, attempt, h } from './dom.js';
import { follow } from './discord.js';

const SUBCOMMAND = 1;
const GROUP = 2;
const ATTACHMENT = 11;
let commands = [];
let chosen = 0;
/** The command that is explained at the moment, and the files that were chosen for it: option name to File. */
let explained = null;
let picked = new Map();

const line = document.getElementById('line');
const box = document.getElementById('suggestions');
const hint = document.getElementById('hint');

/** Takes over the commands that the bot registered. */
export function setCommands(registered) {
  const flat = (path, command) => {
    const inner = (command.options ?? []).filter((option) => option.type === SUBCOMMAND || option.type === GROUP);
    if (inner.length) return inner.flatMap((option) => flat(`${path} ${option.name}`, option));
    return [{ path, description: command.description ?? '', options: command.options ?? [] }];
  };
  commands = (registered ?? []).flatMap((command) => flat(`/${command.name}`, command));
}

/** Wires the form; `me` is read at each sending. */
export function startComposer(me) {
  line.addEventListener('input', suggest);
  line.addEventListener('focus', suggest);
  line.addEventListener('blur', () => setTimeout(close, 150));
  line.addEventListener('keydown', (event) => key(event));
  document.getElementById('composer').addEventListener('submit', (event) => {
    event.preventDefault();
    send(me);
  });
}

async function send(me) {
  const text = line.value.trim();
  if (!text) return;
  await attempt(async () => {
    const files = await Promise.all([...picked].filter(([option]) => given(option)).map(([, file]) => packed(file)));
    const { interaction } = await ask('/control/discord/command', { user: me.user, channel: me.channel, line: text, files });
    line.value = '';
    close();
    hint.hidden = true;
    explained = null;
    picked = new Map();
    await follow(interaction, me);
  });
}

function matching() {
  const typed = line.value.trimEnd().toLowerCase();
  if (!typed.startsWith('/')) return [];
  return commands.filter((command) => command.path.startsWith(typed) && command.path !== typed);
}

function suggest() {
  const found = matching().slice(0, 12);
  chosen = Math.min(chosen, Math.max(found.length - 1, 0));
  box.replaceChildren(...found.map((command, n) => h('div', {
    role: 'option', id: `command-${n}`, 'aria-selected': String(n === chosen), onmousedown: (event) => { event.preventDefault(); take(command); },
  }, h('strong', {}, command.path), ' ', h('span', { class: 'muted' }, command.description))));
  box.hidden = !found.length;
  line.setAttribute('aria-expanded', String(!box.hidden));
  if (box.hidden) line.removeAttribute('aria-activedescendant');
  else line.setAttribute('aria-activedescendant', `command-${chosen}`);
  explain();
}

/** The options of the command that is being typed. */
function explain() {
  const typed = line.value.toLowerCase();
  const command = commands.filter((c) => typed === c.path || typed.startsWith(`${c.path} `)).sort((a, b) => b.path.length - a.path.length)[0];
  hint.hidden = !command;
  // Drawn once for each command: the fields of its files stay while the line is typed on.
  if ((command?.path ?? null) === explained) return;
  explained = command?.path ?? null;
  picked = new Map();
  if (!command) return;
  const options = command.options.map((option) => {
    const choices = option.choices?.length ? ` (${option.choices.map((choice) => choice.name).join(', ')})` : '';
    return h('span', { class: 'option' }, h('code', {}, `${option.name}:`), option.required && h('span', { class: 'required' }, ' required'), ` ${option.description}${choices}`,
      option.type === ATTACHMENT && chooser(option));
  });
  hint.replaceChildren(h('strong', {}, command.path), ` ${command.description}`, ...options,
    ...(options.length ? [h('span', { class: 'muted' }, 'Write option:value; put values with a colon in "quotes".')] : []));
}

/** A button that lets a person choose a file for an option; its name goes into the line, as Discord shows it. */
function chooser(option) {
  return h('input', {
    type: 'file', class: 'file', 'aria-label': `File for ${option.name}`, 'data-option': option.name,
    onchange: (event) => {
      const file = event.target.files[0];
      const value = new RegExp(`(^|\\s)${option.name}:("[^"]*"|\\S*)`);
      line.value = line.value.replace(value, '').trimEnd();
      if (file) {
        picked.set(option.name, file);
        line.value += ` ${option.name}:${quoted(file.name)}`;
      } else picked.delete(option.name);
      line.focus();
    },
  });
}

/** Whether the line still has the option. */
function given(option) {
  return new RegExp(`\\s${option}:`).test(line.value);
}

function quoted(text) {
  return `"${text.replace(/["\\]/g, '\\$&')}"`;
}

/** A file as the control API takes it. */
async function packed(file) {
  const bytes = new Uint8Array(await file.arrayBuffer());
  let binary = '';
  for (let at = 0; at < bytes.length; at += 0x8000) binary += String.fromCharCode(...bytes.subarray(at, at + 0x8000));
  return { name: file.name, content_type: file.type, base64: btoa(binary) };
}

function take(command) {
  const needed = command.options.filter((option) => option.required && option.type !== ATTACHMENT).map((option) => `${option.name}:`);
  line.value = `${command.path} ${needed.join(' ')}`;
  close();
  explain();
  line.focus();
  const at = line.value.indexOf(':');
  if (at > 0) line.setSelectionRange(at + 1, at + 1);
}

function close() {
  box.hidden = true;
  line.setAttribute('aria-expanded', 'false');
}

function key(event) {
  const found = matching().slice(0, 12);
  if (box.hidden || !found.length) return;
  if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
    chosen = (chosen + (event.key === 'ArrowDown' ? 1 : -1) + found.length) % found.length;
    suggest();
  } else if (event.key === 'Tab' || (event.key === 'Enter' && line.value.trim() !== found[chosen].path)) take(found[chosen]);
  else if (event.key === 'Escape') close();
  else return;
  event.preventDefault();
}
