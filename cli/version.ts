import { createRequire } from 'node:module'

/** Of the package; the build puts package.json where the same relative path finds it. */
export const version: string = createRequire(import.meta.url)('../package.json').version
