import type { Config } from '../../core/catalog/schema.ts'
import { fault } from '../../core/errors.ts'
import { list, type Seen } from './processes.ts'

/** The members of the example, and the processes behind them. */
export interface ExampleMember {
  id: string
  component: string
  title: string
  /** The agent that keeps it: its node. */
  node: string
  port: number
  url: string
  command: readonly string[]
  /** Another member takes over when it stays away. */
  hasStandby: boolean
}

export function membersOf(config: Config): ExampleMember[] {
  return config.components.flatMap((component) =>
    component.members.map((member) => {
      const url = member.address as string
      return {
        id: member.id,
        component: component.id,
        title: component.title || component.id,
        node: member.agent as string,
        port: Number(new URL(url).port),
        url,
        command: member.process?.command ?? [],
        hasStandby: component.topology === 'active-standby',
      }
    }),
  )
}

export function memberCalled(members: readonly ExampleMember[], id: string): ExampleMember {
  const member = members.find((each) => each.id === id)
  if (!member)
    throw unknown(
      'member',
      id,
      members.map((each) => each.id),
    )
  return member
}

export const unknown = (what: string, id: string, known: readonly string[]) => fault('not-found', { what, id, list: known.join(', ') })

/**
 * The process of each member, by its exact command line (it names the member, its port and the data folder). The process
 * table is right even when an agent is dead, stopped, or a stranger sits on the port. One that is stopped is listed.
 */
export function processesOf(members: readonly ExampleMember[]): Map<string, Seen> {
  const byCommand = new Map(members.map((member) => [member.command.join(' '), member.id]))
  const found = new Map<string, Seen>()
  for (const seen of list()) {
    const id = byCommand.get(seen.command)
    if (id !== undefined && !seen.state.startsWith('Z')) found.set(id, seen)
  }
  return found
}

export const isStopped = (seen: Seen) => /^[Tt]/.test(seen.state)
