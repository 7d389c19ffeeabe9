// What an operator sends besides words: places, cards, buttons, lists; files that are too large for what they are; and
// the order in which all of it goes.

import type { Page } from '@playwright/test';
import { axe } from './support/axe.js';
import { pickedUp } from './support/picked-up.js';
import { expect, test } from './support/test.js';
import { filled, LOCALE, words } from './support/words.js';
import type { Sent } from './support/simulator.js';
import type { World } from './support/world.js';

const { inbox } = words('en');
const chat = (page: Page) => page.getByRole('log', { name: inbox.thread.messages });
const reply = (page: Page) => page.getByLabel(inbox.composer.label, { exact: true });
const attached = (page: Page) => page.getByRole('list', { name: inbox.attach.list }).getByRole('listitem');
const picker = (page: Page) => page.locator('.composer input[type="file"]:not([accept])');
const dialog = (page: Page) => page.getByRole('dialog');
const send = (page: Page) => dialog(page).getByRole('button', { name: inbox.composer.send });
const field = (page: Page, label: string) => dialog(page).getByLabel(label, { exact: true });
const more = (page: Page) => page.locator('.composer-more summary');

const TAGS = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'];

async function open(page: Page, what: string): Promise<void> {
  await more(page).click();
  await page.locator('.composer-more').getByRole('button', { name: what, exact: true }).click();
  await expect(dialog(page)).toBeVisible();
}

async function lastSent(world: World, count: number): Promise<Sent> {
  await expect.poll(async () => (await world.simulator.sent()).length).toBe(count);
  const sent = (await world.simulator.sent())[count - 1];
  if (!sent) throw new Error('nothing was sent');
  return sent;
}

test('a location is pasted as a link, by keyboard, and survives a closed form', async ({ world, person }) => {
  const page = await person('jana');
  await pickedUp(world, page);
  await more(page).focus();
  await page.keyboard.press('Enter');
  await page.keyboard.press('Tab');
  await page.keyboard.press('Escape');
  await expect(more(page)).toBeFocused();
  await page.keyboard.press('Enter');
  await page.keyboard.press('Tab');
  await page.keyboard.press('Enter');
  await expect(dialog(page)).toBeVisible();

  await field(page, inbox.more.place_link).fill('https://maps.app.goo.gl/short');
  await expect(dialog(page)).toContainText(inbox.more.no_place);
  await send(page).click();
  await expect(field(page, inbox.more.latitude)).toBeFocused();
  await field(page, inbox.more.place_link).fill('https://www.google.com/maps/@50.08,14.42,17z');
  await expect(field(page, inbox.more.latitude)).toHaveValue('50.08');
  await field(page, inbox.more.place_name).fill('Hrad');
  await page.keyboard.press('Escape');
  await expect(dialog(page)).toBeHidden();
  await expect(more(page)).toBeFocused();

  await open(page, inbox.more.location);
  await expect(field(page, inbox.more.place_name)).toHaveValue('Hrad');
  await expect(dialog(page).locator('.bubble')).toContainText('50.08, 14.42');
  await field(page, inbox.more.longitude).fill('181');
  await send(page).click();
  await expect(dialog(page)).toContainText(inbox.more.not_longitude);
  await field(page, inbox.more.longitude).fill('14.43');
  await send(page).click();
  await expect(dialog(page)).toBeHidden();
  const { body } = await lastSent(world, 1);
  expect(body.location).toEqual({ latitude: '50.08', longitude: '14.43', name: 'Hrad' });
  await expect(chat(page).locator('.ours')).toContainText('Hrad');
  await expect(chat(page).getByTitle(inbox.status.delivered, { exact: true })).toBeVisible();
  // The next form is empty.
  await open(page, inbox.more.location);
  await expect(field(page, inbox.more.latitude)).toHaveValue('');
});

