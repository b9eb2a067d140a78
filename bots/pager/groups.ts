import type { ScheduleConfig } from '../../core/catalog/schema-people.ts'

export interface GroupMembers {
  /** Slack id of the user group. */
  group: string
  /** Slack ids, sorted: what its members should be. */
  members: string[]
  /** They differ from what the group has. */
  changed: boolean
  /** What a person should hear of: nobody on call, somebody without a Slack id. */
  problems: string[]
}

export interface GroupPorts {
  schedules: readonly Pick<ScheduleConfig, 'id' | 'slackGroup'>[]
  /** Who is on call now; null: nobody. */
  onCall(schedule: string): { id: string; slack?: string } | null
  /** Members that a group has now, as far as known. */
  current: ReadonlyMap<string, readonly string[]>
}

/**
 * The members of each Slack user group: who is on call in all schedules that name it, together. A group is never emptied: when
 * nobody is left it stays as it was, and that is told. Pure.
 */
export function groupMembers({ schedules, onCall, current }: GroupPorts): GroupMembers[] {
  const byGroup = Map.groupBy(
    schedules.filter(({ slackGroup }) => slackGroup !== undefined),
    ({ slackGroup }) => slackGroup as string,
  )
  return [...byGroup].map(([group, of]) => {
    const problems: string[] = []
    const wanted = new Set<string>()
    for (const { id } of of) {
      const person = onCall(id)
      if (!person) problems.push(`nobody is on call for ${id}`)
      else if (person.slack === undefined) problems.push(`${person.id} is on call for ${id} and has no Slack id`)
      else wanted.add(person.slack)
    }
    const has = [...new Set(current.get(group) ?? [])].sort()
    if (wanted.size === 0) return { group, members: has, changed: false, problems: [...problems, 'the group stays as it was'] }
    const members = [...wanted].sort()
    return { group, members, changed: members.join() !== has.join(), problems }
  })
}
