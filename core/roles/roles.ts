import { append, type Context, tell } from '../journal/context.ts'
import type { Switch } from '../journal/journal.ts'
import type { Role } from '../runs/run.ts'
import { change, first, rows, type Tx } from '../store/transaction.ts'

/** Believes what the members say of themselves, where nobody is known to be active and no run is about to change that. */
export function* adopt(context: Context, { component, active, generation }: Role): Tx<void> {
  const { sql } = context
  if ((yield* change(sql.roles.adopt, { component, active, generation })) === 0) return
  const role = yield* first(sql.roles.of, { component })
  tell(context, 'role.changed', { component }, { active, generation: role?.generation ?? generation, adopted: true })
  yield* append(context)
}

/**
 * Which standbys have every acknowledged commit of that active member. False: it is not active any more, or a newer generation was
 * given out, or another controller leads by now; whoever is promoted then is chosen by what was here before.
 */
export function* setInSync(
  context: Context,
  { component, active, generation }: Role,
  inSync: readonly string[] | null,
  term = -1,
): Tx<boolean> {
  const list = inSync === null ? null : JSON.stringify(inSync)
  if ((yield* change(context.sql.roles.setInSync, { component, active, generation, term, inSync: list })) === 0) return false
  tell(context, 'role.in-sync', { component }, { active, inSync: inSync === null ? null : [...inSync] })
  yield* append(context)
  return true
}

export function* setSwitch(
  context: Context,
  scope: string,
  off: boolean,
  by: string,
  reason: string,
  until: number | null = null,
): Tx<void> {
  yield* put(context, { scope, off, by, reason, until: off ? until : null })
  yield* append(context)
}

/** Pauses whose time is over are over without it; this tells of them, whichever controller comes first. */
export function* endPauses(context: Context): Tx<string[]> {
  const found = yield* rows(context.sql.roles.pausesOver, { at: context.now })
  for (const { scope } of found) yield* put(context, { scope, off: false, by: 'jidoka', reason: 'the pause has ended', until: null })
  yield* append(context)
  return found.map(({ scope }) => scope)
}

function* put(context: Context, { scope, off, by, reason, until }: Omit<Switch, 'at'>): Tx<void> {
  yield* change(context.sql.roles.putSwitch, { scope, off: off ? 1 : 0, by, reason, at: context.now, until })
  const data = { scope, by, reason, ...(until === null ? {} : { until }) }
  tell(context, off ? 'switch.off' : 'switch.on', { component: scope === 'global' ? null : scope }, data)
}

/** One whose time is over counts as on. */
export const switchOf = ({ off, ...one }: Omit<Switch, 'off'> & { off: number }, now: number): Switch => ({
  ...one,
  off: off === 1 && (one.until === null || one.until > now),
})
