const PATIENCE_MS = 20_000; // a function that has to start first takes some seconds

const report = document.getElementById('report');
const again = document.getElementById('again');

/** What the API says of itself: whether all is well, in words, and the details where it gave some. */
async function ask() {
  let response;
  try {
    response = await fetch('/api/health', { cache: 'no-store', signal: AbortSignal.timeout(PATIENCE_MS) });
  } catch {
    return { well: false, words: 'The API cannot be reached.' };
  }
  if (response.status === 429) return { well: false, words: 'Asked too often. Ask again in a minute.' };
  const health = await response.json().catch(() => null);
  if (!health?.services)
    return { well: false, words: `The API answered with an error (${response.status}).` };
  return { well: response.ok, words: inWords(health.services), health };
}

function inWords({ firestore, pubsub }) {
  if (firestore !== 'connected') return 'Firestore cannot be reached: tweets cannot be stored now.';
  if (pubsub !== 'connected')
    return 'Pub/Sub cannot be reached: tweets are stored, and passed on once it is back.';
  return 'Everything works.';
}

function show({ well, words, health }) {
  const verdict = element('p', words);
  verdict.className = `verdict ${well ? 'well' : 'unwell'}`;
  report.replaceChildren(verdict);
  if (!health) return;
  const details = document.createElement('dl');
  const lines = {
    Firestore: health.services.firestore,
    'Pub/Sub': health.services.pubsub,
    Version: health.version,
    Asked: new Date(health.timestamp).toLocaleString(),
  };
  for (const [name, value] of Object.entries(lines))
    details.append(element('dt', name), element('dd', value));
  report.append(details);
}

function element(name, text) {
  const made = document.createElement(name);
  made.textContent = text;
  return made;
}

async function refresh() {
  again.disabled = true;
  show(await ask());
  again.disabled = false;
  again.hidden = false;
}

again.addEventListener('click', refresh);
await refresh();
