// Firefox, driven over WebDriver BiDi: Debian's Firefox is not one that Playwright can drive.

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Browser, type KeyInput, type Page, launch } from 'puppeteer-core';
import type { OtherBrowser, Tab } from './tab.js';
import { test as base } from './test.js';

class Firefox implements OtherBrowser {
  private readonly seen: string[] = [];

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

  async newTab(): Promise<Tab> {
    const context = await this.browser.createBrowserContext();
    const page = await context.newPage();
    page.on('pageerror', (error) => this.seen.push(String(error)));
    page.on('console', (message) => {
      if (message.type() === 'error') this.seen.push(message.text());
    });
    return new FirefoxTab(page);
  }

  complaints(): Promise<string[]> {
    return Promise.resolve(this.seen);
  }

  async stop(): Promise<void> {
    await this.browser.close();
    await rm(this.folder, { recursive: true, force: true });
  }
}

class FirefoxTab implements Tab {
  constructor(private readonly page: Page) {}

  async open(url: string): Promise<void> {
    await this.page.goto(url);
  }

  async run<A extends unknown[], T>(what: (...args: A) => T, ...args: A): Promise<T> {
    return (await this.page.evaluate(what as (...args: unknown[]) => T, ...args)) as T;
  }

  async click(selector: string, place: number): Promise<void> {
    // A page behind another one is not drawn, and so cannot be clicked.
    await this.page.bringToFront();
    await (await this.page.$$(selector))[place]?.click();
  }

  type(text: string): Promise<void> {
    return this.page.keyboard.type(text);
  }

  async press(...keys: string[]): Promise<void> {
    for (const key of keys) await this.page.keyboard.down(key as KeyInput);
    for (const key of keys.reverse()) await this.page.keyboard.up(key as KeyInput);
  }
}

/** Ends even if the journey runs out of time. */
export const test = base.extend<{ firefox: OtherBrowser }>({
  firefox: async ({}, use) => {
    const firefox = await Firefox.start();
    try {
      await use(firefox);
    } finally {
      await firefox.stop();
    }
  },
});
