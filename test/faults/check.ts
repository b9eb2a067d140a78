import pg from 'pg'
import { type Fleet, isLive } from '../fleet/fleet.ts'
import type { Ack } from '../fleet/writer.ts'

/**
 * Writes of one round, held against the database that is active in the end. `lost`: a client was told that it is committed, and it
 * is not there. `dualActive`: it was begun after somebody else had taken writes on a newer timeline.
 */
export async function checkWrites(
  url: string,
  acks: readonly Ack[],
): Promise<{ lost: number; dualActive: number; commits: number; ids: number[] }> {
  const client = new pg.Client(url)
  await client.connect()
  try {
    const least = acks.reduce((low, { id }) => Math.min(low, id), Number.MAX_SAFE_INTEGER)
    const { rows } = await client.query({ text: 'select id from bench where id >= $1', values: [least], rowMode: 'array' })
    const have = new Set((rows as unknown[][]).map(([id]) => Number(id)))
    const missing = acks.filter(({ id }) => !have.has(id)).map(({ id }) => id)
    return { lost: missing.length, dualActive: late(acks), commits: acks.length, ids: missing.slice(0, 5) }
  } finally {
    await client.end()
  }
}

/** Writes that were begun on a timeline after the first answer of a newer one. */
function late(acks: readonly Ack[]): number {
  const firstOf = new Map<number, number>()
  for (const { timeline, at } of acks) firstOf.set(timeline, Math.min(firstOf.get(timeline) ?? Number.POSITIVE_INFINITY, at))
  return acks.filter(({ timeline, sentAt }) => [...firstOf].some(([newer, at]) => newer > timeline && sentAt > at)).length
}

/** Orders that were accepted and have not come to an end. */
export async function checkRuns(fleet: Fleet, ordered: string[]): Promise<{ lost: number; ids: string[] }> {
  const lost: string[] = []
  for (const id of ordered.splice(0)) {
    for (let tries = 0; ; tries++) {
      const run = await fleet.get<{ status: string }>(`/v1/runs/${id}`).catch(() => null)
      if (run && !isLive(run.status)) break
      if (tries < 200) await new Promise((resolve) => setTimeout(resolve, 100))
      else {
        lost.push(`${id} ${run?.status ?? 'is not there'}`)
        break
      }
    }
  }
  return { lost: lost.length, ids: lost }
}
