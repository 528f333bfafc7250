// The Discord side: channels, messages with embeds and buttons, modals.
import { ask, attempt, avatar, h, keep, say, time } from './dom.js';
import { markdown } from './markdown.js';

const EPHEMERAL = 64;
const THINKING = 128;
const seen = new Map();

/** Draws the channels and the messages of the chosen one, as `me.user` sees them. */
export function drawDiscord(state, me, choose) {
  const names = nameTable(state);
  const channels = state.discord.channels ?? [];
  const current = channels.find((channel) => channel.name === me.channel) ?? channels[0];
  for (const channel of channels) if (!seen.has(channel.name)) seen.set(channel.name, 0);
  if (current) seen.set(current.name, current.messages.length);
  const rows = channels.map((channel) => ({
    name: channel.name, current: channel === current, unread: channel.messages.length - seen.get(channel.name),
  }));
  keep(document.getElementById('channels'), rows, (row) => row.name, (row) => channelButton(row, choose));
  document.getElementById('channel-name').textContent = current ? `# ${current.name}` : '';
  drawMessages(current ? visible(state, current, me.user) : [], names, me);
}

function channelButton(row, choose) {
  const unread = row.unread > 0 && h('span', { class: 'unread', 'aria-label': `${row.unread} new` }, String(row.unread));
  return h('li', {}, h('button', {
    type: 'button', 'aria-current': row.current ? 'page' : undefined, 'data-focus': 'channel', onclick: () => choose(row.name),
  }, h('span', {}, `# ${row.name}`), unread));
}

/** What a person sees in a channel, oldest first: its messages, their own ephemeral ones, their failed interactions. */
function visible(state, channel, user) {
  const mine = (state.discord.ephemeral ?? []).filter((m) => m.channel === channel.name && m.ephemeral_for === user);
  const failed = (state.discord.interactions ?? []).filter((i) => i.failed && i.user === user && i.channel === channel.name)
    .map((i) => ({ id: i.id, failed: i.failed, what: i.what }));
  const all = [...channel.messages, ...mine, ...failed];
  return all.sort((a, b) => (BigInt(a.id) < BigInt(b.id) ? -1 : 1));
}

function drawMessages(messages, names, me) {
  const list = document.getElementById('messages');
  const atEnd = list.scrollHeight - list.scrollTop - list.clientHeight < 80 || list.dataset.channel !== me.channel;
  list.dataset.channel = me.channel;
  keep(list, messages, (m) => m.id, (m) => (m.failed ? failure(m) : message(m, names, me)));
  if (!messages.length) list.replaceChildren(h('li', { class: 'empty' }, 'Nothing here yet. Type / below to see what the bot can do.'));
  else list.querySelector(':scope > .empty')?.remove();
  if (atEnd) list.scrollTop = list.scrollHeight;
}

function failure(item) {
  return h('li', { class: 'message failed' }, h('div', { class: 'body' }, `⚠ ${item.failed} (${item.what})`));
}

function message(m, names, me) {
  const thinking = m.flags & THINKING && !m.content && !m.embeds.length;
  const hidden = m.flags & EPHEMERAL;
  const isBot = !Object.values(names.people).includes(m.author);
  return h('li', { class: `message${hidden ? ' ephemeral' : ''}` },
    avatar(m.author),
    h('div', { class: 'body' },
      h('p', { class: 'head' }, h('strong', {}, m.author), isBot && h('span', { class: 'bot' }, 'APP'), time(m.at),
        m.edited && h('span', { class: 'muted' }, '(edited)')),
      thinking ? h('p', { class: 'muted' }, 'is thinking…') : m.content && h('div', { class: 'content' }, ...markdown(m.content, names.all)),
      m.embeds.map((embed) => drawEmbed(embed, m, names.all)),
      loose(m).map(picture),
      m.components.map((row) => drawRow(row, m, me)),
      hidden ? h('p', { class: 'only-you' }, '👁 Only you can see this') : null));
}

