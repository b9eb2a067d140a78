import { createHash } from 'node:crypto'
import { mkdir, open, readFile, rename } from 'node:fs/promises'
import { join } from 'node:path'
import type { PairMemory } from '../platform.ts'

/** One file per pair below `folder`, changed as a whole: a scan that ends in the middle leaves the earlier value. */
export function fileMemory(folder: string): PairMemory {
  // Ids are the configuration's, and yet none may name a file elsewhere.
  const fileOf = (pair: string) =>
    join(folder, `${pair.replace(/[^a-z0-9-]/g, '_').slice(0, 64)}-${createHash('sha256').update(pair).digest('hex').slice(0, 8)}.json`)
  return {
    async get(pair) {
      try {
        return JSON.parse(await readFile(fileOf(pair), 'utf8'))
      } catch (error) {
        // A file that is no JSON is as good as none: the next one replaces it.
        if ((error as NodeJS.ErrnoException).code === 'ENOENT' || error instanceof SyntaxError) return undefined
        throw error
      }
    },
    async put(pair, value) {
      await mkdir(folder, { recursive: true, mode: 0o700 })
      const file = fileOf(pair)
      const part = await open(`${file}.part`, 'w', 0o600)
      try {
        await part.writeFile(JSON.stringify(value))
        await part.sync()
      } finally {
        await part.close()
      }
      await rename(`${file}.part`, file)
    },
  }
}
