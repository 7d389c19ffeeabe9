// The main ways in Firefox: a session from the customer's first message to its end.

import type { Page } from 'puppeteer-core';
import { Firefox } from './support/firefox.js';
import { expect, test } from './support/test.js';
import { words } from './support/words.js';

const { inbox } = words('en');

const text = (page: Page, selector: string) =>
  page.$$eval(selector, (all) => all.map((one) => one.textContent ?? '').join('\n'));

/** Waits until the elements say this. */
const says = (page: Page, selector: string, what: string) =>
  expect.poll(() => text(page, selector), { timeout: 15_000 }).toContain(what);

test('a day in Firefox', async ({ world }) => {
  test.setTimeout(180_000);
  const firefox = await Firefox.start();
  const errors: string[] = [];
  try {
    const jana = await firefox.person(world, 'jana', errors);
    const petr = await firefox.person(world, 'petr', errors);
    const button = (page: Page, name: string) => page.locator(`::-p-aria([name="${name}"][role="button"])`);

    await test.step('a message comes, live', async () => {
      const karel = await world.simulator.addCustomer('Karel Dvořák', '420800555201');
      await world.simulator.says(karel, 'Dobrý den, *potřebuji* pomoc');
      await says(jana, 'a.row', 'Karel Dvořák');
      await says(petr, 'a.row', 'Karel Dvořák');
    });

    await test.step('it is picked up, and the other sees that', async () => {
      await jana.locator('a.row').click();
      await says(jana, '[role=log]', 'potřebuji');
      await petr.locator('a.row').click();
      await says(petr, '[role=log]', 'potřebuji');
      await button(jana, inbox.thread.pick_up).click();
      await expect.poll(() => jana.url()).toContain('tab=mine');
      await expect.poll(() => petr.$$eval('a.row', (rows) => rows.length)).toBe(0);
    });

    await test.step('an answer is written with the keys, and its ticks come', async () => {
      await jana.locator('#composer-text').fill('Hned se na to podívám');
      await jana.keyboard.press('Enter');
      await says(jana, '[role=log]', 'Hned se na to podívám');
      await expect.poll(() => jana.$$eval('[role=log] .ticks', (ticks) => ticks.length)).toBeGreaterThan(0);
      expect(await jana.$eval('#composer-text', (field) => (field as HTMLTextAreaElement).value)).toBe('');
    });

    await test.step('a note, an emoji, the keys and the command bar', async () => {
      await jana.keyboard.press('Escape');
      await jana.keyboard.press('n');
      await jana.locator('#composer-note').fill('Volal včera');
      await jana.keyboard.press('Enter');
      await says(jana, '[role=log]', 'Volal včera');
      await jana.keyboard.press('Escape');
      await jana.keyboard.press('?');
      await jana.waitForSelector('dialog#keys[open]');
      await jana.keyboard.press('Escape');
      await expect.poll(() => jana.$('dialog#keys[open]').then(Boolean)).toBe(false);
      await jana.keyboard.down('Control');
      await jana.keyboard.press('k');
      await jana.keyboard.up('Control');
      await jana.waitForSelector('dialog[open]');
      await jana.keyboard.press('Escape');
    });

    await test.step('after the server was away, what came meanwhile is there', async () => {
      await world.stopServer();
      await world.startServerAgain();
      const eva = await world.simulator.addCustomer('Eva Malá', '420800555202');
      await world.simulator.says(eva, 'Haló?');
      await jana.locator('.inbox-tab[href*=waiting]').click();
      await expect.poll(() => text(jana, 'a.row'), { timeout: 60_000 }).toContain('Eva Malá');
    });

    await test.step('it ends', async () => {
      await jana.locator('.inbox-tab[href*=mine]').click();
      await says(jana, 'a.row', 'Karel Dvořák');
      await jana.locator('a.row').click();
      await jana.waitForSelector('#thread-close');
      await jana.locator('#thread-close').click();
      await button(jana, inbox.confirm.yes).click();
      await expect.poll(() => jana.$$eval('a.row', (rows) => rows.length)).toBe(0);
    });
  } finally {
    await firefox.stop();
  }
  // The server was away for a moment.
  const expected = /NetworkError|can’t establish a connection|connection to .* was interrupted|Failed to fetch|\/events|\/rpc\//;
  expect(errors.filter((error) => !expected.test(error))).toEqual([]);
});
