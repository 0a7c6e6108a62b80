import { describe, expect, it } from 'vitest';
import {
  mmdebstrapArguments,
  parsePackageList,
  recipeKey,
  rootfsRecipe,
  type RootfsRecipe,
} from './recipe.ts';

describe('the key of a recipe', () => {
  const changes: Partial<RootfsRecipe>[] = [
    { version: rootfsRecipe.version + 1 },
    { suite: 'forky' },
    { variant: 'apt' },
    { packages: [...rootfsRecipe.packages, 'strace'] },
    { dpkgOptions: [] },
    { customizeHooks: [...rootfsRecipe.customizeHooks, 'true'] },
  ];

  it.each(changes)('changes with %j', (change) => {
    expect(recipeKey({ ...rootfsRecipe, ...change })).not.toBe(recipeKey(rootfsRecipe));
  });

  it('does not change with the order of the packages', () => {
    const reversed = { ...rootfsRecipe, packages: [...rootfsRecipe.packages].reverse() };
    expect(recipeKey(reversed)).toBe(recipeKey(rootfsRecipe));
    expect(recipeKey(rootfsRecipe)).toMatch(/^[0-9a-f]{12}$/);
  });
});

describe('the command line of mmdebstrap', () => {
  it('names every package, hands the settings of the host on and ends with suite, target and mirror', () => {
    const given = mmdebstrapArguments(rootfsRecipe, {
      mirror: 'copy:/srv/debian',
      options: ['Acquire::x "y"'],
    });
    expect(given.slice(-3)).toEqual(['trixie', '-', 'copy:/srv/debian']);
    expect(given).toContain(`--include=${rootfsRecipe.packages.join(',')}`);
    expect(given).toContain('--aptopt=Acquire::x "y"');
  });

  it('works as root, or as the root of a user namespace', () => {
    const apt = { mirror: null, options: [] };
    expect(mmdebstrapArguments(rootfsRecipe, apt)).toContain('--mode=root');
    expect(mmdebstrapArguments(rootfsRecipe, apt, 'unshare')).toContain('--mode=unshare');
  });

  it('leaves the mirror to mmdebstrap where the host names none', () => {
    expect(mmdebstrapArguments(rootfsRecipe, { mirror: null, options: [] }).slice(-2)).toEqual([
      'trixie',
      '-',
    ]);
  });
});

it('a package listing is read as name and version', () => {
  expect(parsePackageList('etcd-server 3.5.16-4\ngcc 4:14.2.0-1\n')).toEqual({
    'etcd-server': '3.5.16-4',
    gcc: '4:14.2.0-1',
  });
});
