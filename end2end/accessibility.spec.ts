// docs/ACCESSIBILITY.md says what the journeys prove, and nothing else: it is made from accessibility/criteria.ts. With
// SWITCHBOARD_REWRITE_ACCESSIBILITY=1 it is written anew.

import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Criterion, CRITERIA } from './accessibility/criteria.js';
import { pickedUp } from './support/picked-up.js';
import { expect, test, visit } from './support/test.js';

const DOCUMENT = join(import.meta.dirname, '../docs/ACCESSIBILITY.md');
/** The criteria of WCAG 2.2 at levels A and AA. */
const COUNT = 55;
/** Pages without a script, which are never live. */
const TO_READ = /^\/(help|api)\//;

function row({ number, name, level, conformance, remarks, proofs }: Criterion): string {
  const proved = proofs.map(([file, title]) => `\`${file}\`: ${title}`).join('; ');
  const how = proved ? ` Proved by ${proved}.` : '';
  return `| ${number} ${name} (${level}) | ${conformance} | ${remarks}${how} |`;
}

const document = () => `# Accessibility

The console against the Web Content Accessibility Guidelines 2.2, levels A and AA, in the layout of the VPAT 2.5. This table
is made from \`end2end/accessibility/criteria.ts\`; a journey compares the two, and fails when a proof that is named here does
not exist. The journeys look at every page with axe-core, in both languages and themes.

<https://www.w3.org/TR/WCAG22/>

| Criteria | Conformance level | Remarks and explanations |
|---|---|---|
${CRITERIA.map(row).join('\n')}
`;

test('the table is complete, its proofs exist, and the document says the same', async () => {
  const numbers = new Set(CRITERIA.map((criterion) => criterion.number));
  expect(numbers.size).toBe(COUNT);
  expect(CRITERIA.length).toBe(COUNT);
  for (const { number, proofs } of CRITERIA) {
    for (const [file, title] of proofs) {
      const source = await readFile(join(import.meta.dirname, file), 'utf8');
      expect(source.includes(`test('${title}`) || source.includes(`test(\`${title}`), `${number}: ${file} has “${title}”`).toBe(true);
    }
  }
  if (process.env.SWITCHBOARD_REWRITE_ACCESSIBILITY) await writeFile(DOCUMENT, document());
  expect(await readFile(DOCUMENT, 'utf8')).toBe(document());
});

test('pages reflow at 320 pixels, also with wide text spacing', async ({ world, person }) => {
  // So many pages.
  test.setTimeout(180_000);
  const [jana, admin] = [await person('jana'), await person('admin')];
  const { id } = await pickedUp(world, jana);
  await jana.request.post('/rpc/account/begin-second-factor');
  const channel = `/channels/${world.channel?.id}`;
  for (const [page, paths] of [
    [jana, ['/inbox', `/inbox/${id}`, '/account', '/account/second-factor']],
    [admin, ['/sessions', '/session-log', '/queues', '/queues/new', '/extensions/new', '/extensions/import', '/users', '/users/new', channel, `${channel}/health`, '/costs', '/security/countries', '/security/audit', '/system/deliveries', '/system/tokens', '/system/webhooks', '/system/webhooks/new', '/help/cs/connect', '/api/docs']],
  ] as const) {
    await page.setViewportSize({ width: 320, height: 640 });
    for (const path of paths) {
      await (TO_READ.test(path) ? page.goto(path) : visit(page, path));
      for (const spaced of [false, true]) {
        if (spaced) {
          // https://www.w3.org/WAI/WCAG22/Understanding/text-spacing
          await page.evaluate(() => {
            const sheet = new CSSStyleSheet();
            sheet.replaceSync('* { line-height: 1.5 !important; letter-spacing: 0.12em !important; word-spacing: 0.16em !important } p { margin-block-end: 2em !important }');
            window.document.adoptedStyleSheets.push(sheet);
          });
        }
        const wide = await page.evaluate(() => window.document.documentElement.scrollWidth - window.innerWidth);
        expect(wide, `${path}, ${spaced ? 'spaced' : 'as it is'}`).toBeLessThanOrEqual(0);
      }
    }
  }
});

test('whatever has the focus can be seen', async ({ world, person }) => {
  const jana = await person('jana');
  const { id } = await pickedUp(world, jana);
  for (const path of [`/inbox/${id}`, '/help/en/inbox', '/api/docs']) {
    await (TO_READ.test(path) ? jana.goto(path) : visit(jana, path));
    await jana.setViewportSize({ width: 1280, height: 600 });
    let steps = 0;
    for (let step = 0; step < 45; step += 1) {
      await jana.keyboard.press('Tab');
      const seen = await jana.evaluate(() => {
        const element = window.document.activeElement;
        if (!element || element === window.document.body) return 'nothing';
        const box = element.getBoundingClientRect();
        if (!box.width || !box.height) return `${element.outerHTML.slice(0, 120)} has no size`;
        const points = [0.25, 0.5, 0.75].flatMap((x) => [0.25, 0.5, 0.75].map((y) => [box.left + box.width * x, box.top + box.height * y] as const));
        const visible = points.some(([x, y]) => {
          const top = window.document.elementFromPoint(x, y);
          return top !== null && (element.contains(top) || top.contains(element));
        });
        return visible ? 'seen' : `${element.outerHTML.slice(0, 120)} is covered`;
      });
      expect(['seen', 'nothing'], `${path}, step ${step}: ${seen}`).toContain(seen);
      if (seen === 'seen') steps += 1;
    }
    expect(steps, `${path}: stops of the focus`).toBeGreaterThan(20);
  }
});
