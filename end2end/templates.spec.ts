// Templates: an administrator allows them, and an operator reopens a conversation whose service window is closed.

import { mkdirSync } from 'node:fs';
import type { Page } from '@playwright/test';
import { pickedUp } from './support/picked-up.js';
import { expect, test, visit } from './support/test.js';
import { words } from './support/words.js';
import type { Customer } from './support/simulator.js';
import type { World } from './support/world.js';

const { channels, common, inbox, templates } = words('en');
const chat = (page: Page) => page.getByRole('log', { name: inbox.thread.messages });
const reply = (page: Page) => page.getByLabel(inbox.composer.label, { exact: true });
const dialog = (page: Page) => page.getByRole('dialog', { name: templates.picker.title });
const SHOTS = process.env.SWITCHBOARD_SHOTS;

/** A picture for whoever looks at the pages by eye. */
async function shot(page: Page, name: string): Promise<void> {
  if (!SHOTS) return;
  mkdirSync(SHOTS, { recursive: true });
  for (const [width, height] of [[360, 740], [768, 900], [1280, 900]] as const) {
    await page.setViewportSize({ width, height });
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme });
      await page.screenshot({ path: `${SHOTS}/${name}-${width}-${colorScheme}.png` });
    }
  }
  await page.setViewportSize({ width: 1280, height: 900 });
}

async function allowed(page: Page): Promise<void> {
  await visit(page, '/templates');
  await expect(page.getByText(templates.not_allowed)).toBeVisible();
  await page.getByRole('link', { name: templates.to_setting }).click();
  await page.getByRole('checkbox', { name: channels.sending.templates_allowed }).check();
  await page.getByRole('button', { name: common.button.save }).click();
  await expect(page.getByRole('status').getByText(common.said.saved)).toBeVisible();
  await visit(page, '/templates');
  await expect(page.getByText(templates.allowed)).toBeVisible();
  await expect(page.getByRole('row', { name: /pripominka_navstevy/ })).toContainText(templates.status.approved);
}

async function closedWindow(world: World, page: Page): Promise<Customer> {
  const { karel } = await pickedUp(world, page);
  // Meta has the last word on the window.
  await world.simulator.fault({ target: 'send', kind: 'error_code', code: 131047, http: 400 });
  await reply(page).fill('Ozveme se');
  await reply(page).press('Enter');
  await expect(page.locator('.composer-help')).toContainText(common.refusal.window_closed);
  return karel;
}

test('a closed window: pick a template, fill it in, look at the preview, send it', async ({ world, person, phone }) => {
  test.slow();
  const admin = await person('admin');
  await allowed(admin);
  await shot(admin, 'page');
  const page = await person('jana');
  const karel = await closedWindow(world, page);
  await shot(page, 'closed');

  await page.getByRole('button', { name: templates.picker.open }).click();
  await expect(dialog(page).getByRole('button', { name: /login_code/ })).toBeDisabled();
  await expect(dialog(page)).not.toContainText('winter_offer');
  await shot(page, 'picker');
  // All of it by keyboard.
  const search = dialog(page).getByRole('searchbox', { name: templates.picker.search });
  await expect(search).toBeFocused();
  await search.fill('navstevy');
  await search.press('Enter');
  const field = (name: string) => dialog(page).locator(`#template-${name}`);
  await expect(field('header-1')).toBeFocused();
  await page.keyboard.type('v pátek');
  await page.keyboard.press('Enter');
  await expect(field('body-1')).toHaveAttribute('aria-invalid', 'true');
  await expect(dialog(page)).toContainText(common.problem.required);
  await expect(field('body-1')).toBeFocused();
  await page.keyboard.type('pane Dvořáku');
  const preview = dialog(page).getByRole('region', { name: templates.picker.preview });
  await expect(preview).toContainText('Návštěva technika v pátek');
  await expect(preview).toContainText('Dobrý den, pane Dvořáku. Technik přijede {{2}}.');
  await shot(page, 'form');
  await field('body-2').fill('v 10:00');
  await page.keyboard.press('Enter');
  await expect(dialog(page)).toBeHidden();

  const text = 'Dobrý den, pane Dvořáku. Technik přijede v 10:00. Vyhovuje vám to?';
  await expect(chat(page)).toContainText(text);
  await expect(chat(page)).toContainText('Příklad s.r.o.');
  await expect(chat(page).getByTitle(inbox.status.delivered, { exact: true })).toBeVisible();
  await shot(page, 'sent');
  expect((await world.simulator.acceptedTemplates()).map((template) => template.name)).toEqual(['pripominka_navstevy']);
  await expect((await phone(karel)).locator('body')).toContainText(text);
});

test('a file goes into the header, and Meta’s verdict is shown at once', async ({ world, person }) => {
  test.slow();
  const admin = await person('admin');
  await allowed(admin);
  const page = await person('jana');
  await closedWindow(world, page);
  await page.getByRole('button', { name: templates.picker.open }).click();
  await dialog(page).getByRole('button', { name: /faktura/ }).click();
  await dialog(page).locator('#template-body-1').fill('2026118');
  await dialog(page).getByRole('button', { name: templates.picker.send }).click();
  await expect(dialog(page)).toContainText(templates.picker.file_missing);
  const buffer = Buffer.from('%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n');
  await dialog(page).locator('#template-header-file').setInputFiles({ name: 'faktura.pdf', mimeType: 'application/pdf', buffer });
  await expect(dialog(page)).toContainText('faktura.pdf');
  await expect(dialog(page)).not.toContainText('%');
  await dialog(page).getByRole('button', { name: templates.picker.send }).click();
  await expect(dialog(page)).toBeHidden();
  await expect(chat(page)).toContainText('Dobrý den, posíláme fakturu 2026118.');
  await expect(chat(page).getByRole('link', { name: 'faktura.pdf' })).toBeVisible();
  await expect.poll(async () => (await world.simulator.acceptedFiles()).map((file) => file.kind)).toEqual(['document']);

  // An administrator filters, and asks Meta.
  await admin.getByLabel(templates.filter).fill('sleva');
  await expect(admin.getByRole('row', { name: /letni_sleva/ })).toBeVisible();
  await expect(admin.getByRole('row', { name: /hello_world/ })).toBeHidden();
  await admin.getByLabel(templates.filter).fill('');
  await expect(admin.getByRole('row', { name: /vyhra/ })).toContainText(templates.status.rejected);
});

test('a closed session goes on with a template', async ({ world, person }) => {
  await allowed(await person('admin'));
  const page = await person('jana');
  const { id } = await pickedUp(world, page);
  await world.api('POST', `sessions/${id}/close`);
  const help = page.locator('.composer-help');
  await expect(help).toContainText(inbox.composer.closed_template);
  await shot(page, 'closed-session');
  await help.getByRole('button', { name: templates.picker.open }).click();
  await dialog(page).getByRole('button', { name: /hello_world/ }).click();
  await dialog(page).getByRole('button', { name: templates.picker.send }).click();
  await expect(dialog(page)).toBeHidden();
  await expect(chat(page).getByTitle(inbox.status.delivered, { exact: true })).toBeVisible();
  await expect(chat(page).getByText('reopened the session')).toBeVisible();
  await expect(help).toBeHidden();
  await expect(reply(page)).toBeEditable();
});
