import { createHash, timingSafeEqual } from 'node:crypto'
import { chmod, link, mkdir, open, readFile, rename, stat, unlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import type { Clock } from '../clock.ts'
import { fault } from '../errors.ts'
import { below, type Random } from '../random.ts'
import { type ApiRole, apiRoles, type TokenInfo, type TokenStore } from './ports.ts'

export interface OpenTokensOptions {
  /** The data folder; made with mode 0700 when it is not there. */
  folder: string
  random: Random
  clock: Clock
}

export interface OpenTokens extends TokenStore {
  /** The local admin token, in `<folder>/token`. */
  local: string
  /** Signs the cookies of the board; the same as long as the local token is. */
  sessionKey: string
}

export const localName = 'local'
const alphabet = '0123456789abcdefghjkmnpqrstvwxyz'
export const maxTokens = 1_000
const tokenPattern = /^jdk_[0-9a-z]{40}$/
const fileSchema = z.strictObject({
  tokens: z
    .array(
      z.strictObject({ name: z.string(), role: z.enum(apiRoles), sha256: z.string().regex(/^[0-9a-f]{64}$/), createdAt: z.iso.datetime() }),
    )
    .max(maxTokens),
})
export type Stored = z.infer<typeof fileSchema>['tokens'][number]

export const digest = (text: string) => createHash('sha256').update(text).digest()

/**
 * The tokens of a data folder. The local one is made on the first start (200 bits, mode 0600); of all others, in
 * `<folder>/tokens.json`, only hashes are kept. Throws `token-file` when a file is readable by others or not understood.
 */
export async function openTokens({ folder, random, clock }: OpenTokensOptions): Promise<OpenTokens> {
  await ownFolder(folder)
  const path = join(folder, 'tokens.json')
  const local = await localToken(join(folder, 'token'), random)
  const localHash = digest(local)
  let stored = await readStored(path)
  let writing: Promise<unknown> = Promise.resolve()

  /** Changes of the file, one after the other. Each reads it anew: another process may have changed it. */
  function inTurn<T>(work: () => Promise<T>): Promise<T> {
    const done = writing.then(work)
    writing = done.catch(() => undefined)
    return done
  }

  async function keep(next: Stored[]): Promise<void> {
    await writeWhole(path, `${JSON.stringify({ tokens: next }, null, 2)}\n`)
    stored = next
  }

  async function add(name: string, role: ApiRole): Promise<string> {
    const known = await readStored(path)
    if (name === localName || known.some((one) => one.name === name))
      throw fault('conflict', { problem: `There is a token "${name}" already.`, hint: 'Take another name.' })
    if (known.length >= maxTokens)
      throw fault('conflict', { problem: `There are ${maxTokens} tokens already.`, hint: 'Revoke some (DELETE /v1/tokens/NAME).' })
    const token = mintToken(random)
    await keep([...known, { name, role, sha256: digest(token).toString('hex'), createdAt: new Date(clock.now()).toISOString() }])
    return token
  }

  async function remove(name: string): Promise<boolean> {
    if (name === localName)
      throw fault('conflict', {
        problem: 'The local token cannot be revoked.',
        hint: 'To exchange it, delete the file "token" in the data folder and start again.',
      })
    const known = await readStored(path)
    const left = known.filter((one) => one.name !== name)
    if (left.length < known.length) await keep(left)
    // Gone from the file already: then here too.
    else stored = known
    return left.length < known.length
  }

  return {
    local,
    sessionKey: digest(`session of ${local}`).toString('hex'),
    check(token) {
      const given = digest(token)
      let found: Stored | { name: string; role: ApiRole } | null = timingSafeEqual(given, localHash)
        ? { name: localName, role: 'admin' }
        : null
      // Every one is looked at, whether or not it was found: the time tells nothing.
      for (const one of stored) if (timingSafeEqual(given, Buffer.from(one.sha256, 'hex'))) found = one
      return found && { name: found.name, role: found.role }
    },
    create: (name, role) => inTurn(() => add(name, role)),
    revoke: (name) => inTurn(() => remove(name)),
    async list() {
      const known = await readStored(path)
      const others = known.map(({ name, role, createdAt }): TokenInfo => ({ name, role, createdAt: Date.parse(createdAt) }))
      return [{ name: localName, role: 'admin', createdAt: null }, ...others]
    },
    stands(name, role, since) {
      if (name === localName) return role === 'admin'
      return stored.some((one) => one.name === name && one.role === role && Date.parse(one.createdAt) <= since)
    },
  }
}

export function mintToken(random: Random): string {
  let token = 'jdk_'
  for (let i = 0; i < 40; i++) token += alphabet[below(random, alphabet.length)]
  return token
}

/** Who may write in the folder may exchange the token: that right is taken from all others. */
async function ownFolder(folder: string) {
  await mkdir(folder, { recursive: true, mode: 0o700 })
  const { mode, uid } = await stat(folder)
  const sticky = (mode & 0o1000) !== 0
  if ((mode & 0o022) !== 0 && !sticky && uid === process.getuid?.()) await chmod(folder, mode & 0o755)
}

async function localToken(path: string, random: Random): Promise<string> {
  if ((await readPrivate(path)) === null) {
    // Linked, not written in place: neither a crash nor a second controller leaves half a token.
    const made = `${path}.${mintToken(random).slice(-8)}`
    await writeFile(made, `${mintToken(random)}\n`, { flag: 'wx', mode: 0o600 })
    await link(made, path).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'EEXIST') throw fault('token-file', { path, problem: 'it cannot be made' }, error)
    })
    await unlink(made)
  }
  const token = (await readPrivate(path))?.trim() ?? ''
  if (!tokenPattern.test(token)) throw fault('token-file', { path, problem: 'it does not hold a token' })
  return token
}

export async function readStored(path: string): Promise<Stored[]> {
  const text = await readPrivate(path)
  if (text === null) return []
  try {
    return fileSchema.parse(JSON.parse(text)).tokens
  } catch (error) {
    throw fault('token-file', { path, problem: 'it is not in the form that Jidoka writes' }, error)
  }
}

async function readPrivate(path: string): Promise<string | null> {
  try {
    const { mode } = await stat(path)
    if (process.platform !== 'win32' && (mode & 0o077) !== 0)
      throw fault('token-file', { path, problem: `others may read it (mode ${(mode & 0o777).toString(8)})` })
    return await readFile(path, 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null
    throw error
  }
}

/** Never half a file: a new one takes its place when it is on disk. */
async function writeWhole(path: string, text: string) {
  const file = await open(`${path}.new`, 'w', 0o600)
  try {
    await file.writeFile(text)
    await file.sync()
  } finally {
    await file.close()
  }
  await rename(`${path}.new`, path)
}
