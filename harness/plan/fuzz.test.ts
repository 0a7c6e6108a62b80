/**
 * Whatever the sources hold, the outcome is an experiment or a StrataError with exit code 2 and a place.
 */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { asError, StrataError } from '../foundation/errors.ts';
import { decodeExperiment } from './experiment-file.ts';
import { expandPlan } from './expand.ts';
import { attributeOf, variableOf } from './flag-names.ts';
import { experimentFlags } from './flag-table.ts';
import { resolveExperiment, type ExperimentSources } from './resolve.ts';

/** Pieces that experiments and YAML are made of, so that random texts come close to valid ones. */
const pieces = fc.constantFrom(
  ...experimentFlags.flatMap(({ key, example }) => [key, example, `${key}: ${example}\n`]),
  ...[
    '1-15x2',
    '(odd)',
    '1-64*2',
    '0',
    '-1',
    '1e9',
    '.inf',
    '.nan',
    '0x10',
    'null',
    '~',
    'true',
    '512MiB',
    '20ms',
  ],
  ...[
    ': ',
    '\n',
    '  ',
    '- ',
    '? ',
    '[',
    ']',
    '{',
    '}',
    ', ',
    '"',
    "'",
    '|\n',
    '>-\n',
    '#',
    '&a ',
    '*a',
    '!!int ',
    '!x ',
  ],
  ...[
    '---\n',
    '...\n',
    '%YAML 1.1\n',
    '%TAG ! x\n',
    '<<: ',
    '\t',
    '\r',
    '\u0000',
    '\ufeff',
    '__proto__',
    'constructor',
  ],
);
const almostYaml = fc.array(pieces, { maxLength: 30 }).map((parts) => parts.join(''));
const anyText = fc.string({ unit: 'binary', maxLength: 200 });
const anyKey = fc.oneof(
  fc.constantFrom(...experimentFlags.map(({ key }) => key)),
  fc.string({ maxLength: 10 }),
);
const anyValue = fc.oneof(pieces, fc.jsonValue({ maxDepth: 3 }), fc.integer(), fc.double());
const anyDocument = fc.dictionary(anyKey, anyValue, { maxKeys: 8 });

function expectExperimentOrRefusal(sources: ExperimentSources, place: RegExp): void {
  try {
    const experiment = resolveExperiment({ freshSeed: 1, ...sources });
    expect(expandPlan({ ...experiment, trials: 1 }).cells.length).toBeGreaterThan(0);
  } catch (error) {
    expectRefusal(error, place);
  }
}

function expectRefusal(error: unknown, place: RegExp): void {
  if (!(error instanceof StrataError)) throw new Error('not a refusal', { cause: asError(error) });
  expect(error.exitCode).toBe(2);
  expect(error.message).toMatch(place);
  expect(error.fix).not.toBe('');
  expect(error.message).not.toMatch(/\bat .*\.ts:\d+/);
}

const inFile = /x\.yaml:\d+:\d+: /;

describe('whatever is given', () => {
  it.each([
    ['text near to YAML', almostYaml],
    ['any text', anyText],
    ['any document', anyDocument.map((document) => stringify(document))],
    ['any JSON', fc.json()],
  ])('as a file, %s', (_, texts) => {
    fc.assert(
      fc.property(texts, (text) => {
        expectExperimentOrRefusal({ flags: {}, environment: {}, file: { path: 'x.yaml', text } }, inFile);
      }),
      { numRuns: 1000 },
    );
  });

  it('as bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        try {
          const text = decodeExperiment('x.yaml', bytes);
          expectExperimentOrRefusal({ flags: {}, environment: {}, file: { path: 'x.yaml', text } }, inFile);
        } catch (error) {
          expectRefusal(error, /^x\.yaml/);
        }
      }),
      { numRuns: 500 },
    );
  });

  it('as flags', () => {
    const attribute = fc.oneof(
      fc.constantFrom(...experimentFlags.map(attributeOf)),
      fc.string({ maxLength: 10 }),
    );
    const flags = fc.dictionary(attribute, fc.oneof(anyValue, almostYaml, fc.anything()), { maxKeys: 6 });
    fc.assert(
      fc.property(flags, (given) => {
        expectExperimentOrRefusal({ flags: given, environment: {} }, /--/);
      }),
      { numRuns: 1500 },
    );
  });

  it('as variables', () => {
    const known = experimentFlags.map(variableOf);
    const variable = fc.oneof(
      fc.constantFrom(...known),
      fc.string().map((name) => `STRATA_${name}`),
      fc.string(),
    );
    const environment = fc.dictionary(variable, fc.oneof(pieces, almostYaml, fc.string()), { maxKeys: 6 });
    fc.assert(
      fc.property(environment, (given) => {
        expectExperimentOrRefusal({ flags: {}, environment: given }, /STRATA_/);
      }),
      { numRuns: 1000 },
    );
  });
});
