import { expect, it } from 'vitest';
import { UnansweredError, UsageError } from '../../../../controller/core/errors.ts';
import { Setting } from './publish-build/setting.ts';

const setting = new Setting();

it('ends where nobody answers, rather than send everything', async () => {
  await setting.publishTwo();
  const read = (key: string) =>
    key.endsWith('latest.json')
      ? Promise.reject(new UnansweredError('S3 did not answer.', 'Run it again.'))
      : setting.store.read(key);
  const running = setting.publish({ build: '2', notes: { read } });
  await expect(running).rejects.toThrow('S3 did not answer.');
});

it('asks file by file where it may not read what would spare that', async () => {
  await setting.publishTwo();
  const denied = () => Promise.reject(new UsageError('May not read.', ''));
  const notes = {
    read: (key: string) => (key.endsWith('latest.json') ? denied() : setting.store.read(key)),
    folders: denied,
  };
  const result = await setting.publish({ build: '2', notes });
  expect(result).toMatchObject({ uploadedFiles: 2, sharedFiles: 1 });
  expect(setting.notes[0]).toBe(
    'warning: what earlier builds have is found out file by file: May not read.',
  );
});
