import { describe, expect, it } from 'vitest';
import pc from 'picocolors';
import { sampleMetrics } from '../../../results/store/records.fixture.ts';
import { killed } from '../summary/run.fixture.ts';
import { etaMs } from './eta.ts';
import { chooseMode, jsonLine, type ProgressOptions } from './open-progress.ts';
import { initialPlain, plainLines, quietIntervalMs, type PlainState } from './plain.ts';
import type { ProgressEvent, TrialFinished } from './progress-event.ts';
import { advance, initialState, remainingMs } from './progress-state.ts';
import { screen } from './tty-screen.ts';

const label = 'process, onset, embedded store, 3 replicas, 4 clients';
const trials = ['t0001', 't0002', 't0003'].map((trialId) => ({ trialId, cellKey: 'a', label }));
const started: ProgressEvent = { kind: 'run-started', runId: 'r', runDir: 'results/data/r', trials };
const phase = (trialId: string, name: 'provision' | 'drive'): ProgressEvent => {
  return { kind: 'phase', trialId, attempt: 1, label, phase: name };
};
const finished = (trialId: string, changes: Partial<TrialFinished> = {}): TrialFinished => ({
  ...{ kind: 'trial-finished', trialId, attempt: 1, cellKey: 'a', label, status: 'completed' },
  ...{ durationMs: 2000, correct: true, cause: null, metrics: sampleMetrics, willRetry: false },
  ...changes,
});
const failed = { status: 'failed', cause: killed, metrics: null, correct: null } as const;
const after = (events: readonly ProgressEvent[]) =>
  events.reduce((state, event) => advance(state, event, 0), initialState(0));

describe('the time left', () => {
  it('is unknown before a trial has finished', () => {
    expect(etaMs(['a', 'b'], [], 0)).toBeNull();
  });

  it('takes the mean of the same cell, and the overall mean for a cell not seen yet', () => {
    const past = [
      { cellKey: 'a', durationMs: 1000 },
      { cellKey: 'a', durationMs: 3000 },
      { cellKey: 'b', durationMs: 8000 },
    ];
    expect(etaMs(['a'], past, 0)).toBe(2000);
    expect(etaMs(['a', 'b', 'new'], past, 0)).toBe(2000 + 8000 + 4000);
  });

  it('takes off what the current trial has run, and never goes below what the later ones need', () => {
    const past = [{ cellKey: 'a', durationMs: 1000 }];
    expect(etaMs(['a', 'a'], past, 400)).toBe(1600);
    expect(etaMs(['a', 'a'], past, 60_000)).toBe(1000);
  });

  it('does not learn from failed trials', () => {
    expect(remainingMs(after([started, finished('t0001', failed)]), 0)).toBeNull();
  });
});

describe('the state of the display', () => {
  it('counts a retried trial as remaining, and as failed only when it is given up', () => {
    const retried = after([started, finished('t0001', { ...failed, willRetry: true })]);
    expect([retried.remaining.length, retried.failed]).toEqual([3, 0]);
    const givenUp = after([started, finished('t0001', failed)]);
    expect([givenUp.remaining.length, givenUp.failed]).toEqual([2, 1]);
  });
});

