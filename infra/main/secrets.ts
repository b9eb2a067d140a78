import { readFileSync, writeFileSync } from 'node:fs'
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { below, type Random } from '../../core/random.ts'

const alphabet = '0123456789abcdefghjkmnpqrstvwxyz'

/** A secret of a data folder, made on first use (200 bits, mode 0600). */
export function secretOf(data: string, name: string, random: Random): string {
  mkdirSync(data, { recursive: true, mode: 0o700 })
  const path = join(data, name)
  try {
    writeFileSync(path, `${Array.from({ length: 40 }, () => alphabet[below(random, alphabet.length)]).join('')}\n`, { flag: 'wx', mode: 0o600 })
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
  }
  return readFileSync(path, 'utf8').trim()
}

/** What control calls carry: the environment's, else the data folder's own. */
export const controlTokenOf = (data: string, env: Readonly<Record<string, string | undefined>>, random: Random) =>
  env.JIDOKA_CONTROL_TOKEN ?? secretOf(data, 'control-token', random)
