import type { Facts } from './runbook.ts'

/** The arguments of the steps `most-wal` and `catch-up`: who is about to be promoted, and who else may be. */
export const compared = ({ component, active, targets, standbyWasActive }: Facts, standby: string) => ({
  member: standby,
  among: component.members.map(({ id }) => id).filter((id) => id !== active && !targets.includes(id)),
  wasActive: standbyWasActive ?? false,
})

/** The other standbys, who may still copy an old active whose end is not proven. */
export const others = ({ component, active, targets }: Facts, standby: string) =>
  component.members.map(({ id }) => id).filter((id) => id !== standby && id !== active && !targets.includes(id))

/** Those who copy the new active from now on; one that is broken rejoins later, by a runbook of its own. */
export const followers = ({ component }: Facts, standby: string, broken: readonly string[]) =>
  component.members.map(({ id }) => id).filter((id) => id !== standby && !broken.includes(id))
