import { BaseSequencer, type TestSequencer, type TestSpecification, type Vitest } from 'vitest/node'

/**
 * Tests that open a house wait for each other (`test/e2e/harness.ts`): two of them at once would leave one of two workers idle. So
 * they are spread among the others.
 */
const opensHouse = ({ moduleId }: { moduleId: string }) => /\/test\/e2e\/(?!controllers)/.test(moduleId)

/** Each house, and after it its share of the others. */
export function spread<File extends { moduleId: string }>(files: readonly File[]): File[] {
  const houses = files.filter(opensHouse)
  if (houses.length === 0) return [...files]
  const others = files.filter((file) => !opensHouse(file))
  const share = Math.ceil(others.length / houses.length)
  return houses.flatMap((house, at) => [house, ...others.slice(at * share, (at + 1) * share)])
}

/** Made with `new` by the runner. */
function Order(vitest: Vitest): TestSequencer {
  const usual = new BaseSequencer(vitest)
  return {
    shard: (files) => usual.shard(files),
    sort: async (files: TestSpecification[]) => spread(await usual.sort(files)),
  }
}

export const order = Order as unknown as new (vitest: Vitest) => TestSequencer
