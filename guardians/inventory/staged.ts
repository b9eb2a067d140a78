import * as z from 'zod/mini'
import { fault } from '../../core/errors.ts'
import type { InventoryPage, Resource, Sources } from '../define.ts'

type Stage<Row> = (sources: Sources, token: string | undefined) => Promise<{ rows: Row[]; next?: string | undefined }>

const tokenSchema = z.tuple([z.int().check(z.minimum(0)), z.nullable(z.string())])

/** Several listings, one after the other, as one: the token says which of them, and where in it. */
export const staged =
  <Row extends Resource>(stages: readonly Stage<Row>[]) =>
  async (sources: Sources, token: string | undefined): Promise<InventoryPage<Row>> => {
    const [at, inner] = token === undefined ? ([0, null] as const) : stageOf(token)
    const stage = stages[at]
    if (!stage) throw fault('internal', { problem: `no stage ${at} in a list of ${stages.length}` })
    const { rows, next } = await stage(sources, inner ?? undefined)
    if (next !== undefined) return { rows, next: JSON.stringify([at, next]) }
    return at + 1 < stages.length ? { rows, next: JSON.stringify([at + 1, null]) } : { rows }
  }

function stageOf(token: string): readonly [number, string | null] {
  try {
    return tokenSchema.parse(JSON.parse(token))
  } catch (error) {
    throw fault('internal', { problem: 'the token of a page is not one of ours' }, error)
  }
}
