import { append, type Context, tell } from '../journal/context.ts'
import type { Role } from '../runs/run.ts'
import { change, first, type Tx } from '../store/transaction.ts'

/** Believes what the members say of themselves, where nobody is known to be active and no run is about to change that. */
export function* adopt(context: Context, { component, active, generation }: Role): Tx<void> {
  const { sql } = context
  if ((yield* change(sql.roles.adopt, { component, active, generation })) === 0) return
  const role = yield* first(sql.roles.of, { component })
  tell(context, 'role.changed', { component }, { active, generation: role?.generation ?? generation, adopted: true })
  yield* append(context)
}

export function* setSwitch(context: Context, scope: string, off: boolean, by: string, reason: string): Tx<void> {
  yield* change(context.sql.roles.putSwitch, { scope, off: off ? 1 : 0, by, reason, at: context.now, until: null })
  tell(context, off ? 'switch.off' : 'switch.on', { component: scope === 'global' ? null : scope }, { scope, by, reason })
  yield* append(context)
}
