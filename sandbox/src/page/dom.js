// Small pieces that every part of the page uses: building elements, keeping lists, speaking to the control API.

/** An element: attributes, `on*` listeners and `data` in one object, then children (nodes or text). */
export function h(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === undefined || value === null || value === false) continue;
    if (name.startsWith('on')) node.addEventListener(name.slice(2), value);
    else if (name === 'class') node.className = value;
    else if (name === 'style') node.style.cssText = value;
    else node.setAttribute(name, value === true ? '' : value);
  }
  node.append(...children.flat().filter((child) => child !== null && child !== undefined && child !== false));
  return node;
}

/** Shows `items` in `list`, building only what changed, so that focus and selections stay where they are. */
export function keep(list, items, key, build) {
  const old = new Map([...list.children].map((node) => [node.dataset.key, node]));
  let after = null;
  for (const item of items) {
    const id = key(item);
    const print = JSON.stringify(item);
    let node = old.get(id);
    old.delete(id);
    if (!node || node.print !== print) {
      const fresh = build(item);
      fresh.dataset.key = id;
      fresh.print = print;
      const focused = node?.contains(document.activeElement) ? document.activeElement.dataset.focus : null;
      if (node) node.replaceWith(fresh);
      node = fresh;
      if (focused) node.querySelector(`[data-focus="${CSS.escape(focused)}"]`)?.focus();
    }
    const place = after ? after.nextSibling : list.firstChild;
    if (place !== node) list.insertBefore(node, place);
    after = node;
  }
  for (const node of old.values()) node.remove();
}

/** Asks the control API; an error is the API's own text. */
export async function ask(path, body, method = body === undefined ? 'GET' : 'POST') {
  const options = { method };
  if (body !== undefined) {
    options.body = JSON.stringify(body);
    options.headers = { 'content-type': 'application/json' };
  }
  const answer = await fetch(path, options);
  const json = await answer.json();
  if (!answer.ok) throw new Error(json.error ?? answer.statusText);
  return json;
}

let hiding;

/** A passing remark at the edge of the page. */
export function say(text) {
  const toast = document.getElementById('toast');
  toast.textContent = text;
  toast.hidden = false;
  clearTimeout(hiding);
  hiding = setTimeout(() => { toast.hidden = true; }, 6000);
}

/** Runs what a person asked for and says so if it failed. */
export async function attempt(work) {
  try {
    return await work();
  } catch (error) {
    say(error.message);
    return undefined;
  }
}

/** A time as the reader's own clock writes it. */
export function time(at, style = { dateStyle: 'medium', timeStyle: 'short' }) {
  const date = new Date(at);
  return h('time', { datetime: date.toISOString(), title: date.toLocaleString() }, date.toLocaleString(undefined, style));
}

/** Two letters and a colour for a name. */
export function avatar(name) {
  let hash = 0;
  for (const c of name) hash = (hash * 31 + c.codePointAt(0)) % 360;
  const letters = name.split(/[^\p{L}\p{N}]+/u).filter(Boolean).map((word) => word[0]).slice(0, 2).join('').toUpperCase();
  return h('span', { class: 'avatar', 'aria-hidden': 'true', style: `background:hsl(${hash} 45% 32%)` }, letters);
}
