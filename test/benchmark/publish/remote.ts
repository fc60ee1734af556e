import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import type { Order, Report } from './stand-in/process.ts';

export interface Remote {
  readonly endpoint: string;
  readonly tell: (order: Order) => Promise<Report>;
  readonly close: () => void;
}

/** The stand-in beside us: what the clients cost must not wait for what we do, nor be counted as ours. */
export async function startRemote(): Promise<Remote> {
  const child = fork(join(import.meta.dirname, 'stand-in/process.ts'));
  const tell = async (order: Order): Promise<Report> => {
    const answered = once(child, 'message');
    child.send(order);
    const [report] = (await answered) as [Report];
    return report;
  };
  const { port } = await tell({ kind: 'port' });
  return { endpoint: `http://127.0.0.1:${port}`, tell, close: () => child.disconnect() };
}
