import type { PairConfig, StoreSideConfig } from '../../core/catalog/schema-guardians.ts'
import { failed } from '../../core/query/problem.ts'
import { scrub } from '../../core/scrub.ts'
import { compare, type Disagreement, disagree, inBoth } from '../consistency/compare.ts'
import { alarming, type History, historyOf, keep, keptOf, mayReplace } from '../consistency/history.ts'
import { type Side, sideOf } from '../consistency/side.ts'
import { defineDetail, defineInventory, type Resource, type Sources } from '../define.ts'
import { needPlatform } from '../platform.ts'
import { execRows, httpRows, type Pages, rowsMax, sqlRows } from './store-rows.ts'
import { athenaCalls, athenaRows, dynamodbCalls, dynamodbRows } from './store-rows-aws.ts'

export interface StorePair extends Resource {
  config: PairConfig
}

/** Pairs of stores of the configuration that must agree. */
export const storePairs = defineInventory<StorePair>('store-pairs', {
  title: { en: 'Pairs of stores', ja: 'ストアの組' },
  scope: 'platform',
  calls: [],
  async page(sources) {
    const rows = needPlatform(sources)
      .pairs()
      .map(
        (config): StorePair => ({
          ...{ arn: `platform:pair/${config.id}`, name: config.title || config.id, config },
          ...(config.owner === undefined ? {} : { owner: config.owner }),
        }),
      )
    return { rows }
  },
})

export interface PairComparison {
  left: { rows: number; keyless: number }
  right: { rows: number; keyless: number }
  found: Disagreement
  /** Two readings say so; one was enough where both sides agreed. */
  readings: 1 | 2
  /** Null: there is no memory, or nothing of this pair is in it. */
  history: History | null
  /** Why nothing can be kept or was found; the stores were compared all the same. */
  memoryProblem: string | null
}

/**
 * Reads both stores whole, in a stream, and compares counts, a sample of keys with their values, combinations, and what an earlier scan
 * kept. What disagrees is read once more: rows are written while we read, and only what is still wrong then is told.
 */
export const pairComparison = defineDetail<StorePair, PairComparison>('pair-comparison', {
  calls: [...dynamodbCalls, ...athenaCalls],
  async get(sources, rows) {
    const compared = new Map<string, PairComparison>()
    for (const { arn, config } of rows) compared.set(arn, await comparisonOf(config, sources))
    return compared
  },
})

interface Reading {
  left: Side
  right: Side
  found: Disagreement
  history: History | null
}

async function comparisonOf(pair: PairConfig, sources: Sources): Promise<PairComparison> {
  const { memory } = needPlatform(sources)
  let memoryProblem: string | null = null
  const told = (error: unknown): undefined => {
    memoryProblem = scrub(error instanceof Error ? error.message : String(error)).slice(0, 200)
  }
  const kept = keptOf(await memory?.get(pair.id).catch(told), pair)
  const read = async (): Promise<Reading> => {
    const { left, right } = await bothSides(pair, sources)
    return { left, right, found: compare(left, right, pair.keys), history: kept && historyOf(kept, left, right) }
  }
  const first = await read()
  const suspicious = disagree(first.found) || first.left.rows !== first.right.rows || (first.history && alarming(first.history, pair))
  const last = suspicious ? await read() : first
  const now = sources.clock.now()
  if (memory && (!kept || !last.history || mayReplace(kept, last.history, pair, now))) {
    await memory.put(pair.id, keep(pair, now, last.left, last.right)).catch(told)
  }
  return {
    left: { rows: last.left.rows, keyless: last.left.keyless },
    right: { rows: last.right.rows, keyless: last.right.keyless },
    found: suspicious ? inBoth(first.found, last.found) : last.found,
    readings: suspicious ? 2 : 1,
    history: last.history,
    memoryProblem,
  }
}

/** DynamoDB comes second where it can: then only the fields that the other store has are fetched. */
async function bothSides(pair: PairConfig, sources: Sources): Promise<{ left: Side; right: Side }> {
  if (pair.left.kind === 'dynamodb' && pair.right.kind !== 'dynamodb') {
    const right = await readSide(pair.right, pair, null, sources)
    return { left: await readSide(pair.left, pair, right, sources), right }
  }
  const left = await readSide(pair.left, pair, null, sources)
  return { left, right: await readSide(pair.right, pair, left, sources) }
}

async function readSide(store: StoreSideConfig, pair: PairConfig, other: Side | null, sources: Sources): Promise<Side> {
  const side = sideOf(pair)
  let rows = 0
  const fields = other && other.rows > 0 ? [...new Set([...pair.keys, ...pair.combination, ...other.fields])] : null
  for await (const page of pagesOf(store, pair, fields, sources)) {
    rows += page.length
    if (rows > rowsMax) throw failed({ what: `the ${store.kind} store of ${pair.id}`, secrets: [] }, `it has more than ${rowsMax} rows`)
    for (const row of page) side.add(row)
  }
  return side.done()
}

function pagesOf(store: StoreSideConfig, { keys }: PairConfig, fields: readonly string[] | null, sources: Sources): Pages {
  switch (store.kind) {
    case 'http':
      return httpRows(store, sources)
    case 'sql':
      return sqlRows(store, keys, sources)
    case 'exec':
      return execRows(store, sources)
    case 'dynamodb':
      return dynamodbRows(store, fields, sources)
    case 'athena':
      return athenaRows(store, sources)
  }
}
