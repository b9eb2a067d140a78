/** Something that protects users or data, and a way to take it out of the code. */
export interface Defence {
  /** Kebab case; what `node test/mutants/main.ts ID` is called with. */
  id: string
  /** What it protects from, in one sentence. */
  title: string
  /** From the root of the tree. */
  file: string
  /** Source text that stands there exactly once; any white space matches any other. */
  find: string
  /** What stands there without the defence. Must still load. */
  replace: string
  /** At least one of these must fail without it. They are tried in this order. */
  killedBy: readonly Check[]
}

/** One test file (`only`: those of its tests whose full name holds this text), or so many days of the simulator. */
export type Check = { file: string; only?: string } | { seeds: number; from: number }

export interface Chapter {
  title: string
  defences: readonly Defence[]
}

export const tests = (file: string, only?: string): Check => (only === undefined ? { file } : { file, only })
export const seeds = (count: number, from = 1): Check => ({ seeds: count, from })
