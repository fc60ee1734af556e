import { priceBill } from '../../costs/prices.ts';
import type { Part } from './part.ts';
import { PARTS } from './parts.ts';
import { STATEMENTS } from './statements.ts';

const COLUMNS = 80;

/** Said before anything is made. */
export function explainProbe(parts: readonly Part[], writes: number): string {
  const others = PARTS.filter((part) => !parts.includes(part));
  const minutes = Math.max(...parts.map((part) => part.minutes));
  const dollars = sum(parts.map((part) => priceOf(part, writes)));
  return [
    `Measures ${sum(parts.map(countOf))} of the ${STATEMENTS.length} statements that our pages mark as assumed, side by side:`,
    ...parts.map((part) => describe(part, writes)),
    ...(parts.some(({ name }) => name === 'edge')
      ? [`and how long ${writes} writes of a KeyValueStore take to the edge, as seen from here.`]
      : []),
    'Everything is made in us-east-1, named headgate-probe-..., and taken away again. No policy is read.',
    `All that takes ${minutes} minutes or more, nearly all of it waiting for AWS, and costs $${dollars.toFixed(2)} at most (policies/costs.md). Credentials that end sooner leave things behind.`,
    ...(others.length > 0
      ? ['Not asked for; --probe-also <part>,... or --probe-also all does:']
      : []),
    ...others.map((part) => describe(part, writes)),
  ].join('\n');
}

/** For `--help`, within its columns. */
export function listParts(): string {
  return PARTS.flatMap((part) => {
    const { name, isUsual, minutes, dollars } = part;
    const head = `  ${name.padEnd(12)}${isUsual ? 'usual, ' : ''}${minutes} min, $${dollars.toFixed(2)}: ${part.makes};`;
    return wrap(`${head} needs ${part.rights.join(', ')}`);
  }).join('\n');
}

function describe(part: Part, writes: number): string {
  const { name, makes, rights, minutes } = part;
  const price = `$${priceOf(part, writes).toFixed(2)}`;
  return `  ${name}: ${countOf(part)} statements, ${minutes} min, ${price}. Makes ${makes}. Needs ${rights.join(', ')}.`;
}

function countOf({ name }: Part): number {
  return STATEMENTS.filter(({ measured }) => 'part' in measured && measured.part === name).length;
}

/** Each write is watched until the edge has it. */
function priceOf({ name, dollars }: Part, writes: number): number {
  if (name !== 'edge') return dollars;
  const bill = { request: 2000 * writes, functionRun: 4000 * writes, storeRead: 2000 * writes };
  return dollars + priceBill({ ...bill, storeCall: 20 + 2 * writes });
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, one) => total + one, 0);
}

function wrap(text: string): readonly string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(/(?<=\S) /)) {
    if (line !== '' && line.length + 1 + word.length > COLUMNS) {
      lines.push(line);
      line = ' '.repeat(14) + word;
    } else line = line === '' ? word : `${line} ${word}`;
  }
  return [...lines, line];
}
