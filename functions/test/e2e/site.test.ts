import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as endpoints from '../../src/app/endpoints.ts';
import { newUser, send } from '../support/api.ts';
import { launchBrowser, type TestBrowser } from '../support/browser.ts';
import { eventually } from '../support/eventually.ts';
import { repository } from '../support/project.ts';
import { suite } from '../support/suite.ts';

const PHONE = { width: 320, height: 700 };

describe('the site, as Hosting serves it,', () => {
  it('has the committed description of the API at /openapi.json', async () => {
    const { status, headers, text } = await send('GET', '/openapi.json');
    assert.equal(status, 200);
    assert.match(headers.get('content-type') ?? '', /^application\/json/);
    assert.ok(text === readFileSync(join(repository, 'openapi.json'), 'utf8'), 'it is another text');
  });

  for (const path of ['/', '/docs/']) {
    it(`lets ${path} run its own scripts and styles only`, async () => {
      const policy = (await send('GET', path)).headers.get('content-security-policy') ?? '';
      assert.match(policy, /^default-src 'none'; script-src 'self'; style-src 'self';/);
      assert.doesNotMatch(policy, /unsafe|http|\*/);
    });
  }

  it('leaves the policy of the API what it is', async () => {
    const { headers } = await send('GET', '/api/health');
    assert.equal(headers.get('content-security-policy'), "default-src 'none'");
  });
});

describe('the site in a browser', function () {
  this.timeout(120_000);

  let browser: TestBrowser;
  before(async function () {
    browser = await launchBrowser(this);
  });
  after(() => browser?.close());

  describe('at /docs', () => {
    const visit = async (viewport?: typeof PHONE) => {
      const visited = await browser.visit('/docs', viewport);
      await visited.page.locator('.opblock').first().waitFor();
      return visited;
    };

    /** Opens an operation and executes it with what the form holds; returns the status that is shown. */
    async function attempt({ page }: Awaited<ReturnType<typeof visit>>, path: string) {
      const operation = page.locator(`.opblock-get:has([data-path="${path}"])`);
      await operation.locator('.opblock-summary-control').click();
      await operation.locator('.try-out__btn').click();
      await operation.locator('.execute').click();
      return await operation.locator('.live-responses-table .response .response-col_status').innerText();
    }

    it('shows every endpoint and no other', async () => {
      const { page, complaints } = await visit();
      const shown = await page.locator('.opblock-summary').evaluateAll((summaries) =>
        summaries.map((summary) => {
          const path = summary.querySelector('[data-path]')?.getAttribute('data-path');
          return `${summary.querySelector('.opblock-summary-method')?.textContent} ${path}`;
        }),
      );
      const defined = Object.values(endpoints).map(({ method, path }) => `${method} ${path}`);
      assert.deepEqual(shown.sort(), defined.sort());
      assert.deepEqual(complaints, []);
    });

    it('calls an endpoint that is tried: health answers 200', async () => {
      const visited = await visit();
      assert.match(await attempt(visited, '/api/health'), /^200/);
      assert.deepEqual(visited.complaints, []);
    });

    it('sends the token that was typed in: the account answers 401 without it and 200 with it', async () => {
      const { accessToken } = await newUser();
      assert.match(await attempt(await visit(), '/api/account'), /^401/);

      const visited = await visit();
      await visited.page.locator('.btn.authorize').click();
      await visited.page.locator('.modal-ux input').fill(accessToken);
      await visited.page.locator('.modal-ux .btn.authorize').click();
      await visited.page.locator('.modal-ux .btn-done').click();
      assert.match(await attempt(visited, '/api/account'), /^200/);
      assert.deepEqual(visited.complaints, []);
    });

    it('fits a small phone, also with an operation opened', async () => {
      const visited = await visit(PHONE);
      await attempt(visited, '/api/health');
      assert.equal(await visited.page.evaluate('document.documentElement.scrollWidth'), PHONE.width);
    });
  });

  describe('at /', () => {
    afterEach(() => suite.pubsub.restore());

    const health = ({ page }: Awaited<ReturnType<TestBrowser['visit']>>) => page.getByRole('status');

    it('says that everything works, and has links that lead somewhere', async () => {
      const visited = await browser.visit('/', PHONE);
      await health(visited).getByText('All systems operational.').waitFor();
      for (const link of await visited.page.getByRole('listitem').getByRole('link').all()) {
        const href = (await link.getAttribute('href')) as string;
        assert.equal((await send('GET', href)).status, 200, href);
      }
      assert.equal(await visited.page.evaluate('document.documentElement.scrollWidth'), PHONE.width);
      assert.deepEqual(visited.complaints, []);
    });

    it('says what is wrong while Pub/Sub cannot be reached, and when asked again that it is back', async () => {
      await suite.pubsub.cut();
      const visited = await browser.visit('/');
      const again = visited.page.getByRole('button', { name: 'Check again' });
      const says = (words: string) => async () => {
        await again.click();
        return (await health(visited).getByText(words).count()) > 0;
      };
      // The API keeps its answer for some seconds.
      const down = 'Pub/Sub is unreachable. Tweets are stored and will be published later.';
      await eventually('told', says(down), 30_000);
      await suite.pubsub.restore();
      await eventually('told that it is back', says('All systems operational.'), 30_000);
    });

    it('says so when the API cannot be reached, or fails', async () => {
      const visited = await browser.visit('/');
      const again = visited.page.getByRole('button', { name: 'Check again' });
      await visited.page.route('**/api/health', (route) => route.abort());
      await again.click();
      await health(visited).getByText('The API is unreachable.').waitFor();

      await visited.page.route('**/api/health', (route) =>
        route.fulfill({ status: 502, body: 'Bad gateway' }),
      );
      await again.click();
      await health(visited).getByText('The API returned an error (502).').waitFor();
    });
  });
});
