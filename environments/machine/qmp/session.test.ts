import { Duplex } from 'node:stream';
import { setImmediate as nextTurn } from 'node:timers/promises';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { refusalOf } from './errors.ts';
import type { QmpEvents } from './messages.ts';
import { openSession } from './session.ts';

interface Request {
  readonly id: number;
  readonly execute: string;
  readonly arguments?: unknown;
}

/** The far end of a line: what was sent to it, and a way to say anything in pieces of any size. */
function line() {
  const sent: string[] = [];
  const stream = new Duplex({
    read: () => undefined,
    write: (chunk: Buffer, _encoding, done) => {
      sent.push(chunk.toString());
      done();
    },
  });
  const requests = () =>
    sent
      .join('')
      .split('\n')
      .filter((text) => text !== '')
      .map((text) => JSON.parse(text) as Request);
  const say = (message: object) => stream.push(`${JSON.stringify(message)}\r\n`);
  return { stream, requests, say };
}

const forever = new AbortController().signal;
const place = { path: '/run/some.qmp', log: '/run/qemu.log' };

function session() {
  const far = line();
  return { ...far, ...openSession(far.stream, place, forever) };
}

type Answer =
  | { readonly kind: 'echo'; readonly text: string }
  | { readonly kind: 'refusal'; readonly text: string }
  | { readonly kind: 'event'; readonly text: string };

const answers = fc.array(
  fc.record({
    kind: fc.constantFrom<Answer['kind']>('echo', 'refusal', 'event'),
    text: fc.string({ unit: 'grapheme', maxLength: 12 }),
  }),
  { maxLength: 16 },
);

/** `bytes` in pieces, cut at the places (taken modulo the length). */
function cut(bytes: Buffer, places: readonly number[]): Buffer[] {
  const edges = [0, ...places.map((at) => at % (bytes.length + 1)), bytes.length].sort((a, b) => a - b);
  return edges.slice(1).map((edge, index) => bytes.subarray(edges[index], edge));
}

describe('answers and events', () => {
  it('find whom they are for, in any order and wherever the stream is cut', async () => {
    const cases = [answers, fc.array(fc.nat(), { maxLength: 40 }), fc.infiniteStream(fc.nat())] as const;
    await fc.assert(
      fc.asyncProperty(...cases, async (said, places, chance) => {
        const { stream, qmp, requests } = session();
        const seen: string[] = [];
        qmp.on('SHUTDOWN', ({ reason }) => seen.push(reason));
        const asked = said.filter(({ kind }) => kind !== 'event');
        const outcomes = asked.map(({ text }) =>
          qmp.execute('human-monitor-command', { 'command-line': text }).then(
            (answer) => `echo ${answer}`,
            (error: unknown) => `refusal ${refusalOf(error)?.description ?? 'none'}`,
          ),
        );
        await nextTurn();
        const ids = new Map(asked.map((answer, index) => [answer, requests()[index]?.id]));
        const inAnyOrder = said
          .map((answer) => ({ answer, rank: Number(chance.next().value) }))
          .sort((a, b) => a.rank - b.rank)
          .map(({ answer }) => answer);
        const bytes = Buffer.from(inAnyOrder.map((answer) => wire(answer, ids.get(answer))).join(''));
        for (const piece of cut(bytes, places)) if (piece.length > 0) stream.push(piece);
        expect(await Promise.all(outcomes)).toEqual(asked.map(({ kind, text }) => `${kind} ${text}`));
        await nextTurn();
        expect(seen).toEqual(inAnyOrder.filter(({ kind }) => kind === 'event').map(({ text }) => text));
      }),
    );
  });

  function wire({ kind, text }: Answer, id: number | undefined): string {
    if (kind === 'event')
      return `${JSON.stringify({ event: 'SHUTDOWN', data: { guest: true, reason: text } })}\r\n`;
    const content = kind === 'echo' ? { return: text } : { error: { class: 'GenericError', desc: text } };
    return `${JSON.stringify({ ...content, id })}\r\n`;
  }
});

