import type { ControllerInfo } from '../journal/leader.ts'
import type { LeadershipOptions } from './postgres-leader.ts'

/** The clock of the database, in ms. */
export const now = '(extract(epoch from clock_timestamp()) * 1000)::bigint'

/** All that were seen within a minute, the leader first. */
export async function controllers({ query }: Pick<LeadershipOptions, 'query'>): Promise<ControllerInfo[]> {
  const found = await query(`select id, url, version, started_at, seen_at,
      exists (select 1 from lease where resource = 'controller' and expires_at > ${now} and split_part(holder, '#', 1) = id) as leader
    from controller where seen_at > ${now} - 60000 order by leader desc, started_at, id limit 100`)
  return found.map(({ id, url, version, leader, started_at, seen_at }) => ({
    ...{ id: String(id), url: String(url), version: String(version), leader: leader === true },
    ...{ startedAt: Number(started_at), seenAt: Number(seen_at) },
  }))
}
