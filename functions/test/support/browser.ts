import { chromium } from 'playwright-core';
import { findBrowser } from '../../../scripts/checks/browser.mjs';
import { suite } from './suite.ts';

const PATIENCE_MS = 60_000; // functions start one by one, on a machine that may be busy

/** A headless Chrome or Chromium. Where there is none, what asks for it is pending, and `npm test` says so. */
export async function launchBrowser(context: Mocha.Context) {
  const executablePath = await findBrowser();
  if (!executablePath) return context.skip();
  const browser = await chromium.launch({ executablePath, args: ['--disable-gpu', '--disable-quic'] });

  return {
    close: () => browser.close(),

    /** Opens a path of Hosting in a fresh profile; `complaints` is whatever was wrong with the page since. */
    async visit(path: string, viewport = { width: 1200, height: 900 }) {
      const page = await browser.newPage({ viewport });
      page.setDefaultTimeout(PATIENCE_MS);
      const complaints: string[] = [];
      page.on('console', (message) => {
        if (['error', 'warning'].includes(message.type())) complaints.push(message.text());
      });
      page.on('pageerror', (error) => complaints.push(String(error)));
      page.on('requestfailed', (request) => complaints.push(`failed: ${request.url()}`));
      page.on('response', (response) => {
        if (response.status() >= 400) complaints.push(`${response.status()}: ${response.url()}`);
      });
      page.on('request', (request) => {
        const url = request.url();
        if (!url.startsWith(`${suite.hostingUrl}/`) && !url.startsWith('data:'))
          complaints.push(`elsewhere: ${url}`);
      });
      await page.goto(suite.hostingUrl + path);
      return { page, complaints };
    },
  };
}

export type TestBrowser = Awaited<ReturnType<typeof launchBrowser>>;