describe('plain lines', () => {
  const feed = (steps: readonly [number, ProgressEvent | { kind: 'tick' }][], isVerbose = false) => {
    let state: PlainState = initialPlain(0);
    return steps.flatMap(([nowMs, event]) => {
      const next = plainLines(state, event, nowMs, isVerbose);
      state = next.state;
      return next.lines;
    });
  };
  const waiting = (elapsedMs: number): ProgressEvent => {
    return { kind: 'waiting', what: 'replica-2 to answer', elapsedMs, limitMs: 30_000, log: 'logs/r2.log' };
  };

  it('are one per phase change and per finished trial', () => {
    const lines = feed([
      [0, started],
      [0, phase('t0001', 'provision')],
      [1, phase('t0001', 'drive')],
      [2, finished('t0001')],
    ]);
    expect(lines).toHaveLength(4);
    expect(lines[2]).toContain('[trial 1 of 3]');
    expect(lines[2]).toContain('measuring');
    expect(lines[3]).toContain('correct');
  });

  it('say of a wait how long, of how long, for what and where the log is, but at most every 10 s', () => {
    const waits = Array.from({ length: 250 }, (_, i): [number, ProgressEvent] => [i * 100, waiting(i * 100)]);
    const lines = feed([[0, started], ...waits]).slice(1);
    expect(lines).toHaveLength(2);
    expect(lines[0]).toBe('waiting 10.0 s of 30.0 s for replica-2 to answer (log: logs/r2.log)');
  });

  it('hold a note back and let it out when its time has come', () => {
    const note: ProgressEvent = { kind: 'note', level: 'info', message: 'importing the image' };
    expect(
      feed([
        [0, started],
        [1, note],
        [500, { kind: 'tick' }],
      ]),
    ).toHaveLength(1);
    expect(
      feed([
        [0, started],
        [1, note],
        [quietIntervalMs, { kind: 'tick' }],
      ])[1],
    ).toBe('importing the image');
  });

  it('rather say what a builder says of its work than that it is waited for', () => {
    const note: ProgressEvent = { kind: 'note', level: 'info', message: 'unpacking 9 s, 0.7 of 1.2 GB' };
    const lines = feed([
      [0, started],
      [9_000, note],
      [9_500, waiting(9_500)],
      [quietIntervalMs, waiting(10_000)],
    ]);
    expect(lines[1]).toBe('unpacking 9 s, 0.7 of 1.2 GB');
  });

  it('give a sign of life in a long phase', () => {
    const lines = feed([
      [0, started],
      [0, phase('t0001', 'drive')],
      [quietIntervalMs, { kind: 'tick' }],
    ]);
    expect(lines[2]).toContain('still measuring, 10.0 s so far');
  });

  it('show a failure with code and cause and without figures', () => {
    const [line] = feed([[0, finished('t0001', failed)]]);
    expect(line).toContain('STRATA-E412 container replica-2 ended');
    expect(line).not.toContain('requests/s');
  });

  it('show details with -v only', () => {
    const detail: ProgressEvent = { kind: 'note', level: 'detail', message: 'port 4711' };
    expect(feed([[0, detail]])).toEqual([]);
    expect(feed([[0, detail]], true)).toEqual(['port 4711']);
  });
});

describe('the live screen', () => {
  const colors = pc.createColors(false);

  it('shows where the run is, the trial with its phase and time, and the last outcome', () => {
    const state = after([started, finished('t0001', failed), phase('t0002', 'drive')]);
    const text = screen(state, 1500, 120, colors);
    expect(text).toContain('trial 2 of 3 · 0 ok, 1 failed');
    expect(text).toContain('measuring, 1.5 s');
    expect(text).toContain('✗ t0001 failed');
  });

  it('shows what is being built and how long it is waited for, before the first trial', () => {
    const message = `building the guest image: ${'unpacking '.repeat(5)}0.7 of 1.2 GB`;
    const wait = { what: 'the image', elapsedMs: 3000, limitMs: 60_000, log: null };
    const state = after([started, { kind: 'note', level: 'info', message }, { kind: 'waiting', ...wait }]);
    const text = screen(state, 0, 60, colors);
    expect(text).toContain('0.7 of 1.2 GB');
    expect(text).toContain('waiting 3.0 s of 1 min 00 s for the image');
    expect(text.split('\n').length).toBeLessThanOrEqual(5);
    // Nobody has heard of the wait for some time: it is over.
    expect(screen(state, 10_000, 60, colors)).not.toContain('waiting');
  });

  it('never exceeds the terminal, whatever it has to say', () => {
    const note: ProgressEvent = { kind: 'note', level: 'info', message: `a\nb ${'x'.repeat(500)}` };
    const state = after([started, phase('t0001', 'drive'), finished('t0001', failed), note]);
    const lines = screen(state, 0, 60, colors).split('\n');
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(60);
    expect(lines.length).toBeLessThanOrEqual(5);
  });
});

describe('the choice of renderer', () => {
  const options: ProgressOptions = {
    mode: 'auto',
    isQuiet: false,
    isVerbose: false,
    isColorRefused: false,
    env: {},
  };

  it('is the live screen on a terminal and lines elsewhere', () => {
    expect(chooseMode(options, true)).toBe('tty');
    expect(chooseMode(options, false)).toBe('plain');
  });

  it('is lines in CI, with -v and on a dumb terminal, and nothing with -q', () => {
    expect(chooseMode({ ...options, env: { CI: 'true' } }, true)).toBe('plain');
    expect(chooseMode({ ...options, isVerbose: true }, true)).toBe('plain');
    expect(chooseMode({ ...options, env: { TERM: 'dumb' } }, true)).toBe('plain');
    expect(chooseMode({ ...options, isQuiet: true }, true)).toBe('none');
  });

  it('is what --progress says, before everything else', () => {
    expect(chooseMode({ ...options, mode: 'json', isQuiet: true, env: { CI: '1' } }, true)).toBe('json');
  });
});

it('prints an event as one line of JSON, whatever it contains', () => {
  const note: ProgressEvent = { kind: 'note', level: 'info', message: 'two\nlines "quoted"' };
  const line = jsonLine(note, new Date(0));
  expect(line).not.toContain('\n');
  expect(JSON.parse(line)).toEqual({ atIso: '1970-01-01T00:00:00.000Z', ...note });
});
