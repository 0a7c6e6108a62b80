import { describe, expect, it } from 'vitest';
import { acceleratorOf, acceleratorsOf, isSameAccelerator } from './accelerator.ts';

const tcg = { accelerator: 'tcg', cpuModel: 'qemu64,-cx16', acceleratorReason: 'KVM was not used: …' };
const translated = { kind: 'tcg', cpuModel: 'qemu64,-cx16', reason: 'KVM was not used: …' };
const process = { isolation: 'none' };

describe('the accelerator of a run', () => {
  it('is what its environments with machines say', () => {
    expect(acceleratorOf({ environments: { process, vm: tcg } })).toEqual(translated);
    expect([...acceleratorsOf({ environments: { process, vm: tcg, 'docker-vm': tcg } })]).toEqual([
      ['vm', translated],
      ['docker-vm', translated],
    ]);
  });

  it('is null without machines, and before one was opened', () => {
    expect(acceleratorOf({ environments: { process } })).toBeNull();
    expect(acceleratorOf({ environments: {} })).toBeNull();
  });

  it('is the same only with the same kind and CPU model', () => {
    expect(isSameAccelerator(translated, { ...translated, reason: 'another' })).toBe(true);
    expect(isSameAccelerator(translated, { ...translated, kind: 'kvm' })).toBe(false);
    expect(isSameAccelerator(translated, { ...translated, cpuModel: 'max' })).toBe(false);
  });
});