describe('a command', () => {
  it('goes out with its arguments and a number of its own, before earlier ones are answered', async () => {
    const { qmp, requests, say } = session();
    const both = Promise.all([qmp.execute('stop'), qmp.execute('migrate', { uri: 'exec:cat' })]);
    await nextTurn();
    expect(requests()).toEqual([
      { execute: 'stop', id: 1 },
      { execute: 'migrate', arguments: { uri: 'exec:cat' }, id: 2 },
    ]);
    say({ return: {}, id: 2 });
    say({ return: {}, id: 1 });
    await both;
  });

  it('that is refused fails with the name of the command and the words of QEMU', async () => {
    const { qmp, say } = session();
    const refused = qmp.execute('cont').catch((error: unknown) => error);
    say({ error: { class: 'GenericError', desc: 'Migration is not finalized yet' }, id: 1 });
    const error = await refused;
    expect(error).toMatchObject({
      code: 'STRATA-E429',
      message: "QEMU refused 'cont': GenericError: Migration is not finalized yet",
      log: '/run/qemu.log',
    });
    expect(refusalOf(error)).toMatchObject({ command: 'cont', errorClass: 'GenericError' });
  });

  it('that is not answered in time fails, and its late answer disturbs nobody', async () => {
    const { qmp, say } = session();
    await expect(qmp.execute('stop', {}, { timeoutMs: 1 })).rejects.toMatchObject({
      code: 'STRATA-E427',
      message: expect.stringContaining("QEMU to answer 'stop' (/run/some.qmp)") as string,
    });
    const second = qmp.execute('query-status');
    say({ return: { running: false, status: 'late' }, id: 1 });
    say({ return: { running: true, status: 'running' }, id: 2 });
    expect(await second).toEqual({ running: true, status: 'running' });
  });

  it('that is called off fails with the reason; one called off before is not sent', async () => {
    const { qmp, requests } = session();
    const reason = new Error('the trial was stopped');
    const calledOff = new AbortController();
    const running = qmp.execute('stop', {}, { signal: calledOff.signal });
    calledOff.abort(reason);
    await expect(running).rejects.toBe(reason);
    await expect(qmp.execute('cont', {}, { signal: calledOff.signal })).rejects.toBe(reason);
    expect(requests().map(({ execute }) => execute)).toEqual(['stop']);
  });
});

describe('a connection that is lost', () => {
  it('fails every unanswered command and every wait for an event, naming it and the cause', async () => {
    const { qmp, stream, greeting } = session();
    const failures = [
      qmp.execute('stop'),
      qmp.execute('query-status'),
      qmp.nextEvent('RESUME'),
      greeting,
    ].map((waiting) => waiting.catch((error: unknown) => error));
    stream.destroy(new Error('read ECONNRESET'));
    const lost = "the connection to QEMU's monitor at /run/some.qmp was lost before";
    expect(await Promise.all(failures)).toMatchObject([
      { code: 'STRATA-E428', message: `${lost} 'stop' was answered: read ECONNRESET` },
      { code: 'STRATA-E428', message: `${lost} 'query-status' was answered: read ECONNRESET` },
      { code: 'STRATA-E428', message: `${lost} RESUME was seen: read ECONNRESET` },
      { code: 'STRATA-E428', message: `${lost} its greeting: read ECONNRESET` },
    ]);
    await qmp.closed;
  });

  it.each<[string, (far: ReturnType<typeof session>) => void, string]>([
    ['QEMU', ({ stream }) => stream.push(null), 'QEMU closed it'],
    ['strata', ({ qmp }) => qmp[Symbol.dispose](), 'strata closed it'],
  ])('says that %s closed it, and refuses what comes after', async (_who, close, words) => {
    const far = session();
    const failure = far.qmp.execute('stop').catch((error: unknown) => error);
    await nextTurn();
    close(far);
    await expect(failure).resolves.toMatchObject({ message: expect.stringContaining(words) as string });
    await far.qmp.closed;
    await expect(far.qmp.execute('cont')).rejects.toMatchObject({ code: 'STRATA-E428' });
    await expect(far.qmp.nextEvent('STOP')).rejects.toMatchObject({ code: 'STRATA-E428' });
  });

  it('is lost when something else than QMP comes over it', async () => {
    const { qmp, stream } = session();
    const failure = qmp.execute('stop').catch((error: unknown) => error);
    stream.push('SSH-2.0-OpenSSH_9.2\r\n');
    await expect(failure).resolves.toMatchObject({
      message: expect.stringContaining('does not speak QMP: "SSH-2.0-OpenSSH_9.2"') as string,
    });
    await qmp.closed;
    expect(stream.destroyed).toBe(true);
  });
});

describe('events', () => {
  it('reach every listener until it is disposed', async () => {
    const { qmp, say } = session();
    const heard: string[] = [];
    const first = qmp.on('STOP', () => heard.push('first'));
    qmp.on('STOP', () => heard.push('second'));
    say({ event: 'STOP' });
    await nextTurn();
    first[Symbol.dispose]();
    say({ event: 'STOP' });
    say({ event: 'SOMETHING_NEW', data: { of: 'a later version' } });
    await nextTurn();
    expect(heard).toEqual(['first', 'second', 'second']);
  });

  it('are waited for until one is accepted', async () => {
    const { qmp, say } = session();
    const completed = qmp.nextEvent('MIGRATION', { accept: ({ status }) => status === 'completed' });
    for (const status of ['setup', 'active', 'completed', 'active'])
      say({ event: 'MIGRATION', data: { status } });
    expect(await completed).toEqual({ status: 'completed' } satisfies QmpEvents['MIGRATION']);
  });

  it('that do not come in time fail the wait', async () => {
    const { qmp } = session();
    await expect(qmp.nextEvent('STOP', { timeoutMs: 1 })).rejects.toMatchObject({
      code: 'STRATA-E427',
      message: expect.stringContaining("QEMU's event STOP") as string,
    });
  });
});
