// The X side: accounts with what they owe, and their posts, newest first.
import { ask, attempt, avatar, h, keep, time } from './dom.js';

let shown = '';

/** Draws the accounts and the posts of the chosen one, or of all. */
export function drawTimelines(state, redraw) {
  const accounts = state.x.accounts ?? [];
  const tabs = [{ handle: '', posts: [] }, ...accounts].map((account) => ({
    handle: account.handle, name: account.name, current: account.handle === shown, consented: account.consented,
    count: account.posts.filter((post) => !post.deleted_at).length, owes: account.bill?.total_micro_dollars ?? 0,
  }));
  keep(document.getElementById('accounts'), tabs, (tab) => tab.handle, (tab) => accountTab(tab, redraw));
  const posts = accounts.filter((account) => !shown || account.handle === shown)
    .flatMap((account) => account.posts.map((post) => ({ ...post, handle: account.handle, name: account.name })));
  posts.sort((a, b) => (BigInt(a.id) < BigInt(b.id) ? 1 : -1));
  const list = document.getElementById('posts');
  keep(list, posts, (post) => post.id, drawPost);
  if (!posts.length) list.replaceChildren(h('li', { class: 'empty' }, 'Nothing posted yet.'));
}

function accountTab(tab, redraw) {
  const choose = () => { shown = tab.handle; redraw(); };
  const button = h('button', { type: 'button', 'aria-pressed': String(tab.current), 'data-focus': 'account', onclick: choose },
    tab.handle ? `@${tab.handle}` : 'All', tab.handle && h('span', { class: 'muted' }, ` ${tab.count} · $${(tab.owes / 1e6).toFixed(3)}`));
  if (!tab.handle) return h('div', {}, button);
  const revoke = () => attempt(() => ask('/control/x/revoke', { handle: tab.handle }));
  return h('div', {}, button, tab.consented
    ? h('button', { type: 'button', class: 'quiet', title: `Revoke every token of @${tab.handle}`, 'data-focus': 'revoke', onclick: revoke }, 'revoke')
    : h('span', { class: 'pill bad' }, 'revoked'));
}

function drawPost(post) {
  return h('li', { class: `post${post.deleted_at ? ' deleted' : ''}` },
    avatar(post.name),
    h('div', { class: 'body' },
      h('p', { class: 'head' }, h('strong', {}, post.name), h('span', { class: 'muted' }, `@${post.handle}`), time(post.created_at, { dateStyle: 'short', timeStyle: 'short' })),
      post.reply_to && h('p', { class: 'muted' }, '↳ goes on the thread'),
      h('p', { class: 'text' }, post.text),
      post.deleted_at && h('p', { class: 'muted' }, 'deleted ', time(post.deleted_at))));
}
