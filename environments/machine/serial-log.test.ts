import { appendFile, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { deathNotice, watchSerialLog, type SerialLog } from './serial-log.ts';

const { signal } = new AbortController();
let dir: string;
let file: string;
let log: SerialLog;

beforeEach(async () => {
  dir = await mkdtemp(path.join(tmpdir(), 'strata-serial-'));
  file = path.join(dir, 'serial.log');
  log = watchSerialLog(file, { signal });
});
afterEach(async () => {
  log[Symbol.dispose]();
  await rm(dir, { recursive: true });
});

const outcome = (watched: SerialLog, ms: number) =>
  Promise.race([watched.panicked, sleep(ms).then(() => 'quiet')]);

describe('a line of the console', () => {
  it.each([
    '[    0.9] Kernel panic - not syncing: VFS: Unable to mount root fs on unknown-block(0,0)',
    'PANIC: double fault, error_code: 0x0',
    '[    2.1] BUG: kernel NULL pointer dereference, address: 0000000000000000',
    '[    2.1] BUG: unable to handle page fault for address: ffffffff81000000',
    '[    2.1] Oops: 0000 [#1] PREEMPT SMP PTI',
    'strata-init: cannot mount the root disk: No such device',
  ])('means the end of the guest: %s', (line) => {
    expect(deathNotice(`${line}\r`)).toBe(line);
  });

  it.each([
    ['a guest that gets too little time', 'watchdog: BUG: soft lockup - CPU#0 stuck for 22s! [mariadbd:212]'],
    [
      'a guest that gets too little time',
      'BUG: workqueue lockup - pool cpus=0 node=0 flags=0x0 nice=0 stuck for 31s!',
    ],
    ['a word that holds another', 'systemd-coredump: DEBUG: whoops, Oopsie'],
    ['what init says of itself', 'strata-init: listening'],
  ])('does not, when it is of %s: %s', (_what, line) => {
    expect(deathNotice(line)).toBeNull();
  });
});

describe('the serial log', () => {
  it('is watched before there is one, and tells the first deadly line', async () => {
    await sleep(20);
    await writeFile(file, 'booting\r\n');
    await appendFile(file, 'a\r\nKernel panic - not syncing\r\nBUG: after it\r\n');
    expect(await log.panicked).toBe('Kernel panic - not syncing');
  });

  it('is understood when a line comes in pieces, or never ends', async () => {
    for (const piece of ['ok\nKernel pan', 'ic - not ', 'syncing: Attempted to kill init!']) {
      await appendFile(file, piece);
      await sleep(150);
    }
    expect(await log.panicked).toMatch(/^Kernel panic - not/);
  });

  it('is read to its end, however long it is', async () => {
    await writeFile(file, `${'line of a chatty kernel\n'.repeat(10_000)}PANIC: double fault\n`);
    expect(await log.panicked).toBe('PANIC: double fault');
  });

  it('that is begun anew is read anew', async () => {
    await writeFile(file, 'a first boot that said much and then hung\n'.repeat(10));
    await sleep(150);
    await writeFile(file, 'BUG: in the second\n');
    expect(await log.panicked).toBe('BUG: in the second');
  });

  it('of a guest that lives stays quiet, and so does one no longer watched', async () => {
    await writeFile(file, 'booting\nwatchdog: BUG: soft lockup - CPU#0 stuck for 22s!\n');
    expect(await outcome(log, 150)).toBe('quiet');
    log[Symbol.dispose]();
    await appendFile(file, 'Kernel panic\n');
    expect(await outcome(log, 250)).toBe('quiet');
  });

  it('is not watched any more once its run is called off', async () => {
    const calledOff = new AbortController();
    using watched = watchSerialLog(file, { signal: calledOff.signal });
    calledOff.abort();
    await writeFile(file, 'Kernel panic\n');
    expect(await outcome(watched, 250)).toBe('quiet');
  });

  it('shows its last lines, without carriage returns; none when there is no file', async () => {
    expect(await log.tail(3)).toBe('');
    await writeFile(file, `${'x'.repeat(200_000)}\r\none\r\ntwo\r\nthree ü\r\n`);
    expect(await log.tail(2)).toBe('two\nthree ü');
  });
});
