import { mkdtempSync, rmSync } from 'node:fs'
import http from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'vitest'
import { guardiansSchema, type PairConfig } from '../core/catalog/schema-guardians.ts'
import { causeChain } from '../core/errors.ts'
import type { Row } from '../guardians/consistency/side.ts'
import type { Sources } from '../guardians/define.ts'
import { fileMemory } from '../guardians/inventory/pair-memory.ts'
import { type PairComparison, pairComparison, storePairs } from '../guardians/inventory/store-pairs.ts'
import type { Platform } from '../guardians/platform.ts'
import { sourcesAt } from './aws/sources.ts'

/** Two real stores, and what the guardian of consistency says of them. For tests only. */
export function pairBench() {
  const folder = mkdtempSync(join(tmpdir(), 'jidoka-pair-'))
  const closing: (() => void)[] = []
  /** Environment variables that the configuration names. */
  const variables: Record<string, string> = {}

  const sources = (pairs: readonly PairConfig[], over: Partial<Sources> = {}): Sources => {
    const platform: Platform = {
      ...{ components: async () => [], tlsEndpoints: () => [], pairs: () => pairs, environment: (name) => variables[name] },
      memory: fileMemory(join(folder, 'memory')),
    }
    return sourcesAt('http://127.0.0.1:1', { platform, ...over })
  }

  return {
    folder,
    variables,
    async compare(left: object, right: object, over: object = {}, more: Partial<Sources> = {}): Promise<PairComparison> {
      const pair = pairOf(left, right, over)
      const { rows } = await storePairs.page(sources([pair]), undefined)
      const answer = await pairComparison.get(sources([pair], more), rows)
      return answer.get('platform:pair/lines') as PairComparison
    },
    /** A store with an API of its own. */
    async serving(serve: Serve): Promise<{ side: { kind: 'http'; url: string }; asked: string[] }> {
      const asked: string[] = []
      const server = http.createServer((request, response) => {
        asked.push(request.url ?? '')
        response.end(JSON.stringify(serve(new URL(request.url ?? '/', 'http://store'), asked.length, request.headers)))
      })
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
      closing.push(() => {
        server.closeAllConnections()
        server.close()
      })
      return { side: { kind: 'http', url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/lines` }, asked }
    },
    close() {
      for (const close of closing.splice(0)) close()
      rmSync(folder, { recursive: true })
    },
  }
}

export type PairBench = ReturnType<typeof pairBench>
export type Serve = (url: URL, turn: number, headers: http.IncomingHttpHeaders) => unknown

export const pairOf = (left: object, right: object, over: object = {}): PairConfig =>
  guardiansSchema.parse({ pairs: [{ id: 'lines', left, right, keys: ['id'], ...over }] }).pairs[0] as PairConfig

/** The problem of a comparison that must fail, as a log has it. */
export const problemOf = (asked: Promise<unknown>): Promise<string> =>
  asked.then(
    () => expect.fail('it answered'),
    (error) => causeChain(error),
  )

export const lines = (count: number): Row[] => Array.from({ length: count }, (_, id) => ({ id, plan: `plan-${id % 3}`, sim: `c${id}` }))

/** Pages with a cursor, as our own API has them. */
export const paged =
  (rows: readonly Row[], size = 10): Serve =>
  (url) => {
    const from = Number(url.searchParams.get('after') ?? 0)
    return { items: rows.slice(from, from + size), ...(from + size < rows.length ? { next: String(from + size) } : {}) }
  }
