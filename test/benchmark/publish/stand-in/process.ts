/** The stand-in as a process of its own, told what to do by the one that forked it. */
import { createHash } from 'node:crypto';
import { startStandIn, type Counts, type StandIn } from './stand-in.ts';

export type Order =
  | { readonly kind: 'latency'; readonly milliseconds: number }
  | { readonly kind: 'reset' | 'freeze' | 'clear' | 'port' | 'counts' }
  /** So many keys below a prefix, as a pool that has seen many builds. */
  | { readonly kind: 'fill'; readonly prefix: string; readonly count: number }
  | { readonly kind: 'put'; readonly key: string; readonly text: string };

export interface Report extends Counts {
  readonly port: number;
  /** Of the process since it began, in seconds. */
  readonly cpu: number;
}

function obey(standIn: StandIn, order: Order): void {
  switch (order.kind) {
    case 'latency':
      standIn.setLatency(order.milliseconds);
      break;
    case 'reset':
      standIn.reset();
      break;
    case 'freeze':
      standIn.objects.freeze();
      break;
    case 'clear':
      standIn.objects.clear();
      break;
    case 'fill':
      fill(standIn, order);
      break;
    case 'put':
      put(standIn, order);
      break;
    case 'port':
    case 'counts':
  }
}

function fill({ objects }: StandIn, { prefix, count }: { prefix: string; count: number }): void {
  for (let index = 0; index < count; index++) {
    const etag = createHash('md5').update(String(index)).digest('hex');
    objects.set(`${prefix}old-${etag.slice(0, 8)}-${index}.js`, { size: 3200, etag, text: '' });
  }
}

function put({ objects }: StandIn, { key, text }: { key: string; text: string }): void {
  const body = Buffer.from(text);
  const etag = createHash('md5').update(body).digest('hex');
  objects.set(key, {
    size: body.length,
    etag,
    body,
    text: '\r\nContent-Type: application/json\r\n',
  });
}

const standIn = await startStandIn();
process.on('message', (order: Order) => {
  obey(standIn, order);
  const { user, system } = process.cpuUsage();
  const report: Report = { ...standIn.counts(), port: standIn.port, cpu: (user + system) / 1e6 };
  process.send?.(report);
});
process.on('disconnect', () => void standIn.close());
