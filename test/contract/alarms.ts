import { expect, it } from 'vitest';
import type { Alarms } from '../../controller/ports/alarms.ts';

export interface AlarmFixture {
  readonly alarms: Alarms;
  /** Creates an alarm in a region. */
  create(name: string, region: string): Promise<void>;
  set(name: string, state: 'OK' | 'ALARM', region: string): Promise<void>;
}

/** What every Alarms does. */
export function checkAlarms(open: () => AlarmFixture): void {
  const home = 'us-east-1';
  const far = 'eu-west-1';

  it('reads alarms of several regions', async () => {
    const { alarms, create, set } = open();
    await create('read-home', home);
    await create('read-far', far);
    await set('read-far', 'ALARM', far);
    const states = await alarms.read([
      { name: 'read-far', region: far },
      { name: 'read-home', region: home },
      { name: 'read-far', region: home },
    ]);
    expect(states).toHaveLength(3);
    expect(states).toMatchObject(
      expect.arrayContaining([
        expect.objectContaining({ name: 'read-far', region: far, state: 'ALARM' }),
        expect.objectContaining({ name: 'read-far', region: home, state: 'missing' }),
        expect.objectContaining({ name: 'read-home', region: home, state: 'INSUFFICIENT_DATA' }),
      ]) as unknown[],
    );
    const firing = states.find(({ state }) => state === 'ALARM');
    expect(firing?.reason).toBe('set to ALARM');
    expect(Date.parse(firing?.since ?? '')).toBeGreaterThan(Date.now() - 60_000);
  });

  it('remembers an entry into ALARM after the alarm went away', async () => {
    const { alarms, create, set } = open();
    const alarm = { name: 'entered', region: home };
    await create(alarm.name, home);
    const since = new Date().toISOString();
    await set(alarm.name, 'OK', home);
    expect(await alarms.entered([alarm], since)).toEqual([]);
    await set(alarm.name, 'ALARM', home);
    await set(alarm.name, 'OK', home);
    const [entry, ...others] = await alarms.entered([alarm], since);
    expect(others).toEqual([]);
    expect(entry).toMatchObject({ ...alarm, reason: 'set to ALARM' });
    const later = new Date(Date.parse(entry?.at ?? '') + 1).toISOString();
    expect(await alarms.entered([alarm], later)).toEqual([]);
    expect(await alarms.entered([alarm], entry?.at ?? '')).toEqual([entry]);
  });

  it('finds every entry, however many there were', async () => {
    const { alarms, create, set } = open();
    const alarm = { name: 'flapping', region: home };
    await create(alarm.name, home);
    const since = new Date().toISOString();
    for (let turn = 0; turn < 55; turn += 1) {
      await set(alarm.name, 'ALARM', home);
      await set(alarm.name, 'OK', home);
    }
    expect(await alarms.entered([alarm], since)).toHaveLength(55);
  });
}
