// The main ways through the console, in a browser other than Chromium: from a customer's first message to the end of
// the session. What is particular is proved in Chromium.

import { expect } from '@playwright/test';
import type { OtherBrowser, Tab } from './tab.js';
import { test } from './test.js';
import { words } from './words.js';
import { PASSWORD, type World } from './world.js';

const { common, inbox } = words('en');
const czech = words('cs').inbox;
/** Longer than a line of its field. */
const ANSWER = 'Hned se na to podívám 👍 Ozvu se vám, jakmile budu vědět, kde balík leží a kdy ho kurýr přiveze.';

const text = (tab: Tab, selector: string) =>
  tab.run((selector: string) => [...document.querySelectorAll(selector)].map((one) => one.textContent).join('\n'), selector);
const count = (tab: Tab, selector: string) =>
  tab.run((selector: string) => document.querySelectorAll(selector).length, selector);

/** Waits until the elements say this. */
const says = (tab: Tab, selector: string, what: string) =>
  expect.poll(() => text(tab, selector), { message: `${selector} says`, timeout: 15_000 }).toContain(what);
const hasFocus = (tab: Tab, selector: string) =>
  expect.poll(() => tab.run(() => `#${document.activeElement?.id}`), `${selector} has the focus`).toBe(selector);
const value = (tab: Tab, selector: string) =>
  tab.run((selector: string) => document.querySelector<HTMLInputElement>(selector)?.value, selector);

/** The height of a field, in lines of its text. */
const lines = (tab: Tab, selector: string) =>
  tab.run((selector: string) => {
    const field = document.querySelector(selector);
    return field ? field.clientHeight / parseFloat(getComputedStyle(field).lineHeight) : 0;
  }, selector);

/** Clicks the first of the elements that is seen and has these words, as soon as there is one. */
async function click(tab: Tab, selector: string, named = ''): Promise<void> {
  const find = () =>
    tab.run(
      (selector: string, named: string) =>
        [...document.querySelectorAll(selector)].findIndex(
          (one) => one.checkVisibility() && (one.getAttribute('aria-label') ?? one.textContent ?? '').includes(named),
        ),
      selector,
      named,
    );
  await expect.poll(find, { message: `${selector} ${named}`, timeout: 15_000 }).toBeGreaterThanOrEqual(0);
  await tab.click(selector, await find());
}

async function logIn(browser: OtherBrowser, world: World, login: string): Promise<Tab> {
  const tab = await browser.newTab();
  await tab.open(new URL('/inbox?tab=waiting', world.url).href);
  await click(tab, 'input[name=login]');
  await tab.type(login);
  await click(tab, 'input[name=password]');
  await tab.type(PASSWORD);
  await tab.press('Enter');
  await expect.poll(() => count(tab, '.inbox')).toBe(1);
  return tab;
}

