const TIMEOUT_MS = 20_000; // a cold start takes some seconds

const report = document.getElementById('report');
const again = document.getElementById('again');

/** Returns whether the service is healthy, a sentence, and the health report if there is one. */
async function ask() {
  let response;
  try {
    response = await fetch('/api/health', { cache: 'no-store', signal: AbortSignal.timeout(TIMEOUT_MS) });
  } catch {
    return { isHealthy: false, sentence: 'The API is unreachable.' };
  }
  if (response.status === 429)
    return { isHealthy: false, sentence: 'Too many requests. Check again in a minute.' };
  const health = await response.json().catch(() => null);
  if (!health?.services)
    return { isHealthy: false, sentence: `The API returned an error (${response.status}).` };
  return { isHealthy: response.ok, sentence: sentenceFor(health.services), health };
}

function sentenceFor({ firestore, pubsub }) {
  if (firestore !== 'connected') return 'Firestore is unreachable. Tweets cannot be stored at the moment.';
  if (pubsub !== 'connected') return 'Pub/Sub is unreachable. Tweets are stored and will be published later.';
  return 'All systems operational.';
}

function show({ isHealthy, sentence, health }) {
  const verdict = element('p', sentence);
  verdict.className = `verdict ${isHealthy ? 'well' : 'unwell'}`;
  report.replaceChildren(verdict);
  if (!health) return;
  const details = document.createElement('dl');
  const lines = {
    Firestore: health.services.firestore,
    'Pub/Sub': health.services.pubsub,
    Version: health.version,
    Checked: new Date(health.timestamp).toLocaleString(),
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
