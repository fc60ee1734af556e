import { DESIGNS, REQUESTS_OF_VIEW } from './designs.ts';
import { listMonth, listStoreReads, type Line } from './months.ts';
import { priceBill, PRICES, READ_ON } from './prices.ts';
import { PUBLISHES } from './publishing.ts';

const MILLION = 1_000_000;

/** The tables of policies/costs.md, by the names of their places. */
export function renderCosts(): Readonly<Record<string, string>> {
  return {
    views: renderViews(),
    publishes: renderPublishes(),
    month: renderMonth(),
    reads: renderReads(),
    prices: renderPrices(),
  };
}

function renderViews(): string {
  const delivery = priceBill({ request: REQUESTS_OF_VIEW * MILLION });
  const rows = DESIGNS.map(({ name, what, view }) => {
    const dollars = priceBill(view) * MILLION;
    return [name, money(dollars), money(delivery + dollars), what];
  });
  return table(['a million page views', 'the edge', 'with requests', 'what runs'], rows);
}

function renderPublishes(): string {
  const rows = PUBLISHES.map(({ name, requests, bill, gigabytes }) => [
    name,
    requests,
    money(priceBill(bill)),
    money(priceBill({ storage: gigabytes })),
  ]);
  return table(['a publish of 10,000 files', 'requests', 'once', 'stored, a month'], rows);
}

function renderMonth(): string {
  const lines = listMonth();
  const sum = lines.reduce((total, { dollars }) => total + dollars, 0);
  const rows = [...renderLines(lines), ['**together**', '', `**${money(sum)}**`]];
  return table(['a month', 'how much', 'dollars'], rows);
}

function renderReads(): string {
  return table(
    ['a month, for each group', 'calls that read its KeyValueStore', 'dollars, if billed'],
    renderLines(listStoreReads()),
  );
}

function renderLines(lines: readonly Line[]): readonly (readonly string[])[] {
  return lines.map(({ name, how, dollars }) => [name, how, money(dollars)]);
}

function renderPrices(): string {
  const rows = Object.values(PRICES).map(({ dollars, per, unit, source, read }) => [
    unit,
    dollars === 0
      ? 'nothing'
      : `$${trim(dollars)}${per === 1 ? '' : ` for ${per.toLocaleString('en')}`}`,
    read === 'AWS' ? 'AWS' : 'quoted',
    `[source](${source})`,
  ]);
  return table([`looked up on ${READ_ON}`, 'price', 'read', ''], rows);
}

/** `$0.0011`: two figures that mean something; from ten cents on, cents. */
function money(dollars: number): string {
  if (dollars === 0) return '$0';
  return dollars < 0.1 ? `$${trim(Number(dollars.toPrecision(2)))}` : `$${dollars.toFixed(2)}`;
}

function trim(dollars: number): string {
  return dollars.toFixed(10).replace(/\.?0+$/, '');
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const all = [head, ...rows];
  const widths = head.map((_, column) =>
    Math.max(3, ...all.map((row) => (row[column] ?? '').length)),
  );
  const render = (row: readonly string[]) =>
    `| ${widths.map((width, column) => (row[column] ?? '').padEnd(width)).join(' | ')} |`;
  const rule = `| ${widths.map((width) => '-'.repeat(width)).join(' | ')} |`;
  return [render(head), rule, ...rows.map(render)].join('\n');
}
