// Files: what customers send, and what an operator attaches.

import { writeFile } from 'node:fs/promises';
import { crc32, deflateSync } from 'node:zlib';
import type { Page } from '@playwright/test';
import { pickedUp } from './support/picked-up.js';
import { expect, test } from './support/test.js';
import { words } from './support/words.js';

const { inbox } = words('en');
const chat = (page: Page) => page.getByRole('log', { name: inbox.thread.messages });
const reply = (page: Page) => page.getByLabel(inbox.composer.label, { exact: true });
const attached = (page: Page) => page.getByRole('list', { name: inbox.attach.list }).getByRole('listitem');
const picker = (page: Page) => page.locator('.composer input[type="file"]:not([accept])');
const send = (page: Page) => page.getByRole('button', { name: inbox.composer.send });

const PDF = Buffer.from('%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n');

function chunk(type: string, data: Buffer): Buffer {
  const named = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  const [length, sum] = [Buffer.alloc(4), Buffer.alloc(4)];
  length.writeUInt32BE(data.length);
  sum.writeUInt32BE(crc32(named));
  return Buffer.concat([length, named, sum]);
}

/** A picture of diagonal stripes. */
function png(width: number, height: number): Buffer {
  const head = Buffer.alloc(13);
  head.writeUInt32BE(width, 0);
  head.writeUInt32BE(height, 4);
  head.set([8, 2, 0, 0, 0], 8);
  const row = (y: number) => {
    const pixels = Array.from({ length: width }, (_, x) => ((x + y) % 60 < 30 ? [11, 122, 86] : [223, 241, 233]));
    return Buffer.from([0, ...pixels.flat()]);
  };
  const rows = Array.from({ length: height }, (_, y) => row(y));
  return Buffer.concat([
    Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'),
    chunk('IHDR', head),
    chunk('IDAT', deflateSync(Buffer.concat(rows))),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}

test('what a customer sends is shown as what it is', async ({ world, person }) => {
  test.slow();
  const page = await person('jana');
  const { karel } = await pickedUp(world, page);
  await world.simulator.sendsFile(karel, {
    kind: 'image',
    mimeType: 'image/png',
    bytes: png(400, 300),
    caption: 'Takhle to vypadá',
  });
  const picture = chat(page).getByRole('img', { name: inbox.kind.image });
  await expect(picture).toBeVisible();
  await expect.poll(() => picture.evaluate((image: HTMLImageElement) => image.naturalWidth)).toBe(400);
  await expect(chat(page)).toContainText('Takhle to vypadá');
  await picture.click();
  const viewer = page.getByRole('dialog', { name: inbox.kind.image });
  await expect(viewer).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(viewer).toBeHidden();

  await world.simulator.sendsFile(karel, {
    kind: 'document',
    mimeType: 'application/pdf',
    bytes: PDF,
    filename: 'smlouva.pdf',
  });
  const line = chat(page).getByRole('link', { name: 'smlouva.pdf' });
  await expect(line).toContainText('PDF');
  const saved = page.waitForEvent('download');
  await line.click();
  expect((await saved).suggestedFilename()).toBe('smlouva.pdf');

  // The details have the files of the conversation, the latest first.
  const files = page.locator('details').filter({ has: page.getByText(inbox.details.files, { exact: true }) });
  await expect(files.getByRole('listitem')).toHaveCount(2);
  await expect(files.getByRole('listitem').first()).toContainText('smlouva.pdf');
  await expect(files.getByRole('listitem').nth(1)).toContainText(inbox.kind.image);

  // One that WhatsApp does not hand out.
  for (let n = 0; n < 2; n += 1) {
    await world.simulator.fault({ target: 'media_info', kind: 'status', http: 502 });
  }
  await world.simulator.sendsFile(karel, {
    kind: 'document',
    mimeType: 'application/pdf',
    bytes: PDF,
    filename: 'pozdeji.pdf',
  });
  await expect(chat(page)).toContainText(inbox.file.coming);
  await expect(chat(page).getByRole('link', { name: 'pozdeji.pdf' })).toBeVisible({ timeout: 20_000 });
});

test('files are attached, one is removed, and a cut line costs nothing', async ({
  world,
  person,
  troubles,
}, testInfo) => {
  test.slow();
  troubles.allow(/ERR_FAILED|ERR_INTERNET_DISCONNECTED/);
  const page = await person('jana');
  await pickedUp(world, page);
  const large = testInfo.outputPath('katalog.pdf');
  await writeFile(large, Buffer.concat([PDF, Buffer.alloc(90_000_000 - PDF.length, 'x')]));
  let parts = 0;
  await page.route('**/uploads/*', async (route) => {
    const isPart = route.request().method() === 'PATCH';
    parts += isPart ? 1 : 0;
    await (isPart && [12, 13].includes(parts) ? route.abort() : route.continue());
  });
  await picker(page).setInputFiles(large);
  await expect(attached(page)).toContainText('katalog.pdf · 90.0 MB');
  await picker(page).setInputFiles({ name: 'a.png', mimeType: 'image/png', buffer: png(300, 200) });
  await picker(page).setInputFiles({ name: 'omyl.txt', mimeType: 'text/plain', buffer: Buffer.from('omyl') });
  await expect(attached(page)).toHaveCount(3);
  await page.getByRole('button', { name: inbox.attach.remove.replace('{{ name }}', 'omyl.txt') }).click();
  await expect(attached(page)).toHaveCount(2);
  await page.getByLabel(inbox.attach.caption.replace('{{ name }}', 'katalog.pdf')).fill('Katalog na zimu');
  await reply(page).fill('A to je vše.');
  await send(page).click();
  await expect(attached(page)).toHaveCount(0, { timeout: 60_000 });
  await expect(chat(page).getByTitle(inbox.status.delivered, { exact: true })).toHaveCount(3, { timeout: 60_000 });
  expect(parts).toBeGreaterThan(40);
  const files = await world.simulator.acceptedFiles();
  expect(files.map((file) => [file.kind, file.mime_type])).toEqual([
    ['document', 'application/pdf'],
    ['image', 'image/png'],
  ]);
  expect(files[0]?.size).toBe(90_000_000);
  await expect(chat(page)).toContainText('Katalog na zimu');
  await expect(chat(page).getByRole('img', { name: inbox.kind.image })).toBeVisible();
});

test('a picture is pasted, and a file is dropped', async ({ world, person }) => {
  const page = await person('jana');
  await pickedUp(world, page);
  const bytes = [...png(40, 30)];
  const give = (type: string, name: string, mimeType: string, content: number[]) =>
    reply(page).evaluate(
      (area, { type, name, mimeType, content }) => {
        const data = new DataTransfer();
        data.items.add(new File([new Uint8Array(content)], name, { type: mimeType }));
        const event =
          type === 'paste'
            ? new ClipboardEvent(type, { clipboardData: data, bubbles: true, cancelable: true })
            : new DragEvent(type, { dataTransfer: data, bubbles: true, cancelable: true });
        area.dispatchEvent(event);
      },
      { type, name, mimeType, content },
    );
  await give('paste', 'image.png', 'image/png', bytes);
  await give('drop', 'poznamka.txt', 'text/plain', [...Buffer.from('Prosím')]);
  await expect(attached(page)).toHaveCount(2);
  await reply(page).press('Enter');
  await expect(attached(page)).toHaveCount(0);
  await expect.poll(async () => (await world.simulator.acceptedFiles()).map((file) => file.kind)).toEqual([
    'image',
    'document',
  ]);
});

test('a voice message is recorded', async ({ world, person }) => {
  const page = await person('jana');
  await page.context().grantPermissions(['microphone']);
  await pickedUp(world, page);
  await page.getByRole('button', { name: inbox.attach.record, exact: true }).click();
  const end = page.getByRole('button', { name: inbox.attach.record_end, exact: true });
  await expect(page.locator('.composer')).toContainText('0:02');
  await end.click();
  await expect(attached(page)).toContainText('voice.webm');
  await reply(page).press('Enter');
  await expect(attached(page)).toHaveCount(0);
  await expect(chat(page).getByTitle(inbox.status.delivered, { exact: true })).toBeVisible();
  const [file] = await world.simulator.acceptedFiles();
  expect([file?.kind, file?.mime_type.split(';')[0]]).toEqual(['audio', 'audio/ogg']);
  await expect(chat(page).getByLabel(inbox.kind.audio)).toBeVisible();
});

test('an operator answers a particular message, and reacts', async ({ world, person }) => {
  const page = await person('jana');
  const { karel } = await pickedUp(world, page);
  await world.simulator.says(karel, 'Kde je můj balík?');
  const asked = chat(page).locator('.flow-line:not(.ours)', { hasText: 'Kde je můj balík?' });
  await asked.getByRole('button', { name: inbox.tools.open }).click();
  await asked.getByRole('button', { name: inbox.tools.answer }).click();
  await expect(page.locator('.composer-quote')).toContainText('Kde je můj balík?');
  await reply(page).fill('Na cestě.');
  await reply(page).press('Enter');
  await expect(page.locator('.composer-quote')).toHaveCount(0);
  const answer = chat(page).locator('.flow-line.ours', { hasText: 'Na cestě.' });
  await expect(answer.locator('.bubble-quote')).toContainText('Kde je můj balík?');

  const react = async () => {
    await asked.getByRole('button', { name: inbox.tools.open }).click();
    await asked.getByRole('button', { name: '👍' }).click();
  };
  await react();
  await expect(asked.locator('.bubble-reactions')).toContainText('👍');
  await react();
  await expect(asked.locator('.bubble-reactions')).toHaveCount(0);
});
