import { describe, expect, it } from 'vitest';
import { engineAddress } from './engine-address.ts';

describe('the address of the engine', () => {
  it('is a socket unless DOCKER_HOST says otherwise', () => {
    expect(engineAddress({})).toMatchObject({ kind: 'socket', from: 'the default' });
    expect(engineAddress({ DOCKER_HOST: '' })).toMatchObject({ from: 'the default' });
    expect(engineAddress({ DOCKER_HOST: 'unix:///run/user/1000/docker.sock' })).toEqual({
      ...{ kind: 'socket', path: '/run/user/1000/docker.sock', from: 'DOCKER_HOST' },
    });
    expect(engineAddress({ DOCKER_HOST: '127.0.0.1:2375' })).toMatchObject({ url: 'tcp://127.0.0.1:2375' });
  });

  it.each(['gopher://x', 'tcp://', '/var/run/docker.sock'])(
    'refuses %s and says what is allowed',
    (given) => {
      expect(() => engineAddress({ DOCKER_HOST: given })).toThrow(
        expect.objectContaining({ code: 'STRATA-E310', fix: expect.stringContaining('unix:///') as string }),
      );
    },
  );
});
