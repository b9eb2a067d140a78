import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Journal } from '../../core/journal/journal.ts'
import { below, type Random } from '../../core/random.ts'
import { inFolder } from './folder.ts'

const alphabet = '0123456789abcdefghjkmnpqrstvwxyz'

/** A secret of a data folder, made on first use (200 bits, mode 0600). */
function secretOf(data: string, name: string, random: Random): Promise<string> {
  const path = join(data, name)
  const made = `${Array.from({ length: 40 }, () => alphabet[below(random, alphabet.length)]).join('')}\n`
  return inFolder(data, async () => {
    await writeFile(path, made, { flag: 'wx', mode: 0o600 }).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'EEXIST') throw error
    })
    return (await readFile(path, 'utf8')).trim()
  })
}

/** Keeps the addresses of calendars: people subscribe to them, so it outlives every token. */
export const feedKeyOf = (data: string, random: Random) => secretOf(data, 'calendar-key', random)

/** The same for all controllers of a store: that of the one that was there first. */
export const sharedSecret = (journal: Pick<Journal, 'records'>, name: string, own: string): Promise<string> =>
  journal.records<{ value: string }>('secret').change({ key: name }, ({ byKey }) => {
    if (byKey) return { answer: byKey.data.value }
    const draft = { status: 'kept', open: true, component: null, topic: null, parent: null, nextAt: null }
    return { put: [{ ...draft, id: `secret/${name}`, key: name, rev: 0, data: { value: own } }], answer: own }
  })

/** What control calls carry: the environment's, else the data folder's own. */
export const controlTokenOf = async (data: string, env: Readonly<Record<string, string | undefined>>, random: Random) =>
  env.JIDOKA_CONTROL_TOKEN ?? (await secretOf(data, 'control-token', random))