function drawEmbed(embed, m, names) {
  const color = embed.color ? `#${embed.color.toString(16).padStart(6, '0')}` : '#4e5058';
  const text = (value) => markdown(value, names);
  const image = embed.image?.url && m.attachments.find((a) => `attachment://${a.filename}` === embed.image.url || a.url === embed.image.url);
  return h('div', { class: 'embed', style: `border-left-color:${color}` },
    embed.author && h('p', { class: 'embed-author' }, embed.author.name),
    embed.title && h('p', { class: 'embed-title' }, ...(embed.url ? [h('a', { href: embed.url, target: '_blank', rel: 'noreferrer' }, embed.title)] : text(embed.title))),
    embed.description && h('div', { class: 'content' }, ...text(embed.description)),
    embed.fields?.length ? h('dl', {}, embed.fields.map((field) => h('div', { class: field.inline ? 'inline' : '' },
      h('dt', {}, ...text(field.name)), h('dd', {}, ...text(field.value))))) : null,
    image && picture(image),
    (embed.footer || embed.timestamp) && h('p', { class: 'footer' }, embed.footer?.text ?? '', embed.timestamp && ' • ', embed.timestamp && time(embed.timestamp)));
}

/** Attachments that no embed shows. */
function loose(m) {
  return (m.attachments ?? []).filter((a) => !m.embeds.some((e) => e.image?.url === `attachment://${a.filename}` || e.image?.url === a.url));
}

function picture(file) {
  const isPicture = file.content_type?.startsWith('image/');
  if (isPicture) return h('img', { src: file.url, alt: file.description ?? file.filename, class: 'picture' });
  return h('p', {}, h('a', { href: file.url }, `📎 ${file.filename}`));
}

const STYLES = { 1: 'primary', 2: 'secondary', 3: 'success', 4: 'danger' };

function drawRow(row, m, me) {
  return h('div', { class: 'buttons' }, (row.components ?? []).map((part) => {
    const label = [part.emoji?.name, part.label].filter(Boolean).join(' ');
    if (part.type !== 2) return h('span', { class: 'muted' }, part.placeholder ?? 'a menu that this page does not draw');
    if (part.style === 5) return h('a', { class: 'button', href: part.url, target: '_blank', rel: 'noreferrer' }, `${label} ↗`);
    return h('button', {
      type: 'button', class: STYLES[part.style] ?? 'secondary', disabled: part.disabled, 'data-focus': part.custom_id,
      onclick: (event) => click(event.currentTarget, m, part.custom_id, me),
    }, label);
  }));
}

async function click(button, m, custom_id, me) {
  button.setAttribute('aria-busy', 'true');
  await attempt(async () => {
    const { interaction } = await ask('/control/discord/click', { user: me.user, message: m.id, custom_id });
    await follow(interaction, me);
  });
  button.removeAttribute('aria-busy');
}

/** Waits for the bot's answer; opens the modal if that is the answer. */
export async function follow(interaction, me) {
  const view = await ask(`/control/discord/interaction/${interaction}?wait=20000`);
  if (view.failed) say(view.failed);
  if (view.modal) openModal(view, me);
}

function inputs(modal) {
  const parts = (modal.components ?? []).flatMap((row) => (row.components ?? [row.component ?? row]).map((part) => ({ label: row.label, ...part })));
  return parts.filter((part) => part.type === 4);
}

function openModal(view, me) {
  const dialog = document.getElementById('modal');
  const fields = inputs(view.modal).map((field) => {
    const shared = {
      name: field.custom_id, required: field.required !== false, placeholder: field.placeholder,
      minlength: field.min_length, maxlength: field.max_length ?? 4000,
    };
    const box = field.style === 2 ? h('textarea', { ...shared, rows: 6 }) : h('input', { ...shared, type: 'text' });
    box.value = field.value ?? '';
    return h('label', {}, h('span', {}, field.label, shared.required && h('span', { class: 'required', 'aria-hidden': 'true' }, ' *')), box);
  });
  const form = h('form', { onsubmit: (event) => { event.preventDefault(); send(); } },
    h('h2', { id: 'modal-title' }, view.modal.title), fields,
    h('p', { class: 'row end' },
      h('button', { type: 'button', onclick: () => dialog.close() }, 'Cancel'),
      h('button', { type: 'submit', class: 'primary' }, 'Submit')));
  const send = () => attempt(async () => {
    const values = Object.fromEntries(new FormData(form));
    const { interaction } = await ask('/control/discord/modal', { user: me.user, interaction: view.id, values });
    dialog.close();
    await follow(interaction, me);
  });
  dialog.replaceChildren(form);
  if (!dialog.open) dialog.showModal();
}

function nameTable(state) {
  const pairs = (list) => Object.fromEntries((list ?? []).map((item) => [item.id, item.name]));
  const people = pairs(state.people);
  return { people, all: { ...people, ...pairs(state.roles), ...pairs(state.discord.channels) } };
}
