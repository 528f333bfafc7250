// The switchboard of troubles: what is on, and buttons for what can be switched on.
import { ask, attempt, h, keep } from './dom.js';

const KINDS = [
  ['X', 'x', [
    ['Posting: 429, wait 30 s', 'create_tweet', { type: 'too_many_requests', retry_after_ms: 30000 }],
    ['Posting: 503', 'create_tweet', { type: 'server_error', status: 503 }],
    ['Posting: done, but 502', 'create_tweet', { type: 'server_error_after', status: 502 }],
    ['Posting: done, answer lost', 'create_tweet', { type: 'answer_lost' }],
    ['Posting: request lost', 'create_tweet', { type: 'request_lost' }],
    ['Posting: answer takes 30 s', 'create_tweet', { type: 'slow', by_ms: 30000 }],
    ['Posting: token refused', 'create_tweet', { type: 'token_revoked' }],
    ['Credentials mixed up', 'me', { type: 'other_account' }],
    ['Out of credits', undefined, { type: 'credits_depleted' }],
    ['Daily cap reached', 'create_tweet', { type: 'usage_capped' }],
    ['Timeline lags 60 s', 'timeline', { type: 'read_lag', by_ms: 60000 }],
    ['Timeline: 503', 'timeline', { type: 'server_error', status: 503 }],
    ['Token refresh: answer lost', 'token', { type: 'answer_lost' }],
  ]],
  ['OpenAI', 'openai', [
    ['429, wait 5 s', 'chat', { type: 'too_many_requests', retry_after_ms: 5000 }],
    ['503', 'chat', { type: 'server_error', status: 503 }],
    ['Answer takes 10 s', 'chat', { type: 'slow', by_ms: 10000 }],
    ['Answer lost', 'chat', { type: 'answer_lost' }],
    ['Bad JSON', 'chat', { type: 'bad_json' }],
    ['Cut off (length)', 'chat', { type: 'length_cut' }],
    ['Texts too long', 'chat', { type: 'too_long' }],
    ['Refusal', 'chat', { type: 'refusal' }],
    ['Content filter', 'chat', { type: 'content_filter' }],
    ['Prompt too long', 'chat', { type: 'context_too_long' }],
    ['No such model', 'chat', { type: 'model_not_found' }],
    ['429, tokens a minute', 'chat', { type: 'tokens_per_minute', retry_after_ms: 5000 }],
    ['No quota left', 'chat', { type: 'insufficient_quota' }],
    ['Key refused', 'chat', { type: 'token_revoked' }],
    ['Moderation: 503', 'moderations', { type: 'server_error', status: 503 }],
    ['Vectors: 503', 'embeddings', { type: 'server_error', status: 503 }],
  ]],
  ['Discord', 'discord', [
    ['Drop the gateway', 'gateway', { type: 'gateway_drop' }],
    ['Ask for a reconnect', 'gateway', { type: 'gateway_reconnect' }],
    ['Lose the session', 'gateway', { type: 'invalid_session' }],
    ['Messages: 429, wait 2 s', 'create_message', { type: 'too_many_requests', retry_after_ms: 2000 }],
    ['Edits: 503', 'edit_message', { type: 'server_error', status: 503 }],
    ['Acknowledgement: answer lost', 'interaction_callback', { type: 'answer_lost' }],
    ['Files of commands: 503', 'get_attachment', { type: 'server_error', status: 503 }],
  ]],
];

/** Wires the dialog. */
export function startFaults() {
  const dialog = document.getElementById('faults');
  document.getElementById('open-faults').addEventListener('click', () => dialog.showModal());
  dialog.querySelector('[data-close]').addEventListener('click', () => dialog.close());
  document.getElementById('clear-faults').addEventListener('click', () => attempt(() => ask('/control/faults', undefined, 'DELETE')));
  document.getElementById('latency').addEventListener('change', (event) => attempt(() => ask('/control/openai/settings', { latency_ms: Number(event.target.value) })));
  document.getElementById('fault-kinds').append(...KINDS.map(([title, service, kinds]) => h('fieldset', {}, h('legend', {}, title),
    kinds.map(([label, operation, kind]) => h('button', { type: 'button', onclick: () => add(service, operation, kind) }, label)))));
}

function add(service, operation, kind) {
  const times = document.getElementById('fault-times').value;
  const subject = document.getElementById('fault-account').value;
  const rule = { service, operation, kind };
  if (times && kind.type !== 'read_lag') rule.times = Number(times);
  if (subject && service === 'x') rule.subject = subject;
  return attempt(() => ask('/control/faults', rule));
}

/** Draws what is on. */
export function drawFaults(state) {
  const list = document.getElementById('active-faults');
  const button = document.getElementById('open-faults');
  button.textContent = state.faults.length ? `Faults: ${state.faults.length} on` : 'Faults: none';
  button.classList.toggle('danger', state.faults.length > 0);
  keep(list, state.faults, (fault) => fault.id, (fault) => h('li', {}, describe(fault),
    h('button', { type: 'button', 'aria-label': `Switch off ${describe(fault)}`, onclick: () => attempt(() => ask(`/control/faults/${fault.id}`, undefined, 'DELETE')) }, 'Off')));
  if (!state.faults.length) list.replaceChildren(h('li', { class: 'muted' }, 'All is well.'));
  const latency = document.getElementById('latency');
  if (latency !== document.activeElement) latency.value = state.openai.latency_ms;
  const accounts = document.getElementById('fault-account');
  if (accounts.options.length === 1) {
    accounts.append(...state.x.accounts.map((account) => h('option', { value: account.handle }, `@${account.handle}`)));
  }
}

function describe(fault) {
  const { type, ...more } = fault.kind;
  const details = Object.entries(more).map(([name, value]) => (name.endsWith('_ms') ? `${value / 1000} s` : value));
  const where = [fault.service, fault.operation, fault.subject && `@${fault.subject}`].filter(Boolean).join(' · ');
  const times = fault.times ? `${fault.times}×` : 'until switched off';
  return `${where}: ${[type.replaceAll('_', ' '), ...details].join(' ')}, ${times}`;
}
