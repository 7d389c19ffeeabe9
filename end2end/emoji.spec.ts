// Emoji: chosen from a panel, by mouse, keyboard and search, in both languages.

import type { Page } from '@playwright/test';
import { pickedUp } from './support/picked-up.js';
import { expect, test } from './support/test.js';
import { words } from './support/words.js';

const { inbox } = words('en');
const reply = (page: Page) => page.getByLabel(inbox.composer.label, { exact: true });
const open = (page: Page) => page.getByRole('button', { name: inbox.emoji.label, exact: true });
const panel = (page: Page) => page.getByRole('group', { name: inbox.emoji.label });
const search = (page: Page) => panel(page).getByRole('searchbox');
const emoji = (page: Page, name: string) => panel(page).getByRole('button', { name, exact: true });

test('an emoji goes where the cursor is', async ({ world, person }) => {
  const page = await person('jana');
  await pickedUp(world, page);
  const asked: string[] = [];
  page.on('request', (request) => asked.push(new URL(request.url()).pathname));
  await reply(page).fill('Thanks  for it');
  await reply(page).evaluate((area: HTMLTextAreaElement) => area.setSelectionRange(7, 7));
  expect(asked.filter((path) => path.startsWith('/emoji'))).toEqual([]);
  await open(page).click();
  await expect(search(page)).toBeFocused();
  await emoji(page, 'grinning face').click();
  await expect(reply(page)).toHaveValue('Thanks 😀 for it');

  // The search folds accents and case, and the keyboard reaches all.
  await search(page).fill('THUMBS UP');
  await search(page).press('ArrowDown');
  await expect(emoji(page, 'thumbs up')).toBeFocused();
  await page.keyboard.press('Enter');
  await expect(reply(page)).toHaveValue('Thanks 😀👍 for it');
  await search(page).fill('nothing like this');
  await expect(panel(page).getByRole('status')).toHaveText(inbox.emoji.none);
  await panel(page).getByRole('button', { name: inbox.emoji.flags }).click();
  await expect(search(page)).toHaveValue('');
  await emoji(page, 'flag: Czechia').click();
  await expect(reply(page)).toHaveValue('Thanks 😀👍🇨🇿 for it');
  await page.keyboard.press('Escape');
  await expect(panel(page)).toHaveCount(0);
  await expect(reply(page)).toBeFocused();
  await reply(page).press('Enter');
  await expect(page.locator('.flow-line.ours')).toContainText('Thanks 😀👍🇨🇿 for it');

  // Those that were used last come first, and a click elsewhere closes.
  await page.reload();
  await open(page).click();
  await expect(panel(page).locator('.emoji')).toHaveText(['🇨🇿', '👍', '😀']);
  await page.locator('.flow-scroll').click();
  await expect(panel(page)).toHaveCount(0);
  expect(asked.filter((path) => path.startsWith('/emoji')).length).toBeLessThan(4);
});

test('a failure is said, and the next opening tries again', async ({ world, person, troubles }) => {
  troubles.allow(/emoji-en\.txt|status of 503/);
  const page = await person('jana');
  await pickedUp(world, page);
  await page.route('**/emoji-en.txt', (route) => route.fulfill({ status: 503, body: '' }));
  await open(page).click();
  await expect(panel(page).getByRole('status')).toHaveText(inbox.emoji.failed);
  await page.keyboard.press('Escape');
  await page.unroute('**/emoji-en.txt');
  await open(page).click();
  await expect(emoji(page, 'grinning face')).toBeVisible();
});
