// Firefox, driven over WebDriver BiDi: Debian's Firefox is not one that Playwright can drive.

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Browser, type Page, launch } from 'puppeteer-core';
import { type World, PASSWORD } from './world.js';

export class Firefox {
  private constructor(
    private readonly browser: Browser,
    private readonly folder: string,
  ) {}

  static async start(): Promise<Firefox> {
    const folder = await mkdtemp(join(tmpdir(), 'switchboard-firefox-'));
    const browser = await launch({
      browser: 'firefox',
      executablePath: process.env.FIREFOX ?? '/usr/bin/firefox-esr',
      headless: true,
      userDataDir: folder,
      defaultViewport: { width: 1280, height: 800 },
      extraPrefsFirefox: { 'intl.accept_languages': 'en-GB' },
    });
    return new Firefox(browser, folder);
  }

  async stop(): Promise<void> {
    await this.browser.close();
    await rm(this.folder, { recursive: true, force: true });
  }

  /** A page of somebody who has logged in by the form. */
  async person(world: World, login: string, errors: string[]): Promise<Page> {
    const context = await this.browser.createBrowserContext();
    const page = await context.newPage();
    page.on('pageerror', (error) => errors.push(String(error)));
    page.on('console', (message) => {
      if (message.type() === 'error') errors.push(message.text());
    });
    await page.goto(new URL('/inbox?tab=waiting', world.url).href);
    await page.type('input[name=login]', login);
    await page.type('input[name=password]', PASSWORD);
    await page.click('main button[type=submit]');
    await page.waitForSelector('.inbox');
    return page;
  }
}

/** A page behind another one is not drawn, and so cannot be clicked. */
export async function click(page: Page, selector: string): Promise<void> {
  await page.bringToFront();
  await page.waitForSelector(selector, { visible: true });
  await page.click(selector);
}
