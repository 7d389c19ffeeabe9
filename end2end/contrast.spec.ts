// Fields are visible: their edges stand out from what is around them (WCAG 1.4.11), and so do their placeholders
// (1.4.3). axe checks neither.

import type { Page } from '@playwright/test';
import { expect, test, visit } from './support/test.js';

interface Field {
  what: string;
  edge: number;
  placeholder: number | undefined;
}

/** The contrast of every field on the page. */
function fields(page: Page): Promise<Field[]> {
  return page.evaluate(() => {
    const canvas = document.createElement('canvas').getContext('2d', { willReadFrequently: true });
    if (!canvas) throw new Error('no canvas');
    // A colour in any notation, drawn over the colour behind it.
    const over = (color: string, behind: number[]): number[] => {
      canvas.fillStyle = `rgb(${behind.join(' ')})`;
      canvas.fillRect(0, 0, 1, 1);
      canvas.fillStyle = color;
      canvas.fillRect(0, 0, 1, 1);
      return [...canvas.getImageData(0, 0, 1, 1).data.slice(0, 3)];
    };
    const behind = (element: Element | null): number[] =>
      element ? over(getComputedStyle(element).backgroundColor, behind(element.parentElement)) : [255, 255, 255];
    const luminance = (color: number[]) => {
      const [r = 0, g = 0, b = 0] = color.map((c) => {
        const part = c / 255;
        return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
      });
      return 0.2126 * r + 0.7152 * g + 0.0722 * b;
    };
    const contrast = (a: number[], b: number[]) => {
      const [dark = 0, light = 0] = [luminance(a), luminance(b)].sort((x, y) => x - y);
      return (light + 0.05) / (dark + 0.05);
    };
    const shown = [...document.querySelectorAll<HTMLElement>('input, textarea, select')].filter(
      (field) => field.checkVisibility() && !['checkbox', 'radio', 'hidden', 'file'].includes((field as HTMLInputElement).type),
    );
    return shown.map((field) => {
      // The edge may be that of the box around the field.
      const bordered = [field, field.parentElement].find((one) => one && getComputedStyle(one).borderBottomStyle !== 'none' && getComputedStyle(one).borderBottomWidth !== '0px');
      const around = behind(bordered?.parentElement ?? null);
      const edge = bordered ? contrast(over(getComputedStyle(bordered).borderBottomColor, around), around) : 1;
      const inside = behind(field);
      const hint = getComputedStyle(field, '::placeholder');
      const placeholder = field.getAttribute('placeholder') ? contrast(over(hint.color, inside), inside) * Number(hint.opacity || 1) : undefined;
      return { what: `${location.pathname} ${field.id || (field as HTMLInputElement).name}`, edge, placeholder };
    });
  });
}

for (const colorScheme of ['light', 'dark'] as const) {
  test(`fields can be seen, ${colorScheme}`, async ({ world, stranger, person }) => {
    const karel = await world.simulator.addCustomer('Karel Dvořák', '420800555201');
    await world.simulator.says(karel, 'Dobrý den');
    const { id } = await world.sessionOf(karel);
    await world.api('POST', `sessions/${id}/pick-up`, { extension: '201' });
    const found: Field[] = [];
    const gate = await stranger({ colorScheme });
    await gate.goto('/login');
    found.push(...(await fields(gate)));
    const jana = await person('jana', { colorScheme });
    await visit(jana, `/inbox/${id}?tab=mine`);
    found.push(...(await fields(jana)));
    const admin = await person('admin', { colorScheme });
    for (const path of [
      `/channels/${world.channel?.id}`,
      `/channels/${world.channel?.id}/messaging`,
      `/channels/${world.channel?.id}/delete`,
      '/queues/new',
      '/extensions/new',
      '/security/countries/files',
      '/system/deliveries',
    ]) {
      await visit(admin, path);
      found.push(...(await fields(admin)));
    }
    expect(found.length, 'fields').toBeGreaterThan(15);
    expect(found.filter(({ placeholder }) => placeholder !== undefined).length, 'placeholders').toBeGreaterThan(1);
    expect(found.filter(({ edge }) => edge < 3)).toEqual([]);
    expect(found.filter(({ placeholder }) => placeholder !== undefined && placeholder < 4.5)).toEqual([]);
  });
}