test('buttons and a list are answered by the customer', async ({ world, person }) => {
  const page = await person('jana');
  const { karel } = await pickedUp(world, page);
  await open(page, inbox.more.buttons);
  await field(page, inbox.more.body).fill('Hodí se vám pondělí?');
  await field(page, filled(inbox.more.button_n, { n: 1 })).fill('Ano, ale až odpoledne');
  await dialog(page).getByRole('button', { name: inbox.more.add_button }).click();
  await field(page, filled(inbox.more.button_n, { n: 2 })).fill('Ne');
  await send(page).click();
  await expect(dialog(page)).toContainText('20');
  await field(page, filled(inbox.more.button_n, { n: 1 })).fill('Ano');
  await send(page).click();
  const asked = await lastSent(world, 1);
  await expect(chat(page).locator('.ours .bubble-choices')).toContainText('Ano');
  await world.simulator.chooses(karel, asked.wamid, '2');
  const answer = chat(page).locator('.flow-line:not(.ours)', { hasText: 'Ne' });
  await expect(answer.locator('.bubble-quote')).toContainText('Hodí se vám pondělí?');

  await open(page, inbox.more.list);
  await field(page, inbox.more.body).fill('Který den?');
  await field(page, inbox.more.list_label).fill('Dny');
  await field(page, filled(inbox.more.row_n, { n: 1 })).fill('Úterý');
  await dialog(page).getByRole('button', { name: inbox.more.add_row }).click();
  await field(page, filled(inbox.more.row_n, { n: 2 })).fill('Středa');
  await field(page, filled(inbox.more.description_n, { n: 2 })).fill('Po deváté');
  await send(page).click();
  const list = await lastSent(world, 2);
  expect(list.body.interactive?.type).toBe('list');
  await world.simulator.chooses(karel, list.wamid, '2');
  await expect(chat(page).locator('.flow-line:not(.ours)', { hasText: 'Středa' })).toBeVisible();
});

test('contact cards are sent', async ({ world, person }) => {
  const page = await person('jana');
  await pickedUp(world, page);
  await open(page, inbox.more.contacts);
  await field(page, inbox.more.name).fill('Jana Nová');
  await field(page, inbox.fact.phone).fill('+420 777 123 456');
  await field(page, inbox.fact.organisation).fill('Pekárna');
  await send(page).click();
  const { body } = await lastSent(world, 1);
  expect(body.contacts).toEqual([
    {
      name: { formatted_name: 'Jana Nová', first_name: 'Jana', last_name: 'Nová' },
      phones: [{ phone: '+420 777 123 456' }],
      org: { company: 'Pekárna' },
    },
  ]);
  await expect(chat(page).locator('.bubble-cards')).toContainText('+420 777 123 456');
});

/** A picture of noise, which no encoder makes small. */
async function noise(page: Page, side: number): Promise<Buffer> {
  const bytes = await page.evaluate(async (side) => {
    const canvas = new OffscreenCanvas(side, side);
    const context = canvas.getContext('2d');
    if (!context) throw new Error('no canvas');
    const image = context.createImageData(side, side);
    for (let n = 0; n < image.data.length; n += 4) {
      image.data.set([Math.random() * 256, Math.random() * 256, Math.random() * 256, 255], n);
    }
    context.putImageData(image, 0, 0);
    const blob = await canvas.convertToBlob({ type: 'image/png' });
    return [...new Uint8Array(await blob.arrayBuffer())];
  }, side);
  return Buffer.from(bytes);
}