export async function walkMainWays(browser: OtherBrowser, world: World): Promise<void> {
  await world.addOperator('900', 'Vendula Vedoucí', 'vendula', 'supervisor');
  const vendula = await logIn(browser, world, 'vendula');
  const petr = await logIn(browser, world, 'petr');

  await test.step('a message comes, live', async () => {
    const karel = await world.simulator.addCustomer('Karel Dvořák', '420800555201');
    await world.simulator.says(karel, 'Dobrý den, *potřebuji* pomoc');
    await says(vendula, 'a.row', 'Karel Dvořák');
    await says(petr, 'a.row', 'Karel Dvořák');
  });

  await test.step('it is picked up, and the other sees that', async () => {
    await click(vendula, 'a.row');
    await says(vendula, '[role=log] strong', 'potřebuji');
    await click(petr, 'a.row');
    await says(petr, '[role=log]', 'potřebuji');
    await click(vendula, '#thread-pick-up');
    await expect.poll(() => vendula.run(() => location.href)).toContain('tab=mine');
    await expect.poll(() => count(petr, 'a.row')).toBe(0);
  });

  await test.step('an answer is written with the keys, and its ticks come', async () => {
    await hasFocus(vendula, '#composer-text');
    await vendula.type(ANSWER);
    expect(await lines(vendula, '#composer-text'), 'lines that can be seen').toBeGreaterThan(2);
    await vendula.press('Enter');
    await says(vendula, '[role=log] .ours', ANSWER);
    await expect.poll(() => value(vendula, '#composer-text')).toBe('');
    await expect.poll(() => world.simulator.accepted()).toEqual([ANSWER]);
    await expect.poll(() => count(vendula, `[role=log] .ticks[title="${inbox.status.delivered}"]`)).toBe(1);
  });

  await test.step('a note, the keys and the command bar', async () => {
    await vendula.press('Escape');
    await vendula.press('n');
    await hasFocus(vendula, '#composer-note');
    await vendula.type('Volal včera');
    await vendula.press('Enter');
    await says(vendula, '[role=log] .flow-note', 'Volal včera');
    await vendula.press('Escape');
    await vendula.press('?');
    await expect.poll(() => count(vendula, 'dialog#keys[open]')).toBe(1);
    await vendula.press('Escape');
    await expect.poll(() => count(vendula, 'dialog[open]')).toBe(0);
    await vendula.press('Control', 'k');
    await expect.poll(() => count(vendula, 'dialog[open]')).toBe(1);
    await vendula.press('Escape');
    await expect.poll(() => count(vendula, 'dialog[open]')).toBe(0);
  });

  await test.step('it is transferred, live', async () => {
    await click(petr, '.inbox-choose a');
    await click(petr, '.inbox-tab[href*=mine]');
    await click(vendula, '#thread-transfer');
    await says(vendula, '#transfer-to', '202 Petr Svoboda');
    await vendula.run(() => {
      const select = document.querySelector<HTMLSelectElement>('#transfer-to');
      const petr = [...(select?.options ?? [])].find((option) => option.text.startsWith('202'));
      if (select && petr) select.value = petr.value;
    });
    await click(vendula, '#reason-transfer');
    await vendula.type('Ví o tom víc');
    await vendula.press('Enter');
    await says(petr, 'a.row', 'Karel Dvořák');
    await click(petr, 'a.row');
    await says(petr, '[role=log]', 'Ví o tom víc');
    await expect.poll(() => count(petr, '#composer-text')).toBe(1);
  });

  await test.step('after the server was away, what came meanwhile is there', async () => {
    await world.stopServer();
    await world.startServerAgain();
    const eva = await world.simulator.addCustomer('Eva Malá', '420800555202');
    await world.simulator.says(eva, 'Haló?');
    await click(petr, '.inbox-tab[href*=waiting]');
    await expect.poll(() => text(petr, 'a.row'), { timeout: 60_000 }).toContain('Eva Malá');
  });

  await test.step('a message is found by its text, and its place is shown', async () => {
    await click(petr, '#inbox-search');
    await petr.type('podivam');
    await says(petr, '.hits mark', 'podívám');
    await click(petr, '.hits a');
    await says(petr, '.flow .sought', 'Hned se na to podívám');
  });

  await test.step('in Czech, without another document', async () => {
    await petr.run(() => document.documentElement.setAttribute('data-journey', 'same'));
    await click(petr, 'button', common.frame.other_language);
    await expect.poll(() => petr.run(() => document.documentElement.lang)).toBe('cs');
    await says(petr, '.inbox-tab', czech.list.waiting);
    await says(petr, '.thread-head', czech.thread.close);
    expect(await petr.run(() => document.documentElement.getAttribute('data-journey'))).toBe('same');
  });

  await test.step('it ends', async () => {
    await click(petr, '#thread-close');
    await click(petr, 'dialog[open] button', czech.confirm.yes);
    await says(petr, '[role=log]', czech.moment.closed_by.replace('{{ who }}', 'Petr Svoboda'));
  });

  // The server was away for a moment.
  const expected = /NetworkError|can’t establish a connection|connection to .* was interrupted|Failed to fetch|\/events|\/rpc\//;
  const complaints = await browser.complaints();
  expect(complaints.filter((one) => !expected.test(one)), 'what the browser complained about').toEqual([]);
}
