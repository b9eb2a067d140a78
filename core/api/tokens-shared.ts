import { timingSafeEqual } from 'node:crypto'
import { rename } from 'node:fs/promises'
import { join } from 'node:path'
import type { Clock } from '../clock.ts'
import { fault } from '../errors.ts'
import type { Journal } from '../journal/journal.ts'
import type { Random } from '../random.ts'
import type { Draft, Stored as Kept } from '../records/record.ts'
import type { ApiRole, TokenInfo } from './ports.ts'
import { digest, localName, maxTokens, mintToken, type OpenTokens, readStored } from './tokens.ts'

interface TokenData {
  name: string
  role: ApiRole
  sha256: string
  /** Epoch ms. */
  createdAt: number
}

export interface SharedTokensOptions {
  journal: Pick<Journal, 'records'>
  /** Those of our data folder: the local one stays there, the others move into the store. */
  own: OpenTokens
  folder: string
  /** Names this data folder among those of all controllers. */
  place: string
  random: Random
  clock: Clock
}

/** Tokens that every controller of a store knows. What is made or revoked at one is so at the others when they `refresh`. */
export interface SharedTokens extends OpenTokens {
  /** Reads them anew. */
  refresh(): Promise<void>
}

const kindOf = 'token'

/** Only hashes lie in the store. A check asks our memory: it must answer at once, also while the store is away. */
export async function openSharedTokens({ journal, own, folder, place, random, clock }: SharedTokensOptions): Promise<SharedTokens> {
  const records = journal.records<TokenData>(kindOf)
  const ownLocal = `${localName}-${digest(place).toString('hex').slice(0, 8)}`
  const localHash = digest(own.local)
  let known: TokenData[] = []

  async function refresh(): Promise<void> {
    known = (await records.list({ open: true }, { limit: maxTokens })).map(({ data }) => data)
  }

  /** Puts one there; `before`: as it lies there now. */
  const put = (data: TokenData, before: Kept<TokenData> | null, open = true): Draft<TokenData> => ({
    ...{ id: before?.id ?? `${kindOf}/${data.name}`, status: open ? 'valid' : 'revoked', open, component: null, topic: null, parent: null },
    ...{ key: data.name, nextAt: null, rev: before?.rev ?? 0, data },
  })
  /** Others hear of it, and read anew. The hash is nobody's business. */
  const told = (kind: 'token.created' | 'token.revoked', { name, role }: TokenData) => [
    { kind, component: null, incident: null, run: null, data: { name, role } },
  ]

  async function create(name: string, role: ApiRole): Promise<string> {
    const token = mintToken(random)
    const data = { name, role, sha256: digest(token).toString('hex'), createdAt: clock.now() }
    if (name === localName) throw taken(name)
    if (known.length >= maxTokens)
      throw fault('conflict', { problem: `There are ${maxTokens} tokens already.`, hint: 'Revoke some (DELETE /v1/tokens/NAME).' })
    await records.change({ key: name }, ({ byKey }) => {
      if (byKey?.open) throw taken(name)
      return { put: [put(data, byKey)], tell: told('token.created', data), answer: null }
    })
    await refresh()
    return token
  }

  async function revoke(name: string): Promise<boolean> {
    if (name === localName || name === ownLocal)
      throw fault('conflict', {
        problem: 'The local token cannot be revoked.',
        hint: 'To exchange it, delete the file "token" in the data folder and start again.',
      })
    const gone = await records.change({ key: name }, ({ byKey }) =>
      byKey?.open ? { put: [put(byKey.data, byKey, false)], tell: told('token.revoked', byKey.data), answer: true } : { answer: false },
    )
    await refresh()
    return gone
  }

  /** The local one of this folder, for the others; one that was exchanged takes the place of the old one. */
  const introduce = () =>
    records.change({ key: ownLocal }, ({ byKey, now }) => {
      const sha256 = localHash.toString('hex')
      if (byKey?.data.sha256 === sha256) return { answer: null }
      const data = { name: ownLocal, role: 'admin' as const, sha256, createdAt: now }
      return { put: [put(data, byKey)], tell: told('token.created', data), answer: null }
    })

  /** Tokens from before the store was shared. They move once: what is revoked later must not come back. */
  async function moveIn(): Promise<void> {
    const path = join(folder, 'tokens.json')
    const stored = await readStored(path)
    if (stored.length === 0) return
    for (const one of stored) {
      const data = { ...one, createdAt: Date.parse(one.createdAt) }
      await records.change({ key: data.name }, ({ byKey }) => (byKey ? { answer: null } : { put: [put(data, null)], answer: null }))
    }
    await rename(path, `${path}.moved`)
  }

  await introduce()
  await moveIn()
  await refresh()
  return {
    ...{ local: own.local, sessionKey: own.sessionKey, create, revoke, refresh },
    check(token) {
      const given = digest(token)
      let found: { name: string; role: ApiRole } | null = timingSafeEqual(given, localHash) ? { name: localName, role: 'admin' } : null
      // Every one is looked at, whether or not it was found: the time tells nothing.
      for (const one of known)
        if (timingSafeEqual(given, Buffer.from(one.sha256, 'hex')))
          found ??= { name: isLocal(one.name) ? localName : one.name, role: one.role }
      return found
    },
    async list() {
      await refresh()
      const others = known.filter(({ name }) => name !== ownLocal).sort((a, b) => a.createdAt - b.createdAt)
      const infos = others.map(({ name, role, createdAt }): TokenInfo => ({ name, role, createdAt: isLocal(name) ? null : createdAt }))
      return [{ name: localName, role: 'admin', createdAt: null }, ...infos]
    },
    stands(name, role, since) {
      if (name === localName) return role === 'admin'
      return known.some((one) => one.name === name && one.role === role && one.createdAt <= since)
    },
  }
}

/** The local token of some controller; all of them are called the same in what people did. */
const isLocal = (name: string) => /^local-[0-9a-f]{8}$/.test(name)

const taken = (name: string) => fault('conflict', { problem: `There is a token "${name}" already.`, hint: 'Take another name.' })