test('a photo that is too large goes as a document only if that is wanted', async ({ world, person }) => {
  test.slow();
  const page = await person('jana');
  await pickedUp(world, page);
  const large = await noise(page, 1400);
  expect(large.length).toBeGreaterThan(5_000_000);
  const pick = (name: string) => picker(page).setInputFiles({ name, mimeType: 'image/png', buffer: large });
  await pick('a.png');
  await expect(attached(page)).toContainText('5.0 MB');
  await attached(page).getByRole('button', { name: inbox.attach.leave_out }).click();
  await expect(attached(page)).toHaveCount(0);

  await pick('b.png');
  await reply(page).fill('Plán domu');
  await reply(page).press('Enter');
  await expect(chat(page).locator('.ours')).toContainText(inbox.bubble.behind_file);
  await page.screenshot({ path: test.info().outputPath('choice.png') });
  expect(await world.simulator.sent()).toEqual([]);
  await attached(page).getByRole('button', { name: inbox.attach.as_document }).click();
  await expect(attached(page)).toHaveCount(0, { timeout: 30_000 });
  const sent = await lastSent(world, 1);
  expect([sent.body.type, sent.body.document?.caption]).toEqual(['document', 'Plán domu']);
});

test('what is written with files and after them arrives in that order', async ({ world, person }) => {
  test.slow();
  const page = await person('jana');
  await pickedUp(world, page);
  let held: (() => void) | undefined;
  const goesOn = new Promise<void>((done) => {
    held = done;
  });
  await page.route('**/uploads/*', async (route) => {
    await goesOn;
    await route.continue();
  });
  const pdf = Buffer.from('%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n');
  await picker(page).setInputFiles([
    { name: 'a.pdf', mimeType: 'application/pdf', buffer: pdf },
    { name: 'b.pdf', mimeType: 'application/pdf', buffer: pdf },
  ]);
  await reply(page).fill('Tady je smlouva.');
  await reply(page).press('Enter');
  await reply(page).fill('Podepište ji prosím na https://example.com/podpis');
  await page.getByLabel(inbox.composer.link_preview).uncheck();
  await reply(page).press('Enter');
  await expect(chat(page).locator('.ours').last()).toContainText(inbox.bubble.behind_file);
  expect(await world.simulator.sent()).toEqual([]);
  held?.();
  await expect.poll(async () => (await world.simulator.sent()).length, { timeout: 30_000 }).toBe(3);
  const sent = await world.simulator.sent();
  expect(sent.map(({ body }) => [body.type, body.document?.caption ?? body.text?.body])).toEqual([
    ['document', 'Tady je smlouva.'],
    ['document', undefined],
    ['text', 'Podepište ji prosím na https://example.com/podpis'],
  ]);
  expect(sent[2]?.body.text?.preview_url).toBe(false);
  await expect(attached(page)).toHaveCount(0);
});

for (const language of ['en', 'cs'] as const) {
  test(`the forms look right in ${language}`, async ({ world, person }) => {
    test.setTimeout(180_000);
    const page = await person('jana', { locale: LOCALE[language], reducedMotion: 'reduce' });
    const own = words(language).inbox;
    await pickedUp(world, page);
    const told: string[] = [];
    for (const size of [{ width: 1280, height: 800 }, { width: 360, height: 740 }]) {
      await page.setViewportSize(size);
      for (const colorScheme of ['light', 'dark'] as const) {
        await page.emulateMedia({ colorScheme });
        const look = async (name: string) => {
          const path = test.info().outputPath(`${name}-${language}-${colorScheme}-${size.width}.png`);
          await page.screenshot({ path });
          const { violations } = await axe(page).withTags(TAGS).analyze();
          told.push(...violations.map((one) => `${name} ${size.width} ${colorScheme}: ${one.id}: ${one.nodes[0]?.html}`));
          const excess = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
          if (excess > 0) told.push(`${name} ${size.width}: ${excess} px too wide`);
        };
        await more(page).click();
        await look('menu');
        await page.keyboard.press('Escape');
        for (const kind of ['location', 'contacts', 'buttons', 'list'] as const) {
          await more(page).click();
          await page.locator('.composer-more').getByRole('button', { name: own.more[kind], exact: true }).click();
          await dialog(page).getByRole('button', { name: own.composer.send }).click();
          await look(kind);
          await page.keyboard.press('Escape');
        }
      }
    }
    expect(told).toEqual([]);
  });
}
