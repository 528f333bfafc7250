// Puts the page together: who the person is, the world's clock, and a redraw after each change that the sandbox tells of.
import { ask, attempt, h, say } from './dom.js';
import { setCommands, startComposer } from './composer.js';
import { drawDiscord } from './discord.js';
import { drawFaults, startFaults } from './faults.js';
import { relative, setWorldNow, worldNow } from './markdown.js';
import { drawTimelines } from './timelines.js';

const me = { user: remembered('user'), channel: remembered('channel') };
let state = null;
let loading = false;
let again = false;

function remembered(name) {
  try { return localStorage.getItem(`clara-sandbox-${name}`) ?? ''; } catch { return ''; }
}

function remember(name, value) {
  me[name] = value;
  try { localStorage.setItem(`clara-sandbox-${name}`, value); } catch { /* a private window forgets */ }
}

/** Fetches the state and draws it; changes that come meanwhile are fetched afterwards, once. */
async function load() {
  if (loading) { again = true; return; }
  loading = true;
  try {
    state = await ask('/control/state');
    setWorldNow(state.now);
    draw();
  } catch (error) {
    say(`The sandbox does not answer: ${error.message}`);
  }
  loading = false;
  if (again) { again = false; load(); }
}

function draw() {
  if (!state) return;
  const channels = state.discord.channels ?? [];
  if (!channels.some((channel) => channel.name === me.channel)) me.channel = channels[0]?.name ?? '';
  drawPeople();
  document.getElementById('guild').textContent = state.guild;
  const bot = document.getElementById('bot');
  bot.textContent = state.discord.connected ? 'bot connected' : 'bot not connected';
  bot.className = `pill ${state.discord.connected ? 'good' : 'bad'}`;
  document.getElementById('openai').textContent = `${state.openai.completions} ${state.openai.completions === 1 ? 'text' : 'texts'} written`;
  setCommands(state.discord.commands);
  drawDiscord(state, me, (channel) => { remember('channel', channel); draw(); });
  drawTimelines(state, draw);
  drawFaults(state);
}

function drawPeople() {
  const select = document.getElementById('user');
  if (!state.people.some((person) => person.name === me.user)) me.user = state.people[0]?.name ?? '';
  if (select.options.length === 0) {
    select.append(...state.people.map((person) => h('option', { value: person.name }, `${person.name} (${person.roles.join(', ') || 'no role'})`)));
  }
  select.value = me.user;
}

function tick() {
  document.getElementById('now').textContent = new Date(worldNow()).toLocaleString(undefined, { dateStyle: 'medium', timeStyle: 'medium' });
  for (const node of document.querySelectorAll('[data-relative]')) node.textContent = relative(Number(node.dataset.relative));
}

document.getElementById('user').addEventListener('change', (event) => { remember('user', event.target.value); draw(); });

// Time passes in steps that are shorter than anybody's grace, so what is due on the way happens at its time. One leap
// over a day would be an outage of a day.
const STEP = 300;
const BREATH = 30;
async function pass(seconds) {
  for (let left = seconds; left > 0; left -= STEP) {
    await ask('/control/clock/advance', { seconds: Math.min(left, STEP) });
    await new Promise((done) => setTimeout(done, BREATH));
  }
}
for (const button of document.querySelectorAll('[data-advance]')) {
  button.addEventListener('click', async () => {
    button.disabled = true;
    await attempt(() => pass(Number(button.dataset.advance)));
    button.disabled = false;
  });
}
startComposer(me);
startFaults();
setInterval(tick, 1000);
new EventSource('/control/events').onmessage = load;
load().then(tick);
