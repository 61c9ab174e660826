const MINUTES = { minutes: 1, hours: 60 };

/** Runs the scheduled functions, which the emulator does not. Returns the name and schedule of each. */
export async function startLocalClock(functionsUrl, projectId) {
  const { backends } = await (await fetch(`${functionsUrl}/backends`)).json();
  const running = [];
  for (const { id, name, schedule } of backends.flatMap((backend) => backend.functionTriggers)) {
    const [, count, unit] = /^every (\d+) (minutes|hours)$/.exec(schedule?.schedule ?? '') ?? [];
    if (!count) continue;
    const url = `${functionsUrl}/functions/projects/${projectId}/triggers/${id}-0`;
    setInterval(() => void trigger(name, url), count * MINUTES[unit] * 60_000).unref();
    running.push(`${name} (${schedule.schedule})`);
  }
  return running;
}

async function trigger(name, url) {
  try {
    const headers = { 'Content-Type': 'application/json' };
    const { ok, status } = await fetch(url, { method: 'POST', headers, body: '{}' });
    if (!ok) console.error(`The scheduled function ${name} failed with status ${status}.`);
  } catch (error) {
    console.error(`The scheduled function ${name} could not be started: ${error.message}.`);
  }
}
